/** Markdown of figures. */
export function markdownTable(headers, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(headers), `|${headers.map((_, index) => (index === 0 ? "---" : "---:")).join("|")}|`, ...rows.map(line)].join("\n");
}

export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(bytes < 1e6 ? 3 : 2)} MB`;
export const percent = (share, places = 1) => `${(100 * share).toFixed(places)} %`;
export const kl = (value) => (value === undefined ? "" : value.toPrecision(3));
export const perplexity = (row) => row.perplexity.value.toFixed(3);
export const count = (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");

/** Rows of `measure`: name, size, perplexity, KL divergence, agreement. */
export function measuredTable(names, rows) {
  return markdownTable(["Model", "Size", "Perplexity", "KL divergence", "Same top word"], rows.map((row, index) => [
    names[index], megabytes(row.bytes), perplexity(row), row.kl ? `${kl(row.kl.mean)} ± ${row.kl.error.toPrecision(1)}` : "", row.top1Agreement === undefined ? "" : percent(row.top1Agreement),
  ]));
}
