import type { Hyperparameters } from "./hyperparameters";

/**
 * What is to be known of a model whose tokens attend to the last ones alone: but for Gemma llama.cpp lets them attend to all
 * (v0.4.0 reads no window of llama, qwen2 and qwen3, and switches off that of phi3). Source of who has one: MistralConfig, Qwen2Config,
 * Qwen3Config and Phi3Config of transformers.
 */
export function windowNotes(architecture: string, model: Hyperparameters): readonly string[] {
  const window = model.get("sliding_window");
  const context = model.get("max_position_embeddings");
  if (!hasWindow(architecture, model) || typeof window !== "number" || (typeof context === "number" && window >= context)) return [];
  return [`In the original program a token attends to the last ${window} alone, in llama.cpp to all before it: texts up to ${window} tokens are read alike, longer ones are not.`];
}

function hasWindow(architecture: string, model: Hyperparameters): boolean {
  switch (architecture) {
    case "llama": return model.text("model_type") === "mistral";
    case "phi3": return true;
    case "qwen2": case "qwen3": {
      // The first blocks have none.
      const first = model.get("max_window_layers");
      return model.flag("use_sliding_window") === true && !(typeof first === "number" && first >= model.blocks);
    }
    default: return false;
  }
}
