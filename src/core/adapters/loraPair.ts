import { HumanError } from "../../protocol/humanError";
import type { GgufHeader, TensorInfo } from "../gguf/header";
import { brief } from "../gguf/brief";

/** What an adapter adds to one weight: scale · (alpha ÷ rank) · B·A, where B has a row for each row of the weight. */
export interface LoraPair {
  /** Of the weight. */
  readonly name: string;
  readonly rank: number;
  /** Of the weight: row length, rows, experts. */
  readonly shape: readonly [columns: number, rows: number, planes: number];
  /** B, rows × rank, one plane for each expert. */
  readonly left: TensorInfo;
  /** A, rank × columns; columns × rank where the weight is a table whose rows are looked up. */
  readonly right: TensorInfo;
  readonly lookedUp: boolean;
}

/**
 * The pairs of an adapter's file. Of a token embedding, llama.cpp looks rows up in `lora_a` and multiplies by `lora_b`
 * (build_inp_embd of llama-graph.cpp, v0.4.0), so there the roles of the two are exchanged. Throws a HumanError for halves, and for
 * two that do not fit each other.
 */
export function loraPairs({ tensors }: GgufHeader): readonly LoraPair[] {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const names = new Set(tensors.flatMap(({ name }) => /^(.+)\.lora_[ab]$/.exec(name)?.[1] ?? []));
  return [...names].map((name) => {
    const [a, b] = [byName.get(`${name}.lora_a`), byName.get(`${name}.lora_b`)];
    if (!a || !b) throw new HumanError("notReadable", `The adapter is damaged: one half of its change to “${brief(name)}” is missing. Download or convert it again.`);
    const lookedUp = isLookedUp(name);
    const [left, right] = lookedUp ? [a, b] : [b, a];
    const [rank, rows, planes] = sizes(left);
    const [columns, rightRank, rightPlanes] = lookedUp ? swapped(sizes(right)) : sizes(right);
    if (rank !== rightRank || planes !== rightPlanes) {
      throw new HumanError("notReadable", `The adapter is damaged: the halves of its change to “${brief(name)}” do not fit each other (ranks ${rank} and ${rightRank}). Download or convert it again.`);
    }
    return { name, rank, shape: [columns, rows, planes], left, right, lookedUp };
  });
}

/** A table of rows that tokens choose, which no input is multiplied with. */
export function isLookedUp(name: string): boolean {
  return name.endsWith("token_embd.weight");
}

/** What B·A is multiplied by at scale 1; an alpha of 0 counts as none (llama-adapter.h). */
export function loraFactor(alpha: number, rank: number): number {
  return alpha === 0 ? 1 : alpha / rank;
}

function sizes({ shape }: TensorInfo): readonly [number, number, number] {
  return [shape[0] ?? 1, shape[1] ?? 1, shape.slice(2).reduce((product, size) => product * size, 1)];
}

function swapped([first, second, third]: readonly [number, number, number]): readonly [number, number, number] {
  return [second, first, third];
}
