import { afterEach, describe, expect, it } from "vitest";
import { HeaderReader } from "../../../../src/services/hub/headerReader";
import { hubAddress, hubTokenKey } from "../../../../src/services/hub/hubAddress";
import { CancellationTokenSource } from "../../../../src/protocol/rpc";
import { type HubServer, type HubServerOptions, revision, startHub } from "../../../hubServer";
import { checkpointRepository, clientOf, ggufRepository, gptqRepository, json, never, noise, safetensors, tinyGguf } from "./fixtures";

let hub: HubServer;
async function start(options: Partial<HubServerOptions> = {}): Promise<HubServer> {
  return (hub = await startHub({ repositories: [ggufRepository, checkpointRepository, gptqRepository], ...options }));
}
afterEach(() => hub?.close());

describe("searching a hub", () => {
  it("finds repositories, the most downloaded first, with what is to know before opening them", async () => {
    const { url } = await start();
    const found = await clientOf(url).search("tiny", "all", never);
    expect(found.map(({ id, format }) => [id, format])).toEqual([["maker/Tiny-GGUF", "gguf"], ["maker/Tiny-GPTQ", "gptq"], ["maker/Tiny", "safetensors"]]);
    expect(found[0]).toEqual({
      id: "maker/Tiny-GGUF", format: "gguf", downloads: 1200, likes: 7, updated: "2026-10-01T12:00:00.000Z", license: "apache-2.0", gated: false, parameters: 32768, architecture: "llama",
    });
  });

  it("asks for one format", async () => {
    const { url } = await start();
    expect((await clientOf(url).search("Tiny", "gptq", never)).map(({ id }) => id)).toEqual(["maker/Tiny-GPTQ"]);
  });

  it("takes the address of a page for the repository", async () => {
    const { url } = await start();
    expect((await clientOf(url).search(`${url}/maker/Tiny-GGUF/tree/main`, "all", never)).map(({ id }) => id)).toEqual(["maker/Tiny-GGUF"]);
  });

  it("drops entries that are none, and believes no numbers and names that cannot be", async () => {
    const { url } = await start({
      repositories: [
        { id: "../../etc/passwd", files: [] }, { id: "a/b/c", files: [] },
        { id: "fine/one", files: [], tags: ["license:\u202egnp"], more: { downloads: "many", likes: -4, lastModified: "<script>", gguf: { total: 1e300 } } },
      ],
    });
    expect(await clientOf(url).search("", "all", never)).toEqual([
      { id: "fine/one", format: "gguf", downloads: 0, likes: 0, updated: undefined, license: "�gnp", gated: false, parameters: undefined, architecture: undefined },
    ]);
  });

  it("sends the token to the hub", async () => {
    const { url, requests } = await start({ token: "hf_secret", repositories: [{ ...ggufRepository, private: true }] });
    expect(await clientOf(url).search("tiny", "all", never)).toEqual([]);
    expect(await clientOf(url, { token: "hf_secret" }).search("tiny", "all", never)).toHaveLength(1);
    expect(requests.map(({ authorization }) => authorization)).toEqual([undefined, "Bearer hf_secret"]);
  });
});

it.each(["hf_a b", "hf_\r\nHost: evil", "пароль"])("never sends %j as a token", async (token) => {
  const { url, requests } = await start();
  await expect(clientOf(url, { token }).search("tiny", "all", never)).rejects.toThrow(/The token that is kept is none/);
  expect(requests).toEqual([]);
});

