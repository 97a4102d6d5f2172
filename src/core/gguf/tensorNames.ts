/**
 * Place of a tensor in the model: its block (-1 outside of the blocks) and its role, e.g. "attn_q", "ffn_down", "token_embd".
 * Names of towers beside the text model have a prefix: "v.blk.0.attn_q.weight".
 */
export function tensorPlace(name: string): { readonly block: number; readonly role: string } {
  const [, block, role] = /^(?:[a-z]+\.)?blk\.(\d{1,6})\.([^.]+)/.exec(name) ?? [];
  return block !== undefined && role !== undefined ? { block: Number(block), role } : { block: -1, role: name.split(".", 1)[0] ?? "" };
}
