import { memoryOfFile, modelShape, totalNeed } from "../core/fit/memory";
import { placementOf } from "../core/fit/placement";
import { knownModel, knownModels } from "../core/fit/shapes";
import { activeShareOf, generationBound } from "../core/fit/speed";
import { formatBytes } from "../core/format";
import { HumanError } from "../protocol/humanError";
import type { Machine, ModelFile } from "../protocol/model";
import { type FitRow, fitTable } from "../services/fitTable";
import { readGgufFile } from "../services/ggufFile";
import { type Command, type Invocation, json, optionalCount } from "./command";
import { cacheOf, machineOf, machineOptions, modelFor, openStudy } from "./studyOptions";
import { table } from "./table";

const unquantized: ReadonlySet<string> = new Set(["F32", "F16", "BF16", "Q8_0"]);

type Row = Omit<FitRow, "level" | "memoryBytes" | "fit"> & { readonly level: string; readonly memoryBytes?: number; readonly fit?: string };

export const fit: Command = {
  name: "fit",
  usage: "fit MODEL | --shape llama3-8b [--machine desktop-24-64|24+64] [--context N] [--cache F16|Q8_0|Q4_0]",
  summary: "Which levels run on a machine, with how many layers on its GPU, how fast at most",
  options: { ...machineOptions, shape: { type: "string" } },
  async run(invocation) {
    const { options, output } = invocation;
    const rows = typeof options.shape === "string" ? await fitShape(invocation, options.shape) : await fitFile(invocation);
    if (invocation.json) return output.result(json({ rows }));
    const cells = rows.map((row) => [
      row.level, formatBytes(row.bytes), row.memoryBytes === undefined ? "–" : formatBytes(row.memoryBytes), row.fit ?? "–",
      row.gpuLayers === undefined ? "–" : `${row.gpuLayers} of ${row.layers}`, row.tokensPerSecondAtMost?.toFixed(1) ?? "–",
    ]);
    output.result(table(["Level", "Size", "Memory", "Fits", "Layers on the GPU", "Tokens/s at most"], cells));
  },
};

async function fitFile(invocation: Invocation): Promise<readonly Row[]> {
  const [path, second] = invocation.positionals;
  if (path === undefined) throw new HumanError("badArgument", `Say which model, or a shape: --shape ${knownModels.map(({ id }) => id).join(", ")}.`);
  if (second !== undefined) throw new HumanError("badArgument", `One model at a time: "${second}" is too many.`);
  const model = await modelFor(invocation, path);
  if (!unquantized.has(model.type)) return [await fitLevel(invocation, model)];
  const study = await openStudy(invocation, path);
  try {
    return study.snapshot.rows.filter(({ problem }) => !problem).map(({ label, size, memory, fit: fits, gpuLayers, forecast }) => ({
      level: label, bytes: size?.bytes ?? 0, memoryBytes: memory && totalNeed(memory), fit: fits, gpuLayers: gpuLayers?.fit, layers: gpuLayers?.all,
      tokensPerSecondAtMost: forecast?.generationTokensPerSecond,
    }));
  } finally {
    study.dispose();
  }
}

/** A level cannot be made into others: the answer is about this file alone. */
async function fitLevel(invocation: Invocation, { path, type, bytes, contextLength }: ModelFile): Promise<Row> {
  const { header } = await readGgufFile(path);
  const machine = machineOf(invocation.options.machine)?.machine ?? (await here(invocation));
  const context = Math.min(optionalCount(invocation, "context") ?? 4096, contextLength || Number.POSITIVE_INFINITY);
  const need = memoryOfFile(header, context, cacheOf(invocation.options.cache));
  const placement = placementOf(need, modelShape(header).blocks, machine);
  return {
    level: type, bytes, memoryBytes: totalNeed(need), fit: placement.fit, gpuLayers: placement.gpuLayers?.fit, layers: placement.gpuLayers?.all,
    tokensPerSecondAtMost: generationBound(need, placement, machine, activeShareOf(header)),
  };
}

async function fitShape(invocation: Invocation, id: string): Promise<readonly Row[]> {
  const known = knownModel(id);
  if (!known) throw new HumanError("badArgument", `--shape takes ${knownModels.map((model) => model.id).join(", ")}, not "${id}".`);
  const machine = machineOf(invocation.options.machine)?.machine ?? (await here(invocation));
  return fitTable(known, machine, optionalCount(invocation, "context") ?? 4096, cacheOf(invocation.options.cache) ?? "F16");
}

async function here({ services, token }: Invocation): Promise<Machine> {
  return { ...(await services.runtime.machine()), memoryBandwidth: await services.runtime.bandwidth(services.threads(), token) };
}