describe("a token", () => {
  const kept = new Map([["https://hub.example", "hf_of_example"], ["http://hub.example", "hf_of_plain"], ["http://localhost:8080", "hf_of_this_machine"]].map(([origin, token]) => [hubTokenKey(origin!), token!]));
  const sent = async (url: string): Promise<string | null> => {
    let authorization: string | null = null;
    const client = clientOf(url, {
      secrets: { get: async (key) => kept.get(key) },
      fetch: async (_url, init) => {
        authorization = new Headers(init?.headers).get("authorization");
        return new Response("[]");
      },
    });
    await client.search("x", "all", never);
    return authorization;
  };

  it("goes to the hub that it is of and to no other one", async () => {
    expect(await sent("https://hub.example/mirror")).toBe("Bearer hf_of_example");
    expect(await sent("https://other.example")).toBeNull();
    expect(await sent("https://hub.example:8443")).toBeNull();
  });

  it("is not sent where others could read it, which is told", async () => {
    expect(await sent("http://hub.example")).toBeNull();
    expect(await sent("http://localhost:8080")).toBe("Bearer hf_of_this_machine");
    const client = clientOf("http://hub.example", { token: "t", fetch: async () => new Response("", { status: 401 }) });
    await expect(client.search("x", "all", never)).rejects.toThrow("hub.example does not give models without a token, which is sent over https alone: change the hub's address.");
  });

  it.each([
    ["http://127.0.0.1:1", true], ["http://127.9.9.9", true], ["http://[::1]:1", true], ["https://hub.example", true],
    ["http://127.0.0.1.example", false], ["http://localhost.example", false], ["http://10.0.0.1", false], ["http://[::2]", false],
  ])("%s: %s", (url, secure) => expect(hubAddress(url).secure).toBe(secure));
});

