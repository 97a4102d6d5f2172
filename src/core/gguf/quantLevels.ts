import { type QuantType, quantTypes } from "../../protocol/model";

/** A level that llama.cpp can write, as a person chooses it. */
export interface QuantLevel {
  /** Number of `llama_ftype`, also stored in a file as `general.file_type`. */
  readonly ftype: number;
  /** Bits per weight of the level's main storage type, block scales included; a real file adds some for tensors kept larger. */
  readonly bitsPerWeight: number;
  /** Some tensors of this level are garbage without an importance matrix, and llama.cpp refuses to write them. */
  readonly needsImatrix: boolean;
  /** One line of plain advice. */
  readonly advice: string;
}

function level(ftype: number, bitsPerWeight: number, advice: string, needsImatrix = false): QuantLevel {
  return { ftype, bitsPerWeight, needsImatrix, advice };
}

/**
 * Numbers: `enum llama_ftype` of llama.h, release v0.4.0. Bits: block bytes × 8 / block weights of the main type
 * (ggml-common.h); for the named mixtures, what they come to on a 7-billion-weight llama.
 */
export const quantLevels: Readonly<Record<QuantType, QuantLevel>> = {
  F32: level(0, 32, "Full 32-bit precision: for training and conversion, never needed to run a model."),
  F16: level(1, 16, "Half precision, the usual original. The yardstick for every smaller level."),
  BF16: level(32, 16, "Half precision with the range of 32 bits: what most models were trained in."),
  Q8_0: level(7, 8.5, "Nearly indistinguishable from the original at half its size."),
  Q6_K: level(18, 6.56, "Losses hard to measure. The safe choice when memory is not the problem."),
  Q5_K_M: level(17, 5.69, "Very close to the original; a good choice with a little memory to spare."),
  Q5_K_S: level(16, 5.54, "A little smaller than Q5_K_M and hardly worse."),
  Q5_1: level(9, 6, "Older 5-bit scheme with an offset; Q5_K_M is usually better and smaller."),
  Q5_0: level(8, 5.5, "Older 5-bit scheme; works with rows that K-quants cannot divide."),
  Q4_K_M: level(15, 4.85, "The common balance: a third of the size, small losses. Start here."),
  Q4_K_S: level(14, 4.58, "Slightly smaller than Q4_K_M, slightly less faithful."),
  Q4_1: level(3, 5, "Older 4-bit scheme with an offset; Q4_K_M is better at nearly the same size."),
  Q4_0: level(2, 4.5, "Simple 4-bit scheme, fast on many processors; loses more than Q4_K_S."),
  IQ4_NL: level(25, 4.5, "4 bits on a curved scale; for rows that Q4_K cannot divide."),
  IQ4_XS: level(30, 4.25, "Smaller than Q4_K_S at about the same quality; slower on some processors."),
  MXFP4_MOE: level(38, 4.25, "4-bit floating point for the experts of mixture-of-experts models only."),
  Q3_K_L: level(13, 4.27, "3-bit with the sensitive parts kept larger; noticeable losses."),
  Q3_K_M: level(12, 3.91, "3-bit: when Q4 does not fit. Noticeable losses, still usable."),
  Q3_K_S: level(11, 3.5, "Smallest plain 3-bit: clear losses, check the answers."),
  IQ3_M: level(27, 3.66, "3-bit with a mixed scheme; better than Q3_K_S at a similar size, slower."),
  IQ3_S: level(26, 3.44, "3-bit codebook scheme; slower on processors, clear losses."),
  IQ3_XS: level(22, 3.3, "Just over 3 bits; wants an importance matrix to be any good.", true),
  IQ3_XXS: level(23, 3.06, "3 bits; only with an importance matrix.", true),
  Q2_K: level(10, 2.96, "Heavy losses: only when nothing larger fits."),
  Q2_K_S: level(21, 2.63, "Smaller than Q2_K; only with an importance matrix.", true),
  Q2_0: level(41, 2.25, "Plain 2-bit: for models trained for it; ruins others."),
  IQ2_M: level(29, 2.7, "2-bit mixture; only with an importance matrix.", true),
  IQ2_S: level(28, 2.5, "2-bit; only with an importance matrix, heavy losses.", true),
  IQ2_XS: level(20, 2.31, "2-bit; only with an importance matrix, heavy losses.", true),
  IQ2_XXS: level(19, 2.06, "Barely 2 bits; only with an importance matrix, very heavy losses.", true),
  TQ2_0: level(37, 2.06, "For models trained with ternary weights (BitNet); ruins others."),
  IQ1_M: level(31, 1.75, "Under 2 bits; only with an importance matrix. An experiment.", true),
  IQ1_S: level(24, 1.56, "The smallest of all; only with an importance matrix. An experiment.", true),
  TQ1_0: level(36, 1.69, "For models trained with ternary weights (BitNet); ruins others."),
  Q1_0: level(40, 1.13, "One bit: for models trained for it; ruins others."),
};

/** Names that people use for a level, upper case. Q3_K, Q4_K and Q5_K as llama-quantize reads them. */
const aliases: ReadonlyMap<string, QuantType> = new Map([
  ["INT8", "Q8_0"], ["INT4", "Q4_0"], ["Q8", "Q8_0"], ["Q6", "Q6_K"],
  ["Q5", "Q5_K_M"], ["Q4", "Q4_K_M"], ["Q3", "Q3_K_M"], ["Q2", "Q2_K"],
  ["Q5_K", "Q5_K_M"], ["Q4_K", "Q4_K_M"], ["Q3_K", "Q3_K_M"],
  ["FP32", "F32"], ["FP16", "F16"], ["MXFP4", "MXFP4_MOE"],
]);

/** The level meant by a name typed by a person, in any case and with `-` for `_`; undefined when there is none. */
export function resolveQuantType(text: string): QuantType | undefined {
  const name = text.trim().toUpperCase().replaceAll("-", "_");
  return quantTypes.find((type) => type === name) ?? aliases.get(name);
}

/** The level of a file by its `general.file_type`; undefined for one that this release does not write. */
export function quantTypeOfFtype(ftype: number): QuantType | undefined {
  return quantTypes.find((type) => quantLevels[type].ftype === ftype);
}
