import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Answer } from "../../../../src/protocol/documents";
import type { ModelFile } from "../../../../src/protocol/model";
import type { ShownFinding } from "../../../../src/protocol/panels";
import { CancellationTokenSource } from "../../../../src/protocol/rpc";
import { DocumentAnalysis } from "../../../../src/services/analysis/documentAnalysis";
import { cleaned } from "../../../../src/services/analysis/wording";
import { allOf, FakeRuntime, lastOf, ModelFolder, unitsPerToken } from "./fakeRuntime";

const { token } = new CancellationTokenSource();
const json = JSON.stringify;
const text = [
  "1. Delivery. The Supplier shall deliver the goods within ten days after the order.",
  "2. Liability. The liability of the Supplier shall not exceed the price that was paid.",
  "3. Law. This agreement is governed by the laws of the State of New York.",
].join("\n\n");
const short = { uri: "file:///a.md", name: "a.md", text };
const filler = (number: number) => `Clause ${number}. The parties meet in room ${number} and speak about matters of common interest, as often as they wish and without any duty of either of them to agree on anything whatsoever, unless they do.`;
const rare = "Zebra clause. The keeper of zebras feeds them with barley on every second Tuesday, and reports to the ministry of animals.";
const long = { uri: "file:///b.md", name: "b.md", text: [...Array.from({ length: 200 }, (_, index) => filler(index)), rare, ...Array.from({ length: 200 }, (_, index) => filler(200 + index))].join("\n\n") };
const answerOf = (answer: string, quotes: readonly string[] = []) => json({ answer, quotes });

let folder: ModelFolder;
let runtime: FakeRuntime;
let model: ModelFile;
let analysis: DocumentAnalysis;

beforeEach(async () => {
  folder = await ModelFolder.make();
  runtime = new FakeRuntime();
  model = await folder.model("instruct", 7e9);
  analysis = new DocumentAnalysis(runtime.port, { threads: () => 1, contextSize: () => 4096, memory: () => 2 ** 34 });
  runtime.reply = () => answerOf("Within ten days.", ["deliver the goods within ten days"]);
});
afterEach(() => folder.remove());

const askAll = async (document: typeof short, question: string, earlier: readonly Answer[] = []) => (await lastOf(analysis.ask(document, model, question, earlier, token))).answers!;
const prompt = (index: number) => runtime.chats[index]!.messages.map(({ text }) => text).join("\n");
/** Everything up to the end of the document. */
const prefix = (index: number) => prompt(index).slice(0, prompt(index).indexOf("=== END DOCUMENT 1 ==="));

