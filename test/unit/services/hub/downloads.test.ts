import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Download, HubChoice, HubDetails } from "../../../../src/protocol/hub";
import { Downloads, type DownloadsOptions } from "../../../../src/services/hub/downloads";
import { type Fault, type HubServer, startHub } from "../../../hubServer";
import { checkpointRepository, clientOf, ended, ggufRepository, modelFile, never, noise, quick, temporaryFolder, until } from "./fixtures";

let hub: HubServer;
let folder: string;
let details: HubDetails;
const opened: Downloads[] = [];

function downloadsOf(options: DownloadsOptions & { readonly token?: string; readonly stall?: number } = {}): Downloads {
  const downloads = new Downloads(clientOf(hub.url, { token: options.token, stall: options.stall ?? 5000 }).connection, { retry: quick, ...options });
  opened.push(downloads);
  return downloads;
}

function choice(label: string): HubChoice {
  return details.choices.find((candidate) => candidate.label === label)!;
}

/** All files below the folder of downloads. */
function files(): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}

async function fetchQ8(downloads: Downloads): Promise<Download> {
  return ended(downloads, (await downloads.start(details, choice("Q8_0"), folder)).id);
}

/** A download of Q8_0 that another process began. */
function leave(more: object, fetched?: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, record)), { recursive: true });
  const recorded = { version: 1, repository: "maker/Tiny-GGUF", revision: details.revision, label: "Q8_0", files: [{ ...choice("Q8_0").files[0]!, place: "Tiny-Q8_0.gguf" }], ...more };
  writeFileSync(join(folder, record), JSON.stringify(recorded));
  if (fetched !== undefined) writeFileSync(join(folder, partial), fetched);
}

const q8 = join("maker", "Tiny-GGUF", "Tiny-Q8_0.gguf");
const partial = `${q8}.download`;
const record = `${q8}.download.json`;

beforeEach(async () => {
  hub = await startHub({ repositories: [ggufRepository, checkpointRepository], token: "hf_secret" });
  folder = temporaryFolder();
  details = await clientOf(hub.url).details("maker/Tiny-GGUF", never);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((downloads) => downloads.dispose()));
  await hub.close();
});

