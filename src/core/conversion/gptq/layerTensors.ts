import { HumanError } from "../../../protocol/humanError";
import type { Checkpoint, SourceTensor } from "../checkpoint";
import { shown } from "../shown";
import type { GptqGrid, GptqTensor } from "./gptqTensor";
import { consecutiveGroups, indexedGroups } from "./groups";
import { fromHalves } from "./halfPrecision";
import { layerShape, type LayerParts, type LayerShape } from "./layerShape";
import type { GptqConfig } from "./quantConfig";
import { unpackWeights } from "./unpack";
import { zerosOf } from "./zeros";

export interface ReadGrid {
  readonly grid: GptqGrid;
  /** What a person should know of it, in sentences. */
  readonly notes: readonly string[];
}

/** The grid of a layer from its small tensors: scales, zeros and g_idx. */
export async function readGrid(checkpoint: Checkpoint, prefix: string, config: GptqConfig): Promise<ReadGrid> {
  const parts = partsOf(checkpoint, prefix);
  const shape = layerShape(prefix, parts, config);
  const { bits, groups, outFeatures } = shape;
  const zeros = zerosOf(await integers(parts.qzeros), bits, groups, outFeatures, config.format);
  const indexed = parts.indices && indexedGroups(prefix, await integers(parts.indices), groups);
  const groupOf = indexed ?? consecutiveGroups(prefix, shape, config);
  const scales = await scalesOf(parts.scales, shape);
  return { grid: { ...shape, scales, zeros: zeros.values, groupOf }, notes: zeros.disputed === 0 ? [] : [disputedNote(prefix, zeros.disputed, shape)] };
}

/** The whole layer. Memory: one byte for each weight, and its packed weights while they are read. */
export async function readTensor(checkpoint: Checkpoint, prefix: string, config: GptqConfig): Promise<GptqTensor> {
  const { grid } = await readGrid(checkpoint, prefix, config);
  const qweight = await integers(partsOf(checkpoint, prefix).qweight);
  return { ...grid, codes: unpackWeights(qweight, grid.bits, grid.inFeatures, grid.outFeatures) };
}

function partsOf({ tensors }: Checkpoint, prefix: string): LayerParts {
  const part = (suffix: string): SourceTensor => {
    const tensor = tensors.get(`${prefix}.${suffix}`);
    if (tensor) return tensor;
    throw new HumanError("notReadable", `${shown(prefix)} has no ${suffix}, which every layer of a GPTQ checkpoint has. A file is missing or damaged.`);
  };
  return { qweight: part("qweight"), qzeros: part("qzeros"), scales: part("scales"), indices: tensors.get(`${prefix}.g_idx`) };
}

/** Scales [groups][outFeatures] turned to [outFeatures][groups]; a HumanError where one is no number. */
async function scalesOf(tensor: SourceTensor, { groups, outFeatures }: LayerShape): Promise<Float32Array> {
  const stored = await floats(tensor);
  const scales = new Float32Array(stored.length);
  for (let group = 0; group < groups; group++) {
    for (let output = 0; output < outFeatures; output++) {
      const scale = stored[group * outFeatures + output]!;
      if (!Number.isFinite(scale)) throw new HumanError("notReadable", `${shown(tensor.name)} holds numbers that are none (NaN or infinite): the checkpoint is damaged. Download it again.`);
      scales[output * groups + group] = scale;
    }
  }
  return scales;
}

async function floats(tensor: SourceTensor): Promise<Float32Array> {
  const bytes = await wholeBytes(tensor);
  if (tensor.dtype === "F32") return new Float32Array(bytes.buffer);
  const halves = new Uint16Array(bytes.buffer);
  return tensor.dtype === "F16" ? fromHalves(halves) : new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
}

async function integers(tensor: SourceTensor): Promise<Int32Array> {
  return new Int32Array((await wholeBytes(tensor)).buffer);
}

/** In memory of its own, so that numbers of 2 and 4 bytes lie where they may. */
async function wholeBytes(tensor: SourceTensor): Promise<Uint8Array<ArrayBuffer>> {
  const read = await tensor.read();
  if (read.byteLength !== tensor.bytes) throw new HumanError("truncated", `${shown(tensor.name)} is cut off: ${read.byteLength} of ${tensor.bytes} bytes could be read. Download the checkpoint again.`);
  return new Uint8Array(read);
}

function disputedNote(prefix: string, disputed: number, { bits, groups, outFeatures }: LayerShape): string {
  return `${prefix}: ${disputed} of ${groups * outFeatures} zeros are stored as ${(1 << bits) - 1}. They are read as 0, as GPTQModel means them; AutoGPTQ's kernels read ${1 << bits}.`;
}
