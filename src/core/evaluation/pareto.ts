/**
 * The items that no other beats: none costs at most as much and loses at most as much, with one of the two strictly
 * less. In order of cost. Of items equal in both, all stay.
 */
export function paretoFront<T>(items: readonly T[], cost: (item: T) => number, loss: (item: T) => number): readonly T[] {
  const sorted = [...items].sort((a, b) => cost(a) - cost(b) || loss(a) - loss(b));
  const front: T[] = [];
  for (const item of sorted) {
    const last = front.at(-1);
    const equal = last !== undefined && cost(item) === cost(last) && loss(item) === loss(last);
    if (last === undefined || equal || loss(item) < loss(last)) front.push(item);
  }
  return front;
}
