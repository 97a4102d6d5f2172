import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { availableParallelism, homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { argumentProblem } from "./cli/argumentProblem";
import { ask } from "./cli/ask";
import { calibrate } from "./cli/calibrate";
import { type Command, type Output, type Services } from "./cli/command";
import { convert } from "./cli/convert";
import { diff } from "./cli/diff";
import { exportOllama } from "./cli/exportOllama";
import { fit } from "./cli/fit";
import { heat } from "./cli/heat";
import { inspect } from "./cli/inspect";
import { measure } from "./cli/measure";
import { mix } from "./cli/mix";
import { models } from "./cli/models";
import { pull } from "./cli/pull";
import { plan } from "./cli/plan";
import { quantize } from "./cli/quantize";
import { search } from "./cli/search";
import { spot } from "./cli/spot";
import { text } from "./cli/text";
import { tradeoffs } from "./cli/tradeoffs";
import { facts, obligations, summarise } from "./cli/written";
import { RuntimeClient } from "./client/runtimeClient";
import { llamaRelease } from "./core/llamaRelease";
import { HumanError, isCancellation, sentenceOf } from "./protocol/humanError";
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
import { ModelLoader } from "./services/loading/modelLoader";
import type { Log } from "./services/ports";
import { readLabelledDocuments } from "./services/tradeoffs/labelledDocuments";
import { TradeoffStudy } from "./services/tradeoffs/study";

const commands: readonly Command[] = [models, search, pull, exportOllama, inspect, diff, convert, calibrate, quantize, measure, tradeoffs, fit, plan, mix, spot, facts, obligations, summarise, ask, heat, text];

const common = {
  json: { type: "boolean" },
  threads: { type: "string" },
  verbose: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

function usage(): string {
  const lines = commands.map((command) => `  ${command.usage}\n      ${command.summary}`);
  return ["usage: npm run -s cli -- COMMAND [--json] [--threads N] [--verbose]", "", ...lines].join("\n");
}

async function main(args: readonly string[]): Promise<number> {
  const command = commands.find(({ name }) => name === args[0]);
  if (!command) {
    const asked = args[0] === undefined || args[0] === "--help" || args[0] === "help" || args[0] === "-h";
    (asked ? process.stdout : process.stderr).write(`${asked ? "" : `There is no command "${args[0]}".\n\n`}${usage()}\n`);
    return asked && args[0] !== undefined ? 0 : 1;
  }
  const output = terminalOutput();
  const cancellation = new CancellationTokenSource();
  process.once("SIGINT", () => cancellation.cancel());
  process.once("SIGTERM", () => cancellation.cancel());
  let services: (Services & { dispose(): Promise<void> }) | undefined;
  try {
    const { values, positionals } = parse(command, args.slice(1));
    if (values.help) {
      process.stdout.write(`usage: ${command.usage}\n${command.summary}\n`);
      return 0;
    }
    services = createServices(threadsOf(values.threads), values.verbose === true);
    await command.run({ positionals, options: values, json: values.json === true, services, output, token: cancellation.token });
    return 0;
  } catch (error) {
    output.progress("");
    process.stderr.write(`${isCancellation(error) ? "Cancelled." : sentenceOf(error)}\n`);
    return 1;
  } finally {
    await services?.dispose();
  }
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
  return {
    runtime,
    jobs,
    hub: { client, downloads: new Downloads(client.connection) },
    conversions: new Conversions(runtime, () => process.cwd()),
    matrices: new ImportanceMatrices(runtime, jobs, log, options.threads),
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

function terminalOutput(): Output {
  let shown = false;
  let last = "";
  const clear = (): void => void (shown && process.stderr.write("\r\u001b[K"));
  return {
    result: (text) => {
      clear();
      shown = false;
      process.stdout.write(`${text}\n`);
    },
    progress: (text) => {
      if (!process.stderr.isTTY) {
        if (text && text !== last) process.stderr.write(`${text}\n`);
        last = text;
        return;
      }
      clear();
      process.stderr.write(text);
      shown = text !== "";
    },
  };
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
