import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ModelFile } from "../../../../src/protocol/model";
import { Downloads } from "../../../../src/services/hub/downloads";
import { GetModels, type GetModelsOptions } from "../../../../src/services/hub/getModels";
import { offline } from "../../../../src/services/hub/hubFailures";
import { type HubServer, startHub } from "../../../hubServer";
import { checkpointRepository, clientOf, ended, ggufRepository, machine, modelFile, quick, temporaryFolder, until } from "./fixtures";

let hub: HubServer;
let folder: string;
let downloads: Downloads;
let state: GetModels;

function create(options: Partial<GetModelsOptions> = {}): GetModels {
  const client = clientOf(hub.url);
  downloads = new Downloads(client.connection, { retry: quick });
  return (state = new GetModels({ client, downloads, folder: () => folder, signedIn: async () => false, freeBytes: async () => 5e9, ...options }));
}
const choice = (label: string) => state.snapshot.details!.choices.find((candidate) => candidate.label === label)!;

beforeEach(async () => {
  hub = await startHub({ repositories: [ggufRepository, checkpointRepository] });
  folder = temporaryFolder();
});
afterEach(async () => {
  state.dispose();
  await downloads.dispose();
  await hub.close();
});

describe("the state behind Get Models", () => {
  it("asks nothing of the network by itself", async () => {
    let asked = 0;
    create({ client: clientOf(hub.url, { machine: async () => (asked++, machine) }) });
    await state.refresh();
    expect(state.snapshot).toMatchObject({ hub: new URL(hub.url).host, folder, freeBytes: 5e9, signedIn: false, searching: false, query: "", downloads: [] });
    // What this machine has would start native code.
    expect(asked).toBe(0);
    expect(state.snapshot.results).toBeUndefined();
    expect(hub.requests).toEqual([]);
  });

  it("searches, opens, reads a header and downloads", async () => {
    create();
    const searching: boolean[] = [];
    state.onDidChange(() => searching.push(state.snapshot.searching));
    await state.search("tiny", "gguf");
    expect([searching[0], searching.at(-1)]).toEqual([true, false]);
    expect(state.snapshot.results?.map(({ id }) => id)).toEqual(["maker/Tiny-GGUF"]);
    const opening = state.open("maker/Tiny-GGUF");
    expect(state.snapshot.opening).toBe("maker/Tiny-GGUF");
    await opening;
    expect(state.snapshot.opening).toBeUndefined();
    expect(choice("Q8_0").memory).toBeUndefined();
    const reading = state.readHeader("Tiny-F16.gguf");
    expect(state.snapshot.reading).toEqual(["Tiny-F16.gguf"]);
    await reading;
    expect(state.snapshot.reading).toEqual([]);
    expect(choice("F16").header?.parameters).toBe(32768);
    // The other levels have the shape of the one that was read, and their own weights.
    expect(choice("Q8_0").memory).toEqual({ ...choice("F16").memory, weights: 300_000 });
    expect(choice("Projector F16").memory).toBeUndefined();
    await state.download("Tiny-Q8_0.gguf");
    const id = downloads.list[0]!.id;
    await ended(downloads, id);
    await expect.poll(() => choice("Q8_0").here).toBe(join(folder, "maker", "Tiny-GGUF", "Tiny-Q8_0.gguf"));
    expect(choice("F16").header).toBeDefined();
    state.dismiss(id);
    expect(state.snapshot.downloads).toEqual([]);
  });

  it("only the newest question is answered", async () => {
    create();
    hub.faults.push({ kind: "slow", after: 150, on: "search=tiny&", times: 1 });
    const old = state.search("tiny", "all");
    await expect.poll(() => hub.requests.length).toBe(1);
    await state.search("tiny-gguf", "all");
    await old;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(state.snapshot).toMatchObject({ query: "tiny-gguf", searching: false });
    expect(state.snapshot.results).toHaveLength(1);
    const first = state.open("maker/Tiny-GGUF");
    await state.open("maker/Tiny");
    await first;
    expect(state.snapshot.details?.model.id).toBe("maker/Tiny");
    const third = state.open("maker/Tiny-GGUF");
    state.close();
    await third;
    expect(state.snapshot.details).toBeUndefined();
  });

  it("tells in one sentence what went wrong, and forgets it with the next question", async () => {
    create();
    await state.open("maker/Nothing");
    expect(state.snapshot.problem).toMatch(/does not exist/);
    expect(state.snapshot.opening).toBeUndefined();
    await state.open("maker/Tiny-GGUF");
    expect(state.snapshot.problem).toBeUndefined();
    await state.readHeader("Tiny-Q8_0.gguf");
    expect(state.snapshot).toMatchObject({ problem: "Tiny-Q8_0.gguf is not a GGUF file.", reading: [] });
    await hub.close();
    await state.search("x", "all");
    expect(state.snapshot).toMatchObject({ searching: false, problem: expect.stringContaining("you are offline") });
  });

  it("a search that fails leaves nothing of the one before", async () => {
    create();
    await state.search("tiny", "all");
    expect(state.snapshot.results).not.toEqual([]);
    await hub.close();
    await state.search("foo", "all");
    expect(state.snapshot).toMatchObject({ query: "foo", results: undefined, problem: expect.stringContaining("cannot be reached") });
  });

  it("a download that comes to its end shows that the hub can be reached again", async () => {
    let cut = false;
    const client = clientOf(hub.url);
    const search = client.search.bind(client);
    client.search = (...args) => (cut ? Promise.reject(offline("hub")) : search(...args));
    create({ client });
    hub.bytesPerSecond = 400_000;
    await state.open("maker/Tiny-GGUF");
    await state.download("Tiny-Q8_0.gguf");
    cut = true;
    await state.search("tiny", "all");
    expect(state.snapshot.problem).toContain("cannot be reached");
    await ended(downloads, downloads.list[0]!.id);
    await expect.poll(() => state.snapshot.problem).toBeUndefined();
  });

  it("finds what is on this machine already", async () => {
    const elsewhere: ModelFile = { path: join("/models", "Tiny-Q8_0.gguf"), family: "Tiny", type: "Q8_0", bytes: modelFile.length, parameters: 1, architecture: "llama", contextLength: 1 };
    create({ models: async () => [elsewhere] });
    mkdirSync(join(folder, "maker", "Tiny-GGUF"), { recursive: true });
    writeFileSync(join(folder, "maker", "Tiny-GGUF", "mmproj-F16.gguf"), Buffer.alloc(70_000));
    await state.open("maker/Tiny-GGUF");
    // Another repository may have a file of this name and size: it can still be fetched.
    expect(choice("Q8_0")).toMatchObject({ here: undefined, alike: elsewhere.path });
    expect(choice("Projector F16").here).toBe(join(folder, "maker", "Tiny-GGUF", "mmproj-F16.gguf"));
    expect(choice("F16").here).toBeUndefined();
  });

  it("shows downloads of an earlier session, and lets a person pause, go on and cancel", async () => {
    create();
    hub.bytesPerSecond = 400_000;
    await state.open("maker/Tiny-GGUF");
    await state.download("Tiny-Q8_0.gguf");
    const { id } = state.snapshot.downloads[0]!;
    await until(downloads, id, ({ bytesDone }) => bytesDone > 40_000);
    await state.pause(id);
    expect(state.snapshot.downloads[0]?.state).toBe("paused");
    state.dispose();
    await downloads.dispose();
    create();
    await state.refresh();
    expect(state.snapshot.downloads).toMatchObject([{ id, state: "paused" }]);
    await state.resume(id);
    expect(state.snapshot.downloads[0]?.state).not.toBe("paused");
    await state.cancel(id);
    expect(state.snapshot.downloads).toEqual([]);
  });
});
