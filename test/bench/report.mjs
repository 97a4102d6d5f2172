/** Medians and Markdown. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

const digits = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

/** Rows of {what, unit, better, ours, theirs}: lists of runs; `better` is Math.min or Math.max, whichever is the best run. */
export function speedTable(rows) {
  const lines = ["| | Decant | llama.cpp | ratio | best: Decant | llama.cpp | ratio |", "|---|---:|---:|---:|---:|---:|---:|"];
  for (const { what, unit, better, ours, theirs } of rows) {
    const compared = (choose) => {
      const [own, other] = [choose(ours), choose(theirs)];
      return [`${digits(own)} ${unit}`, `${digits(other)} ${unit}`, (own / other).toFixed(3)];
    };
    lines.push(`| ${[what, ...compared(median), ...compared((values) => better(...values))].join(" | ")} |`);
  }
  return lines.join("\n");
}

export function figureTable(types, own, other) {
  const lines = ["| level | perplexity: Decant | llama-perplexity | mean KL | | median | | 99 % | | top-1 | |", "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"];
  own.forEach((row, index) => {
    const peer = other[index];
    const pair = (mine, theirs, places) => [mine.toFixed(places), theirs.toFixed(places)];
    const rest = row.kl
      ? [...pair(row.kl.mean, peer.kl, 6), ...pair(row.kl.median, peer.median, 6), ...pair(row.kl.p99, peer.p99, 6), ...pair(100 * row.top1Agreement, peer.top, 3)]
      : Array(8).fill("");
    lines.push(`| ${types[index]} | ${[...pair(row.perplexity.value, peer.perplexity, 4), ...rest].join(" | ")} |`);
  });
  return lines.join("\n");
}
