import { join } from "node:path";
import { count, kl, markdownTable, measuredTable, percent } from "../markdown.mjs";

/** One block left out, then distilled from the whole model. */
export const dropBlock = {
  id: "drop",
  title: "One block left out, and won back by distilling",
  async run({ decant, base, learn, work, reading, settings }) {
    const ranking = await decant("prune", base, "--rank", "--leave-out", "--text", learn, ...reading.ranked);
    const least = [...ranking.blocks].sort((a, b) => a.without.kl - b.without.kl)[0].block;
    const [pruned, healed] = [join(work, "pruned.gguf"), join(work, "pruned-distilled.gguf")];
    await decant.make(pruned, "prune", base, "--drop", String(least));
    const trained = await decant.make(healed, "distil", pruned, "--teacher", base, "--text", learn, ...settings.heal);
    const { rows, chunks } = await decant("measure", base, pruned, healed, ...reading.measured);
    return { ranking, least, trained, rows, chunks };
  },
  page({ ranking, least, trained, rows }) {
    const [, lost, left] = rows.map((row) => row.kl?.mean);
    return [
      "Blocks by what they do to a text (Block Influence: 1 − cosine of a block's input and output) and by what is lost without them:",
      markdownTable(["Block", "Influence", "Perplexity without it", "KL without it"], ranking.blocks.map(({ block, influence, without }) => [block, influence.toFixed(4), without.perplexity.toFixed(2), kl(without.kl)])),
      `Block ${least} was left out, and all weights of what stayed learnt from the whole model: ${training(trained)}`,
      measuredTable(["original", `without block ${least}`, "… and distilled"], rows),
      `**Distilling won back ${percent(1 - left / lost, 0)} of the lost KL divergence** (asked for: 50 %).`,
    ].join("\n\n");
  },
};

/** Settings and course of a training in a sentence. */
export function training({ steps, tokens, tokensPerSecond, seconds, validationBefore, validationBest, bestStep }) {
  return `${count(steps)} steps, ${count(tokens)} tokens, ${count(tokensPerSecond)} tokens/s, ${seconds.toFixed(0)} s; validation loss ${validationBefore.toFixed(3)} → ${validationBest.toFixed(3)} (step ${count(bestStep)}).`;
}