describe("downloading", () => {
  it("fetches a file, checks it, and leaves nothing else", async () => {
    const downloads = downloadsOf();
    const download = await fetchQ8(downloads);
    expect(download).toMatchObject({ state: "done", bytes: 300_000, bytesDone: 300_000, repository: "maker/Tiny-GGUF", label: "Q8_0", target: join(folder, q8) });
    expect(readFileSync(join(folder, q8)).equals(modelFile)).toBe(true);
    expect(files()).toEqual([q8]);
    expect(hub.requests.at(-1)?.acceptEncoding).toBe("identity");
  });

  it("gives parts their names only when all are there", async () => {
    const downloads = downloadsOf();
    hub.faults.push({ kind: "status", status: 404, on: "00002-of" });
    const { id } = await downloads.start(details, choice("Q4_K_M in 2 parts"), folder);
    expect(await ended(downloads, id)).toMatchObject({ state: "paused", bytesDone: 100_000, problem: expect.stringContaining("has no maker/Tiny-GGUF") });
    const parts = join("maker", "Tiny-GGUF", "split");
    expect(files()).toContain(`${parts}/Tiny-Q4_K_M-00001-of-00002.gguf.download`);
    expect(files().some((path) => path.endsWith(".gguf"))).toBe(false);
    hub.faults = [];
    const before = hub.requests.length;
    await downloads.resume(id);
    expect((await ended(downloads, id)).state).toBe("done");
    expect(hub.requests.slice(before).some(({ url }) => url.includes("00001-of"))).toBe(false);
    expect(files()).toEqual([`${parts}/Tiny-Q4_K_M-00001-of-00002.gguf`, `${parts}/Tiny-Q4_K_M-00002-of-00002.gguf`]);
  });

  it("fetches a checkpoint into a folder, its small files checked by Git's sum", async () => {
    const downloads = downloadsOf();
    const checkpoint = await clientOf(hub.url).details("maker/Tiny", never);
    const { id, target } = await downloads.start(checkpoint, checkpoint.choices[0]!, folder);
    expect((await ended(downloads, id)).state).toBe("done");
    expect(target).toBe(join(folder, "maker", "Tiny"));
    expect(readdirSync(target).sort()).toEqual(["LICENSE", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]);
    const changed = { ...checkpoint, choices: [{ ...checkpoint.choices[0]!, files: checkpoint.choices[0]!.files.map((file) => ({ ...file, gitBlob: file.gitBlob && "0".repeat(40) })) }] };
    const other = await downloads.start(changed, changed.choices[0]!, join(folder, "again"));
    expect((await ended(downloads, other.id)).problem).toMatch(/config.json is not what the hub has/);
  });

  it("runs two at a time, in order", async () => {
    hub.bytesPerSecond = 2_000_000;
    const downloads = downloadsOf();
    const ids: string[] = [];
    for (const label of ["Q8_0", "Q4_K_M in 2 parts", "Projector F16"]) ids.push((await downloads.start(details, choice(label), folder)).id);
    expect(downloads.list.map(({ state }) => state === "waiting")).toEqual([false, false, true]);
    for (const id of ids) expect((await ended(downloads, id)).state).toBe("done");
  });

  it("tells speed and time left", async () => {
    hub.bytesPerSecond = 250_000;
    const downloads = downloadsOf();
    const { id } = await downloads.start(details, choice("Q8_0"), folder);
    const seen = await until(downloads, id, ({ secondsLeft }) => secondsLeft !== undefined);
    expect(seen.bytesPerSecond).toBeGreaterThan(10_000);
    expect(seen.bytesPerSecond).toBeLessThan(500_000);
    expect(seen.secondsLeft).toBeCloseTo((seen.bytes - seen.bytesDone) / seen.bytesPerSecond!, 5);
  });

  it("does not send the token to the host that the files lie on", async () => {
    expect((await fetchQ8(downloadsOf({ token: "hf_secret" }))).state).toBe("done");
    const sent = hub.requests.slice(-2).map(({ host, authorization }) => [host, authorization]);
    expect(sent).toEqual([["hub", "Bearer hf_secret"], ["storage", undefined]]);
    expect(JSON.stringify(files().map((path) => readFileSync(join(folder, path), "latin1")))).not.toContain("hf_secret");
  });
});

