/**
 * Tokens per second of training, all weights on the tokens that follow: Decant's steps beside llama-finetune's, one after the other.
 * node test/bench/training.mjs --tools DIR [--threads N] [--quick] [--json]
 */
import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ours } from "./ours.mjs";

const context = 256;
const ticks = Number(execFileSync("getconf", ["CLK_TCK"]));
const { values } = parseArgs({ options: { tools: { type: "string" }, threads: { type: "string", default: "1" }, quick: { type: "boolean", default: false }, json: { type: "boolean", default: false } } });
if (values.tools === undefined) throw new Error("--tools: the folder of llama-finetune.");
if (process.platform !== "linux") throw new Error("The comparison reads /proc: it runs on Linux only.");
const threads = Number(values.threads);
const decant = await ours(threads);
const folder = await mkdtemp(join(tmpdir(), "decant-training-bench-"));
try {
  const model = join(folder, "F32.gguf");
  await decant.quantize(resolve("media/models/contracts-5m-F16.gguf"), model, "F32");
  const whole = await readFile("media/samples/evaluation-text.txt", "utf8");
  const part = values.quick ? 10_000 : 24_000;
  const text = whole.repeat(Math.ceil(part / whole.length)).slice(0, part);
  const own = await decant.train({ student: model, text, context, output: join(folder, "ours.gguf") });
  const theirs = await finetune(model, text);
  const rows = [
    { what: "Steps alone, tokens/s", ours: context * own.result.perSecond, theirs: context * theirs.perSecond },
    { what: "Steps alone, tokens per second of processor time", ours: context * own.result.perCpuSecond, theirs: context * theirs.perCpuSecond },
    { what: "Whole process, trained tokens/s", ours: own.result.tokens / own.seconds, theirs: theirs.tokens / theirs.seconds },
  ];
  const settings = `All weights of the sample model in F32, next tokens of the same text, ${context} tokens a sequence, ${threads} thread${threads === 1 ? "" : "s"}, one pass (${own.result.tokens} tokens; ${theirs.tokens} by llama-finetune, whose sequences overlap by half). Decant's whole process reads a held-back part before and after as well. llama-finetune runs with ${process.env.LD_LIBRARY_PATH ? "the libraries that LD_LIBRARY_PATH names" : "its own build of the libraries"}, Decant with the shipped one.`;
  if (values.json) process.stdout.write(`${JSON.stringify({ settings, rows })}\n`);
  else console.log(`${settings}\n${rows.map((row) => `${row.what}: Decant ${row.ours.toFixed(0)}, llama-finetune ${row.theirs.toFixed(0)}, ratio ${(row.ours / row.theirs).toFixed(2)}`).join("\n")}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Its data set begins a sequence each half context. The time of the steps is that from the first line of progress to the last. */
async function finetune(model, text) {
  const file = join(folder, "text.txt");
  await writeFile(file, text);
  const args = ["-m", model, "-f", file, "-c", context, "-b", context, "-ub", context, "-t", threads, "-tb", threads, "-epochs", 1, "-lr", "1e-5", "-val-split", 0, "-fit", "off", "-fa", "off", "--no-repack", "-o", join(folder, "theirs.gguf")];
  const started = performance.now();
  const child = spawn(resolve(values.tools, "llama-finetune"), args.map(String), { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  let [printed, first, last] = [""];
  child.stderr.setEncoding("utf8").on("data", (chunk) => {
    printed = (printed + chunk).slice(-4000);
    const [, done, of] = ([...printed.matchAll(/train: .*data=(\d+)\/(\d+) /g)].at(-1) ?? []).map(Number);
    if (done === undefined || done === last?.done) return;
    last = { done, of, at: performance.now() / 1000, cpu: cpuSeconds(child.pid) };
    first ??= last;
  });
  const code = await new Promise((end, fail) => child.on("error", fail).on("close", end));
  if (code !== 0 || last === undefined || last.done !== last.of || last === first) throw new Error(`llama-finetune did not end its epoch (exit status ${code}):\n${printed}`);
  const steps = last.done - first.done;
  return { tokens: last.done * context, perSecond: steps / (last.at - first.at), perCpuSecond: steps / (last.cpu - first.cpu), seconds: (performance.now() - started) / 1000 };
}

/** Of a process that runs: fields 14 and 15 of its stat are ticks in its own code and in the kernel (proc(5)). */
function cpuSeconds(pid) {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ").slice(11, 13).map(Number);
  return (user + system) / ticks;
}
