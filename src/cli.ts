import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { availableParallelism, homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { argumentProblem } from "./cli/argumentProblem";
import { ask } from "./cli/ask";
import { calibrate } from "./cli/calibrate";
import type { Command, Services } from "./cli/command";
import { convert } from "./cli/convert";
import { diff } from "./cli/diff";
import { distil } from "./cli/distil";
import { exportOllama } from "./cli/exportOllama";
import { commandsUnder, findCommand, missingCommand } from "./cli/findCommand";
import { fit } from "./cli/fit";
import { heat } from "./cli/heat";
import { inspect } from "./cli/inspect";
import { loraCommands } from "./cli/lora";
import { measure } from "./cli/measure";
import { mix } from "./cli/mix";
import { models } from "./cli/models";
import { pull } from "./cli/pull";
import { plan } from "./cli/plan";
import { prune } from "./cli/prune";
import { quantize } from "./cli/quantize";
import { recipeCommands } from "./cli/recipe";
import { search } from "./cli/search";
import { spot } from "./cli/spot";
import { terminalOutput } from "./cli/terminal";
import { text } from "./cli/text";
import { tradeoffs } from "./cli/tradeoffs";
import { facts, obligations, summarise } from "./cli/written";
import { RuntimeClient } from "./client/runtimeClient";
import { llamaRelease } from "./core/llamaRelease";
import { HumanError, sentenceOf } from "./protocol/humanError";
import { CancellationTokenSource } from "./protocol/rpc";
import { CompressionJobs } from "./services/compressionJobs";
import { Conversions } from "./services/conversions";
import { DocumentAnalysis } from "./services/analysis/documentAnalysis";
import { HeatMaps } from "./services/analysis/heatMap";
import { ImportanceMatrices } from "./services/importanceMatrices";
import { JsonStore } from "./services/jsonStore";
import { ModelLibrary } from "./services/models/modelLibrary";
import { Downloads } from "./services/hub/downloads";
import { HubClient } from "./services/hub/hubClient";
import { Adapters } from "./services/lab/adapters";
import { Pruning } from "./services/lab/pruning";
import { RecipeRunner } from "./services/lab/recipeRunner";
import { Training } from "./services/lab/training";
import { ModelLoader } from "./services/loading/modelLoader";
import type { Log } from "./services/ports";
import { readLabelledDocuments } from "./services/tradeoffs/labelledDocuments";
import { TradeoffStudy } from "./services/tradeoffs/study";

const commands: readonly Command[] = [models, search, pull, exportOllama, inspect, diff, convert, calibrate, quantize, prune, distil, ...loraCommands, ...recipeCommands, measure, tradeoffs, fit, plan, mix, spot, facts, obligations, summarise, ask, heat, text];

const common = {
  json: { type: "boolean" },
  threads: { type: "string" },
  verbose: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

function usage(shown: readonly Command[]): string {
  const lines = shown.map((command) => `  ${command.usage}\n      ${command.summary}`);
  return ["usage: npm run -s cli -- COMMAND [--json] [--threads N] [--verbose]", "", ...lines].join("\n");
}

async function main(args: readonly string[]): Promise<number> {
  const found = findCommand(commands, args);
  if (!found) return explain(args);
  const { command, rest } = found;
  const output = terminalOutput();
  const cancellation = new CancellationTokenSource();
  process.once("SIGINT", () => cancellation.cancel());
  process.once("SIGTERM", () => cancellation.cancel());
  let services: (Services & { dispose(): Promise<void> }) | undefined;
  try {
    const { values, positionals } = parse(command, [...rest]);
    if (values.help) {
      process.stdout.write(`${[`usage: ${command.usage}`, command.summary, ...(command.details ?? [])].join("\n")}\n`);
      return 0;
    }
    services = createServices(threadsOf(values.threads), values.verbose === true);
    await command.run({ positionals, options: values, json: values.json === true, services, output, token: cancellation.token });
    return 0;
  } catch (error) {
    output.progress("");
    process.stderr.write(`${sentenceOf(error)}\n`);
    return 1;
  } finally {
    await services?.dispose();
  }
}

/** Lists the commands, or those that begin with the word that was given; an answer to a wish for help succeeds. */
function explain([first, second]: readonly string[]): number {
  const help = ["--help", "-h", "help"];
  const group = commandsUnder(commands, first);
  const asked = group.length > 0 ? second : first;
  const wanted = asked !== undefined && help.includes(asked);
  const problem = wanted || asked === undefined ? "" : `${missingCommand(group, first, second)}\n\n`;
  const details = group.flatMap((command) => (command.details ? ["", `${command.name}:`, ...command.details] : []));
  (wanted || asked === undefined ? process.stdout : process.stderr).write(`${[`${problem}${usage(group.length > 0 ? group : commands)}`, ...(wanted ? details : [])].join("\n")}\n`);
  return wanted ? 0 : 1;
}

function parse(command: Command, args: string[]) {
  try {
    return parseArgs({ args, options: { ...command.options, ...common }, allowPositionals: true, strict: true }) as {
      values: Record<string, string | boolean | undefined>;
      positionals: string[];
    };
  } catch (error) {
    throw new HumanError("badArgument", `${argumentProblem(error)}\nusage: ${command.usage}`);
  }
}

/** A core is left free: the CPU backend's threads spin at barriers and suffer when they must share. */
function threadsOf(asked: string | boolean | undefined): number {
  if (asked === undefined) return Math.max(1, availableParallelism() - 1);
  const threads = Number(asked);
  if (!Number.isInteger(threads) || threads < 1) throw new HumanError("badArgument", `--threads takes a whole number from 1, not "${String(asked)}".`);
  return threads;
}

/** Where package.json and media/ lie: the command line runs from dist/. */
const root = join(__dirname, "..");

function createServices(threads: number, verbose: boolean): Services & { dispose(): Promise<void> } {
  const log: Log = {
    info: (message) => void (verbose && process.stderr.write(`${message}\n`)),
    error: (message, error) => void (verbose && process.stderr.write(`${message} ${error === undefined ? "" : sentenceOf(error)}\n`)),
  };
  const runtime = new RuntimeClient({ path: join(__dirname, "runtime.js"), log });
  const options = { threads: () => threads, contextSize: () => 4096 };
  const loader = new ModelLoader(runtime, options);
  const jobs = new CompressionJobs(runtime, options);
  const store = new JsonStore(join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "decant"), log);
  const client = new HubClient({
    url: () => process.env.HF_ENDPOINT || "https://huggingface.co",
    secrets: { get: async () => process.env.HF_TOKEN || undefined },
    machine: () => runtime.machine(),
    context: options.contextSize,
  });
  const matrices = new ImportanceMatrices(runtime, jobs, log, options.threads);
  const labParts = { runtime, jobs, matrices, store, log, threads: options.threads };
  return {
    runtime,
    jobs,
    hub: { client, downloads: new Downloads(client.connection) },
    conversions: new Conversions(runtime, () => process.cwd()),
    matrices,
    lab: { pruning: new Pruning(labParts), training: new Training(labParts), adapters: new Adapters(labParts), recipes: new RecipeRunner(labParts) },
    study: (model, text, { chunks = 20, chunkTokens = 512, labels }) => new TradeoffStudy({
      ...options, runtime, jobs, store, log, scratch: tmpdir(),
      measuring: () => ({ context: chunkTokens, chunks }),
      ...(labels !== undefined && { labelled: () => readLabelledDocuments(labels) }),
    }, model, text),
    sampleText: async () => ({ name: "evaluation-text.txt", kind: "bundled", text: await readFile(join(root, "media", "samples", "evaluation-text.txt"), "utf8") }),
    versions: { decant: (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version, llamaCpp: llamaRelease, node: process.version, platform: `${process.platform}-${process.arch}` },
    analysis: new DocumentAnalysis(runtime, { ...options, loader, store }),
    analysisWith: (own) => new DocumentAnalysis(runtime, { ...options, loader, store, ownCategories: async () => own }),
    heatMaps: new HeatMaps(runtime, jobs, { ...options, scratch: tmpdir() }),
    library: (folders, sources = []) => new ModelLibrary({ folders: () => folders, sources: () => sources, log }),
    loader: ({ contextSize, cacheType, gpuLayers }) => new ModelLoader(runtime, {
      ...options, contextSize: () => contextSize ?? 0, cacheType: () => cacheType, gpuLayers: () => gpuLayers,
    }),
    threads: options.threads,
    dispose: async () => runtime.dispose(),
  };
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
