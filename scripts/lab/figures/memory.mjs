import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { markdownTable, megabytes } from "../markdown.mjs";

/** Peak memory on a model that is large beside its tensors. */
export const memory = {
  id: "memory",
  title: "Peak memory on a model of a billion weights",
  needs: "big",
  async run({ decant, work, bigModel }) {
    const [base, tuned] = [join(work, "big.gguf"), join(work, "big-tuned.gguf")];
    const [pruned, adapter, merged] = ["big-pruned", "big-adapter", "big-merged"].map((name) => join(work, `${name}.gguf`));
    const all = [base, tuned, pruned, adapter, merged];
    const clear = () => Promise.all(all.map((path) => rm(path, { force: true })));
    await clear();
    try {
      const { parameters } = await bigModel(base);
      const { tensors } = await decant("inspect", base);
      const rows = [];
      const peak = async (what, ...args) => rows.push({ what, ...(({ peak, seconds }) => ({ peak, seconds }))(await decant.peak(...args)) });
      await peak("prune --drop 1,2", "prune", base, "--drop", "1,2", "--out", pruned);
      await rm(pruned, { force: true });
      // Stands for a fine-tuned model: every matrix of it differs.
      await peak("prune --sparsity 0.5", "prune", base, "--sparsity", "0.5", "--method", "magnitude", "--out", tuned);
      await peak("lora extract --rank 16", "lora", "extract", base, tuned, "--rank", "16", "--out", adapter);
      await rm(tuned, { force: true });
      await peak("lora merge", "lora", "merge", base, adapter, "--out", merged);
      return { bytes: (await stat(base)).size, largest: Math.max(...tensors.map(({ bytes }) => bytes)), parameters, rows };
    } finally {
      await clear();
    }
  },
  page({ bytes, largest, parameters, rows }) {
    return [
      `A generated model (\`scripts/lab/bigModel.mjs\`) of ${(parameters / 1e9).toFixed(2)} billion weights, ${megabytes(bytes)}; its largest tensor is ${megabytes(largest)} as stored. Peak resident memory of the native process, as the system counts it.`,
      markdownTable(["Work", "Peak memory", "of the file", "Seconds"], rows.map(({ what, peak, seconds }) => [what, megabytes(peak), `${((100 * peak) / bytes).toFixed(0)} %`, seconds.toFixed(0)])),
    ].join("\n\n");
  },
};