describe("going on", () => {
  it("pauses and resumes where it was, if the file is still the same", async () => {
    hub.bytesPerSecond = 400_000;
    const downloads = downloadsOf();
    const { id } = await downloads.start(details, choice("Q8_0"), folder);
    await until(downloads, id, ({ bytesDone }) => bytesDone > 50_000);
    await downloads.pause(id);
    const paused = downloads.list[0]!;
    expect(paused).toMatchObject({ state: "paused", bytesDone: statSync(join(folder, partial)).size });
    expect(paused.problem).toBeUndefined();
    hub.bytesPerSecond = undefined;
    await downloads.resume(id);
    expect((await ended(downloads, id)).state).toBe("done");
    expect(hub.requests.at(-1)).toMatchObject({ range: `bytes=${paused.bytesDone}-`, ifRange: expect.stringMatching(/^"[0-9a-f]{64}"$/) });
    expect(readFileSync(join(folder, q8)).equals(modelFile)).toBe(true);
  });

  it("survives the end of the program", async () => {
    hub.bytesPerSecond = 400_000;
    const first = downloadsOf();
    const { id } = await first.start(details, choice("Q8_0"), folder);
    await until(first, id, ({ bytesDone }) => bytesDone > 50_000);
    await first.dispose();
    expect(files()).toEqual([partial, record]);
    expect(readFileSync(join(folder, record), "utf8")).not.toMatch(/http|127\.0\.0\.1/);
    hub.bytesPerSecond = undefined;
    const second = downloadsOf();
    await second.restore(folder);
    expect(second.list).toMatchObject([{ state: "paused", label: "Q8_0", repository: "maker/Tiny-GGUF", bytes: 300_000, bytesDone: statSync(join(folder, partial)).size }]);
    await second.resume(second.list[0]!.id);
    expect((await ended(second, id)).state).toBe("done");
    expect(hub.requests.at(-1)?.range).toMatch(/^bytes=[1-9]\d+-$/);
    expect(files()).toEqual([q8]);
  });

  it("hashes what was there: a spoiled beginning is found", async () => {
    hub.bytesPerSecond = 400_000;
    const first = downloadsOf();
    const { id } = await first.start(details, choice("Q8_0"), folder);
    await until(first, id, ({ bytesDone }) => bytesDone > 50_000);
    await first.dispose();
    const there = readFileSync(join(folder, partial));
    there[5]! ^= 1;
    writeFileSync(join(folder, partial), there);
    hub.bytesPerSecond = undefined;
    const second = downloadsOf();
    expect(await fetchQ8(second)).toMatchObject({ state: "failed", problem: expect.stringMatching(/checksum differs\): it was deleted/) });
    expect(files()).toEqual([]);
    await second.resume(id);
    expect((await ended(second, id)).state).toBe("done");
  });

  it("starting again goes on with what was begun, and throws away what was of another file", async () => {
    for (const [revision, range] of [[details.revision, "bytes=1000-"], ["f".repeat(40), undefined]] as const) {
      folder = temporaryFolder();
      leave({ revision, files: [{ ...choice("Q8_0").files[0]!, sha256: undefined, place: "Tiny-Q8_0.gguf" }] }, modelFile.subarray(0, 1000));
      expect((await fetchQ8(downloadsOf())).state).toBe("done");
      expect(hub.requests.at(-1)?.range).toBe(range);
    }
  });

  it("touches no file that no record names", async () => {
    mkdirSync(dirname(join(folder, partial)), { recursive: true });
    const others = [`${q8}.partial`, partial];
    for (const path of others) writeFileSync(join(folder, path), "a quantization that runs just now");
    await expect(fetchQ8(downloadsOf())).rejects.toThrow(/Tiny-Q8_0\.gguf\.download is in the way: move or delete it/);
    expect(files()).toEqual([partial, `${q8}.partial`]);
    rmSync(join(folder, partial));
    expect((await fetchQ8(downloadsOf())).state).toBe("done");
    expect(readFileSync(join(folder, others[0]!), "utf8")).toBe("a quantization that runs just now");
  });

  it("clears up where the program ended between the two names of a file", async () => {
    leave({}, modelFile);
    linkSync(join(folder, partial), join(folder, q8));
    expect((await fetchQ8(downloadsOf())).state).toBe("done");
    expect(files()).toEqual([q8]);
  });

  it("goes on when that was asked for before its pause had come to an end", async () => {
    hub.bytesPerSecond = 400_000;
    const downloads = downloadsOf();
    const { id } = await downloads.start(details, choice("Q8_0"), folder);
    await until(downloads, id, ({ bytesDone }) => bytesDone > 50_000);
    const paused = downloads.pause(id);
    hub.bytesPerSecond = undefined;
    await downloads.resume(id);
    await paused;
    expect((await until(downloads, id, ({ state }) => state === "done" || state === "paused")).state).toBe("done");
  });

  it("a pause, and a cancellation, after that come first", async () => {
    hub.bytesPerSecond = 400_000;
    const downloads = downloadsOf();
    const { id } = await downloads.start(details, choice("Q8_0"), folder);
    await until(downloads, id, ({ bytesDone }) => bytesDone > 50_000);
    const paused = downloads.pause(id);
    await downloads.resume(id);
    await Promise.all([paused, downloads.pause(id)]);
    expect(downloads.list[0]?.state).toBe("paused");
    await downloads.resume(id);
    const cancelled = downloads.cancel(id);
    await downloads.resume(id);
    await cancelled;
    expect(downloads.list).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("a file that is there already is not fetched again, another one is never overwritten", async () => {
    expect((await fetchQ8(downloadsOf())).state).toBe("done");
    const requests = hub.requests.length;
    expect((await fetchQ8(downloadsOf())).state).toBe("done");
    expect(hub.requests.length).toBe(requests);
    writeFileSync(join(folder, q8), noise(300_000, 5));
    expect(await fetchQ8(downloadsOf())).toMatchObject({ state: "failed", problem: expect.stringContaining("There is another file named Tiny-Q8_0.gguf") });
    expect(readFileSync(join(folder, q8)).equals(noise(300_000, 5))).toBe(true);
    expect(files()).toEqual([q8]);
  });

  it("cancelling deletes what was fetched, and the folders made for it", async () => {
    hub.bytesPerSecond = 400_000;
    const downloads = downloadsOf();
    const { id } = await downloads.start(details, choice("Q8_0"), folder);
    await until(downloads, id, ({ bytesDone }) => bytesDone > 50_000);
    await downloads.cancel(id);
    expect(downloads.list).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("leaves alone what another process fetches", async () => {
    leave({}, "abc");
    const downloads = downloadsOf();
    await downloads.restore(folder);
    leave({ writer: process.ppid }, "abc");
    await expect(downloadsOf().start(details, choice("Q8_0"), folder)).rejects.toThrow(/being fetched by another window/);
    await downloads.resume(downloads.list[0]!.id);
    expect(await ended(downloads, join(folder, q8))).toMatchObject({ state: "paused", problem: expect.stringContaining("another window") });
    await expect(downloads.cancel(join(folder, q8))).rejects.toThrow(/another window/);
    expect(readFileSync(join(folder, partial), "utf8")).toBe("abc");
  });

  it("does not show what another window fetches, or has ended", async () => {
    leave({}, "abc");
    const downloads = downloadsOf();
    await downloads.restore(folder);
    expect(downloads.list).toHaveLength(1);
    leave({ writer: process.ppid }, "abcdef");
    await downloads.restore(folder);
    expect(downloads.list).toEqual([]);
    leave({}, "abcdef");
    await downloads.restore(folder);
    expect(downloads.list).toMatchObject([{ state: "paused", bytesDone: 6 }]);
    rmSync(join(folder, record));
    await downloads.restore(folder);
    expect(downloads.list).toEqual([]);
  });

  it.each([
    ["no JSON", "not json"],
    ["another version", JSON.stringify({ version: 2 })],
    ["a place outside", JSON.stringify({ version: 1, repository: "a/b", revision: "0".repeat(40), label: "x", files: [{ path: "x", bytes: 5, place: "../../x" }] })],
    ["no files", JSON.stringify({ version: 1, repository: "a/b", revision: "0".repeat(40), label: "x", files: [] })],
    ["impossible sizes", JSON.stringify({ version: 1, repository: "a/b", revision: "0".repeat(40), label: "x", files: [{ path: "x", bytes: -5, place: "x" }] })],
  ])("does not take up a record with %s", async (_what, text) => {
    writeFileSync(join(folder, "x.gguf.download.json"), text);
    const downloads = downloadsOf();
    await downloads.restore(folder);
    expect(downloads.list).toEqual([]);
  });

  it("does not follow links in the place of a partial file or of folders", async () => {
    const elsewhere = temporaryFolder();
    writeFileSync(join(elsewhere, "kept"), "kept");
    mkdirSync(dirname(join(folder, partial)), { recursive: true });
    const downloads = downloadsOf();
    await downloads.start(details, choice("Q8_0"), folder);
    await downloads.pause(join(folder, q8));
    await downloads.cancel(join(folder, q8));
    mkdirSync(dirname(join(folder, partial)), { recursive: true });
    leave({});
    symlinkSync(join(elsewhere, "kept"), join(folder, partial));
    symlinkSync(folder, join(folder, "loop"));
    const again = downloadsOf();
    await again.restore(folder);
    expect(again.list).toHaveLength(1);
    await again.resume(again.list[0]!.id);
    expect((await ended(again, join(folder, q8))).problem).toMatch(/is in the way/);
    expect(readFileSync(join(elsewhere, "kept"), "utf8")).toBe("kept");
  });
});

describe("a bad line and a bad server", () => {
  const once = (fault: Omit<Fault, "times">): void => void hub.faults.push({ ...fault, times: 1, on: "storage" });

  it.each([
    ["the connection is cut", [{ kind: "cut", after: 100_000 }, { kind: "cut", after: 80_000 }]],
    ["the connection falls silent", [{ kind: "stall", after: 100_000 }]],
    ["the answer ends too early", [{ kind: "endEarly", after: 100_000 }]],
    ["the server has trouble", [{ kind: "status", status: 503 }, { kind: "status", status: 500 }]],
    ["the server wants a pause", [{ kind: "status", status: 429, headers: { "retry-after": "0" } }]],
    ["another part comes than was asked for", [{ kind: "cut", after: 100_000 }, { kind: "wrongRange" }]],
    ["a part of a file of another size comes", [{ kind: "cut", after: 100_000 }, { kind: "otherTotal" }]],
    ["the file has changed", [{ kind: "cut", after: 100_000 }, { kind: "newEtag" }]],
    ["the server ignores ranges", [{ kind: "cut", after: 100_000 }, { kind: "ignoreRange" }]],
    ["the server has nothing behind that", [{ kind: "cut", after: 100_000 }, { kind: "status", status: 416 }]],
  ] as const)("gets the whole file when %s", async (_what, faults) => {
    for (const fault of faults) once(fault);
    expect((await fetchQ8(downloadsOf({ stall: 400 }))).state).toBe("done");
    expect(readFileSync(join(folder, q8)).equals(modelFile)).toBe(true);
    expect(files()).toEqual([q8]);
  });

  it("waits a quarter of an hour where the server asks for that, tells so, and can be paused meanwhile", async () => {
    once({ kind: "status", status: 429, headers: { "retry-after": "900" } });
    const downloads = downloadsOf({ retry: undefined });
    const { id } = await downloads.start(details, choice("Q8_0"), folder);
    const waiting = await until(downloads, id, ({ problem }) => problem !== undefined);
    expect(waiting).toMatchObject({ state: "running", problem: expect.stringMatching(/^127\.0\.0\.1:\d+ asks for a pause: this goes on by itself at \d/) });
    await downloads.pause(id);
    expect(downloads.list[0]).toMatchObject({ state: "paused" });
    expect(downloads.list[0]?.problem).toBeUndefined();
    await downloads.resume(id);
    expect((await ended(downloads, id)).state).toBe("done");
  });

  it("takes up a cut connection where it broke", async () => {
    once({ kind: "cut", after: 100_000 });
    await fetchQ8(downloadsOf());
    expect(hub.requests.filter(({ host }) => host === "storage").map(({ range }) => range)).toEqual([undefined, expect.stringMatching(/^bytes=\d+-$/)]);
  });

  it("gives up a server that never comes further, and keeps what is there", async () => {
    hub.faults.push({ kind: "cut", after: 100_000, on: "storage", times: 1 }, { kind: "cut", after: 0, on: "storage" });
    const downloads = downloadsOf();
    expect(await fetchQ8(downloads)).toMatchObject({ state: "paused", problem: expect.stringMatching(/The connection to .* broke/) });
    expect(hub.requests.filter(({ host }) => host === "storage")).toHaveLength(3);
    hub.faults = [];
    await downloads.resume(join(folder, q8));
    expect((await ended(downloads, join(folder, q8))).state).toBe("done");
  });

  it("is not kept busy by a server that begins anew each time", async () => {
    hub.faults.push({ kind: "cut", after: 100_000, on: "storage", withoutRanges: true });
    expect((await fetchQ8(downloadsOf())).state).toBe("paused");
    expect(hub.requests.filter(({ host }) => host === "storage").length).toBe(3);
  });

  it.each([
    ["a wrong checksum", { kind: "corrupt" }, /is not what the hub has \(its checksum differs\): it was deleted/],
    ["more than was announced", { kind: "tooMuch" }, /More came of Tiny-Q8_0.gguf than the 300000 bytes/],
    ["another size than is listed", { kind: "wrongLength" }, /announces 300001 bytes of Tiny-Q8_0.gguf where it lists 300000/],
  ] as const)("keeps nothing of %s", async (_what, fault, sentence) => {
    hub.faults.push({ ...fault, on: "storage" });
    expect(await fetchQ8(downloadsOf())).toMatchObject({ state: "failed", problem: expect.stringMatching(sentence) });
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    [401, { "x-error-code": "GatedRepo" }, /is gated: accept its terms/],
    [404, {}, /has no maker\/Tiny-GGUF/],
    [429, { "retry-after": "7200" }, /try again in 7200 s/],
  ])("fails with status %i and leaves nothing", async (status, headers, sentence) => {
    hub.faults.push({ kind: "status", status, headers: headers as Record<string, string>, on: "resolve" });
    const downloads = downloadsOf();
    const download = await fetchQ8(downloads);
    expect(download).toMatchObject({ state: "failed", problem: expect.stringMatching(sentence) });
    expect(readdirSync(folder)).toEqual([]);
    downloads.dismiss(download.id);
    expect(downloads.list).toEqual([]);
  });

  it.each([
    ["a page to sign in", { kind: "notJson" }, /sent a page instead of Tiny-Q8_0.gguf|announces \d+ bytes/],
    ["redirects in a circle", { kind: "loop" }, /in a circle/],
    ["a refusal", { kind: "status", status: 403 }, /gated, private/],
  ] as const)("keeps what came before when there is %s", async (_what, fault, sentence) => {
    hub.bytesPerSecond = 400_000;
    const downloads = downloadsOf();
    const { id } = await downloads.start(details, choice("Q8_0"), folder);
    await until(downloads, id, ({ bytesDone }) => bytesDone > 50_000);
    await downloads.pause(id);
    const { size } = statSync(join(folder, partial));
    hub.bytesPerSecond = undefined;
    hub.faults.push({ ...fault, on: "storage" });
    await downloads.resume(id);
    const download = await ended(downloads, id);
    expect(download).toMatchObject({ state: "paused", problem: expect.stringMatching(sentence) });
    expect(statSync(join(folder, partial)).size).toBe(size);
  });

  it("says at once that it is offline, and keeps what was fetched before", async () => {
    hub.bytesPerSecond = 400_000;
    const downloads = downloadsOf();
    const { id } = await downloads.start(details, choice("Q8_0"), folder);
    await until(downloads, id, ({ bytesDone }) => bytesDone > 50_000);
    await downloads.pause(id);
    await hub.close();
    await downloads.resume(id);
    expect(await ended(downloads, id)).toMatchObject({ state: "paused", problem: expect.stringContaining("cannot be reached: you are offline") });
    expect(existsSync(join(folder, partial))).toBe(true);
  });

  it("checks the disk before, what others still need included", async () => {
    const downloads = downloadsOf({ freeBytes: async () => 256 * 2 ** 20 + 299_999 });
    await expect(downloads.start(details, choice("Q8_0"), folder)).rejects.toThrow(/Q8_0 needs 293.0 KiB more, but only 256.3 MiB are free in .*, and 256\.0 MiB of that stay free for the system: make room or choose another folder/);
    expect(readdirSync(folder)).toEqual([]);
    hub.bytesPerSecond = 100_000;
    const tight = downloadsOf({ freeBytes: async () => 256 * 2 ** 20 + 350_000 });
    await tight.start(details, choice("Q8_0"), folder);
    await expect(tight.start(details, choice("Projector F16"), folder)).rejects.toThrow(/of them for other downloads/);
  });

  it("does not fetch a choice that has a problem", async () => {
    await expect(downloadsOf().start(details, { ...choice("Q8_0"), problem: "No." }, folder)).rejects.toThrow("No.");
  });
});
