import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, readdir, rm, symlink } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CancellationTokenSource } from "../../../../src/protocol/rpc";
import { ollamaUrl } from "../../../../src/services/ollama/ollamaClient";
import { type OllamaExportOptions, exportToOllama } from "../../../../src/services/ollama/ollamaExport";
import { ModelFolder, tinyAdapter, tinyLlama } from "../models/modelFolder";
import { type FakeOllama, fakeOllama } from "./ollamaServer";

const { token } = new CancellationTokenSource();
const content = tinyLlama({ "tokenizer.chat_template": "<|im_start|><|im_end|>" });
let folder: ModelFolder;
let path: string;
let ollama: FakeOllama;
beforeEach(async () => {
  folder = await ModelFolder.make();
  path = await folder.put("mine/Tiny-F32.gguf", content);
  ollama = await fakeOllama();
});
afterEach(async () => {
  await ollama.close();
  await folder.remove();
});

async function exported(options: Partial<OllamaExportOptions> = {}, file = path) {
  return exportToOllama(await folder.library([]).describe(file), { name: "tiny:f32", register: false, ollamaHost: ollama.host, ...options }, token);
}
const sha256 = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

describe("writing a Modelfile", () => {
  it("goes beside the model and names it from there; again replaces it", async () => {
    const result = await exported();
    expect(result).toMatchObject({ modelfile: folder.path("mine/tiny_f32.Modelfile"), template: "chatml" });
    expect(await readFile(result.modelfile!, "utf8")).toMatch(/^# Written by Decant\.\n(#.*\n)*FROM \.\/Tiny-F32\.gguf\nTEMPLATE """.*PARAMETER num_ctx 256\n$/s);
    await exported();
    expect(await readdir(folder.path("mine"))).toEqual(["Tiny-F32.gguf", "tiny_f32.Modelfile"]);
    expect(ollama.requests).toEqual([]);
  });

  it("in another folder, made where there is none, names it by its whole path", async () => {
    const { modelfile } = await exported({ folder: folder.path("out/made") });
    expect(await readFile(modelfile!, "utf8")).toContain(`FROM ${path}\n`);
  });

  it("replaces nobody else's file, and writes into nobody else's store", async () => {
    await folder.put("mine/tiny_f32.Modelfile", "FROM scratch");
    await expect(exported()).rejects.toMatchObject({ code: "outputExists" });
    const model = { ...(await folder.library([]).describe(path)), source: "huggingFace" as const };
    await expect(exportToOllama(model, { name: "a", register: false }, token)).rejects.toThrow(/Say in which folder/);
    await expect(exported({ folder: path })).rejects.toMatchObject({ code: "notWritable" });
  });

  it.skipIf(process.platform === "win32")("replaces nothing that cannot be read, and waits for no pipe", async () => {
    execFileSync("mkfifo", [folder.path("mine/tiny_f32.Modelfile")]);
    await expect(exported()).rejects.toMatchObject({ code: "outputExists" });
    await rm(folder.path("mine/tiny_f32.Modelfile"));
    await symlink("tiny_f32.Modelfile", folder.path("mine/tiny_f32.Modelfile"));
    await expect(exported()).rejects.toMatchObject({ code: "outputExists" });
    expect(await readdir(folder.path("mine"))).toEqual(["Tiny-F32.gguf", "tiny_f32.Modelfile"]);
  });

  it("refuses what Ollama could not use, with the reason", async () => {
    await expect(exported({ name: "../a" })).rejects.toThrow(/does not take/);
    await expect(exported({}, await folder.put("mine/lora.gguf", tinyAdapter()))).rejects.toThrow("lora.gguf is an adapter: export the model that it belongs to.");
    await expect(exported({}, await folder.put("mine/no.gguf", "x"))).rejects.toThrow("no.gguf cannot be exported: no.gguf is not a GGUF file.");
    await folder.put("mine/s-00002-of-00002.gguf", content);
    await expect(exported({}, await folder.put("mine/s-00001-of-00002.gguf", content))).rejects.toThrow(/Ollama takes one file/);
    await expect(exported({ adapters: [path] })).rejects.toThrow("Tiny-F32.gguf is no LoRA adapter: choose one that was made for this model.");
    expect(await readdir(folder.path("mine"))).not.toContain("tiny_f32.Modelfile");
  });
});

describe("registering with a running Ollama", () => {
  it("hands over blobs once, then creates the model from them", async () => {
    const adapter = tinyAdapter();
    const lora = await folder.put("mine/legal.gguf", adapter);
    expect(await exported({ register: true, adapters: [lora] })).toMatchObject({ registered: { name: "tiny:f32", host: ollama.host } });
    expect(ollama.created).toEqual([{
      model: "tiny:f32", files: { "Tiny-F32.gguf": sha256(content) }, adapters: { "legal.gguf": sha256(adapter) },
      template: expect.stringContaining("<|im_start|>"), parameters: { stop: ["<|im_end|>"], num_ctx: 256 }, stream: true,
    }]);
    expect([...ollama.blobs.keys()]).toEqual([sha256(content), sha256(adapter)]);
    ollama.requests.length = 0;
    await exported({ register: true });
    expect(ollama.requests).toEqual(["GET /api/version", "HEAD /api/blobs/sha256:…", "POST /api/create"]);
    expect(await readdir(folder.path("mine"))).toEqual(["Tiny-F32.gguf", "legal.gguf"]);
  });

  it("says what Ollama said against it", async () => {
    ollama.answer = ['{"status":"x"}', '{"error":"unsupported architecture \\u001b[31m\\"tiny\\""}'];
    await expect(exported({ register: true })).rejects.toThrow('Ollama refused the model: unsupported architecture \ufffd[31m"tiny".');
    ollama.answer = ['{"status":"creating"}', "garbage"];
    await expect(exported({ register: true })).rejects.toThrow(/broke off/);
  });

  it("says where it looked when nothing, or something else, answers there", async () => {
    const { host } = ollama;
    await ollama.close();
    await expect(exported({ register: true, ollamaHost: host })).rejects.toThrow(`Ollama cannot be reached at ${host}: start it, or export without registering`);
    ollama = await fakeOllama("<html>");
    await expect(exported({ register: true, ollamaHost: ollama.host })).rejects.toThrow(/is not Ollama/);
  });

  it("stops when it is cancelled", async () => {
    const source = new CancellationTokenSource();
    const model = await folder.library([]).describe(path);
    const onProgress = (): void => source.cancel();
    await expect(exportToOllama(model, { name: "a", register: true, ollamaHost: ollama.host, onProgress }, source.token)).rejects.toMatchObject({ code: "cancelled" });
    expect(ollama.created).toEqual([]);
  });
});

it("OLLAMA_HOST is read as Ollama reads it, and is this machine without one", () => {
  const hosts: Record<string, string> = {
    "": "http://127.0.0.1:11434/", "0.0.0.0": "http://127.0.0.1:11434/", ":8080": "http://127.0.0.1:8080/", "box:1234": "http://box:1234/", "https://box": "https://box/",
    "http://box": "http://box/", "[::]:9": "http://[::1]:9/", "[fe80::1]": "http://[fe80::1]:11434/", '"box"': "http://box:11434/",
  };
  for (const [host, url] of Object.entries(hosts)) expect(ollamaUrl(host).href, host).toBe(url);
  expect(ollamaUrl(undefined).href).toBe("http://127.0.0.1:11434/");
  expect(() => ollamaUrl("a b")).toThrow(/no address/);
});
