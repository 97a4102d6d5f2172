/** Numbers from 0 to 1 that follow from their seed alone, so that a training can be repeated. Mulberry32, public domain (Tommy Ettinger). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Numbers for one of many things that are drawn anew with each number of theirs, e.g. the labels of a step. */
  static of(seed: number, thing: number, number: number): Random {
    return new Random(new Random((seed ^ Math.imul(thing + 1, 0x9e3779b1)) + Math.imul(number + 1, 0x85ebca6b)).next() * 2 ** 32);
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** 0 … count-1 in random order (Fisher and Yates). */
  order(count: number): readonly number[] {
    const order = Array.from({ length: count }, (_, index) => index);
    for (let last = count - 1; last > 0; last--) {
      const other = Math.floor(this.next() * (last + 1));
      [order[last], order[other]] = [order[other]!, order[last]!];
    }
    return order;
  }
}
