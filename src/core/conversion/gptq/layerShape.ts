import { HumanError } from "../../../protocol/humanError";
import { shown } from "../shown";
import type { SourceTensor } from "../checkpoint";
import { gptqBits, type GptqBits, type GptqConfig } from "./quantConfig";
import { wordsOf } from "./unpack";

/** The tensors of a quantized linear layer. */
export interface LayerParts {
  readonly qweight: SourceTensor;
  readonly qzeros: SourceTensor;
  readonly scales: SourceTensor;
  readonly indices?: SourceTensor;
}

export interface LayerShape {
  readonly bits: GptqBits;
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly groups: number;
}

/** What the shapes of the tensors say; a HumanError that names the layer where they do not fit together. */
export function layerShape(prefix: string, { qweight, qzeros, scales, indices }: LayerParts, config: GptqConfig): LayerShape {
  const [weightWords, outFeatures] = matrix(qweight, ["I32"]);
  const [groups, scaleColumns] = matrix(scales, ["F16", "BF16", "F32"]);
  const [zeroRows, zeroWords] = matrix(qzeros, ["I32"]);
  const indexed = indices && length(indices);
  const inputsOf = (bits: GptqBits): number => indexed ?? Math.floor((weightWords * 32) / bits);
  const fits = (bits: GptqBits): boolean => wordsOf(outFeatures, bits) === zeroWords && wordsOf(inputsOf(bits), bits) === weightWords;
  const bits = fits(config.bits) || !config.dynamic ? config.bits : gptqBits.find(fits) ?? config.bits;
  const inFeatures = inputsOf(bits);
  if (!fits(bits) || scaleColumns !== outFeatures || zeroRows !== groups || groups > inFeatures) {
    const said = [qweight, qzeros, scales, ...(indices ? [indices] : [])].map(({ name, shape }) => `${name.slice(prefix.length + 1)} ${shape.join(" × ")}`);
    throw new HumanError("notReadable", `The tensors of ${shown(prefix)} do not fit together as ${config.bits} bit GPTQ (${said.join(", ")}). The checkpoint is damaged or laid out in another way.`);
  }
  return { bits, inFeatures, outFeatures, groups };
}

function matrix(tensor: SourceTensor, dtypes: readonly string[]): readonly [number, number] {
  const [rows, columns] = tensor.shape;
  if (tensor.shape.length !== 2 || !rows || !columns) throw new HumanError("notReadable", `${shown(tensor.name)} should be a matrix, but its shape is ${tensor.shape.join(" × ") || "that of one number"}. The checkpoint is damaged or not GPTQ.`);
  checkDtype(tensor, dtypes);
  return [rows, columns];
}

function length(tensor: SourceTensor): number {
  const [count] = tensor.shape;
  if (tensor.shape.length !== 1 || !count) throw new HumanError("notReadable", `${shown(tensor.name)} should be a list of numbers, but its shape is ${tensor.shape.join(" × ") || "that of one number"}. The checkpoint is damaged or not GPTQ.`);
  checkDtype(tensor, ["I32"]);
  return count;
}

function checkDtype({ name, dtype }: SourceTensor, dtypes: readonly string[]): void {
  if (!dtypes.includes(dtype)) throw new HumanError("unsupported", `${shown(name)} is kept as ${dtype}, where GPTQ has ${dtypes.join(", ")}. It cannot be converted.`);
}
