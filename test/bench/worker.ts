/** One piece of Decant's work in a process of its own, as the peers' tools have one each. Bundled by ours.mjs. */
import { quantize } from "../../src/runtime/compression/quantizer";
import { measure } from "../../src/runtime/evaluation/evaluator";
import { MeasuredModel } from "../../src/runtime/evaluation/measuredModel";
import type { TrainProgress } from "../../src/protocol/compression";
import { defaultTrainSettings } from "../../src/core/training/defaultSettings";
import { train } from "../../src/runtime/training/trainer";
import { measureSpeeds } from "../../src/runtime/evaluation/speed";
import { openNativeLibrary } from "../../src/runtime/ffi/library";
import { writeTinyModel } from "../runtime/tinyModel";
import { readFileSync } from "node:fs";

const signal = new AbortController().signal;

async function speeds(path: string, threads: number): Promise<object> {
  const library = openNativeLibrary();
  const silence = library.log.listen(() => {});
  const options = { context: 512, threads };
  const model = await MeasuredModel.open(library, path, options);
  await model.prepare(1, options);
  const batch = library.newBatch(512);
  await measureSpeeds(model, batch, signal); // llama-bench warms up as well
  const runs = [];
  for (let run = 0; run < 3; run++) runs.push(await measureSpeeds(model, batch, signal));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  model.dispose();
  silence();
  return { prompt: mean(runs.map((run) => run.promptTokensPerSecond)), generation: mean(runs.map((run) => run.generationTokensPerSecond)) };
}

/** One pass over a text with all weights. The time of the steps is that from the first report of one to the validation after the last one. */
async function training(student: string, text: string, context: number, output: string, threads: number): Promise<object> {
  const now = (step: number): { step: number; at: number; cpu: number } => {
    const { user, system } = process.cpuUsage();
    return { step, at: performance.now() / 1000, cpu: (user + system) / 1e6 };
  };
  let [first, last]: ReturnType<typeof now>[] = [];
  const onProgress = ({ phase, step, steps }: TrainProgress): void => {
    if (step > 0 && phase !== "preparing") first ??= now(step);
    if (step === steps && phase === "validating") last ??= now(step);
  };
  const settings = { ...defaultTrainSettings("lora", "all", context), context, epochs: 1, learningRate: 1e-5, validationShare: 0 };
  const params = { student, data: { kind: "texts" as const, texts: [{ name: "text", text }] }, settings, output, checkpoint: `${output}.training`, threads };
  const { tokens } = await train(params, onProgress, signal);
  const steps = last!.step - first!.step;
  return { tokens, perSecond: steps / (last!.at - first!.at), perCpuSecond: steps / (last!.cpu - first!.cpu) };
}

async function work(task: string, params: Record<string, unknown>): Promise<unknown> {
  const threads = Number(params["threads"]);
  switch (task) {
    case "quantize":
      return quantize({ input: String(params["input"]), output: String(params["output"]), recipe: { type: params["type"] as "Q8_0" }, threads }, () => {}, signal);
    case "measure": {
      const text = readFileSync(String(params["textFile"]), "utf8");
      return measure({ base: String(params["base"]), variants: params["variants"] as string[], text, context: Number(params["context"]), chunks: Number(params["chunks"]), threads, generation: false }, () => {}, signal);
    }
    case "speeds":
      return speeds(String(params["path"]), threads);
    case "train":
      return training(String(params["student"]), String(params["text"]), Number(params["context"]), String(params["output"]), threads);
    case "model":
      return writeTinyModel(String(params["path"]), params);
    default:
      throw new Error(`There is no task ${task}.`);
  }
}

const [task = "", params = "{}"] = process.argv.slice(2);
void work(task, JSON.parse(params) as Record<string, unknown>).then((result) => process.stdout.write(`\nRESULT ${JSON.stringify(result)}\n`));
