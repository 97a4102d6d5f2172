import { afterEach, describe, expect, it } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import type { RuntimeClient } from "../../../src/client/runtimeClient";
import type { LoadedModel } from "../../../src/protocol/model";
import { failureOf, faultyClient, isAlive, model, never } from "./client";

const clients: RuntimeClient[] = [];
function started(graces?: Parameters<typeof faultyClient>[0]): ReturnType<typeof faultyClient> {
  const made = faultyClient(graces);
  clients.push(made.client);
  return made;
}
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.dispose()));
  delete process.env.DECANT_TEST_DEAF;
});

function pidOf(client: RuntimeClient): number {
  if (client.state.kind !== "running") throw new Error(`The runtime is ${client.state.kind}.`);
  return client.state.pid;
}

async function crashTimes(client: RuntimeClient, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await failureOf(client.load(model("crash"), never));
}

describe("a runtime client", () => {
  it("starts its process at the first request, and not for the meter", async () => {
    const { client } = started();
    expect((await client.meter()).residentMemory).toBe(0);
    await client.unload();
    expect(client.state.kind).toBe("stopped");
    const states: string[] = [];
    client.onDidChangeState(({ kind }) => states.push(kind));
    await client.load(model("a.gguf"), never);
    expect(states).toEqual(["starting", "running"]);
    expect(client.loaded?.path).toBe("a.gguf");
    expect((await client.meter()).tokensPerSecond).toBe(pidOf(client));
  });

  it("hands the refusals of the runtime on as they are", async () => {
    const { client } = started();
    const error = await failureOf(client.load(model("refuse"), never));
    expect(error).toMatchObject({ code: "notGguf", message: "It is not a GGUF file." });
    expect(client.state.kind).toBe("running");
  });

  it("keeps what native code prints out of the messages and writes it to the log by lines", async () => {
    const { client, log } = started();
    await client.load(model("a.gguf"), never);
    await client.restart();
    expect(log.filter((line) => line.includes("one line of native noise"))).toHaveLength(1);
    expect(log.some((line) => line.endsWith("and another"))).toBe(true);
  });

  it("says what happened when the process dies in the middle of a request, and works again at the next", async () => {
    const { client } = started();
    await client.load(model("a.gguf"), never);
    const first = pidOf(client);
    const loaded: (LoadedModel | undefined)[] = [];
    client.onDidChangeLoaded((value) => loaded.push(value));
    const error = await failureOf(client.load(model("crash"), never));
    expect(error.code).toBe("runtimeCrashed");
    expect(error.message).toMatch(/while loading the model \(signal SIGABRT, "GGML_ASSERT\(false\) failed"\)\. Try again/);
    expect(client.loaded).toBeUndefined();
    expect(loaded).toEqual([undefined]);
    expect(client.state.kind).toBe("stopped");
    await client.load(model("b.gguf"), never);
    expect(client.loaded?.path).toBe("b.gguf");
    expect(pidOf(client)).not.toBe(first);
  });

  it("notices a process that is killed while it is idle", async () => {
    const { client } = started();
    await client.load(model("a.gguf"), never);
    const lost: string[] = [];
    client.onDidLose(({ path }) => lost.push(path));
    const gone = new Promise((resolve) => client.onDidChangeState(resolve));
    process.kill(pidOf(client), "SIGKILL");
    await gone;
    expect(client.loaded).toBeUndefined();
    expect(lost).toEqual(["a.gguf"]);
    await client.load(model("a.gguf"), never);
    expect(client.loaded?.path).toBe("a.gguf");
  });

  it("tells nothing more of a model that goes with a request: the request tells", async () => {
    const { client } = started();
    const lost: string[] = [];
    client.onDidLose(({ path }) => lost.push(path));
    await client.load(model("a.gguf"), never);
    const reading = async (): Promise<void> => {
      for await (const { kind } of client.spot({ text: "crash" }, never)) expect(kind).toBe("progress");
    };
    expect((await failureOf(reading())).code).toBe("runtimeCrashed");
    expect(client.loaded).toBeUndefined();
    expect(lost).toEqual([]);
  });

  it("starts again after four crashes, and stops at the fifth until it is told to restart", async () => {
    const { client } = started();
    await crashTimes(client, 4);
    expect(client.state.kind).toBe("stopped");
    await crashTimes(client, 1);
    expect(client.state.kind).toBe("failed");
    const refusal = await failureOf(client.load(model("a.gguf"), never));
    expect(refusal.message).toContain("Restart Runtime");
    await client.restart();
    await client.load(model("a.gguf"), never);
    expect(client.loaded?.path).toBe("a.gguf");
  }, 20_000);

  it("cancels a request in the runtime, whose process lives on", async () => {
    const { client } = started();
    await client.load(model("a.gguf"), never);
    const pid = pidOf(client);
    const source = new CancellationTokenSource();
    const waiting = failureOf(client.load(model("wait"), source.token));
    setTimeout(() => source.cancel(), 50);
    expect((await waiting).code).toBe("cancelled");
    expect(pidOf(client)).toBe(pid);
  });

  it("kills a process that does not heed a cancellation, and does not count that as a crash", async () => {
    const { client } = started({ cancelGrace: 100 });
    await client.load(model("a.gguf"), never);
    const pid = pidOf(client);
    const source = new CancellationTokenSource();
    const hanging = failureOf(client.load(model("hang"), source.token));
    setTimeout(() => source.cancel(), 50);
    expect((await hanging).code).toBe("cancelled");
    expect(isAlive(pid)).toBe(false);
    expect(client.state.kind).toBe("stopped");
  });

  it("believes the last of several loads and unloads, whatever the earlier ones answer", async () => {
    const { client } = started();
    const early = client.load(model("a.gguf"), never);
    await Promise.all([early, client.unload()]);
    expect(client.loaded).toBeUndefined();
    const seen: (string | undefined)[] = [];
    client.onDidChangeLoaded((loaded) => seen.push(loaded?.path));
    const refused = failureOf(client.load(model("refuse"), never));
    await Promise.all([refused, client.load(model("b.gguf"), never)]);
    expect(client.loaded?.path).toBe("b.gguf");
    const overtaken = client.load(model("c.gguf"), never);
    await Promise.all([overtaken, failureOf(client.load(model("refuse"), never))]);
    expect(client.loaded).toBeUndefined();
    expect(seen).toEqual(["b.gguf", undefined]);
  });

  it("kills a process that does not end when asked", async () => {
    process.env.DECANT_TEST_DEAF = "1";
    const { client } = started({ stopGrace: 100 });
    await client.load(model("a.gguf"), never);
    const pid = pidOf(client);
    await client.restart();
    expect(isAlive(pid)).toBe(false);
    expect(pidOf(client)).not.toBe(pid);
  });

  it("remembers the graphics card after the process has gone", async () => {
    const { client } = started();
    expect(await client.machine()).toMatchObject({ gpuName: "fake", totalVideoMemory: 7 });
    process.kill(pidOf(client), "SIGKILL");
    await new Promise<void>((resolve) => client.onDidChangeState(() => resolve()));
    expect(await client.machine()).toMatchObject({ gpuName: "fake", totalVideoMemory: 7 });
    expect(client.state.kind).toBe("stopped");
  });

  it("refuses work after it was disposed", async () => {
    const { client } = started();
    await client.load(model("a.gguf"), never);
    const pid = pidOf(client);
    const gone = client.dispose();
    expect((await failureOf(client.load(model("a.gguf"), never))).code).toBe("runtimeStopped");
    await gone;
    expect(isAlive(pid)).toBe(false);
  });
});
