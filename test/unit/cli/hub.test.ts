import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pull } from "../../../src/cli/pull";
import { search } from "../../../src/cli/search";
import type { Command, Invocation, Services } from "../../../src/cli/command";
import { CancellationTokenSource } from "../../../src/protocol/rpc";
import { Downloads } from "../../../src/services/hub/downloads";
import { type HubServer, startHub } from "../../hubServer";
import { checkpointRepository, clientOf, ggufRepository, modelFile, never, quick, temporaryFolder } from "../services/hub/fixtures";

let hub: HubServer;
let folder: string;
const progress: string[] = [];

beforeEach(async () => {
  hub = await startHub({ repositories: [ggufRepository, checkpointRepository] });
  folder = temporaryFolder();
  progress.length = 0;
});
afterEach(() => hub.close());

/** What a command prints. */
async function run(command: Command, positionals: readonly string[], options: Invocation["options"] = {}, { json = false, token = never } = {}): Promise<string> {
  const client = clientOf(hub.url);
  const services = { hub: { client, downloads: new Downloads(client.connection, { retry: quick }) } } as unknown as Services;
  let printed = "";
  await command.run({ positionals, options, json, services, token, output: { result: (text) => (printed += text), progress: (text) => void progress.push(text), line: () => undefined, live: false } });
  return printed;
}

describe("search", () => {
  it("prints a table, or JSON", async () => {
    const lines = (await run(search, ["tiny"])).split("\n").map((line) => line.split(/ {2,}/));
    expect(lines[0]).toEqual(["Repository", "Format", "Weights", "Downloads", "Likes", "Licence", "Access", "Updated"]);
    expect(lines[1]?.slice(0, 5)).toEqual(["maker/Tiny-GGUF", "gguf", "32768", "1200", "7"]);
    const { models } = JSON.parse(await run(search, ["tiny", "gguf"], { format: "gguf" }, { json: true })) as { models: { id: string }[] };
    expect(models).toEqual([]);
    expect(JSON.parse(await run(search, ["tiny-gguf"], {}, { json: true }))).toMatchObject({ models: [{ id: "maker/Tiny-GGUF", license: "apache-2.0" }] });
  });

  it("says what it wants", async () => {
    await expect(run(search, [])).rejects.toThrow(/Say what to search for/);
    await expect(run(search, ["x"], { format: "bin" })).rejects.toThrow('--format takes gguf, gptq, safetensors or all, not "bin".');
    expect(await run(search, ["nothing", "like", "this"])).toBe('Nothing is found for "nothing like this".');
  });
});

describe("pull", () => {
  it("lists what there is with size and fit, before anything is downloaded", async () => {
    const text = await run(pull, ["maker/Tiny-GGUF"], { list: true });
    expect(text).toMatch(/^maker\/Tiny-GGUF: apache-2\.0, 1200 downloads\n/);
    expect(text).toMatch(/Q4_K_M in 2 parts +185\.5 KiB +[\d.]+ [KM]iB +in memory +split\/Tiny-Q4_K_M-00001-of-00002\.gguf/);
    expect(readdirSync(folder)).toEqual([]);
    const { choices } = JSON.parse(await run(pull, ["maker/Tiny-GGUF"], { list: true }, { json: true })) as { choices: { label: string; memory?: { weights: number } }[] };
    expect(choices.map(({ label, memory }) => [label, memory?.weights])).toEqual([["F16", 65536], ["Q4_K_M in 2 parts", 190_000], ["Q8_0", 300_000], ["Projector F16", undefined]]);
  });

  it("downloads a level into a folder", async () => {
    const text = await run(pull, ["maker/Tiny-GGUF"], { level: "q8_0", to: folder });
    const path = join(folder, "maker", "Tiny-GGUF", "Tiny-Q8_0.gguf");
    expect(text).toMatch(new RegExp(`^${path}: Q8_0 of maker/Tiny-GGUF, 293\\.0 KiB, checked, [\\d.]+ s$`));
    expect(readFileSync(path).equals(modelFile)).toBe(true);
    const told = JSON.parse(await run(pull, ["maker/Tiny"], { to: folder }, { json: true })) as { path: string; repository: string; bytes: number };
    expect(told).toMatchObject({ path: join(folder, "maker", "Tiny"), repository: "maker/Tiny" });
    expect(existsSync(join(told.path, "config.json"))).toBe(true);
    expect(progress.some((line) => line.includes(" of "))).toBe(true);
  });

  it("asks which one, and says what failed", async () => {
    await expect(run(pull, ["maker/Tiny-GGUF"], { to: folder })).rejects.toThrow(/maker\/Tiny-GGUF has several: say one with --level or --file\. It has F16 \(Tiny-F16\.gguf\)/);
    hub.faults.push({ kind: "corrupt", on: "storage" });
    await expect(run(pull, ["maker/Tiny-GGUF"], { file: "Tiny-Q8_0.gguf", to: folder })).rejects.toThrow(/checksum differs\): it was deleted/);
    await expect(run(pull, [])).rejects.toThrow("Say which repository.");
  });

  it("keeps what came when it is stopped, and goes on with the same command", async () => {
    hub.bytesPerSecond = 400_000;
    const source = new CancellationTokenSource();
    const { token } = source;
    const stopped = run(pull, ["maker/Tiny-GGUF"], { level: "Q8_0", to: folder }, { token });
    await expect.poll(() => progress.some((line) => /^Q8_0: \d\d+\.\d KiB of/.test(line))).toBe(true);
    source.cancel();
    await expect(stopped).rejects.toThrow("Stopped. What came is kept: the same command goes on from there.");
    hub.bytesPerSecond = undefined;
    await run(pull, ["maker/Tiny-GGUF"], { level: "Q8_0", to: folder });
    expect(hub.requests.at(-1)?.range).toMatch(/^bytes=[1-9]\d*-$/);
    expect(readdirSync(join(folder, "maker", "Tiny-GGUF"))).toEqual(["Tiny-Q8_0.gguf"]);
  });
});
