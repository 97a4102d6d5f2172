import type { TensorInfo } from "../gguf/header";

/** Routers of experts, norms of heads and relative positions are matrices by their shape alone. */
const noWeights = /norm|gate_inp|rel_b/;

/** True of the matrices of attention and feed-forward parts, also of those of experts, plane after plane. */
export function isBlockMatrix({ name, shape }: TensorInfo): boolean {
  const [, role] = /^blk\.\d{1,6}\.((?:attn|ffn)_\w+)\.weight$/.exec(name) ?? [];
  return role !== undefined && !noWeights.test(role) && shape.length > 1;
}
