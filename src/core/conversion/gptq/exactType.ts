import { blockFormats, blockSize, blockTypes, type BlockType } from "./blocks";
import type { GptqGrid } from "./gptqTensor";
import { mixedBlocks } from "./groups";
import { fromHalves, toHalves } from "./halfPrecision";

export interface ExactTypes {
  /** The smallest type that holds the numbers of a layer exactly. */
  readonly type: BlockType;
  /** A sentence: why no smaller type does. */
  readonly why?: string;
  /** All that hold them exactly, by size. */
  readonly types: readonly BlockType[];
}
/** `reason` is a sentence: why no type does. */
export type ExactType = ExactTypes | { readonly reason: string };

/**
 * The types of ggml whose blocks can hold every weight that this grid allows, whatever the codes are: a block has one
 * scale d of half precision, so all its inputs are of one group, and scale · (code − zero) = d · (number of the type).
 */
export function exactType(grid: GptqGrid): ExactType {
  const reason = withoutBlocks(grid);
  if (reason !== undefined) return { reason };
  const zeros = rangeOf(grid.zeros);
  const most = (1 << grid.bits) - 1;
  const rounded = grid.bits > 4 ? 1 : roundedMinima(grid) / grid.zeros.length;
  const types = blockTypes.filter((name) => {
    const { lowest, most: largest } = blockFormats[name];
    return lowest === undefined ? most <= largest && rounded === 0 : -zeros.most >= lowest && most - zeros.least <= lowest + largest;
  });
  const [type] = types;
  const said = zeros.least === zeros.most ? `zeros of ${zeros.least}` : `zeros from ${zeros.least} to ${zeros.most}`;
  if (type === undefined) return { reason: `${said} reach from ${-zeros.most} to ${most - zeros.least} steps of the scale, and Q8_0 from -128 to 127.` };
  if (type === "Q4_0" || grid.bits === 8) return { type, types };
  const outside = `${said} reach beyond the -8 to 7 steps of Q4_0`;
  return { type, types, why: type === "Q4_1" ? `${outside}.` : `${outside}, and Q4_1 would round the smallest weight of ${percent(rounded)} of the groups.` };
}

function withoutBlocks({ inFeatures, groupOf, scales }: GptqGrid): string | undefined {
  if (inFeatures % blockSize !== 0) return `rows of ${inFeatures} weights do not divide into blocks of ${blockSize}.`;
  const mixed = mixedBlocks(groupOf, blockSize);
  if (mixed > 0) return `${percent(mixed / (inFeatures / blockSize))} of the blocks of ${blockSize} inputs mix groups, and a block has one scale.`;
  const rounded = notHalves(scales);
  return rounded > 0 ? `${percent(rounded / scales.length)} of the scales are not half-precision numbers.` : undefined;
}

/** Groups whose smallest weight, −scale · zero, is not a half-precision number. */
function roundedMinima({ scales, zeros }: GptqGrid): number {
  return notHalves(minimaOf(scales, zeros));
}

/** m of Q4_1: what code 0 stands for in each group. */
export function minimaOf(scales: Float32Array, zeros: Uint8Array): Float32Array {
  const minima = new Float32Array(scales.length);
  for (let group = 0; group < scales.length; group++) minima[group] = 0 - scales[group]! * zeros[group]!;
  return minima;
}

function notHalves(values: Float32Array): number {
  const halves = fromHalves(toHalves(values));
  let count = 0;
  for (let index = 0; index < values.length; index++) if (values[index] !== halves[index]) count++;
  return count;
}

function rangeOf(zeros: Uint8Array): { readonly least: number; readonly most: number } {
  let [least, most] = [255, 0];
  for (const zero of zeros) {
    if (zero < least) least = zero;
    if (zero > most) most = zero;
  }
  return { least, most };
}

/** Never "0 %" for what there is, nor "100 %" for less than all. */
function percent(share: number): string {
  const rounded = Math.round(share * 100);
  if (share === 1) return "100 %";
  return rounded === 0 ? "less than 1 %" : rounded === 100 ? "more than 99 %" : `${rounded} %`;
}
