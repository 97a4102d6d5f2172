/**
 * Arithmetic over rows of logits, four at a time. AssemblyScript, compiled by scripts/wasm.mjs into logitsModule.ts.
 * Exponentials are in single precision (relative error below 2e-7), sums of them in double.
 */

/**
 * e^x for x <= 0, by Cephes' expf: 2^n times a polynomial in r = x − n ln 2, |r| <= ln 2 / 2. 0 below −87, NaN for NaN.
 * Adding 1.5 · 2^23 rounds to a whole number and leaves it in the low bits.
 */
// @ts-ignore: decorator
@inline
function exp4(x: v128): v128 {
  const magic = f32x4.splat(12582912);
  const shifted = f32x4.add(f32x4.mul(x, f32x4.splat(1.44269504088896341)), magic);
  const n = f32x4.sub(shifted, magic);
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(p, power), f32x4.lt(x, f32x4.splat(-87)));
}

// @ts-ignore: decorator
@inline
function addTo(sum: v128, x: v128): v128 {
  const high = v128.shuffle<i32>(x, x, 2, 3, 2, 3);
  return f64x2.add(sum, f64x2.add(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(high)));
}

// @ts-ignore: decorator
@inline
function total(sum: v128): f64 {
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** The largest of `count` floats at `row`, a multiple of 4. A NaN may pass unseen here, but not in the sum. */
export function largest(row: usize, count: i32): f32 {
  let most = v128.load(row);
  for (let i = 4; i < count; i += 4) most = f32x4.pmax(most, v128.load(row + (<usize>i << 2)));
  const a = f32x4.extract_lane(most, 0), b = f32x4.extract_lane(most, 1);
  const c = f32x4.extract_lane(most, 2), d = f32x4.extract_lane(most, 3);
  return max<f32>(max<f32>(a, b), max<f32>(c, d));
}

/** Where `value` is first found; `count` when nowhere. */
export function indexOf(row: usize, count: i32, value: f32): i32 {
  const wanted = f32x4.splat(value);
  for (let i = 0; i < count; i += 4) {
    const found = i32x4.bitmask(f32x4.eq(v128.load(row + (<usize>i << 2)), wanted));
    if (found) return i + ctz(found);
  }
  return count;
}

/** Σ exp(x − most), where `most` is the largest; NaN when there is one among them. */
export function sumOfExponentials(row: usize, count: i32, most: f32): f64 {
  const shift = f32x4.splat(most);
  let sum = f64x2.splat(0);
  for (let i = 0; i < count; i += 4) sum = addTo(sum, exp4(f32x4.sub(v128.load(row + (<usize>i << 2)), shift)));
  return total(sum);
}

let mass: f64 = 0;
/** Σ exp(x − most) of the tokens that the last call of weightedDifference did not leave out. */
export function keptMass(): f64 {
  return mass;
}

/** Σ exp(x − most)(x − y) over the tokens with x − most > threshold; x at `base`, y at `variant`. */
export function weightedDifference(base: usize, variant: usize, count: i32, most: f32, threshold: f32): f64 {
  const shift = f32x4.splat(most), limit = f32x4.splat(threshold);
  let sum = f64x2.splat(0), kept = f64x2.splat(0);
  for (let i = 0; i < count; i += 4) {
    const x = v128.load(base + (<usize>i << 2));
    const distance = f32x4.sub(x, shift);
    const mask = f32x4.gt(distance, limit);
    if (!v128.any_true(mask)) continue;
    const weight = v128.and(exp4(distance), mask);
    kept = addTo(kept, weight);
    // An impossible token is −∞ in both: the difference is not a number there, and left out.
    sum = addTo(sum, v128.and(f32x4.mul(weight, f32x4.sub(x, v128.load(variant + (<usize>i << 2)))), mask));
  }
  mass = total(kept);
  return total(sum);
}
