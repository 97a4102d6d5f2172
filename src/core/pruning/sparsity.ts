/** Two of every four neighbours. */
const patternLength = 4;

/** Which weights of a row become zero: the share with the least scores, or, in a pattern, the two least of every four neighbours. */
export interface SparsityRule {
  /** Above 0 and below 1; a pattern has its own. */
  readonly share: number;
  readonly pattern?: "2:4";
}

/** Weights of a row of so many columns that become zero. */
export function zerosPerRow({ share, pattern }: SparsityRule, columns: number): number {
  return pattern ? 2 * Math.floor(columns / patternLength) : Math.round(share * columns);
}

/**
 * The columns of a row that become zero, by |weight|, or, with norms, by |weight| · norm of the column's input (Wanda,
 * arXiv 2306.11695: compared within one output). Of equals those with lower numbers go first. Rows that a pattern does not
 * divide keep what is left over.
 */
export function zeroColumns(row: Float32Array, rule: SparsityRule, norms?: Float32Array): readonly number[] {
  const scores = row.map((weight, column) => Math.abs(weight) * (norms?.[column] ?? 1));
  if (!rule.pattern) return least(scores, zerosPerRow(rule, row.length));
  const columns: number[] = [];
  for (let first = 0; first + patternLength <= row.length; first += patternLength) {
    for (const column of least(scores.subarray(first, first + patternLength), 2)) columns.push(first + column);
  }
  return columns;
}

/** Places of the `count` least scores. */
function least(scores: Float32Array, count: number): readonly number[] {
  if (count === 0) return [];
  const highest = scores.slice().sort()[count - 1]!;
  const below: number[] = [];
  const equal: number[] = [];
  for (let place = 0; place < scores.length; place++) {
    if (scores[place]! < highest) below.push(place);
    else if (scores[place] === highest) equal.push(place);
  }
  return [...below, ...equal.slice(0, count - below.length)];
}
