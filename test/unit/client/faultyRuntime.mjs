/**
 * A runtime that fails on demand, to see how the client bears it. What it does is asked for by the path of the model:
 * load:NAME answers, crash dies with a last word on stderr, hang blocks for good, wait ends only when cancelled; plan:… does so before a file is written.
 */
import { writeFileSync } from "node:fs";
import rpc from "vscode-jsonrpc/node";

const connection = rpc.createMessageConnection(new rpc.IPCMessageReader(process), new rpc.IPCMessageWriter(process));
const failure = (code, message) => new rpc.ResponseError(rpc.ErrorCodes.InternalError, message, code);

function die() {
  process.stderr.write("GGML_ASSERT(false) failed\n", () => process.kill(process.pid, "SIGABRT"));
  return new Promise(() => undefined);
}
function untilCancelled(token) {
  return new Promise((_, reject) => token.onCancellationRequested(() => reject(failure("cancelled", "Cancelled."))));
}
function act(path, token) {
  if (path === "crash") return die();
  if (path === "hang") for (;;);
  if (path === "wait") return untilCancelled(token);
  if (path === "refuse") throw failure("notGguf", "It is not a GGUF file.");
  return undefined;
}

let held;
connection.onRequest("model/load", async ({ path, gpuLayers }, token) => {
  process.stdout.write("one line of native noise\nand another");
  await act(path, token);
  held = { path, gpuLayers };
  return { path, contextSize: 512, gpuLayers: 0, hasChatTemplate: false };
});
connection.onRequest("model/unload", () => undefined);
connection.onRequest("meter/read", () => ({ residentMemory: 1, videoMemory: 0, cpu: 0, tokensPerSecond: process.pid }));
connection.onRequest("machine/read", () => ({ totalMemory: 2 ** 40, freeMemory: 1, totalVideoMemory: 7, freeVideoMemory: 7, gpuName: "fake", cores: 1 }));
connection.onRequest("spot/run", async ({ text, progressToken }, token) => {
  for (let segment = 1; segment <= 3; segment++) {
    await connection.sendProgress(new rpc.ProgressType(), progressToken, { segment, segments: 3, findings: [] });
  }
  await act(text, token);
  const finding = held && { category: `${held.path} on ${held.gpuLayers} layers`, start: process.pid, end: text.length, probability: 1 };
  return { findings: finding ? [finding] : [], segments: 3, tokens: 3, seconds: 0 };
});
connection.onRequest("quantize/sizes", async ({ input }, token) => {
  await act(input, token);
  return [{ type: "Q8_0", bytes: process.pid, bitsPerWeight: 8.5, fallbacks: 0 }];
});
connection.onRequest("quantize/run", async ({ input, output, recipe, progressToken }, token) => {
  if (input.startsWith("plan:")) return act(input.slice("plan:".length), token);
  writeFileSync(`${output}.partial`, "half a model");
  await connection.sendNotification("output/partial", `${output}.partial`);
  await connection.sendProgress(new rpc.ProgressType(), progressToken, { tensor: 1, tensors: 2 });
  await act(input, token);
  return { path: output, type: recipe.type, bytes: 1, bitsPerWeight: 8.5, fallbacks: 0, seconds: 0 };
});
connection.onRequest("machine/bandwidth", async ({ threads }) => {
  await new Promise((resolve) => setTimeout(resolve, 200));
  if (threads === 0) throw failure("badArgument", "No thread.");
  return process.pid;
});
connection.onNotification("shutdown", () => {
  if (!process.env.DECANT_TEST_DEAF) process.exit(0);
});
process.once("disconnect", () => process.exit(1));
connection.listen();
