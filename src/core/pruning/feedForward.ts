import { HumanError } from "../../protocol/humanError";
import type { ParsedHeader, TensorInfo } from "../gguf/header";
import { tensorTypeNamed } from "../gguf/tensorTypes";

/** The feed-forward part of a block: `neurons` activations between two matrices. */
export interface FeedForward {
  readonly block: number;
  readonly neurons: number;
  /** neurons × width. */
  readonly down: TensorInfo;
  /** width × neurons; where `gated`, the rows of the gate come before or behind those of the other half. */
  readonly up: TensorInfo;
  /** width × neurons. */
  readonly gate?: TensorInfo;
  /** One matrix holds both (Phi-3, GLM-4): row j and row neurons + j belong to one neuron. */
  readonly gated: boolean;
}

/** What is taken of a tensor when neurons go. */
export type NeuronsOf = "rows" | "bothRows" | "columns";

/** The feed-forward parts of all blocks. Throws a HumanError with the reason where neurons cannot be left out. */
export function feedForwardParts({ tensors }: ParsedHeader, blocks: readonly number[]): readonly FeedForward[] {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const experts = tensors.find(({ name }) => /^blk\.\d+\.ffn_.*(_exps|_shexp|_chexps|gate_inp)/.test(name));
  if (experts) throw new HumanError("unsupported", `This is a mixture of experts (${experts.name}), whose neurons Decant does not leave out: leave out blocks instead.`);
  const parts = blocks.map((block) => partOf(byName, block));
  const strange = tensors.find(({ name, shape }) => {
    const block = Number(/^blk\.(\d+)\.ffn_/.exec(name)?.[1] ?? -1);
    const part = parts.find((each) => each.block === block);
    return part !== undefined && neuronsOf(name, part) === undefined && !/ffn_(norm|post_norm)|\.bias$/.test(name) && shape.some((size) => size === part.neurons);
  });
  if (strange) throw new HumanError("unsupported", `${strange.name} has a value for each neuron, and Decant does not know how it is used: leave out blocks instead.`);
  return parts;
}

/** Which part of a tensor of the block neurons are; undefined where it has none. */
export function neuronsOf(name: string, { block, gated }: FeedForward): NeuronsOf | undefined {
  const own = name.startsWith(`blk.${block}.`) ? name.slice(`blk.${block}.`.length) : "";
  if (own === "ffn_down.weight") return "columns";
  if (own === "ffn_up.weight" || own === "ffn_up.bias") return gated ? "bothRows" : "rows";
  return own === "ffn_gate.weight" || own === "ffn_gate.bias" ? "rows" : undefined;
}

/** The number of neurons must be a multiple of the longest block of the types that `ffn_down` is stored in; that and its type. */
export function neuronUnit(parts: readonly FeedForward[]): { readonly unit: number; readonly type: string } {
  const units = parts.map(({ down: { type } }) => ({ unit: tensorTypeNamed(type)?.blockSize ?? 1, type }));
  return units.reduce((longest, each) => (each.unit > longest.unit ? each : longest), { unit: 1, type: "F32" });
}

function partOf(byName: ReadonlyMap<string, TensorInfo>, block: number): FeedForward {
  const find = (role: string): TensorInfo | undefined => byName.get(`blk.${block}.${role}.weight`);
  const [down, up, gate] = [find("ffn_down"), find("ffn_up"), find("ffn_gate")];
  const neurons = down?.shape[0] ?? 0;
  const rows = up?.shape[1];
  if (!down || !up || down.shape.length !== 2 || up.shape.length !== 2 || (gate && gate.shape[1] !== neurons) || (rows !== neurons && (gate !== undefined || rows !== 2 * neurons))) {
    throw new HumanError("unsupported", `Block ${block} has no feed-forward part of a kind that Decant knows, so its neurons cannot be left out: leave out blocks instead.`);
  }
  return { block, neurons, down, up, ...(gate && { gate }), gated: rows === 2 * neurons };
}
