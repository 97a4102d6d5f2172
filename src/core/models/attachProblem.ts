import type { GgufHeader, ParsedHeader } from "../gguf/header";
import { adapterProblem } from "./adapterProblem";

/**
 * As adapterProblem, for an adapter that llama.cpp is to apply while it computes. Where a model has no output matrix of its own,
 * llama.cpp multiplies with the token embedding too, and aborts, since the halves of a change to that are exchanged (v0.4.0).
 */
export function attachProblem(model: GgufHeader, adapter: ParsedHeader): string | undefined {
  const problem = adapterProblem(model, adapter);
  if (problem !== undefined) return problem;
  const changesEmbedding = adapter.tensors.some(({ name }) => name === "token_embd.weight.lora_a");
  if (!changesEmbedding || model.tensors.some(({ name }) => name === "output.weight")) return undefined;
  return "changes the token embedding, which this model uses for its output as well, and llama.cpp cannot attach such an adapter: merge it into the model instead.";
}
