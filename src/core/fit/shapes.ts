import { type QuantType, quantTypes } from "../../protocol/model";
import { quantLevels } from "../gguf/quantLevels";
import type { ModelShape } from "../../protocol/model";

/** A well-known model that can be asked about without its file. */
export interface KnownModel {
  readonly id: string;
  readonly label: string;
  readonly parameters: number;
  readonly contextLength: number;
  /** Share of the weights that one token uses. */
  readonly activeShare: number;
  readonly shape: ModelShape;
}

/** From the models' published configurations (config.json of Meta-Llama-3-8B, Meta-Llama-3-70B, Mixtral-8x22B-v0.1). */
export const knownModels: readonly KnownModel[] = [
  {
    id: "llama3-8b", label: "Llama 3 8B", parameters: 8.03e9, contextLength: 8192, activeShare: 1,
    shape: { blocks: 32, embedding: 4096, feedForward: 14336, heads: 32, keyWidth: 1024, valueWidth: 1024, vocabulary: 128256 },
  },
  {
    id: "llama3-70b", label: "Llama 3 70B", parameters: 70.6e9, contextLength: 8192, activeShare: 1,
    shape: { blocks: 80, embedding: 8192, feedForward: 28672, heads: 64, keyWidth: 1024, valueWidth: 1024, vocabulary: 128256 },
  },
  {
    // 2 of 8 experts per token: 39.2 of 140.6 billion weights.
    id: "mixtral-8x22b", label: "Mixtral 8x22B", parameters: 140.6e9, contextLength: 65536, activeShare: 0.28,
    shape: { blocks: 56, embedding: 6144, feedForward: 16384, heads: 48, keyWidth: 1024, valueWidth: 1024, vocabulary: 32000 },
  },
];

export function knownModel(id: string): KnownModel | undefined {
  return knownModels.find((model) => model.id === id);
}

/** About what a level of a known model weighs, bytes: its bits per weight in llama.cpp's mixtures, largest first. */
export function knownLevels(model: KnownModel): readonly { readonly type: QuantType; readonly bytes: number; readonly bitsPerWeight: number }[] {
  return quantTypes
    .map((type) => ({ type, bitsPerWeight: quantLevels[type].bitsPerWeight, bytes: (model.parameters * quantLevels[type].bitsPerWeight) / 8 }))
    .sort((a, b) => b.bytes - a.bytes);
}
