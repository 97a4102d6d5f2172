/** Longer names are nobody's slip of the fingers. */
const longest = 60;

/** The name that was probably meant: the one the fewest letters away, where those are at most a third of it (rounded up); else undefined. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  if (typed.length > longest) return undefined;
  const [best] = names.map((name) => ({ name, apart: distance(typed.toLowerCase(), name.toLowerCase()) })).sort((a, b) => a.apart - b.apart);
  return best && best.apart <= Math.ceil(best.name.length / 3) ? best.name : undefined;
}

/** Letters inserted, removed or replaced to make one of the other (Levenshtein), row by row. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line++) {
    const above = row;
    row = [line];
    for (let column = 1; column <= to.length; column++) {
      const same = from[line - 1] === to[column - 1] ? 0 : 1;
      row.push(Math.min(above[column]! + 1, row[column - 1]! + 1, above[column - 1]! + same));
    }
  }
  return row[to.length]!;
}
