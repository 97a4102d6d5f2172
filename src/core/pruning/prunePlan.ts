import { HumanError } from "../../protocol/humanError";
import { architectureOf, type ParsedHeader, type TensorInfo } from "../gguf/header";
import { changedEntries, metadataEntries } from "../gguf/rewrite";
import { dataBytes, ggufHeaderBytes, type MetadataEntry, type WrittenTensor } from "../gguf/writer";
import { blockCount } from "./blockCount";
import { checkKinds, checkPrunable } from "./blockKinds";
import { checkCounts, keptBlocksMetadata, nextTokenBlocks } from "./blockMetadata";
import { type FeedForward, feedForwardParts, type NeuronsOf, neuronsOf, neuronUnit } from "./feedForward";

export interface PruningWish {
  /** Numbers in the model, from 0. */
  readonly dropBlocks: readonly number[];
  /** Neurons that each block keeps; absent keeps all. */
  readonly feedForward?: number;
}

export interface PlannedTensor extends WrittenTensor {
  readonly source: TensorInfo;
  /** Of the block that the source belongs to, where only the kept neurons of it are written. */
  readonly neurons?: { readonly part: FeedForward; readonly of: NeuronsOf };
}

/** The header of a pruned model and where its tensors come from. */
export interface PrunePlan {
  readonly metadata: readonly MetadataEntry[];
  readonly tensors: readonly PlannedTensor[];
  readonly alignment: number;
  /** Left. */
  readonly blocks: number;
  /** Of each block; the most where they differ. 0 where the model has no such part. */
  readonly feedForward: number;
  /** Feed-forward parts that lose neurons. */
  readonly narrowed: readonly FeedForward[];
  /** Of the whole file. */
  readonly bytes: number;
  readonly parameters: number;
  readonly notes: readonly string[];
}

/**
 * What leaving out blocks and feed-forward neurons gives. The header must have been read without folding; `more` entries (lineage) are
 * added. Throws a HumanError for a wish that cannot be fulfilled, and for models that Decant does not know well enough.
 */
export function planPruning(header: ParsedHeader, { dropBlocks, feedForward }: PruningWish, more: readonly MetadataEntry[] = []): PrunePlan {
  checkPrunable(header);
  const blocks = blockCount(header);
  const kept = keptBlocks(header, dropBlocks, blocks);
  checkKinds(header, kept, blocks);
  if (kept.length < blocks) checkCounts(header);
  const narrowed = feedForward === undefined ? [] : narrowedParts(header, kept, feedForward);
  if (kept.length === blocks && narrowed.length === 0) throw new HumanError("badArgument", "Nothing would be left out: choose blocks, or fewer neurons than there are.");
  const partOf = new Map(narrowed.map((part) => [part.block, part]));
  const numbers = new Map(kept.map((block, index) => [block, index]));
  const tensors = header.tensors.flatMap((source) => plannedTensor(source, numbers, partOf, feedForward ?? 0));
  const rewritten = keptBlocksMetadata(header, metadataEntries(header), kept, blocks);
  const widths = narrowed.length > 0 ? widthEntries(header, rewritten, feedForward!) : [];
  const metadata = changedEntries(rewritten, [...widths, ...more], narrowed.length > 0 ? ["general.size_label", "general.parameter_count"] : []);
  const { alignment } = header;
  return {
    metadata,
    tensors,
    alignment,
    blocks: kept.length,
    feedForward: widest(tensors),
    narrowed,
    bytes: ggufHeaderBytes({ metadata, tensors, alignment }).length + dataBytes(tensors, alignment),
    parameters: tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
    notes: notesOf(header, narrowed, feedForward ?? 0),
  };
}

/** What was done, for the model's own history, e.g. "prune 1 block (2), feed-forward to 75 %". */
export function pruningStep({ narrowed }: PrunePlan, { dropBlocks, feedForward = 0 }: PruningWish): string {
  const dropped = [...new Set(dropBlocks)].sort((a, b) => a - b);
  const before = Math.max(...narrowed.map(({ neurons }) => neurons));
  const parts = [
    ...(dropped.length > 0 ? [`${dropped.length} ${dropped.length === 1 ? "block" : "blocks"} (${dropped.join(", ")})`] : []),
    ...(narrowed.length > 0 ? [`feed-forward to ${Number(((100 * feedForward) / before).toFixed(1))} %`] : []),
  ];
  return `prune ${parts.join(", ")}`;
}

