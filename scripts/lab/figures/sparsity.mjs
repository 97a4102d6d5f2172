import { join } from "node:path";
import { measuredTable, percent } from "../markdown.mjs";

const wishes = [
  ["magnitude, 50 %", ["--sparsity", "0.5", "--method", "magnitude"]],
  ["Wanda, 50 %", ["--sparsity", "0.5", "--method", "wanda"]],
  ["magnitude, 2:4", ["--pattern", "2:4", "--method", "magnitude"]],
  ["Wanda, 2:4", ["--pattern", "2:4", "--method", "wanda"]],
];

/** Single weights set to zero. */
export const sparsity = {
  id: "sparsity",
  title: "Single weights set to zero",
  async run({ decant, base, learn, work, reading }) {
    const paths = [];
    const results = [];
    for (const [index, [, options]] of wishes.entries()) {
      const path = join(work, `sparse-${index}.gguf`);
      const text = options.includes("wanda") ? ["--text", learn, ...reading.calibrated] : [];
      results.push(await decant.make(path, "prune", base, ...options, ...text));
      paths.push(path);
    }
    const { rows } = await decant("measure", base, ...paths, ...reading.measured);
    return { rows, results };
  },
  page({ rows, results }) {
    return [
      "File size and speed stay as they are: zeros are stored and multiplied like other weights. What it does to quality:",
      measuredTable(["original", ...wishes.map(([name]) => name)], rows),
      `Zeros in the matrices of the blocks: ${results.map((result, index) => `${wishes[index][0]} ${result ? percent(result.zeros) : "–"}`).join("; ")}.`,
    ].join("\n\n");
  },
};
