import { type ConversionPlan, type QuantType, quantTypes } from "../../protocol/model";
import type { ConversionType } from "../../protocol/rpc";
import { dataBytes, ggufHeaderBytes, type MetadataEntry } from "../gguf/writer";
import { quantLevels } from "../gguf/quantLevels";
import type { Checkpoint, JsonObject } from "./checkpoint";
import { text, u32 } from "./entries";
import { architectureOf } from "./families";
import { generalEntries } from "./general/generalEntries";
import type { ModelCard } from "./general/modelCard";
import { gptqConfigOf, gridText } from "./gptq/quantConfig";
import { withoutZeroBiases } from "./gptq/zeroBiases";
import { Hyperparameters } from "./hyperparameters";
import { lineageEntries } from "./lineageEntries";
import type { PlannedTensor } from "./plannedTensor";
import { ropeNotes } from "./ropeScaling";
import { windowNotes } from "./slidingWindow";
import { planTensors, type TensorPlan } from "./tensorPlan";
import { tokenizerEntries } from "./tokenizer/tokenizerEntries";
import type { TokenizerFiles } from "./tokenizer/vocabulary";

/** All that is read of a checkpoint before its weights. */
export interface CheckpointFiles {
  readonly checkpoint: Checkpoint;
  readonly tokenizer: TokenizerFiles;
  /** Name of the folder, or "owner/name" where it lies in a hub's cache. */
  readonly folder: string;
  readonly card: ModelCard;
  /** generation_config.json. */
  readonly generation: JsonObject;
}

/** The file to be written: its metadata and tensors. */
export interface PlannedFile {
  readonly plan: ConversionPlan;
  readonly metadata: readonly MetadataEntry[];
  readonly tensors: readonly PlannedTensor[];
}

/** GGML_QNT_VERSION of ggml.h, v0.4.0. */
const quantizationVersion = 2;

/** Plans the whole file; nothing is written. Throws a HumanError that says why a checkpoint cannot be converted. */
export async function planFile(files: CheckpointFiles, asked: ConversionType): Promise<PlannedFile> {
  const { config } = files.checkpoint;
  const model = new Hyperparameters(config);
  const architecture = architectureOf(config, model);
  const gptq = gptqConfigOf(files.checkpoint);
  const checkpoint = gptq ? await withoutZeroBiases(files.checkpoint) : files.checkpoint;
  const planned = await planTensors(architecture, model, checkpoint, asked, gptq);
  const tokenizer = tokenizerEntries(files.tokenizer, config, tokensOf(planned), architecture.tokenizer?.(model));
  const metadata: readonly MetadataEntry[] = [
    text("general.architecture", architecture.name),
    ...generalEntries({ ...files, config, parameters: planned.parameters }),
    ...architecture.metadata(model),
    u32("general.file_type", quantLevels[fileType(planned.type)].ftype),
    u32("general.quantization_version", quantizationVersion),
    ...lineageEntries(files.folder, planned.type, gptq !== undefined),
    ...tokenizer.entries,
  ];
  const header = ggufHeaderBytes({ metadata, tensors: planned.tensors });
  return {
    metadata,
    tensors: planned.tensors,
    plan: {
      architecture: architecture.name,
      parameters: planned.parameters,
      bytes: header.length + dataBytes(planned.tensors),
      tensors: planned.tensors.length,
      type: planned.type,
      ...(gptq && { gptq: gridText(gptq) }),
      notes: [...ropeNotes(model), ...windowNotes(architecture.name, model), ...tokenizer.notes, ...planned.notes],
    },
  };
}

/** Rows of the embeddings. */
function tokensOf({ tensors }: TensorPlan): number {
  return tensors.find(({ name }) => name === "token_embd.weight")!.shape[1]!;
}

/** The level that is named like a storage type. */
function fileType(type: string): QuantType {
  return quantTypes.find((level) => level === type) ?? "F16";
}
