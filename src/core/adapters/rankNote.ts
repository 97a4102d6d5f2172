/** What a pair of rank r holds of an m × n matrix is r (m + n) weights: a note where these are more than all the matrices have. */
export function rankNote(pairs: readonly { readonly rank: number; readonly columns: number; readonly rows: number }[]): string | undefined {
  const larger = pairs.filter(({ rank, columns, rows }) => rank * (columns + rows) > columns * rows);
  if (larger.length === 0) return undefined;
  const most = Math.min(...larger.map(({ columns, rows }) => Math.floor((columns * rows) / (columns + rows))));
  return `Larger than the matrices themselves: ${larger.length} of ${pairs.length} pairs have more weights than what they change. A rank of at most ${most} is smaller, and keeps the most important part.`;
}
