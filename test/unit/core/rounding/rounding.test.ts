import { describe, expect, it } from "vitest";
import { blockFormats } from "../../../../src/core/conversion/gptq/blocks";
import { fromHalves } from "../../../../src/core/conversion/gptq/halfPrecision";
import { type Feedback, feedbackOf } from "../../../../src/core/rounding/feedback";
import { Gram } from "../../../../src/core/rounding/gram";
import { InputProducts } from "../../../../src/core/rounding/inputProducts";
import { plainMultiplier } from "../../../../src/core/rounding/multiplier";
import { outputPower } from "../../../../src/core/rounding/outputPower";
import { RowRounding } from "../../../../src/core/rounding/roundRows";
import { type GptqType, gptqTypes } from "../../../../src/protocol/compression";

/** Numbers between -1 and 1, the same ones every time. */
function numbers(count: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (state * 16_807) % 2_147_483_647;
    return (2 * state) / 2_147_483_647 - 1;
  });
}

function productsOf(columns: number, inputs: Float32Array): { readonly products: InputProducts; readonly gram: Gram } {
  const gram = new Gram(plainMultiplier, columns);
  const products = new InputProducts(columns, gram);
  products.add(inputs);
  return { products, gram };
}

function feedbackFrom(columns: number, inputs: Float32Array): Feedback {
  const { products, gram } = productsOf(columns, inputs);
  return feedbackOf(products, gram);
}

/** Inputs that are mixed of few, as those of a model are. */
function mixedInputs(columns: number, count: number): Float32Array {
  const [few, mix] = [numbers(count * 8, 7), numbers(columns * 8, 11)];
  const noise = numbers(count * columns, 13);
  return Float32Array.from({ length: count * columns }, (_, index) => {
    const [input, column] = [Math.floor(index / columns), index % columns];
    let sum = 0.2 * noise[index]!;
    for (let part = 0; part < 8; part++) sum += few[input * 8 + part]! * mix[column * 8 + part]!;
    return sum;
  });
}

/** The weights that bytes stand for, as ggml restores them. */
function restored(type: GptqType, bytes: Uint8Array): Float32Array {
  const format = blockFormats[type];
  const codes = new Uint8Array(32);
  const weights: number[] = [];
  for (let at = 0; at < bytes.length; at += format.bytes) {
    const [d = 0, m = 0] = fromHalves(Uint16Array.of(bytes[at]! | (bytes[at + 1]! << 8), bytes[at + 2]! | (bytes[at + 3]! << 8)));
    format.unpack(bytes, at, codes);
    weights.push(...Array.from(codes, (code) => (format.lowest === undefined ? d * code + m : d * (code + format.lowest))));
  }
  return Float32Array.from(weights);
}

describe("products of inputs", () => {
  it("are sums over all inputs, on and below the diagonal", () => {
    const { products } = productsOf(2, Float32Array.of(1, 2, 3, -4));
    // 1·1 + 3·3; 2·1 − 4·3; 2·2 + 4·4
    expect([products.sums[0], products.sums[2], products.sums[3]]).toEqual([10, -10, 20]);
    expect([...products.squares]).toEqual([10, 20]);
  });
  it("are the same in one piece and in many, however many inputs and columns there are", () => {
    const [columns, count] = [70, 300];
    const inputs = numbers(columns * count);
    const { products, gram } = productsOf(columns, inputs);
    const pieces = new InputProducts(columns, gram);
    for (let first = 0; first < count; first += 7) pieces.add(inputs.subarray(first * columns, (first + 7) * columns));
    let expected = 0;
    for (let input = 0; input < count; input++) expected += inputs[input * columns + 69]! * inputs[input * columns + 3]!;
    expect(products.sums[69 * columns + 3]).toBeCloseTo(expected, 4);
    expect(pieces.sums[69 * columns + 3]).toBeCloseTo(expected, 4);
  });
});