function keptBlocks(header: ParsedHeader, dropped: readonly number[], blocks: number): readonly number[] {
  const wrong = dropped.find((block) => !Number.isInteger(block) || block < 0 || block >= blocks);
  if (wrong !== undefined) throw new HumanError("badArgument", `This model has no block ${wrong}: its blocks are 0 to ${blocks - 1}.`);
  const extra = nextTokenBlocks(header);
  if (dropped.some((block) => block >= blocks - extra)) {
    throw new HumanError("badArgument", `The last ${extra === 1 ? "block" : `${extra} blocks`} of this model only foretell further tokens: choose among 0 to ${blocks - extra - 1}.`);
  }
  const gone = new Set(dropped);
  const kept = Array.from({ length: blocks }, (_, block) => block).filter((block) => !gone.has(block));
  if (kept.length <= extra) throw new HumanError("badArgument", `At least one of the ${blocks - extra} blocks must stay.`);
  return kept;
}

/** The feed-forward parts that have more neurons than are wanted; empty where all have so many. */
function narrowedParts(header: ParsedHeader, kept: readonly number[], wanted: number): readonly FeedForward[] {
  const parts = feedForwardParts(header, kept);
  const least = Math.min(...parts.map(({ neurons }) => neurons));
  if (!Number.isInteger(wanted) || wanted < 1) throw new HumanError("badArgument", "The number of neurons to keep must be at least 1.");
  if (wanted > least) throw new HumanError("badArgument", `${wanted} neurons cannot be kept: a block of this model has ${least}.`);
  const { unit, type } = neuronUnit(parts);
  if (wanted % unit !== 0) {
    throw new HumanError("badArgument", `The number of neurons must be a multiple of ${unit}, because ffn_down is stored as ${type} in blocks of so many weights: take ${Math.max(unit, unit * Math.round(wanted / unit))}.`);
  }
  return parts.filter(({ neurons }) => neurons > wanted);
}

/** Tensors outside of the blocks stay as they are, those of blocks that are left out go. */
function plannedTensor(source: TensorInfo, numbers: ReadonlyMap<number, number>, partOf: ReadonlyMap<number, FeedForward>, wanted: number): readonly PlannedTensor[] {
  const [, digits, rest] = /^blk\.(\d+)\.(.*)$/s.exec(source.name) ?? [];
  if (digits === undefined) return [{ source, name: source.name, type: source.type, shape: source.shape }];
  const block = Number(digits);
  const number = numbers.get(block);
  if (number === undefined) return [];
  const part = partOf.get(block);
  const of = part && neuronsOf(source.name, part);
  const planned = { source, name: `blk.${number}.${rest}`, type: source.type };
  if (!part || !of) return [{ ...planned, shape: source.shape }];
  return [{ ...planned, shape: narrowedShape(source.shape, of, wanted), neurons: { part, of } }];
}

/** The rows of a bias are its only dimension. */
function narrowedShape(shape: readonly number[], of: NeuronsOf, wanted: number): readonly number[] {
  const size = of === "bothRows" ? 2 * wanted : wanted;
  return of === "columns" || shape.length === 1 ? [size, ...shape.slice(1)] : [shape[0]!, size, ...shape.slice(2)];
}

function widthEntries(header: ParsedHeader, entries: readonly MetadataEntry[], wanted: number): readonly MetadataEntry[] {
  const key = `${architectureOf(header)}.feed_forward_length`;
  const entry = entries.find((each) => each.key === key);
  if (!entry) throw new HumanError("unsupported", "This file does not say how many feed-forward neurons it has, so they cannot be left out.");
  if (entry.type !== "array") return [{ ...entry, value: typeof entry.value === "bigint" ? BigInt(wanted) : wanted }];
  return [{ ...entry, value: Array.from(entry.value, (before) => (typeof before === "bigint" ? BigInt(wanted) : wanted)) }];
}

function widest(tensors: readonly PlannedTensor[]): number {
  return tensors.reduce((most, { name, shape }) => (/^blk\.\d+\.ffn_down\.weight$/.test(name) ? Math.max(most, shape[0] ?? 0) : most), 0);
}

function notesOf({ tensors }: ParsedHeader, narrowed: readonly FeedForward[], wanted: number): readonly string[] {
  const quantized = new Set(narrowed.map(({ down: { type } }) => type).filter((type) => !["F32", "F16", "BF16"].includes(type)));
  const unquantized = narrowed.length > 0 && tensors.every(({ type }) => ["F32", "F16", "BF16"].includes(type));
  return [
    ...(quantized.size > 0 ? [`The columns of ffn_down were quantized again (${[...quantized].join(", ")}), which adds a rounding error: pruning the original and quantizing after is more exact.`] : []),
    ...(unquantized && wanted % 256 !== 0 ? [`${wanted} neurons are no multiple of 256: when this model is quantized, ffn_down falls back from K-quants to larger types.`] : []),
  ];
}
