const adapter = { rank: 4, alpha: 8, targets: ["attn_q", "ffn_down"] };
const head = { version: 1, name: "Small", seed: 7 };

export function recipeWith(...steps: unknown[]): object {
  return { ...head, steps };
}

/** Recipes that the parser and the schema take. */
export const rightRecipes: readonly object[] = [
  recipeWith(),
  { $schema: "./recipe.schema.json", ...head, model: "models/a.gguf", text: "../contracts", steps: [] },
  recipeWith({ kind: "prune", blocks: [0, 3], feedForward: 0.75, gate: { maxKl: 0.2, maxPerplexity: 1.5, minAgreement: 0.9, minClauseF1: 0.6, otherwise: "ask" } }),
  recipeWith({ kind: "prune", blocks: { least: 2, by: "perplexity" } }, { kind: "sparsify", method: "wanda", sparsity: 0.5, pattern: "2:4" }),
  recipeWith({ kind: "quantize", level: "Q4_1", rounding: "gptq", imatrix: false }, { kind: "quantize", level: "IQ2_XS", imatrix: true }),
  recipeWith({
    kind: "distil", teacher: "teacher.gguf", adapter, merge: true,
    settings: {
      context: 256, piece: 64, epochs: 3, learningRate: 1e-4, warmUp: 0.1, finalRate: 0, weightDecay: 0.01, temperature: 2, hardShare: 0.1, labels: "drawn", validationShare: 0.1,
      validateEvery: 10, patience: 3, seed: 0,
    },
  }),
  recipeWith({ kind: "distil" }, { kind: "lora", examples: "chat.jsonl", adapter }, { kind: "merge", adapter: "a.gguf", scale: -0.5 }),
];

/** Recipes that neither takes, and what the parser says. */
export const wrongRecipes: readonly (readonly [recipe: unknown, sentence: string | RegExp])[] = [
  [[], "The recipe: must be an object with its settings in braces."],
  [{ ...head, version: 2, steps: [] }, "The recipe: “version” is 2: this Decant reads version 1."],
  [{ version: 1, seed: 1, steps: [] }, "The recipe: “name” is missing."],
  [{ ...head, name: "", steps: [] }, /“name” must be a text of 1 to 100 visible characters/],
  [{ ...head, seed: -1, steps: [] }, "The recipe: “seed” must be a whole number from 0 to 4294967295, not -1."],
  [{ ...head, seed: 1.5, steps: [] }, /“seed” must be a whole number/],
  [{ ...head, steps: [], nmae: "x" }, "The recipe: “nmae” is none of its settings. Did you mean “name”?"],
  [{ ...head }, "The recipe: “steps” is missing."],
  [{ ...head, steps: Array.from({ length: 21 }, () => ({ kind: "distil" })) }, "The recipe: “steps” must be a list of at most 20 steps."],
  [recipeWith("prune"), "Step 1: must be an object with its settings in braces."],
  [recipeWith({ level: "Q4_0" }), "Step 1: “kind” is missing."],
  [recipeWith({ kind: "distill" }), /Step 1: “kind” must be one of prune, .*, not "distill"\. Did you mean “distil”\?/],
  [recipeWith({ kind: "prune" }, { kind: "quantize", levle: "Q4_0" }), "Step 2: “levle” is none of its settings. Did you mean “level”?"],
  [recipeWith({ kind: "prune", level: "Q4_0" }), "Step 1 (prune): “level” is none of its settings: it may have kind, gate, blocks, feedForward."],
  [recipeWith({ kind: "quantize", level: "Q4_K_X" }), /Step 1 \(quantize\): “level” must be one of F32, .*, not "Q4_K_X"\. Did you mean “Q4_K_[MS]”\?/],
  [recipeWith({ kind: "quantize", level: "Q4_K_M", rounding: "gptq" }), "Step 1 (quantize): “rounding” by GPTQ is for the levels Q4_0, Q4_1, Q8_0, not for Q4_K_M."],
  [recipeWith({ kind: "prune", blocks: [1, 1] }), "Step 1 (prune): “blocks” names something twice."],
  [recipeWith({ kind: "prune", blocks: [512] }), "Step 1 (prune): “blocks” may hold a whole number from 0 to 511, not 512."],
  [recipeWith({ kind: "prune", blocks: { least: 0, by: "influence" } }), "Step 1 (prune), blocks: “least” must be a whole number from 1 to 512, not 0."],
  [recipeWith({ kind: "prune", blocks: { least: 1 } }), "Step 1 (prune), blocks: “by” is missing."],
  [recipeWith({ kind: "prune", feedForward: 0 }), "Step 1 (prune): “feedForward” must be a number above 0 to 1, not 0."],
  [recipeWith({ kind: "sparsify", method: "wanda", sparsity: 1 }), "Step 1 (sparsify): “sparsity” must be a number above 0 and below 1, not 1."],
  [recipeWith({ kind: "sparsify", sparsity: 0.5 }), "Step 1 (sparsify): “method” is missing."],
  [recipeWith({ kind: "distil", settings: { epochs: "3" } }), 'Step 1 (distil), settings: “epochs” must be a whole number from 1 to 1000, not "3".'],
  [recipeWith({ kind: "distil", settings: { lerningRate: 1e-4 } }), "Step 1 (distil), settings: “lerningRate” is none of its settings. Did you mean “learningRate”?"],
  [recipeWith({ kind: "distil", merge: "yes" }), 'Step 1 (distil): “merge” must be true or false, not "yes".'],
  [recipeWith({ kind: "lora" }), "Step 1 (lora): “adapter” is missing."],
  [recipeWith({ kind: "lora", adapter: { ...adapter, targets: [] } }), "Step 1 (lora), adapter: “targets” must be a list of 1 to 32 names."],
  [recipeWith({ kind: "lora", adapter: { ...adapter, targets: ["../x"] } }), 'Step 1 (lora), adapter: “targets” may not hold "../x".'],
  [recipeWith({ kind: "merge", adapter: "a.gguf" }), "Step 1 (merge): “scale” is missing."],
  [recipeWith({ kind: "merge", adapter: "a.gguf", scale: 0 }), "Step 1 (merge): “scale” must be a number from -100 to 100 but 0, not 0."],
  [recipeWith({ kind: "merge", adapter: "", scale: 1 }), /“adapter” must be a text of 1 to 1024 visible characters/],
  [recipeWith({ kind: "distil", settings: { context: 1 } }), /“context” must be a whole number from 2 to 131072, not 1/],
  [recipeWith({ kind: "distil", settings: { validationShare: 0.95 } }), /“validationShare” must be a number from 0 to 0\.9, not 0\.95/],
  [recipeWith({ kind: "lora", adapter: { ...adapter, rank: 1025 } }), /“rank” must be a whole number from 1 to 1024/],
  [recipeWith({ kind: "lora", adapter: { ...adapter, alpha: 20_000 } }), /“alpha” must be a number above 0 to 10000/],
  [recipeWith({ kind: "merge", adapter: "a".repeat(1025), scale: 1 }), /“adapter” must be a text of 1 to 1024 visible characters/],
  [recipeWith({ kind: "distil", gate: { maxKl: 0.1 } }), "Step 1 (distil), gate: “otherwise” is missing."],
  [recipeWith({ kind: "distil", gate: { maxKl: 0, otherwise: "stop" } }), "Step 1 (distil), gate: “maxKl” must be a number above 0 to 100, not 0."],
];