describe("a question", () => {
  it("is answered while it is written, with quotes in their places and what it cost", async () => {
    const updates = await allOf(analysis.ask(short, model, " When are goods delivered? ", [], token));
    expect(updates[0]).toEqual({ asking: { question: "When are goods delivered?", text: "" } });
    const growing = updates.flatMap(({ asking }) => (asking ? [asking.text] : []));
    expect(growing.length).toBeGreaterThan(2);
    for (const [index, words] of growing.entries()) expect(words.startsWith(growing[index - 1] ?? "")).toBe(true);
    expect("Within ten days.".startsWith(growing.at(-1)!)).toBe(true);
    const start = text.indexOf("deliver the goods within");
    expect(updates.at(-1)).toEqual({
      asking: undefined,
      answers: [{
        question: "When are goods delivered?", text: "Within ten days.", firstTokenSeconds: 0.5, seconds: 1, promptTokens: expect.any(Number) as number, reusedTokens: 0,
        quotes: [{ text: "deliver the goods within ten days", match: "exact", start, end: start + 33 }],
      }],
    });
  });

  it("comes after the whole document, and a follow-up after the answer before, so that its beginning is the same", async () => {
    const answers = await askAll(short, "When are goods delivered?");
    const both = await askAll(short, "And who is liable?", answers);
    expect(both.map(({ question }) => question)).toEqual(["When are goods delivered?", "And who is liable?"]);
    expect(runtime.chats[0]!.messages[1]!.text).toContain(text);
    expect(runtime.chats[1]!.messages.slice(0, 2)).toEqual(runtime.chats[0]!.messages);
    expect(runtime.chats[1]!.messages.map(({ role }) => role)).toEqual(["system", "user", "model", "user"]);
    expect(runtime.chats[1]!.messages[2]!.text).toBe(answerOf("Within ten days.", ["deliver the goods within ten days"]));
  });

  it("that follows up finds the answer before it to the blank, and how to answer said once: only its own words are new", async () => {
    const written = '{ "answer":\n "Within ten days." ,"quotes": [] }';
    runtime.reply = () => written;
    const answers = await askAll(short, "When are goods delivered?");
    await askAll(short, "Why?", answers);
    expect(runtime.chats[1]!.messages.slice(2)).toEqual([{ role: "model", text: written }, { role: "user", text: "Question: Why?" }]);
    // Of another session, or cut off, there is only what the answer says.
    runtime.complete = false;
    const cut = await askAll(short, "And then?");
    await askAll(short, "Why?", cut);
    expect(runtime.chats[3]!.messages[2]!.text).toBe(answerOf("Within ten days.…"));
  });

  it("about a long document is put beside the passages that share most words with it, in the order of the document", async () => {
    await askAll(long, "What do zebras eat, and in room 7?");
    const shown = prefix(0);
    expect(shown).toContain(rare);
    expect(shown).toContain("[…]");
    expect(shown.indexOf("room 7 ")).toBeGreaterThan(0);
    expect(shown.indexOf("room 7 ")).toBeLessThan(shown.indexOf(rare));
    expect(prompt(0).length / unitsPerToken).toBeLessThan(4096 - 512);
    // Passages are dropped for want of room, not of interest; a quarter of the context is left for questions to come.
    expect(prompt(0).length / unitsPerToken).toBeGreaterThan(2000);
  });

  it("that follows up on a long document is put beside the same passages while they hold what it asks about", async () => {
    const answers = await askAll(long, "What do zebras eat?");
    await askAll(long, "On which day do zebras get barley?", answers);
    expect(prefix(1)).toBe(prefix(0));
    await askAll(long, "What is said about room 388?", answers);
    expect(prefix(0)).not.toContain("room 388 ");
    expect(prefix(2)).toContain("room 388 ");
  });

  it("keeps as many earlier answers as have room, the last ones", async () => {
    const earlier = Array.from({ length: 20 }, (_, index): Answer => ({ question: `Question ${index}?`, text: `Answer ${index}. ${"words ".repeat(60)}`, quotes: [], firstTokenSeconds: 0, seconds: 0, promptTokens: 0, reusedTokens: 0 }));
    const answers = await askAll(short, "Last?", earlier);
    expect(answers).toHaveLength(21);
    expect(prompt(0)).toContain("Answer 19.");
    expect(prompt(0)).not.toContain("Answer 13.");
    expect(prompt(0).length / unitsPerToken).toBeLessThan(4096 - 512);
  });

  it("is answered with quotes that are not in the text marked as such, each once", async () => {
    runtime.reply = () => answerOf("Never.", ["goods are never delivered to anybody on any day", "laws of the State of New York", "laws of the State of New York", " "]);
    const [answer] = await askAll(short, "When?");
    expect(answer!.quotes.map(({ match }) => match)).toEqual(["none", "exact"]);
  });

  it("may be answered by: the document does not say", async () => {
    runtime.reply = () => answerOf("The document does not say.");
    expect((await askAll(short, "Who is the king?"))[0]).toMatchObject({ text: "The document does not say.", quotes: [] });
    expect(prompt(0)).toContain("The document does not say");
  });

  it("whose answer was cut off keeps what there is; without any answer there is a sentence", async () => {
    runtime.complete = false;
    runtime.reply = () => '{"answer":"Within ten da';
    expect((await askAll(short, "When?"))[0]!.text).toBe("Within ten da…");
    runtime.reply = () => '{"quotes":[';
    await expect(askAll(short, "When?")).rejects.toThrow("The model gave no answer");
    await expect(askAll(short, "  ")).rejects.toThrow("Ask a question");
  });
});

