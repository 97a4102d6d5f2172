import { basename } from "node:path";
import { stat } from "node:fs/promises";
import { loraFactor, loraPairs, type LoraPair } from "../../core/adapters/loraPair";
import { productNorm } from "../../core/adapters/productNorm";
import { brief } from "../../core/gguf/brief";
import { architectureOf } from "../../core/gguf/header";
import { tensorPlace } from "../../core/gguf/tensorNames";
import { adapterProblem } from "../../core/models/adapterProblem";
import { lineageOf } from "../../core/models/lineage";
import { plainText } from "../../core/models/safePath";
import type { AdapterInfo } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import { openNativeLibrary } from "../ffi/library";
import { TensorFile } from "../gguf/tensorFile";
import { WeightRows } from "../gguf/weightRows";
import { readPair } from "./pairValues";

/** What an adapter is and how much it changes. Throws a HumanError for a file that is none, and for one that is damaged. */
export async function adapterInfo(path: string): Promise<AdapterInfo> {
  const file = await TensorFile.open(path);
  const weights = new WeightRows(openNativeLibrary());
  try {
    const pairs = checkedPairs(file);
    const alpha = Number(file.header.metadata["adapter.lora.alpha"] ?? 0);
    const matrices: { name: string; rank: number; norm: number }[] = [];
    for (const pair of pairs) {
      const planes = await readPair(file, pair, weights);
      const squares = planes.map(({ left, right }) => productNorm(left, right, pair.rank) ** 2);
      const norm = Math.abs(loraFactor(alpha, pair.rank)) * Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
      matrices.push({ name: plainText(pair.name), rank: pair.rank, norm });
    }
    const ranks = pairs.map(({ rank }) => rank);
    const halves = pairs.flatMap(({ left, right }) => [left, right]);
    const lineage = lineageOf(path, file.header, "unknown", "adapter");
    return {
      path,
      bytes: (await stat(path)).size,
      architecture: plainText(architectureOf(file.header), 64),
      alpha,
      ranks: [ranks.reduce((a, b) => Math.min(a, b)), ranks.reduce((a, b) => Math.max(a, b))],
      parameters: halves.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
      type: [...new Set(halves.map(({ type }) => type))].join(", "),
      targets: [...new Set(pairs.map(({ name }) => plainText(tensorPlace(name).role, 60)))],
      matrices,
      steps: lineage?.steps ?? [],
      ...(lineage?.base !== undefined && { base: lineage.base }),
    };
  } finally {
    weights.dispose();
    await file.close();
  }
}

/** What it asks of a model is held against a model that has just that. */
function checkedPairs({ path, header }: TensorFile): readonly LoraPair[] {
  const name = basename(path);
  if (header.metadata["general.type"] !== "adapter") throw new HumanError("unsupported", `${brief(name)} is no LoRA adapter: choose the file of one, e.g. what “lora train” has written.`);
  const pairs = loraPairs(header);
  const tensors = pairs.map((pair) => ({ name: pair.name, type: "F32", shape: pair.shape, bytes: 0, offset: 0 }));
  const problem = adapterProblem({ version: 3, metadata: { "general.architecture": header.metadata["general.architecture"] }, tensors, dataOffset: 0 }, header);
  if (problem !== undefined) throw new HumanError("unsupported", `${name} ${problem}`);
  if (header.bigEndian) throw new HumanError("unsupported", `${brief(name)} is big-endian, which no machine of today reads: convert it again.`);
  return pairs;
}