describe("a repository", () => {
  it("lists choices: levels by name, parts together, projectors apart, matrices not at all", async () => {
    const { url } = await start();
    const details = await clientOf(url).details("maker/Tiny-GGUF", never);
    expect(details.revision).toBe(revision);
    expect(details.choices.map(({ label, level, role, bytes, files, fit }) => [label, level, role, bytes, files.length, fit])).toEqual([
      ["F16", "F16", "model", tinyGguf().length, 1, "ram"],
      ["Q4_K_M in 2 parts", "Q4_K_M", "model", 190_000, 2, "ram"],
      ["Q8_0", "Q8_0", "model", 300_000, 1, "ram"],
      ["Projector F16", "F16", "projector", 70_000, 1, "ram"],
    ]);
    expect(details.choices[2]?.files[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it("takes a checkpoint as one choice, without the weights that are there twice", async () => {
    const { url } = await start();
    const { choices } = await clientOf(url).details("maker/Tiny", never);
    expect(choices.map(({ id, label, format, level }) => [id, label, format, level])).toEqual([["checkpoint", "safetensors BF16", "safetensors", "BF16"]]);
    expect(choices[0]?.files.map(({ path }) => path)).toEqual(["model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json", "LICENSE"]);
    expect(choices[0]?.files[1]?.gitBlob).toMatch(/^[0-9a-f]{40}$/);
  });

  it("knows the grid of a GPTQ checkpoint from its config.json", async () => {
    const { url } = await start();
    const { choices, model } = await clientOf(url).details("maker/Tiny-GPTQ", never);
    expect([model.format, choices[0]?.format, choices[0]?.label]).toEqual(["gptq", "gptq", "GPTQ 4-bit, groups of 128, act-order"]);
  });

  it("shows what is gated, and what cannot be converted, with the reason", async () => {
    const awq = { ...gptqRepository, id: "maker/Tiny-AWQ", tags: ["awq", "safetensors"], gated: "manual" as const, more: { config: { quantization_config: { quant_method: "awq", bits: 4 } } } };
    const { url } = await start({ repositories: [awq] });
    const { model, choices } = await clientOf(url).details("maker/Tiny-AWQ", never);
    expect(model.gated).toBe(true);
    expect(choices[0]?.problem).toContain("quantized by AWQ, which cannot be converted");
  });

  it("does not fetch names that could leave their folder", async () => {
    const names = ["../../evil-Q4_0.gguf", "/etc/evil-Q8_0.gguf", "C:\\evil-Q6_K.gguf", "a/\u0000evil-F16.gguf", "aux.gguf", "dir/../../evil-Q5_0.gguf"];
    const { url } = await start({ repositories: [{ ...ggufRepository, files: names.map((path) => ({ path, content: noise(10) })) }] });
    const { choices } = await clientOf(url).details("maker/Tiny-GGUF", never);
    expect(choices).toHaveLength(names.length);
    for (const { problem } of choices) expect(problem).toMatch(/none that a file may safely have here/);
  });

  it("says which part is missing", async () => {
    const [, , first] = ggufRepository.files;
    const { url } = await start({ repositories: [{ ...ggufRepository, files: [first!] }] });
    expect((await clientOf(url).details("maker/Tiny-GGUF", never)).choices[0]?.problem).toBe("Part 2 of 2 is missing in the repository.");
  });

  it("refuses a name that is none before anything is asked", async () => {
    const { url, requests } = await start();
    await expect(clientOf(url).details("../secrets", never)).rejects.toThrow(/names no repository/);
    expect(requests).toHaveLength(0);
  });
});

describe("a header, before anything is downloaded", () => {
  it("gives exact facts and memory from a ranged request", async () => {
    const { url, requests } = await start();
    const client = clientOf(url);
    const { choices } = await client.details("maker/Tiny-GGUF", never);
    const read = await client.header("maker/Tiny-GGUF", revision, choices[0]!, never);
    // 2 matrices of 64 × 256.
    expect(read.header).toEqual({
      architecture: "llama", parameters: 32768, contextLength: 2048, bitsPerWeight: 16, hasChatTemplate: true, license: "mit",
      shape: { blocks: 2, embedding: 64, feedForward: 128, heads: 4, keyWidth: 32, valueWidth: 32, vocabulary: 256, tiedShare: 0 },
    });
    // 2048 tokens at most: 2 blocks × 2048 × (32 + 32) × 2 bytes.
    expect(read.memory).toMatchObject({ weights: 65536, cache: 524288 });
    expect(requests.at(-1)).toMatchObject({ host: "storage", range: `bytes=0-${choices[0]!.bytes - 1}` });
  });

  it("asks for more of a long header, and never for the weights", async () => {
    const content = Buffer.concat([tinyGguf(30_000), Buffer.alloc(2_000_000)]);
    const { url, requests } = await start({ repositories: [{ ...ggufRepository, files: [{ path: "Tiny-F16.gguf", content }] }] });
    const client = clientOf(url);
    const { choices } = await client.details("maker/Tiny-GGUF", never);
    expect((await client.header("maker/Tiny-GGUF", revision, choices[0]!, never)).header?.shape?.vocabulary).toBe(30_000);
    const ranges = requests.filter(({ host }) => host === "storage").map(({ range }) => range);
    expect(ranges[0]).toBe("bytes=0-524287");
    expect(ranges.length).toBe(2);
    expect(Number(/-(\d+)$/.exec(ranges[1]!)?.[1])).toBeLessThan(4 * 524_288);
  });

  it("reads no more than it needs from a server without ranges", async () => {
    const { url, faults } = await start({ repositories: [{ ...ggufRepository, files: [{ path: "Tiny-F16.gguf", content: Buffer.concat([tinyGguf(30_000), Buffer.alloc(4_000_000)]) }] }] });
    faults.push({ kind: "ignoreRange", on: "storage" });
    const client = clientOf(url);
    const { choices } = await client.details("maker/Tiny-GGUF", never);
    expect((await client.header("maker/Tiny-GGUF", revision, choices[0]!, never)).header?.parameters).toBe(2 * 64 * 30_000);
  });

  it("adds up the parts of a split model", async () => {
    const split = (part: number): Uint8Array => tinyGguf(256, [{ key: "split.no", type: "u16", value: part }, { key: "split.count", type: "u16", value: 2 }]);
    const files = [1, 2].map((part) => ({ path: `Tiny-F16-0000${part}-of-00002.gguf`, content: split(part - 1), large: true }));
    const { url } = await start({ repositories: [{ ...ggufRepository, files }] });
    const client = clientOf(url);
    const { choices } = await client.details("maker/Tiny-GGUF", never);
    expect((await client.header("maker/Tiny-GGUF", revision, choices[0]!, never)).header?.parameters).toBe(2 * 32768);
    // A whole first part, and 64 KiB of the second one.
    const needed = split(0).length + 65_536;
    const read = (left: number) => new HeaderReader(client.connection, "maker/Tiny-GGUF", revision, { left }).read(choices[0]!, never);
    expect((await read(needed)).parameters).toBe(2 * 32768);
    await expect(read(needed - 1)).rejects.toThrow("The headers of maker/Tiny-GGUF are longer than any model's: its files are damaged.");
  });

  it("reads checkpoints: the shape from config.json, weights from the tensor tables", async () => {
    const { url } = await start();
    const client = clientOf(url);
    const { choices } = await client.details("maker/Tiny", never);
    const { header, memory } = await client.header("maker/Tiny", revision, choices[0]!, never);
    expect(header).toMatchObject({ architecture: "llama", parameters: 32768, contextLength: 1024, bitsPerWeight: 16, hasChatTemplate: true, shape: { blocks: 2, keyWidth: 32, tiedShare: 0 } });
    expect(memory).toMatchObject({ weights: 65536, cache: 2 * 1024 * 64 * 2 });
  });

  it("counts the weights that GPTQ packs, not its scales", async () => {
    const { url } = await start();
    const client = clientOf(url);
    const { choices } = await client.details("maker/Tiny-GPTQ", never);
    expect((await client.header("maker/Tiny-GPTQ", revision, choices[0]!, never)).header?.parameters).toBe(64 * 128 + 64 * 64);
  });

  it("tells a file that is no model", async () => {
    const { url } = await start();
    const client = clientOf(url);
    const { choices } = await client.details("maker/Tiny-GGUF", never);
    const q8 = choices.find(({ label }) => label === "Q8_0")!;
    await expect(client.header("maker/Tiny-GGUF", revision, q8, never)).rejects.toThrow("Tiny-Q8_0.gguf is not a GGUF file.");
    const bad = { ...checkpointRepository, files: [{ path: "config.json", content: json({}) }, { path: "model.safetensors", content: Buffer.concat([safetensors({}).subarray(0, 8), Buffer.from("no")]), large: true }] };
    hub.repositories = [bad];
    await expect(client.header("maker/Tiny", revision, (await client.details("maker/Tiny", never)).choices[0]!, never)).rejects.toThrow(/model.safetensors/);
  });
});

describe("what can go wrong", () => {
  it("says at once that it is offline", async () => {
    const { url, close } = await start();
    await close();
    const before = performance.now();
    await expect(clientOf(url, { retry: { tries: 5, first: 5000, longest: 5000 } }).search("x", "all", never)).rejects.toThrow(/^127\.0\.0\.1:\d+ cannot be reached: you are offline, or a firewall or a proxy stands between\./);
    await expect(clientOf("http://no-such-host.invalid").search("x", "all", never)).rejects.toThrow(/no-such-host\.invalid cannot be reached/);
    expect(performance.now() - before).toBeLessThan(4500);
  });

  it.each([
    ["a repository that does not exist", 401, { "x-error-code": "RepoNotFound" }, undefined, /is gated, private, or does not exist.*sign in with a token/],
    ["a gated one, signed out", 401, { "x-error-code": "GatedRepo" }, undefined, /maker\/Tiny-GGUF is gated: accept its terms at http.*\/maker\/Tiny-GGUF, then sign in/],
    ["a gated one, signed in", 403, { "x-error-code": "GatedRepo" }, "t", /gated: accept its terms.*wait until its owner has let you in/],
    ["a token that is not accepted", 401, {}, "t", /does not accept your token/],
    ["a token without the right", 403, {}, "t", /Your token may not read maker\/Tiny-GGUF/],
    ["a name that is gone", 404, {}, undefined, /has no maker\/Tiny-GGUF: it was renamed or deleted/],
    ["too many requests", 429, { "retry-after": "3600" }, undefined, /too many requests from here: try again in 3600 s, or sign in/],
    ["a refusal", 418, {}, undefined, /refused maker\/Tiny-GGUF \(status 418\)/],
  ])("tells %s", async (_what, status, headers, token, sentence) => {
    const { url, faults } = await start();
    faults.push({ kind: "status", status, headers: headers as Record<string, string> });
    await expect(clientOf(url, { token }).details("maker/Tiny-GGUF", never)).rejects.toThrow(sentence);
    expect(hub.requests).toHaveLength(1);
  });

  it("waits as long as a busy server asks, and repeats what failed for a moment", async () => {
    const { url, faults } = await start();
    faults.push({ kind: "status", status: 429, headers: { "retry-after": "0" }, times: 1 }, { kind: "status", status: 503, times: 1 });
    expect(await clientOf(url).search("tiny", "gguf", never)).toHaveLength(1);
    expect(hub.requests).toHaveLength(3);
  });

  it("gives up after some tries", async () => {
    const { url, faults } = await start();
    faults.push({ kind: "status", status: 500 });
    await expect(clientOf(url).search("tiny", "gguf", never)).rejects.toThrow(/has trouble \(status 500\)/);
    expect(hub.requests).toHaveLength(3);
  });

  it.each(["notJson", "otherJson"] as const)("recognises an answer that is none (%s)", async (kind) => {
    const { url, faults } = await start();
    faults.push({ kind });
    await expect(clientOf(url).search("tiny", "gguf", never)).rejects.toThrow(/is not a hub's answer/);
    await expect(clientOf(url).details("maker/Tiny", never)).rejects.toThrow(/is not a hub's answer/);
  });

  it("follows redirects five times at most", async () => {
    const { url, faults } = await start();
    faults.push({ kind: "loop" });
    await expect(clientOf(url).search("tiny", "gguf", never)).rejects.toThrow(/in a circle/);
    expect(hub.requests).toHaveLength(6);
  });

  it.each(["ftp://example.invalid/x", "file:///etc/passwd", "http://user:word@example.invalid/", "http://[broken", "javascript:alert(1)"])("does not follow to %s", async (to) => {
    const { url, faults } = await start();
    faults.push({ kind: "redirect", to });
    await expect(clientOf(url).search("tiny", "gguf", never)).rejects.toThrow(/not safe to follow/);
  });

  it("keeps the token on redirects of the hub itself, and from every other host", async () => {
    const { url, storageUrl, faults, requests } = await start({ token: "hf_secret" });
    faults.push({ kind: "redirect", to: "/api/models?search=tiny&limit=5", times: 1 }, { kind: "redirect", status: 307, to: `${storageUrl}/api/models?search=x`, times: 1 });
    await expect(clientOf(url, { token: "hf_secret" }).search("tiny", "gguf", never)).rejects.toThrow();
    expect(requests.map(({ host, authorization }) => [host, authorization])).toEqual([["hub", "Bearer hf_secret"], ["hub", "Bearer hf_secret"], ["storage", undefined]]);
  });

  it("ends a silent connection, and a cancelled one", async () => {
    const { url, faults } = await start();
    const { choices } = await clientOf(url).details("maker/Tiny-GGUF", never);
    const client = clientOf(url, { stall: 200, retry: { tries: 1, first: 1, longest: 1 } });
    faults.push({ kind: "stall", after: 100, on: "storage" });
    await expect(client.header("maker/Tiny-GGUF", revision, choices[0]!, never)).rejects.toThrow(/stopped answering/);
    const source = new CancellationTokenSource();
    const { token } = source;
    setTimeout(() => source.cancel(), 20);
    await expect(clientOf(url, { stall: 5000 }).header("maker/Tiny-GGUF", revision, choices[0]!, token)).rejects.toThrow("Cancelled.");
  });

  it.each(["huggingface.co", "ftp://x.invalid", "https://me:secret@x.invalid", ""])("refuses %s as the hub's address", async (url) => {
    await expect(clientOf(url).search("x", "all", never)).rejects.toThrow(/must look like https:\/\/huggingface.co/);
  });
});