const finding: ShownFinding = {
  category: "Cap On Liability", id: "x", severity: "warning", line: 3, quote: "", why: "This is the most that you can get back.", probability: 0.9,
  start: text.indexOf("2. Liability"), end: text.indexOf("\n\n3. Law"),
};

describe("an edit between two questions", () => {
  it("never leaves old words in the prompt", async () => {
    await askAll(long, "What do zebras eat?");
    await askAll({ ...long, text: long.text.replace("barley", "cheese") }, "What do zebras eat?");
    expect(prefix(1)).toContain("cheese");
    expect(prefix(1)).not.toContain("barley");
  });
});

describe("explaining a finding", () => {
  it("asks about its passage in words that a person can read", async () => {
    const answer = await analysis.explain(short, model, finding, token);
    expect(answer.question).toMatch(/Cap On Liability/);
    expect(answer.question).not.toContain("shall not exceed");
    expect(runtime.chats[0]!.messages.at(-1)!.text).toMatch(/END DOCUMENT 1[\s\S]*shall not exceed the price/);
  });
});

describe("suggested wording", () => {
  it("is free text for the passage, without what models put around it", async () => {
    runtime.reply = () => "Here is the revised clause:\n\n```\n2. Liability. The liability of either party shall not exceed twice the price.\n```";
    expect(await analysis.suggestWording(short, model, finding, "for both parties", token)).toBe("2. Liability. The liability of either party shall not exceed twice the price.");
    expect(runtime.chats[0]!.schema).toBeUndefined();
    expect(prompt(0)).toContain("for both parties");
  });

  it("is refused when there is none, when it is the same, or when it was cut off", async () => {
    runtime.reply = () => "Sure! ";
    await expect(analysis.suggestWording(short, model, finding, undefined, token)).rejects.toThrow("offered no wording");
    runtime.reply = () => text.slice(finding.start, finding.end).replace(" The", "\nThe");
    await expect(analysis.suggestWording(short, model, finding, undefined, token)).rejects.toThrow("would leave this passage as it is");
    runtime.complete = false;
    runtime.reply = () => "2. Liability. The liability of";
    await expect(analysis.suggestWording(short, model, finding, undefined, token)).rejects.toThrow("cut off");
  });

  it.each([
    ["Certainly! Here's a clearer version:\nThe Buyer pays.", "The Buyer pays."],
    ["Revised clause: The Buyer pays.", "The Buyer pays."],
    ["**Revised clause:**\nThe Buyer pays.", "The Buyer pays."],
    ["<think>Hm: what now?</think>\nThe Buyer pays.", "The Buyer pays."],
    ['"The Buyer pays."', "The Buyer pays."],
    ["Вот новая редакция пункта:\nПокупатель платит.", "Покупатель платит."],
    ["Новая редакция пункта: Покупатель платит.", "Покупатель платит."],
    ["«Покупатель платит.»", "Покупатель платит."],
    ["=== BEGIN DOCUMENT 1 ===\nThe Buyer pays.\n=== END DOCUMENT 1 ===", "The Buyer pays."],
    ["5.2 New Products: The Supplier delivers.", "5.2 New Products: The Supplier delivers."],
    ["The “Price” is paid: at once.", "The “Price” is paid: at once."],
    ["Sure, the Supplier shall pay. Fees are due.", "the Supplier shall pay. Fees are due."],
    ["Of course the Supplier shall pay. Fees are due.", "Of course the Supplier shall pay. Fees are due."],
    ["Certainly! I can help with that.\n\nThe Buyer pays.", "The Buyer pays."],
    ["Хорошо. Вот исправленный пункт: Покупатель платит.", "Покупатель платит."],
    ["Here are the Products that the Supplier sells: pumps.", "Here are the Products that the Supplier sells: pumps."],
    ["\"Price\" means the price, and \"Goods\" the goods", "\"Price\" means the price, and \"Goods\" the goods"],
  ])("%j is cleaned to %j", (answer, wording) => {
    expect(cleaned(answer, "The Buyer shall pay.")).toBe(wording);
  });
});
