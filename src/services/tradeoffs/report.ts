import { formatBytes } from "../../core/format";
import type { Forecast, TradeoffRow, TradeoffsSnapshot } from "../../protocol/panels";
import { csvLines, escapedMarkdown, markdownTable } from "./reportText";

/** What the figures of a report rest on. */
export interface Provenance {
  readonly decant: string;
  readonly llamaCpp: string;
  readonly node: string;
  readonly platform: string;
  readonly fingerprint: string;
  readonly textHash: string;
  readonly context: number;
  readonly chunks: number;
  readonly threads: number;
}

export const reportFormats = ["md", "csv", "json"] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** The tradeoffs of a model for people, for a spreadsheet, or for a program; the same input gives the same bytes. */
export function report(format: ReportFormat, snapshot: TradeoffsSnapshot, provenance: Provenance): string {
  switch (format) {
    case "md":
      return markdown(snapshot, provenance);
    case "csv":
      return csvLines(snapshot.rows.map(reportRow));
    case "json":
      return `${JSON.stringify(jsonReport(snapshot, provenance), undefined, 2)}\n`;
  }
}

/** One row with plain figures; what was not measured or foretold is left out. */
export interface ReportRow {
  readonly key: string;
  readonly label: string;
  readonly bytes: number | undefined;
  readonly bitsPerWeight: number | undefined;
  readonly memoryBytes: number | undefined;
  readonly fit: string | undefined;
  readonly gpuLayers: number | undefined;
  readonly kl: number | undefined;
  readonly klError: number | undefined;
  readonly klMedian: number | undefined;
  readonly klP99: number | undefined;
  readonly klForecast: number | undefined;
  readonly klForecastLow: number | undefined;
  readonly klForecastHigh: number | undefined;
  readonly top1Agreement: number | undefined;
  readonly top1AgreementForecast: number | undefined;
  readonly perplexity: number | undefined;
  readonly perplexityError: number | undefined;
  readonly promptTokensPerSecond: number | undefined;
  readonly generationTokensPerSecond: number | undefined;
  readonly generationForecast: number | undefined;
  readonly clauseF1: number | undefined;
  readonly chunks: number | undefined;
  /** What llama.cpp allocated while the row was measured. */
  readonly measuredMemoryBytes: number | undefined;
  readonly problem: string | undefined;
}

export function reportRow({ key, label, size, memory, fit, gpuLayers, measured, forecast, clauseF1, problem }: TradeoffRow): ReportRow {
  return {
    key, label,
    bytes: size?.bytes || undefined, bitsPerWeight: size?.bitsPerWeight || undefined,
    memoryBytes: memory && memory.weights + memory.cache + memory.compute, fit, gpuLayers: gpuLayers?.fit,
    kl: measured?.kl?.mean, klError: measured?.kl?.error, klMedian: measured?.kl?.median, klP99: measured?.kl?.p99,
    klForecast: forecast?.kl?.value, klForecastLow: forecast?.kl?.low, klForecastHigh: forecast?.kl?.high,
    top1Agreement: measured?.top1Agreement, top1AgreementForecast: forecast?.top1Agreement?.value,
    perplexity: measured?.perplexity.value, perplexityError: measured?.perplexity.error,
    promptTokensPerSecond: measured?.promptTokensPerSecond, generationTokensPerSecond: measured?.generationTokensPerSecond || undefined,
    generationForecast: forecast?.generationTokensPerSecond,
    clauseF1, chunks: measured?.chunks,
    measuredMemoryBytes: measured?.memory && measured.memory.weights + measured.memory.cache + measured.memory.compute,
    problem,
  };
}

export function jsonReport(snapshot: TradeoffsSnapshot, provenance: Provenance): object {
  const { machine, context, cacheType, text, imatrix, advice } = snapshot;
  const { family, type, bytes, parameters, architecture, contextLength } = snapshot.model;
  return { provenance, model: { family, type, bytes, parameters, architecture, contextLength }, machine, context, cacheType, text, imatrix, advice, rows: snapshot.rows.map(reportRow) };
}

function markdown(snapshot: TradeoffsSnapshot, provenance: Provenance): string {
  const { model, text, advice, context, cacheType, imatrix, machine } = snapshot;
  const header = ["Level", "Size", "Bits", "Memory", "Fits", "KL divergence", "Same next word", "Perplexity", "Tokens/s", "Clause F1"];
  const cells = snapshot.rows.map((row) => markdownCells(row).map((cell) => cell.replaceAll("|", "\\|")));
  const lines = [
    `# Tradeoffs of ${escapedMarkdown(model.family)}`,
    "",
    ...(advice ? [`**Take ${advice.label}.** ${advice.sentence}${advice.alternative ? ` ${advice.alternative}` : ""}`, ""] : []),
    ...markdownTable(header, cells),
    "",
    "Figures with ~ are estimates, with the interval that holds the true value four times in five.",
    "",
    "| Made with | |", "|---|---|",
    `| Decant, llama.cpp | ${provenance.decant}, ${provenance.llamaCpp} |`,
    `| Platform, Node | ${provenance.platform}, ${provenance.node} |`,
    `| Original | ${escapedMarkdown(model.family)} ${model.type}, ${model.bytes} bytes, fingerprint ${provenance.fingerprint} |`,
    `| Text | ${escapedMarkdown(text.name)}, ${text.words} words, SHA-256 ${provenance.textHash} |`,
    `| Chunks | at most ${provenance.chunks} of ${provenance.context} tokens, ${provenance.threads} threads |`,
    `| Importance matrix | ${imatrix ? `${escapedMarkdown(imatrix.name)}, ${imatrix.documents} documents, ${imatrix.chunks} chunks` : "none"} |`,
    `| Memory column | ${formatBytes(machine.totalMemory)} RAM, ${formatBytes(machine.totalVideoMemory)} video memory, ${context} tokens of context, ${cacheType} cache |`,
    "",
  ];
  return lines.join("\n");
}

function markdownCells(row: TradeoffRow): string[] {
  const { label, size, memory, fit, gpuLayers, measured, forecast, clauseF1, problem } = row;
  if (problem) return [label, problem, ...Array.from({ length: 8 }, () => "–")];
  const between = ({ value, low, high }: Forecast, show: (value: number) => string): string => `~${show(value)} (${show(low)} to ${show(high)})`;
  const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
  const kl = (value: number): string => value.toPrecision(3);
  const speed = measured?.generationTokensPerSecond || undefined;
  return [
    label,
    size ? formatBytes(size.bytes) : "–",
    size ? size.bitsPerWeight.toFixed(2) : "–",
    memory ? formatBytes(memory.weights + memory.cache + memory.compute) : "–",
    fit === "partial" && gpuLayers ? `${gpuLayers.fit} of ${gpuLayers.all} layers on the GPU` : fit ? { gpu: "GPU", ram: "RAM", tight: "RAM, tight", no: "no", partial: "partly" }[fit] : "–",
    measured?.kl ? `${kl(measured.kl.mean)} ± ${measured.kl.error.toPrecision(1)}` : forecast?.kl ? between(forecast.kl, kl) : "–",
    measured?.top1Agreement !== undefined ? share(measured.top1Agreement) : forecast?.top1Agreement ? between(forecast.top1Agreement, share) : "–",
    measured ? `${measured.perplexity.value.toFixed(3)} ± ${measured.perplexity.error.toPrecision(2)}` : "–",
    speed ? speed.toFixed(1) : forecast?.generationTokensPerSecond ? `~${forecast.generationTokensPerSecond.toFixed(1)}` : "–",
    clauseF1 === undefined ? "–" : clauseF1.toFixed(3),
  ];
}