describe("feedback", () => {
  it("of a 2 × 2 Hessian, computed by hand", () => {
    // 2·Σ x·xᵀ = [[20, −20], [−20, 40]], damped by 0.01 · 30: d₁ = 40.3, F = −20 ÷ 40.3, d₀ = 20.3 − 400 ÷ 40.3.
    const { factors, damping } = feedbackFrom(2, Float32Array.of(1, 2, 3, -4));
    expect(damping).toBeCloseTo(0.3, 10);
    expect(factors[3]).toBeCloseTo(40.3, 10);
    expect(factors[2]).toBeCloseTo(-20 / 40.3, 10);
    expect(factors[0]).toBeCloseTo(20.3 - 400 / 40.3, 5);
  });
  it("of a 3 × 3 Hessian, computed by hand", () => {
    // Inputs (1, 1, 0), (0, 1, 1), (0, 0, 1): H = [[2, 2, 0], [2, 4, 2], [0, 2, 4]], damping 0.01 · 10 ÷ 3.
    const { factors, damping } = feedbackFrom(3, Float32Array.of(1, 1, 0, 0, 1, 1, 0, 0, 1));
    const d2 = 4 + damping;
    const d1 = 4 + damping - 4 / d2;
    expect(damping).toBeCloseTo(1 / 30, 10);
    expect([factors[6], factors[7], factors[8]].map((value) => Number(value?.toFixed(6)))).toEqual([0, Number((2 / d2).toFixed(6)), Number(d2.toFixed(6))]);
    expect(factors[4]).toBeCloseTo(d1, 6);
    expect(factors[3]).toBeCloseTo(2 / d1, 6);
    expect(factors[0]).toBeCloseTo(2 + damping - 4 / d1, 6);
  });
  it("multiplied out is the damped Hessian, also of many columns", () => {
    const columns = 160;
    const inputs = mixedInputs(columns, 400);
    const { products, gram } = productsOf(columns, inputs);
    const sums = products.sums.slice();
    const { factors, damping } = feedbackOf(products, gram);
    const l = (row: number, column: number): number => (row === column ? 1 : row > column ? factors[row * columns + column]! : 0);
    for (const [row, column] of [[0, 0], [100, 3], [63, 64], [64, 64], [159, 0], [130, 129]] as const) {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += factors[k * (columns + 1)]! * l(k, row) * l(k, column);
      const [low, high] = [Math.min(row, column), Math.max(row, column)];
      expect(sum).toBeCloseTo(2 * sums[high * columns + low]! + (row === column ? damping : 0), 2);
    }
  });
  it("neither takes from nor gives to a column whose input was always 0", () => {
    const { factors } = feedbackFrom(3, Float32Array.of(1, 0, 2, 2, 0, 1));
    expect([Math.abs(factors[3]!), Math.abs(factors[7]!)]).toEqual([0, 0]);
    expect(Math.abs(factors[6]!)).toBeGreaterThan(0.5);
  });
  it("of a matrix that was never used is none; numbers that are none are refused", () => {
    expect([...feedbackFrom(2, new Float32Array(4)).factors]).toEqual([1, 0, 0, 1]);
    expect(() => feedbackFrom(2, Float32Array.of(1, Infinity))).toThrow(RangeError);
    expect(() => feedbackFrom(2, Float32Array.of(NaN, 1))).toThrow(RangeError);
  });
});

