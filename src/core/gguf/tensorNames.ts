/** Place of a tensor in the model: its block (-1 outside of the blocks) and its role, e.g. "attn_q", "ffn_down", "token_embd". */
export function tensorPlace(name: string): { readonly block: number; readonly role: string } {
  const [first = "", second = "", third = ""] = name.split(".");
  return first === "blk" ? { block: Number(second), role: third } : { block: -1, role: first };
}
