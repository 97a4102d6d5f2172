import type { TensorErrorsTable } from "../../src/protocol/panels";
import { formatKl, formatShare } from "../format";

type Tensor = TensorErrorsTable["tensors"][number];
/** What tensors are coloured by: expected loss in nats, or relative squared error. */
export type Measure = "cost" | "error";

export interface HeatMap {
  /** Of blocks, in the order of the model. */
  readonly roles: readonly string[];
  readonly blocks: readonly number[];
  /** One row for each role; undefined where the block has no such tensor. */
  readonly cells: readonly (readonly (Tensor | undefined)[])[];
  /** Outside of the blocks: token embedding, output. */
  readonly outside: readonly Tensor[];
}

export function heatMap({ tensors }: TensorErrorsTable): HeatMap {
  const inside = tensors.filter(({ block }) => block >= 0);
  const roles = [...new Set(inside.map(({ role }) => role))];
  const blocks = [...new Set(inside.map(({ block }) => block))].sort((a, b) => a - b);
  const byPlace = new Map(inside.map((tensor) => [`${tensor.block} ${tensor.role}`, tensor]));
  return { roles, blocks, cells: roles.map((role) => blocks.map((block) => byPlace.get(`${block} ${role}`))), outside: tensors.filter(({ block }) => block < 0) };
}

/** Undefined where the tensor cannot be made in this type. */
export function valueOf(tensor: Tensor, type: number, by: Measure): number | undefined {
  return (by === "cost" ? tensor.costs : tensor.errors)[type];
}

/** 0 to 1 on a logarithmic scale of one to three decades below the largest value: small costs still show, noise does not glow. */
export function intensityScale(values: readonly number[]): (value: number) => number {
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return () => 0;
  const high = Math.max(...positive);
  const low = Math.min(Math.max(Math.min(...positive), high / 1000), high / 10);
  return (value) => (value <= 0 ? 0 : Math.min(1, Math.max(0, Math.log(value / low) / Math.log(high / low))));
}

/** The largest first. */
export function worstTensors({ tensors }: TensorErrorsTable, type: number, by: Measure, count: number): readonly { readonly tensor: Tensor; readonly value: number }[] {
  return tensors
    .flatMap((tensor) => {
      const value = valueOf(tensor, type, by);
      return value === undefined ? [] : [{ tensor, value }];
    })
    .sort((a, b) => b.value - a.value)
    .slice(0, count);
}

/** The type to show first: one of 4 bits, else the smallest. */
export function firstType(types: readonly string[]): string | undefined {
  return ["Q4_K", "Q4_0", "IQ4_XS"].find((type) => types.includes(type)) ?? types.find((type) => /4/.test(type)) ?? types.at(-1);
}

/** "Where does it hurt?" in two sentences, from the expected losses. */
export function hurtWords(table: TensorErrorsTable, type: number): string {
  const all = worstTensors(table, type, "cost", Number.POSITIVE_INFINITY).filter(({ value }) => value > 0);
  const total = all.reduce((sum, { value }) => sum + value, 0);
  if (total === 0) return "Nothing is expected to be lost.";
  let half = 0;
  let count = 0;
  while (half < total / 2) half += all[count++]?.value ?? total;
  const [role, second] = shares(all, total, ({ role: name }) => name);
  const [block] = shares(all.filter(({ tensor }) => tensor.block >= 0), total, (tensor) => String(tensor.block));
  const rest = second ? `, then ${second.name} with ${formatShare(second.share, 0)}` : "";
  const where = block ? ` The most sensitive block is ${block.name} (${formatShare(block.share, 0)}).` : "";
  return `All tensors in ${table.types[type] ?? ""} are expected to cost ${formatKl(total)} nats; half of that comes from ${count} of ${all.length}. ${role?.name ?? ""} costs most with ${formatShare(role?.share, 0)}${rest}.${where}`;
}

function shares(all: readonly { readonly tensor: Tensor; readonly value: number }[], total: number, nameOf: (tensor: Tensor) => string): readonly { readonly name: string; readonly share: number }[] {
  const sums = new Map<string, number>();
  for (const { tensor, value } of all) sums.set(nameOf(tensor), (sums.get(nameOf(tensor)) ?? 0) + value);
  return [...sums].map(([name, sum]) => ({ name, share: sum / total })).sort((a, b) => b.share - a.share);
}