describe("rounding", () => {
  const columns = 96;
  const weights = numbers(columns * 5, 3);
  const identity = Float32Array.from({ length: columns * columns }, (_, index) => (index % (columns + 1) === 0 ? 1 : 0));
  const ones = new Float64Array(columns).fill(1);

  it.each(gptqTypes)("to %s with an identity Hessian is plain rounding: each weight to its nearest number", (type) => {
    const bytes = new RowRounding(type, feedbackFrom(columns, identity), ones, plainMultiplier).round(weights);
    const { bytes: blockBytes, most, lowest } = blockFormats[type];
    const rounded = restored(type, bytes);
    expect(rounded).toHaveLength(weights.length);
    for (let block = 0; block < weights.length / 32; block++) {
      const at = block * blockBytes;
      const [d = 0, second = 0] = fromHalves(Uint16Array.of(bytes[at]! | (bytes[at + 1]! << 8), bytes[at + 2]! | (bytes[at + 3]! << 8)));
      const m = lowest === undefined ? second : d * lowest;
      const steps = Array.from({ length: most + 1 }, (_, code) => d * code + m);
      const worst = [...weights.subarray(block * 32, block * 32 + 32)].map((weight, index) => {
        const nearest = Math.min(...steps.map((step) => Math.abs(step - weight)));
        return Math.abs(rounded[block * 32 + index]! - weight) - nearest;
      });
      expect(Math.max(...worst)).toBeLessThan(1e-6);
    }
  });

  it.each(gptqTypes)("to %s with the inputs of a text loses less of the output than rounding each weight for itself", (type) => {
    const feedback = feedbackFrom(columns, mixedInputs(columns, 500));
    const error = (by: Feedback): number => {
      const rounded = restored(type, new RowRounding(type, by, ones, plainMultiplier).round(weights));
      return outputPower(rounded.map((value, index) => value - weights[index]!), feedback, plainMultiplier);
    };
    expect(error(feedback)).toBeLessThan(0.6 * error(feedbackFrom(columns, identity)));
  });

  it("the second column makes up for the error of the first, as computed by hand", () => {
    // Two inputs that are always the same: what the first weight loses, the second must gain. F = 2 ÷ 2.02 within the pair.
    const inputs = new Float32Array(32);
    inputs[0] = 1;
    inputs[1] = 1;
    const feedback = feedbackFrom(32, inputs);
    const damping = (0.01 * 4) / 32;
    expect(feedback.factors[32]).toBeCloseTo(2 / (2 + damping), 6);
    const row = new Float32Array(32);
    row.set([0.44, 0.44, -8]);
    // The largest weight asks for d = 1 exactly: its importance is overwhelming.
    const importance = new Float64Array(32).fill(1e-9);
    importance[2] = 1;
    const rounded = restored("Q4_0", new RowRounding("Q4_0", feedback, importance, plainMultiplier).round(row));
    // 0.44 becomes 0, so the second is asked to be 0.44 + 0.44 · 2 ÷ 2.00125 = 0.88, which becomes 1; alone it would be 0.
    expect([...rounded.subarray(0, 3)]).toEqual([0, 1, -8]);
  });

  it("zeros stay zeros", () => {
    for (const type of gptqTypes) {
      const zeros = restored(type, new RowRounding(type, feedbackFrom(columns, mixedInputs(columns, 200)), ones, plainMultiplier).round(new Float32Array(columns)));
      expect(zeros.every((value) => value === 0)).toBe(true);
    }
  });

  it("is the same however many rows are rounded at once", () => {
    const many = numbers(columns * 300, 5);
    const rounding = new RowRounding("Q4_1", feedbackFrom(columns, mixedInputs(columns, 200)), ones, plainMultiplier);
    const whole = rounding.round(many);
    const last = rounding.round(many.slice(columns * 299));
    expect(whole.subarray(whole.length - last.length)).toEqual(last);
  });
});

it("output power is the squared norm of the output, twice", () => {
  const columns = 64;
  const [rows, inputs] = [numbers(columns * 3, 17), mixedInputs(columns, 90)];
  let expected = 0;
  for (let row = 0; row < 3; row++) {
    for (let input = 0; input < 90; input++) {
      let out = 0;
      for (let column = 0; column < columns; column++) out += rows[row * columns + column]! * inputs[input * columns + column]!;
      expected += 2 * out * out;
    }
  }
  expect(outputPower(rows, feedbackFrom(columns, inputs), plainMultiplier) / expected).toBeCloseTo(1, 4);
});
