import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { formatBytes } from "../core/format";
import { HumanError, sentenceOf } from "../protocol/humanError";
import type { TradeoffRow, TradeoffsSnapshot } from "../protocol/panels";
import { jsonReport, report, type ReportFormat, reportFormats } from "../services/tradeoffs/report";
import { type Command, json, onePositional } from "./command";
import { keysOf, openStudy, stakeOf, studyOptions, taskOf } from "./studyOptions";
import { table } from "./table";

export const tradeoffs: Command = {
  name: "tradeoffs",
  usage: "tradeoffs MODEL [--measure all|T,…] [--text F|DIR] [--imatrix F] [--labels F] [--machine M] [--context N] [--cache T] [--task T] [--stake S] [--report md|csv|json [--out F]]",
  summary: "What every level of a model costs and loses: estimated at once, measured on request",
  options: { ...studyOptions, measure: { type: "string" }, task: { type: "string" }, stake: { type: "string" }, report: { type: "string" }, out: { type: "string" } },
  async run(invocation) {
    const { options, output, services, token } = invocation;
    const format = formatOf(options.report);
    const task = taskOf(options.task);
    const stake = stakeOf(options.stake);
    const study = await openStudy(invocation, onePositional(invocation, "model"));
    try {
      study.setTask(task, stake);
      if (typeof options.measure === "string") {
        await study.measure(keysOf(study, options.measure), token);
        if (token.isCancellationRequested) throw HumanError.cancelled();
        const { problem } = study.snapshot;
        if (problem) throw new HumanError("failed", problem);
      }
      const { snapshot } = study;
      const provenance = { ...services.versions, ...study.provenance };
      const text = format ? report(format, snapshot, provenance) : invocation.json ? json(jsonReport(snapshot, provenance)) : describe(snapshot);
      if (typeof options.out === "string") return await save(resolve(options.out), text);
      output.result(text.trimEnd());
    } finally {
      study.dispose();
    }

    async function save(path: string, text: string): Promise<void> {
      await writeFile(path, text).catch((error: unknown) => {
        throw new HumanError("notWritable", `${path} cannot be written (${sentenceOf(error)}).`);
      });
      output.result(`Written to ${path}.`);
    }
  },
};

function formatOf(value: string | boolean | undefined): ReportFormat | undefined {
  if (value === undefined) return undefined;
  const format = reportFormats.find((candidate) => candidate === value);
  if (!format) throw new HumanError("badArgument", `--report takes ${reportFormats.join(", ")}, not "${String(value)}".`);
  return format;
}

function describe({ model, text, rows, advice, forecastNote, warning, context }: TradeoffsSnapshot): string {
  const headers = ["Level", "Size", "Bits", "Memory", "Fits", "KL divergence", "Same next word", "Perplexity", "Tokens/s", "Clause F1"];
  return [
    `${model.family} ${model.type}, ${formatBytes(model.bytes)}; memory at ${context} tokens; measured on ${text.name}`,
    ...(advice ? [`Take ${advice.label}. ${advice.sentence}`] : []),
    table(headers, rows.filter(({ problem }) => !problem).map(cells)),
    ...(forecastNote ? [`~ ${forecastNote}`] : []),
    ...(warning ? [warning] : []),
    ...rows.filter(({ status }) => status === "failed").map(({ label, problem }) => `${label} failed: ${problem}`),
  ].join("\n\n");
}

function cells({ label, size, memory, fit, gpuLayers, measured, forecast, clauseF1 }: TradeoffRow): string[] {
  const speed = measured?.generationTokensPerSecond;
  return [
    label,
    size ? formatBytes(size.bytes) : "–",
    size ? size.bitsPerWeight.toFixed(2) : "–",
    memory ? formatBytes(memory.weights + memory.cache + memory.compute) : "–",
    fit === "partial" && gpuLayers ? `${gpuLayers.fit}/${gpuLayers.all} layers on GPU` : fit ?? "–",
    measured?.kl ? measured.kl.mean.toPrecision(3) : forecast?.kl ? `~${forecast.kl.value.toPrecision(2)} (${forecast.kl.low.toPrecision(2)} to ${forecast.kl.high.toPrecision(2)})` : "–",
    measured?.top1Agreement !== undefined ? `${(100 * measured.top1Agreement).toFixed(1)} %` : forecast?.top1Agreement ? `~${(100 * forecast.top1Agreement.value).toFixed(0)} %` : "–",
    measured ? measured.perplexity.value.toFixed(3) : "–",
    speed ? speed.toFixed(1) : forecast?.generationTokensPerSecond ? `~${forecast.generationTokensPerSecond.toFixed(1)}` : "–",
    clauseF1 === undefined ? "–" : clauseF1.toFixed(3),
  ];
}
