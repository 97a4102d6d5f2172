/** Runs llama.cpp's tools and reads what they print. Seconds are those of whole processes. */
import { join } from "node:path";
import { runTimed } from "./process.mjs";

export function theirs(folder, threads) {
  /** A tool ends now and then before its log thread has printed the last lines: then it is run again, and timed again. */
  async function timed(tool, args, complete) {
    let output = "";
    for (let attempt = 0; attempt < 5; attempt++) {
      const done = await runTimed(join(folder, tool), args, { LD_LIBRARY_PATH: folder });
      output = done.stdout + done.stderr;
      if (complete(output)) return { ...done, output };
    }
    throw new Error(`${tool} did not print its results:\n${output.slice(-2000)}`);
  }

  async function perplexity(args, patterns) {
    const figures = (output) => Object.fromEntries(Object.entries(patterns).map(([name, pattern]) => [name, Number(pattern.exec(output)?.[1])]));
    const { seconds, cpu, output } = await timed("llama-perplexity", args, (text) => Object.values(figures(text)).every(Number.isFinite));
    return { seconds, cpu, ...figures(output) };
  }

  return {
    quantize: (input, output, type) => timed("llama-quantize", [input, output, type, `${threads}`], (text) => text.includes("quantize time")),

    /** The pass over the original and one over each level, with the file of logits between them. The original comes first. */
    async measure({ base, variants, textFile, context, chunks, logits, batch }) {
      const common = ["-c", `${context}`, "--chunks", `${chunks}`, "-t", `${threads}`, "--no-escape", ...(batch ? ["-b", `${batch}`] : [])];
      const rows = [await perplexity([...common, "-m", base, "-f", textFile, "--kl-divergence-base", logits], { perplexity: /Final estimate: PPL = ([\d.]+)/ })];
      for (const path of variants) {
        rows.push(await perplexity([...common, "-m", path, "--kl-divergence", "--kl-divergence-base", logits], {
          perplexity: /Mean PPL\(Q\)\s+:\s+([\d.]+)/, kl: /Mean\s+KLD:\s+([-\d.]+)/, median: /Median\s+KLD:\s+([-\d.]+)/, p99: /99\.0%\s+KLD:\s+([-\d.]+)/, top: /Same top p:\s+([\d.]+)/,
        }));
      }
      const sum = (part) => rows.reduce((total, row) => total + row[part], 0);
      return { seconds: sum("seconds"), cpu: sum("cpu"), rows };
    },

    async speeds(path) {
      const { stdout } = await timed("llama-bench", ["-m", path, "-t", `${threads}`, "-p", "512", "-n", "128", "-r", "3", "-o", "json"], (text) => text.includes("avg_ts"));
      const [prompt, generation] = JSON.parse(stdout);
      return { prompt: prompt.avg_ts, generation: generation.avg_ts };
    },
  };
}
