import { join } from "node:path";
import { kl, markdownTable, megabytes, percent, perplexity } from "../markdown.mjs";

const preset = "prune-quantize-distil";

/** The preset of all three techniques, each step's cost and win. */
export const chain = {
  id: "chain",
  title: "The chain: prune → quantize → distil",
  async run({ decant, base, learn, work, reading }) {
    const { recipe, estimates } = await decant("recipe", "plan", preset, "--model", base, "--text", learn);
    const result = await decant("recipe", "run", preset, "--model", base, "--text", learn, "--folder", join(work, "chain"), "--yes", ...reading.chained);
    return { recipe, estimates, result };
  },
  page({ recipe, estimates, result: { original, steps } }) {
    const row = (name, bytes, measured, estimate, seconds) => [
      name, megabytes(bytes), estimate ? megabytes(estimate.bytes) : "", measured.bitsPerWeight.toFixed(2), perplexity(measured), kl(measured.kl?.mean), measured.top1Agreement === undefined ? "" : percent(measured.top1Agreement), seconds === undefined ? "" : seconds.toFixed(0), estimate ? estimate.seconds.toFixed(0) : "",
    ];
    const names = recipe.steps.map((step) => ({ prune: "prune", quantize: `quantize to ${step.level}`, distil: step.adapter ? `distil an adapter of rank ${step.adapter.rank}` : "distil" })[step.kind] ?? step.kind);
    const [before, after] = steps.slice(-2).map(({ measured }) => measured.kl.mean);
    return [
      `The preset \`${preset}\` as it ships: \`recipe run ${preset}\`. The last fifth of the learning text is held back and measured on.`,
      markdownTable(["Step", "Size", "foretold", "Bits", "Perplexity", "KL divergence", "Same top word", "Seconds", "foretold"], [
        row("original", original.bytes, original.measured), ...steps.map((step, index) => row(`${index + 1} ${names[index]}`, step.bytes, step.measured, estimates[index], step.seconds)),
      ]),
      `The last step won back ${percent(1 - after / before, 0)} of the KL divergence that the steps before had cost.`,
    ].join("\n\n");
  },
};
