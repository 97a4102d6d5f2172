/**
 * Products of matrices of 32-bit floats, four at a time. AssemblyScript, compiled by scripts/wasm.mjs into productsModule.ts.
 */

// @ts-ignore: decorator
@inline
function total(sum: v128): f32 {
  return f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3));
}

// @ts-ignore: decorator
@inline
function plus(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/**
 * out[i][j] = Σ left[i][k] · right[j][k] over k < inner. Rows of `left` (a multiple of 2) and of `right` (a multiple of 4) lie
 * `stride` floats apart, those of `out` as many as `right` has rows; `inner` is a multiple of 4.
 */
export function multiply(left: usize, right: usize, out: usize, leftRows: i32, rightRows: i32, inner: i32, stride: i32): void {
  const step = <usize>stride << 2, end = <usize>inner << 2, outStep = <usize>rightRows << 2;
  for (let i = 0; i < leftRows; i += 2) {
    const a = left + <usize>i * step, b = a + step;
    const to = out + <usize>i * outStep;
    for (let j = 0; j < rightRows; j += 4) {
      const p = right + <usize>j * step, q = p + step, r = q + step, s = r + step;
      let ap = f32x4.splat(0), aq = f32x4.splat(0), ar = f32x4.splat(0), as_ = f32x4.splat(0);
      let bp = f32x4.splat(0), bq = f32x4.splat(0), br = f32x4.splat(0), bs = f32x4.splat(0);
      for (let k: usize = 0; k < end; k += 16) {
        const x = v128.load(a + k), y = v128.load(b + k);
        const vp = v128.load(p + k);
        ap = plus(ap, x, vp);
        bp = plus(bp, y, vp);
        const vq = v128.load(q + k);
        aq = plus(aq, x, vq);
        bq = plus(bq, y, vq);
        const vr = v128.load(r + k);
        ar = plus(ar, x, vr);
        br = plus(br, y, vr);
        const vs = v128.load(s + k);
        as_ = plus(as_, x, vs);
        bs = plus(bs, y, vs);
      }
      const at = to + (<usize>j << 2);
      f32.store(at, total(ap));
      f32.store(at + 4, total(aq));
      f32.store(at + 8, total(ar));
      f32.store(at + 12, total(as_));
      f32.store(at + outStep, total(bp));
      f32.store(at + outStep + 4, total(bq));
      f32.store(at + outStep + 8, total(br));
      f32.store(at + outStep + 12, total(bs));
    }
  }
}
