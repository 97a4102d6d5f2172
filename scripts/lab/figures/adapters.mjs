import { join } from "node:path";
import { kl, markdownTable, megabytes, percent } from "../markdown.mjs";
import { training } from "./dropBlock.mjs";

const trainedAdapter = async ({ decant, base, learn, work, settings }) => {
  const adapter = join(work, "trained-adapter.gguf");
  const trained = await decant.make(adapter, "lora", "train", base, "--text", learn, ...settings.lora);
  return { adapter, trained };
};

/** An adapter trained here, read by Decant and by llama-perplexity. */
export const loraTrained = {
  id: "lora",
  title: "A LoRA adapter trained here",
  async run(context) {
    const { decant, base, reading, compareAdapter } = context;
    const { adapter, trained } = await trainedAdapter(context);
    const { rows } = await decant("measure", base, "--lora", adapter, ...reading.measured);
    const compared = await compareAdapter(base, adapter);
    return { trained, rows, compared, info: await decant("lora", "inspect", adapter) };
  },
  page({ trained, rows: [before, after], compared, info }) {
    return [
      `Rank ${info.ranks[1]}, ${megabytes(info.bytes)}; ${trained ? training(trained) : ""} On the measuring text, perplexity ${before.perplexity.value.toFixed(3)} → ${after.perplexity.value.toFixed(3)}.`,
      compared
        ? [
            "The same adapter in `llama-perplexity --lora`, built from the bundled sources and run with the libraries that Decant ships:",
            markdownTable(["Perplexity", "Decant", "llama-perplexity"], compared.map(({ name, decant, llama }) => [name, decant.toFixed(4), llama.toFixed(4)])),
          ].join("\n\n")
        : "Not compared with `llama-perplexity --lora`: the tools were not given (--tools).",
    ].join("\n\n");
  },
};

const bases = ["F32", "F16", "Q8_0", "Q4_K_M"];

/** The adapter made part of the model. */
export const merged = {
  id: "merged",
  title: "Merged model against base and adapter",
  async run(context) {
    const { decant, base, work, reading } = context;
    const { adapter } = await trainedAdapter(context);
    const rows = [];
    for (const level of bases) {
      const own = level === "F16" ? base : join(work, `merge-${level}.gguf`);
      if (own !== base) await decant.make(own, "quantize", base, "--type", level);
      const path = join(work, `merged-${level}.gguf`);
      await decant.make(path, "lora", "merge", own, adapter);
      const measured = await decant("measure", path, own, "--lora", adapter, "--at", own, ...reading.measured);
      rows.push({ level, rows: measured.rows });
    }
    return { rows };
  },
  page({ rows }) {
    return [
      "KL divergence of base + adapter from the merged model; what the adapter itself does is that of the base without it. A quantized base is quantized anew where the adapter changes it, which costs what rounding costs; unquantized ones are equal.",
      markdownTable(["Base", "Perplexity merged", "base + adapter", "KL between them", "KL of the base alone", "Same top word"], rows.map(({ level, rows: [whole, alone, both] }) => [
        level, whole.perplexity.value.toFixed(4), both.perplexity.value.toFixed(4), both.kl.mean.toExponential(1), kl(alone.kl.mean), percent(both.top1Agreement, 2),
      ])),
    ].join("\n\n");
  },
};

const ranks = ["1", "2", "4", "8", "full"];

/** Adapters taken out of a fine-tuned model. */
export const extracted = {
  id: "extract",
  title: "An adapter extracted from a fine-tuned model",
  async run(context) {
    const { decant, base, work, reading } = context;
    const { adapter } = await trainedAdapter(context);
    const tuned = join(work, "tuned.gguf");
    await decant.make(tuned, "lora", "merge", base, adapter);
    const rows = [];
    for (const rank of ranks) {
      const path = join(work, `extracted-${rank}.gguf`);
      const result = await decant.make(path, "lora", "extract", base, tuned, "--rank", rank);
      const measured = await decant("measure", tuned, "--lora", path, "--at", base, ...reading.measured);
      rows.push({ rank, result, rows: measured.rows });
    }
    return { rows };
  },
  page({ rows }) {
    return [
      "The fine-tuned model is the sample model with the adapter above merged into its F16 weights, so its differences have the rank of that adapter and, by rounding to F16, a little of every rank. Base + extracted adapter is measured against it.",
      markdownTable(["Rank", "Adapter", "Kept energy", "KL from the fine-tuned model", "Perplexity", "Same top word"], rows.map(({ rank, result, rows: [, adapted] }) => [
        rank, result ? megabytes(result.bytes) : "", result ? percent(result.energy, 3) : "", adapted.kl.mean.toExponential(1), adapted.perplexity.value.toFixed(4), percent(adapted.top1Agreement, 2),
      ])),
      `The fine-tuned model's own perplexity is ${rows[0].rows[0].perplexity.value.toFixed(4)}. That the logits agree to 1e-3 at full rank is a test (\`test/runtime\`).`,
    ].join("\n\n");
  },
};
