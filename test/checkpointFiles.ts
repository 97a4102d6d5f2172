/** A tiny checkpoint as it is after reading, without a disk. */
import type { JsonObject, SourceTensor } from "../src/core/conversion/checkpoint";
import type { CheckpointFiles } from "../src/core/conversion/conversionPlan";
import { modelCardOf } from "../src/core/conversion/general/modelCard";
import type { Dtype } from "../src/core/conversion/safetensors";
import { parseSentencePiece } from "../src/runtime/conversion/sentencePieceFile";
import { type CheckpointOptions, type CheckpointTensors, checkpointContents } from "./checkpoint";

export function checkpointFiles(options: CheckpointOptions = {}, folder = "tiny"): CheckpointFiles {
  const { files, tensors } = checkpointContents(options);
  const json = (name: string): JsonObject | undefined => (files[name] === undefined ? undefined : (JSON.parse(String(files[name])) as JsonObject));
  const model = files["tokenizer.model"];
  const sentencePiece = model instanceof Uint8Array ? parseSentencePiece(model) : undefined;
  const [tokenizerJson, tokenizerConfig, quantizeConfig] = [json("tokenizer.json"), json("tokenizer_config.json"), json("quantize_config.json")];
  return {
    folder,
    card: modelCardOf(String(files["README.md"] ?? "")),
    generation: json("generation_config.json") ?? {},
    checkpoint: { config: json("config.json") ?? {}, tensors: sourceTensors(tensors), ...(quantizeConfig && { quantizeConfig }) },
    tokenizer: { ...(sentencePiece && { sentencePiece }), ...(tokenizerJson && { tokenizerJson }), ...(tokenizerConfig && { tokenizerConfig }) },
  };
}

export function sourceTensors(tensors: CheckpointTensors): ReadonlyMap<string, SourceTensor> {
  return new Map(Object.entries(tensors).map(([name, { dtype, shape, data }]) => [name, {
    name, dtype: dtype as Dtype, shape, bytes: data.length, read: async (from, to) => data.subarray(from, to),
  }]));
}
