import { markdownTable } from "../markdown.mjs";

/** Training beside llama-finetune. */
export const speed = {
  id: "speed",
  title: "Training speed beside llama-finetune",
  needs: "tools",
  async run({ trainingBench }) {
    return trainingBench();
  },
  page({ rows, settings }) {
    return [
      `The same F32 sample model, text and settings (${settings}), one after the other in one run.`,
      markdownTable(["", "Decant", "llama-finetune", "ratio"], rows.map(({ what, ours, theirs }) => [what, ours.toFixed(0), theirs.toFixed(0), (ours / theirs).toFixed(2)])),
    ].join("\n\n");
  },
};
