/**
 * IEEE 754 half precision, from and to 32 bits. Bits of a half: sign 1, exponent 5 (bias 15), fraction 10.
 */
const doubling = 2 ** 112; // moves a half's exponent, read with the bias of 32 bits (127), to where it belongs

/** Exact: every half is a 32-bit float. */
export function fromHalves(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  for (let index = 0; index < halves.length; index++) {
    const half = halves[index]!;
    bits[index] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13);
    const finite = (half & 0x7c00) !== 0x7c00;
    if (finite) values[index]! *= doubling;
    else bits[index]! |= 0x7f800000;
  }
  return values;
}

/** Rounded to nearest, ties to even; too large becomes infinite, NaN stays NaN. */
export function toHalves(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let index = 0; index < values.length; index++) halves[index] = toHalf(bits[index]!);
  return halves;
}

/** Bits of the half nearest to a 32-bit float, given by its bits. */
function toHalf(float: number): number {
  const sign = (float >>> 16) & 0x8000;
  const magnitude = float & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00; // 65536
  if (magnitude >= 0x38800000) return sign | roundedShift(magnitude - 0x38000000, 13); // 2^-14, the smallest normal half; rounding up may carry into the exponent, or reach infinity
  const exponent = magnitude >>> 23;
  if (exponent < 102) return sign; // below half of 2^-24, the smallest half
  return sign | roundedShift((magnitude & 0x7fffff) | 0x800000, 126 - exponent);
}

function roundedShift(value: number, by: number): number {
  const oddKept = (value >>> by) & 1;
  return (value + (1 << (by - 1)) - 1 + oddKept) >>> by;
}
