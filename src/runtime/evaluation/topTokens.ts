/** The indices of the `count` largest numbers, the largest first, the first one of equals. */
export function topTokens(row: Float32Array, count: number): readonly number[] {
  const top: number[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < row.length; index++) {
    const value = row[index] ?? Number.NEGATIVE_INFINITY;
    if (top.length === count && !(value > least)) continue;
    const place = top.findIndex((other) => value > (row[other] ?? Number.NEGATIVE_INFINITY));
    top.splice(place < 0 ? top.length : place, 0, index);
    if (top.length > count) top.pop();
    least = row[top.at(-1) ?? 0] ?? least;
  }
  return top;
}
