import { resolve } from "node:path";
import { formatBytes, parseBytes } from "../core/format";
import { HumanError } from "../protocol/humanError";
import type { MixGoal, TradeoffRow, TradeoffsSnapshot } from "../protocol/panels";
import { type Command, type Invocation, json, onePositional } from "./command";
import { keysOf, openStudy, studyOptions } from "./studyOptions";

export const mix: Command = {
  name: "mix",
  usage: "mix MODEL --size 4.5GB | --kl 0.02 | --machine desktop-24-64 [--imatrix F] [--measure T,…] [--text F|DIR] [--out F] [--dry-run]",
  summary: "Pick a type for every tensor: the best version within a size, or the smallest within a loss",
  options: { ...studyOptions, size: { type: "string" }, kl: { type: "string" }, measure: { type: "string" }, out: { type: "string" }, "dry-run": { type: "boolean" } },
  async run(invocation) {
    const { options, output, services, token } = invocation;
    const asked = goalOf(invocation);
    const study = await openStudy(invocation, onePositional(invocation, "model"));
    try {
      const goal = asked ?? machineGoal(study.snapshot.budget);
      if (typeof options.measure === "string") await study.measure(keysOf(study, options.measure), token);
      const key = await study.findMix(goal, token);
      const entry = study.entry(key)!;
      const row = (): (typeof study.snapshot.rows)[number] => study.snapshot.rows.find((candidate) => candidate.key === key)!;
      const forecast = row().forecast?.kl;
      if (typeof options.measure === "string") await study.measure([key], token);
      if (token.isCancellationRequested) throw HumanError.cancelled();
      const { problem } = study.snapshot;
      if (problem) throw new HumanError("failed", problem);
      const path = options["dry-run"] ? undefined : await make();
      const { measured } = row();
      const { bytes, bitsPerWeight } = entry.size;
      const kl = measured?.kl?.mean;
      if (invocation.json) return output.result(json({ path, bytes, bitsPerWeight, forecast, kl, warning: study.snapshot.warning, tensorTypes: entry.recipe.tensorTypes }));
      const expected = forecast ? `, KL about ${forecast.value.toPrecision(2)} (${forecast.low.toPrecision(2)} to ${forecast.high.toPrecision(2)})` : "";
      output.result([
        `${path ?? entry.label}: ${formatBytes(bytes)}, ${bitsPerWeight.toFixed(2)} bits per weight${expected}${kl === undefined ? "" : `, measured ${kl.toPrecision(3)}`}`,
        ...compared(study.snapshot.rows, row()),
        ...Object.entries(counted(entry.recipe.tensorTypes ?? {})).map(([type, count]) => `${type.padEnd(8)} ${count} tensors`),
        ...(study.snapshot.warning ? [study.snapshot.warning] : []),
      ].join("\n"));

      async function make(): Promise<string> {
        const target = typeof options.out === "string" ? resolve(options.out) : services.jobs.outputPath(study.model, entry.recipe, bytes);
        for await (const event of services.jobs.quantize(study.model, entry.recipe, token, target)) {
          if (event.kind === "result") return event.result.path;
          output.progress(`Tensor ${event.progress.tensor} of ${event.progress.tensors}`);
        }
        throw new HumanError("runtimeStopped", "The quantization ended without a result.");
      }
    } finally {
      study.dispose();
    }
  },
};

/** Undefined leaves the goal to the machine asked about. */
function goalOf({ options }: Invocation): MixGoal | undefined {
  const { size, kl, machine } = options;
  if (size === undefined && kl === undefined && machine !== undefined) return undefined;
  if ((typeof size === "string") === (typeof kl === "string")) throw new HumanError("badArgument", "Give one goal: --size 4.5GB (as good as possible within it), --kl 0.02 (as small as possible within that loss), or --machine desktop-24-64 (as good as that machine holds).");
  if (typeof size === "string") {
    const bytes = parseBytes(size);
    if (bytes === undefined) throw new HumanError("badArgument", `--size takes a size such as 4.5GB or 700MB, not "${size}".`);
    return { kind: "bytes", bytes };
  }
  const loss = Number(kl);
  if (!(loss > 0)) throw new HumanError("badArgument", `--kl takes a divergence in nats above 0, e.g. 0.02, not "${String(kl)}".`);
  return { kind: "kl", kl: loss };
}

function machineGoal(budget: TradeoffsSnapshot["budget"]): MixGoal {
  if (!budget) throw new HumanError("failed", "What the machine holds could not be told: give a size.");
  return { kind: "bytes", bytes: budget.bytes };
}

/** The level of at most the mix's size that loses least, as measured or foretold. */
function compared(rows: readonly TradeoffRow[], mix: TradeoffRow): readonly string[] {
  const klOf = (row: TradeoffRow): number | undefined => row.measured?.kl?.mean ?? row.forecast?.kl?.value;
  const rivals = rows.filter((row) => row.kind === "level" && !row.problem && klOf(row) !== undefined && (row.size?.bytes ?? Infinity) <= (mix.size?.bytes ?? 0));
  const [best] = rivals.sort((a, b) => klOf(a)! - klOf(b)!);
  if (!best?.size) return [];
  return [`The best level that is not larger, ${best.label} (${formatBytes(best.size.bytes)}), ${best.measured?.kl ? "measured" : "is expected to lose"} ${klOf(best)!.toPrecision(2)}.`];
}

function counted(types: Readonly<Record<string, string>>): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const type of Object.values(types)) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}
