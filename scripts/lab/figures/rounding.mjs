import { join } from "node:path";
import { kl, markdownTable, megabytes, percent } from "../markdown.mjs";

const levels = ["Q4_0", "Q4_1", "Q8_0"];

/** Error-compensated rounding against plain rounding at the same size. */
export const rounding = {
  id: "gptq",
  title: "GPTQ-style rounding against plain rounding at the same size",
  async run({ decant, base, learn, work, reading }) {
    const rows = [];
    for (const level of levels) {
      const [plain, compensated] = [join(work, `${level}-plain.gguf`), join(work, `${level}-gptq.gguf`)];
      await decant.make(plain, "quantize", base, "--type", level);
      const result = await decant.make(compensated, "quantize", base, "--type", level, "--rounding", "gptq", "--text", learn, ...reading.calibrated);
      const measured = await decant("measure", base, plain, compensated, ...reading.measured);
      rows.push({ level, result, rows: measured.rows });
    }
    return { rows };
  },
  page({ rows }) {
    return [
      "Rounding errors are carried over to the weights that are still to be rounded, as the activations on the learning text ask for (arXiv 2210.17323). Measured on text that was not calibrated on.",
      markdownTable(["Level", "Size, both", "KL plain", "KL compensated", "less", "Perplexity plain", "compensated", "Same top word", "Seconds"], rows.map(({ level, result, rows: [, plain, compensated] }) => [
        level, plain.bytes === compensated.bytes ? megabytes(plain.bytes) : `${plain.bytes} and ${compensated.bytes} bytes`, kl(plain.kl.mean), kl(compensated.kl.mean), `**${percent(1 - compensated.kl.mean / plain.kl.mean, 0)}**`,
        plain.perplexity.value.toFixed(3), compensated.perplexity.value.toFixed(3), `${percent(plain.top1Agreement)} → ${percent(compensated.top1Agreement)}`, result ? result.seconds.toFixed(1) : "",
      ])),
      "Relative squared error of the matrices' outputs on the calibration text: " + rows.filter(({ result }) => result).map(({ level, result }) => `${level} ${percentOf(result.outputError.plain)} → ${percentOf(result.outputError.compensated)}`).join(", ") + ".",
    ].join("\n\n");
  },
};

function percentOf(share) {
  return `${(100 * share).toPrecision(2)} %`;
}
