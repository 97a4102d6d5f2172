/** Ticks and domains of the chart's axes, as pure numbers. */

/** A logarithmic domain around the values with some air, at least one decade wide. */
export function logDomain(values: readonly number[], floor: number): readonly [number, number] {
  if (values.length === 0) return [1e-3, 1];
  let low = Math.max(floor, Math.min(...values) / 1.6);
  let high = Math.max(...values) * 1.8;
  if (high / low < 10) {
    const middle = Math.sqrt(high * low);
    low = middle / Math.sqrt(10);
    high = middle * Math.sqrt(10);
  }
  return [low, high];
}

/** Powers of ten, joined by their doubles and halves where fewer than three fall into the domain. */
export function logTicks([low, high]: readonly [number, number]): readonly number[] {
  const within = (factors: readonly number[]): number[] => {
    const ticks: number[] = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
      for (const factor of factors) {
        const tick = Number(`${factor}e${power}`);
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    }
    return ticks;
  };
  const decades = within([1]);
  if (decades.length >= 3) return decades;
  return within([1, 3]).length >= 3 ? within([1, 3]) : within([1, 2, 5]);
}

/** A linear domain around the values with room for labels, never empty. */
export function linearDomain(values: readonly number[]): readonly [number, number] {
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const air = (high - low || high || 1) * 0.08;
  return [Math.max(0, low - air), high + 1.6 * air];
}
