import { stat } from "node:fs/promises";
import { join } from "node:path";
import { kl, markdownTable, megabytes, percent } from "../markdown.mjs";
import { training } from "./dropBlock.mjs";

const levels = ["Q2_K", "Q3_K_S"];

/** Quantized students with an adapter that was distilled from the original. */
export const students = {
  id: "students",
  title: "Quantized students with a distilled adapter",
  async run({ decant, base, learn, work, reading, settings }) {
    const rows = [];
    for (const level of levels) {
      const [student, adapter] = [join(work, `${level}.gguf`), join(work, `${level}-adapter.gguf`)];
      await decant.make(student, "quantize", base, "--type", level);
      const trained = await decant.make(adapter, "distil", student, "--teacher", base, "--text", learn, "--adapter", ...settings.student);
      const measured = await decant("measure", base, student, "--lora", adapter, "--at", student, ...reading.measured);
      rows.push({ level, studentBytes: (await stat(student)).size, adapterBytes: (await stat(adapter)).size, trained, rows: measured.rows, info: await decant("lora", "inspect", adapter) });
    }
    return { rows };
  },
  page({ rows }) {
    return [
      "The student computes with its quantized weights; only the adapter beside it learns, from the original's distributions.",
      markdownTable(["Student", "Size", "Adapter", "of its size", "Rank", "KL plain", "KL with adapter", "less", "Same top word"], rows.map(({ level, studentBytes, adapterBytes, rows: [, plain, adapted], info }) => [
        level, megabytes(studentBytes), megabytes(adapterBytes), percent(adapterBytes / studentBytes, 2), info.ranks[1], kl(plain.kl.mean), kl(adapted.kl.mean), `**${percent(1 - adapted.kl.mean / plain.kl.mean, 0)}**`, `${percent(plain.top1Agreement)} → ${percent(adapted.top1Agreement)}`,
      ])),
      "Asked for: an adapter of less than 3 % of the student's size, and 20 % less KL divergence.",
      ...rows.filter(({ trained }) => trained).map(({ level, trained, info }) => `${level}: ${training(trained)} Matrices: ${info.targets.join(", ")}.`),
    ].join("\n\n");
  },
};
