import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HeatToken } from "../../src/protocol/documents";
import type { HeatParams, HeatResult } from "../../src/protocol/rpc";
import { heatWindows } from "../../src/runtime/evaluation/heatWindows";
import { tokenPlaces } from "../../src/runtime/evaluation/tokenPlaces";
import { topTokens } from "../../src/runtime/evaluation/topTokens";
import { all, failureOf } from "../unit/client/client";
import { buildRuntime, sampleModel } from "./buildRuntime";
import { contract } from "./contract";
import { type RealClient, never, quantization, realClient } from "./realClient";
import { writeTinyModel } from "./tinyModel";

let folder: string;
let real: RealClient;
let variant: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "decant-heat-"));
  real = realClient(await buildRuntime(), folder);
  variant = join(folder, "contracts-Q4_0.gguf");
  await all(real.client.quantize(quantization(variant, "Q4_0"), never));
});
afterAll(async () => {
  await real.client.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function heatOf(text: string, more: Partial<HeatParams> = {}): Promise<{ result: HeatResult; tokens: HeatToken[]; fractions: number[]; longest: number }> {
  const tokens: HeatToken[] = [];
  const fractions: number[] = [];
  let longest = 0;
  for await (const event of real.client.heat({ base: sampleModel(), variant, text, context: 128, threads: 1, ...more }, never)) {
    if (event.kind === "result") return { result: event.result, tokens, fractions, longest };
    tokens.push(...event.progress.tokens);
    fractions.push(event.progress.fraction);
    longest = Math.max(longest, event.progress.tokens.length);
  }
  throw new Error("There was no result.");
}

describe("a heat map", () => {
  it("agrees with measuring on the positions that both score", async () => {
    const context = 128;
    const text = contract.repeat(3);
    const events = await all(real.client.measure({ base: sampleModel(), variants: [variant], text, context, chunks: 3, threads: 1, generation: false }, never));
    const measured = events.flatMap((event) => (event.kind === "progress" ? event.progress.added.slice(1).flatMap(({ divergences }) => divergences) : []));
    const { tokens } = await heatOf(text);
    // Without a beginning-of-text token, the token at index i is the (i − 1)-th that is reported.
    const scored = Array.from({ length: 3 }, (_, chunk) => tokens.slice(chunk * context + context / 2, chunk * context + context - 1)).flat();
    expect(measured).toHaveLength(scored.length);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(measured)).toBeGreaterThan(0.0001);
    expect(Math.abs(mean(scored.map(({ kl }) => kl)) / mean(measured) - 1)).toBeLessThan(0.01);
  });

  it("covers the text without a gap, and tells what each model expected", async () => {
    const { result, tokens, fractions, longest } = await heatOf(contract);
    expect(result.tokens).toBe(tokens.length);
    expect(result.meanKl).toBeCloseTo(tokens.reduce((sum, { kl }) => sum + kl, 0) / tokens.length, 6);
    expect(tokens.map(({ start, end }) => contract.slice(start, end)).join("")).toBe(contract.slice(tokens[0]?.start));
    expect(fractions.at(-1)).toBe(1);
    expect(longest).toBeLessThanOrEqual(64);
    for (const { kl, baseProbability, baseGuesses, variantGuesses } of tokens) {
      expect(kl).toBeGreaterThanOrEqual(0);
      expect(baseProbability).toBeLessThanOrEqual((baseGuesses[0]?.probability ?? 0) + 1e-9);
      expect([baseGuesses.length, variantGuesses.length]).toEqual([3, 3]);
    }
    const governed = tokens.find(({ start }) => contract.slice(start).startsWith(" York"));
    expect(governed?.baseGuesses[0]?.text).toBe(" York");
    expect(governed?.baseProbability).toBeGreaterThan(0.5);
  });

  it("is cold between a model and itself", async () => {
    expect((await heatOf(contract, { variant: sampleModel() })).result.meanKl).toBeLessThan(1e-6);
  });

  it("places tokens in emoji, Cyrillic and CRLF", async () => {
    const text = "Der Vertrag 👍🏽 ist gültig.\r\nДоговор вступает в силу.\r\n\u0000 end";
    const { tokens } = await heatOf(text);
    expect(tokens.map(({ start, end }) => text.slice(start, end)).join("")).toBe(text.slice(tokens[0]?.start));
    for (const { start } of tokens) expect(/[\udc00-\udfff]/.test(text.charAt(start))).toBe(false);
  });

  it("leaves SentencePiece's leading blank out", async () => {
    const tiny = writeTinyModel(join(folder, "tiny.gguf"));
    // Its vocabulary of bytes has no blank, so there is one word.
    const text = "Заём👍,due.";
    const { tokens } = await heatOf(text, { base: tiny, variant: tiny, context: 32 });
    expect(tokens.find(({ end }) => end > 0)).toMatchObject({ start: 0, end: 1 });
    expect(tokens.map(({ start, end }) => text.slice(start, end)).join("")).toBe(text);
  });

  it("refuses what it cannot compare, in a sentence", async () => {
    const other = writeTinyModel(join(folder, "other.gguf"), { extraTokens: 3 });
    expect((await failureOf(heatOf(contract, { variant: other }))).code).toBe("vocabularyMismatch");
    expect((await failureOf(heatOf(" \n"))).code).toBe("textTooShort");
    expect((await failureOf(heatOf("word ".repeat(200_000)))).message).toMatch(/^The text has \d+ tokens, more than the 200000 that are compared/);
    expect((await failureOf(heatOf(contract, { context: 4 }))).code).toBe("badArgument");
    expect((await failureOf(heatOf(contract, { context: 5000 }))).message).toContain("512");
    expect((await failureOf(heatOf(contract, { base: join(folder, "none.gguf") }))).code).toBe("notFound");
  });
});

describe("the windows of a heat map", () => {
  it.each([[2, 8], [7, 8], [8, 8], [9, 8], [12, 8], [13, 8], [100, 8], [101, 9]])("of %i tokens foretell each once with a context of %i", (tokens, context) => {
    const windows = heatWindows(tokens, context);
    const foretold = windows.flatMap(({ start, first, end }) => Array.from({ length: end - first }, (_, index) => start + first + index + 1));
    expect(foretold).toEqual(Array.from({ length: tokens - 1 }, (_, index) => index + 1));
    for (const { start, length, first } of windows) {
      expect(length).toBeLessThanOrEqual(context);
      if (start > 0) expect(first + 1).toBeGreaterThanOrEqual(Math.floor(context / 2));
    }
  });
  it("of a single token are none", () => expect(heatWindows(1, 8)).toEqual([]));
});

describe("places of tokens", () => {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text));
  it("give a split character to its first token", () => {
    const [one, two] = [bytes("👍").slice(0, 2), bytes("👍").slice(2)];
    expect(tokenPlaces("a👍b", [bytes("a"), one, two, bytes("b")])).toEqual([{ start: 0, end: 1 }, { start: 1, end: 3 }, { start: 3, end: 3 }, { start: 3, end: 4 }]);
  });
  it("meet again after a rewritten piece", () => {
    expect(tokenPlaces("ÄB cd", [bytes("a"), bytes("b"), bytes(" cd")]).at(-1)).toEqual({ start: 2, end: 5 });
  });
  it("stand a lone surrogate", () => expect(tokenPlaces("\ud800x", [bytes("\ufffd"), bytes("x")])).toEqual([{ start: 0, end: 1 }, { start: 1, end: 2 }]));
});

describe("the most likely tokens", () => {
  it("come in order, the first of equals first", () => expect(topTokens(Float32Array.of(1, 5, 3, 5, 2), 3)).toEqual([1, 3, 2]));
  it("may be fewer", () => expect(topTokens(Float32Array.of(1, 5), 3)).toEqual([1, 0]));
});
