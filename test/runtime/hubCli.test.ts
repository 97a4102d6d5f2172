import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { HubServer } from "../hubServer";
import { startSampleHub } from "../sampleHub";

const root = resolve(__dirname, "../..");
let hub: HubServer;
let folder: string;

beforeAll(async () => {
  hub = await startSampleHub();
  folder = mkdtempSync(join(tmpdir(), "decant-pull-"));
});
afterEach(() => {
  hub.faults = [];
  hub.bytesPerSecond = undefined;
});
afterAll(async () => {
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ended { readonly status: number | null; readonly stdout: string; readonly stderr: string }

function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [join(root, "scripts/cli.mjs"), ...args, "--threads", "1"], { cwd: root, env: { ...process.env, HF_ENDPOINT: hub.url, HF_TOKEN: "", ...environment } });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => (stdout += String(text)));
  child.stderr.on("data", (text) => (stderr += String(text)));
  return { child, ended: new Promise((settle) => child.once("close", (status) => settle({ status, stdout, stderr }))) };
}
async function json<T>(...args: string[]): Promise<T> {
  const { status, stdout, stderr } = await start([...args, "--json"]).ended;
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

describe("models of a hub, by the command line", () => {
  it("are found", async () => {
    const { models } = await json<{ models: { id: string; gated: boolean }[] }>("search", "contracts", "--format", "gguf");
    expect(models.map(({ id, gated }) => [id, gated])).toEqual([["decant/contracts-5m-GGUF", false], ["decant/contracts-5m-gated-GGUF", true]]);
  });

  it("are judged before anything is downloaded: Llama 3 70B at 4096 tokens", async () => {
    const { choices } = await json<{ choices: { label: string; fit: string; memory: { weights: number; cache: number } }[] }>("pull", "decant/Giant-70B-Instruct-GGUF", "--list");
    expect(choices.map(({ label }) => label)).toEqual(["Q2_K", "Q4_K_M", "Q8_0"]);
    // 80 blocks × 4096 tokens × (1024 + 1024) × 2 bytes.
    expect(choices.map(({ memory }) => memory.cache)).toEqual([1342177280, 1342177280, 1342177280]);
    expect(choices[2]?.memory.weights).toBeCloseTo((70_553_706_496 * 8.5) / 8, -9);
    expect(hub.requests.filter(({ host }) => host === "storage").map(({ range }) => range)).toEqual(["bytes=0-524287"]);
  });

  it("are downloaded and can be used", async () => {
    const { path } = await json<{ path: string }>("pull", "decant/contracts-5m-GGUF", "--to", folder);
    expect(readFileSync(path).equals(readFileSync(join(root, "media/models/contracts-5m-F16.gguf")))).toBe(true);
    const { models } = await json<{ models: { path: string; type: string; problem?: string }[] }>("models", folder);
    expect(models).toMatchObject([{ path, type: "F16" }]);
    expect(models[0]?.problem).toBeUndefined();
  });

  it("come as checkpoints that can be converted", async () => {
    const { path } = await json<{ path: string }>("pull", "decant/tiny-llama", "--to", folder);
    const plan = await json<{ architecture: string; tensors: number }>("convert", path, "--plan");
    expect(plan.architecture).toBe("llama");
  });

  it("stay half fetched when the command is stopped, and come whole with the next one", async () => {
    const place = join(folder, "stopped");
    hub.bytesPerSecond = 3_000_000;
    const { child, ended } = start(["pull", "decant/contracts-5m-GGUF", "--to", place]);
    await new Promise<void>((resolve) => child.stderr!.on("data", (text) => /: \d+\.\d MiB of/.test(String(text)) && resolve()));
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ status: 1, stderr: expect.stringContaining("Stopped. What came is kept: the same command goes on from there.") });
    const home = join(place, "decant", "contracts-5m-GGUF");
    expect(readdirSync(home).sort()).toEqual(["contracts-5m-F16.gguf.download", "contracts-5m-F16.gguf.download.json"]);
    hub.bytesPerSecond = undefined;
    await json("pull", "decant/contracts-5m-GGUF", "--to", place);
    expect(hub.requests.at(-1)?.range).toMatch(/^bytes=[1-9]\d+-$/);
    expect(readdirSync(home)).toEqual(["contracts-5m-F16.gguf"]);
  });

  it("ask for a token where they are gated, and take the one at HF_TOKEN", async () => {
    const args = ["pull", "decant/contracts-5m-gated-GGUF", "--to", folder];
    const refused = await start(args).ended;
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/is gated: accept its terms at .*, then sign in with a token of that account/);
    expect((await start(args, { HF_TOKEN: "hf_sample" }).ended).status).toBe(0);
    expect(hub.requests.filter(({ host, authorization }) => host === "storage" && authorization !== undefined)).toEqual([]);
  });

  it("are out of reach offline, which is said at once", async () => {
    const closed = await startSampleHub();
    await closed.close();
    const { status, stderr } = await start(["search", "llama"], { HF_ENDPOINT: closed.url }).ended;
    expect(status).toBe(1);
    expect(stderr).toMatch(/^127\.0\.0\.1:\d+ cannot be reached: you are offline/);
  });
});
