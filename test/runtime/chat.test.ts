import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import type { ChatParams, ChatProgress, ChatResult } from "../../src/protocol/rpc";
import { all, failureOf } from "../unit/client/client";
import { buildRuntime } from "./buildRuntime";
import { writeChatModel } from "./chatModel";
import { contract } from "./contract";
import { type RealClient, loading, never, realClient } from "./realClient";

const schema = {
  type: "object",
  properties: {
    answer: { type: "string", maxLength: 40 },
    sure: { type: "boolean" },
    kind: { enum: ["party", "date"] },
    quotes: { type: "array", maxItems: 2, items: { type: "object", properties: { quote: { type: "string", maxLength: 12 } }, required: ["quote"] } },
  },
  required: ["answer", "sure", "kind", "quotes"],
};

let folder: string;
let real: RealClient;
let model: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "decant-chat-"));
  real = realClient(await buildRuntime(), folder);
  model = writeChatModel(join(folder, "chat.gguf"), { context: 8192, cue: true });
});
afterAll(async () => {
  await real.client.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function load(contextSize = 8192): Promise<void> {
  await real.client.load({ ...loading(model), contextSize }, never);
}

async function ask(params: ChatParams): Promise<{ result: ChatResult; progress: ChatProgress[] }> {
  const progress: ChatProgress[] = [];
  for await (const event of real.client.chat(params, never)) {
    if (event.kind === "result") return { result: event.result, progress };
    progress.push(event.progress);
  }
  throw new Error("There was no result.");
}

function about(document: string, question: string): ChatParams["messages"] {
  return [{ role: "system", text: document }, { role: "user", text: question }];
}

describe("an answer", () => {
  it("to a second question about a long document costs the question alone", async () => {
    await load();
    const document = contract.repeat(18);
    const first = (await ask({ messages: about(document, "Who are the parties?"), maxTokens: 8 })).result;
    expect(first.promptTokens).toBeGreaterThan(5000);
    expect(first.reusedTokens).toBe(0);
    const second = (await ask({ messages: about(document, "Which law governs it?"), maxTokens: 8 })).result;
    expect(second.promptTokens - second.reusedTokens).toBeLessThan(40);
    expect(second.firstTokenSeconds).toBeLessThan(0.05 * first.firstTokenSeconds);
    console.log(`first token: ${first.firstTokenSeconds.toFixed(3)} s of ${first.promptTokens} tokens, then ${second.firstTokenSeconds.toFixed(3)} s (${second.reusedTokens} reused)`);
  });

  it("that was written before is not decoded again when the conversation goes on", async () => {
    await load();
    const opening = about(contract.repeat(4), "Who are the parties?");
    const first = (await ask({ messages: opening, maxTokens: 60, schema })).result;
    expect(first.tokens).toBeGreaterThan(20);
    const second = (await ask({ messages: [...opening, { role: "model", text: first.text }, { role: "user", text: "Since when?" }], maxTokens: 4 })).result;
    // The last token of an answer is written, but not decoded: nothing came after it.
    expect(second.reusedTokens).toBeGreaterThanOrEqual(first.promptTokens + first.tokens - 2);
  });

  it("is the same whether its prompt was partly held or decoded afresh", async () => {
    await load();
    await ask({ messages: about(contract, "Who are the parties?"), maxTokens: 8 });
    const reused = (await ask({ messages: about(contract, "Which law governs it?"), maxTokens: 24 })).result;
    await load();
    const fresh = (await ask({ messages: about(contract, "Which law governs it?"), maxTokens: 24 })).result;
    expect(reused.reusedTokens).toBeGreaterThan(100);
    expect(fresh.reusedTokens).toBe(0);
    expect(reused.text).toBe(fresh.text);
    expect(fresh.text.length).toBeGreaterThan(20);
  });

  it("is the same question's again, at the cost of one token", async () => {
    await load();
    const once = (await ask({ messages: about(contract, "Which law governs it?"), maxTokens: 8 })).result;
    const twice = (await ask({ messages: about(contract, "Which law governs it?"), maxTokens: 8 })).result;
    expect(twice).toMatchObject({ text: once.text, reusedTokens: once.promptTokens - 1 });
  });

  it("held to a schema is JSON of it, and ends with it", async () => {
    await load();
    const { result, progress } = await ask({ messages: about(contract, "Which law governs it?"), schema, maxTokens: 400 });
    const answer = JSON.parse(result.text) as { answer: string; sure: boolean; kind: string; quotes: { quote: string }[] };
    expect(result.complete).toBe(true);
    expect(Object.keys(answer)).toEqual(["answer", "sure", "kind", "quotes"]);
    expect(answer.answer.length).toBeLessThanOrEqual(40);
    expect(typeof answer.sure).toBe("boolean");
    expect(["party", "date"]).toContain(answer.kind);
    expect(answer.quotes.length).toBeLessThanOrEqual(2);
    for (const { text } of progress) expect(text.startsWith("{")).toBe(true);
  });

  it("that is cut off says so", async () => {
    await load();
    const { result } = await ask({ messages: about(contract, "Which law governs it?"), schema, maxTokens: 5 });
    expect(result).toMatchObject({ complete: false, tokens: 5 });
    expect(() => JSON.parse(result.text) as unknown).toThrow();
  });

  it("stops within a second while a long prompt is decoded, and the next question is answered", async () => {
    await load();
    await ask({ messages: about("A.", "Why?"), maxTokens: 1 });
    const source = new CancellationTokenSource();
    const waiting = failureOf(all(real.client.chat({ messages: about(contract.repeat(18), "Why?"), maxTokens: 8 }, source.token)));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const started = performance.now();
    source.cancel();
    expect((await waiting).code).toBe("cancelled");
    expect(performance.now() - started).toBeLessThan(1000);
    expect(real.client.loaded?.path).toBe(model);
    expect((await ask({ messages: about(contract, "Why?"), maxTokens: 4 })).result.tokens).toBeGreaterThan(0);
  });

  it("stops while it is written", async () => {
    await load();
    const source = new CancellationTokenSource();
    const error = await failureOf((async () => {
      for await (const event of real.client.chat({ messages: about(contract, "Why?"), maxTokens: 7000 }, source.token)) {
        if (event.kind === "progress") source.cancel();
      }
    })());
    expect(error.code).toBe("cancelled");
  });
});

describe("the one sequence", () => {
  it("serves questions and clauses in turn", async () => {
    await load();
    const spot = async () => (await all(real.client.spot({ text: contract }, never))).at(-1);
    const question = { messages: about(contract, "Which law governs it?"), maxTokens: 16 };
    const clauses = await spot();
    const answer = await ask(question);
    expect(await findingsOf(spot())).toEqual(await findingsOf(clauses));
    expect((await ask(question)).result.text).toBe(answer.result.text);
  });

  async function findingsOf(event: unknown): Promise<unknown> {
    return ((await event) as { result: { findings: unknown } }).result.findings;
  }
});

describe("a question", () => {
  it("that is too long is refused with both numbers", async () => {
    await load(1024);
    const error = await failureOf(all(real.client.chat({ messages: about(contract.repeat(4), "Why?"), maxTokens: 100 }, never)));
    expect(error.code).toBe("badArgument");
    expect(error.message).toMatch(/^The question and its text take \d{4} tokens, but the context has room for 924 beside an answer of 100\. Load the model with a larger context, or ask about less text\.$/);
  });

  it("to a model without a chat template is refused in a sentence", async () => {
    await real.client.load(loading(), never);
    const error = await failureOf(all(real.client.chat({ messages: about(contract, "Why?"), maxTokens: 100 }, never)));
    expect(error.message).toMatch(/^contracts-\S+\.gguf cannot answer questions: it has no chat template\. Load an instruct model\.$/);
  });

  it("that is meant for another model than the one that was loaded meanwhile is refused", async () => {
    await load();
    const { client } = real;
    expect(client.loaded).toMatchObject({ askedContext: 8192, file: { bytes: statSync(model).size, modified: statSync(model).mtimeMs } });
    expect((await ask({ messages: about(contract, "Why?"), maxTokens: 1, model })).result.tokens).toBe(1);
    expect(await client.countTokens(["a"], never, model)).toHaveLength(1);
    const other = loading().path;
    const sentence = "Another model was loaded meanwhile: start again.";
    expect((await failureOf(all(client.chat({ messages: about("a", "b"), maxTokens: 1, model: other }, never)))).message).toBe(sentence);
    expect((await failureOf(all(client.spot({ text: contract, model: other }, never)))).message).toBe(sentence);
    expect((await failureOf(client.countTokens(["a"], never, other))).message).toBe(sentence);
  });

  it("without words, or with no model, is refused in a sentence", async () => {
    await load();
    expect((await failureOf(all(real.client.chat({ messages: [], maxTokens: 100 }, never)))).code).toBe("badArgument");
    await real.client.unload();
    expect((await failureOf(all(real.client.chat({ messages: about("a", "b"), maxTokens: 100 }, never)))).message).toBe("No model is loaded. Load one first.");
    expect((await failureOf(real.client.countTokens(["a"], never))).message).toBe("No model is loaded. Load one first.");
  });
});

describe("tokens", () => {
  it("are counted text by text", async () => {
    await load();
    const [none, one, two] = await real.client.countTokens(["", contract, contract.repeat(2)], never);
    expect(none).toBe(0);
    expect(one).toBeGreaterThan(200);
    expect(Math.abs((two ?? 0) - 2 * (one ?? 0))).toBeLessThanOrEqual(2);
  });
});
