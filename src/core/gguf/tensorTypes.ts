/** One of ggml's storage types: weights are kept in blocks of `blockSize`, each `blockBytes` long. */
export interface TensorType {
  readonly name: string;
  readonly blockSize: number;
  readonly blockBytes: number;
}

/** By ggml_type number. Source: the type traits of ggml/src/ggml.c and the block structs of ggml-common.h, release v0.4.0. */
const tensorTypes: Readonly<Record<number, readonly [name: string, blockSize: number, blockBytes: number]>> = {
  0: ["F32", 1, 4], 1: ["F16", 1, 2], 30: ["BF16", 1, 2], 28: ["F64", 1, 8],
  24: ["I8", 1, 1], 25: ["I16", 1, 2], 26: ["I32", 1, 4], 27: ["I64", 1, 8],
  2: ["Q4_0", 32, 18], 3: ["Q4_1", 32, 20], 6: ["Q5_0", 32, 22], 7: ["Q5_1", 32, 24], 8: ["Q8_0", 32, 34], 9: ["Q8_1", 32, 36],
  10: ["Q2_K", 256, 84], 11: ["Q3_K", 256, 110], 12: ["Q4_K", 256, 144], 13: ["Q5_K", 256, 176], 14: ["Q6_K", 256, 210], 15: ["Q8_K", 256, 292],
  16: ["IQ2_XXS", 256, 66], 17: ["IQ2_XS", 256, 74], 22: ["IQ2_S", 256, 82], 18: ["IQ3_XXS", 256, 98], 21: ["IQ3_S", 256, 110],
  19: ["IQ1_S", 256, 50], 29: ["IQ1_M", 256, 56], 20: ["IQ4_NL", 32, 18], 23: ["IQ4_XS", 256, 136],
  34: ["TQ1_0", 256, 54], 35: ["TQ2_0", 256, 66], 39: ["MXFP4", 32, 17], 40: ["NVFP4", 64, 36], 41: ["Q1_0", 128, 18], 42: ["Q2_0", 64, 18],
};

/** Undefined for a number that this release of ggml does not know. */
export function tensorType(ggmlType: number): TensorType | undefined {
  const entry = tensorTypes[ggmlType];
  return entry && { name: entry[0], blockSize: entry[1], blockBytes: entry[2] };
}

/** The ggml_type number of a name in upper case, e.g. "Q4_K". */
export function ggmlTypeNumber(name: string): number | undefined {
  const number = Object.keys(tensorTypes).find((key) => tensorTypes[Number(key)]?.[0] === name);
  return number === undefined ? undefined : Number(number);
}

/** The type of a ggml name in upper case, e.g. "Q4_K". */
export function tensorTypeNamed(name: string): TensorType | undefined {
  const number = ggmlTypeNumber(name);
  return number === undefined ? undefined : tensorType(number);
}

/** Bytes that a tensor of this shape takes in the file; undefined when a row does not divide into blocks. */
export function tensorBytes(type: TensorType, shape: readonly number[]): number | undefined {
  const row = shape[0] ?? 0;
  if (row % type.blockSize !== 0) return undefined;
  const weights = shape.reduce((product, dimension) => product * dimension, 1);
  return (weights / type.blockSize) * type.blockBytes;
}
