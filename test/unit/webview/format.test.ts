import { describe, expect, test } from "vitest";
import {
  formatBits, formatBytes, formatCount, formatError, formatKl, formatParameters, formatPerplexity, formatRate, formatSeconds, formatShare, formatTimeLeft, plural,
} from "../../../webview/format";

const GiB = 1024 ** 3;

describe("formatBytes", () => {
  test.each([
    [14.96 * GiB, "14.96 GiB"],
    [128 * GiB, "128 GiB"],
    [716.8 * 1024 ** 2, "717 MiB"],
    [8.6 * 1024 ** 2, "8.60 MiB"],
    [2048, "2 KiB"],
    [0, "0"],
    [undefined, "–"],
    [Number.NaN, "–"],
  ])("%s → %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));
  test("takes the number of decimals", () => expect(formatBytes(7.06 * GiB, 1)).toBe("7.1 GiB"));
});

describe("formatShare", () => {
  test.each([
    [0.991, "99.1 %"],
    [1, "100 %"],
    [0, "0 %"],
    [0.99996, "99.996 %"],
    [0.9999999999, ">99.9999 %"],
    [0.00001, "0.001 %"],
    [2.8225, "282 %"],
    [12.5, "1,250 %"],
    [1.000001, ">100 %"],
    [undefined, "–"],
  ])("%s → %s", (share, text) => expect(formatShare(share)).toBe(text));
});

describe("formatKl", () => {
  test.each([
    [0.0108, "0.0108"],
    [0.00142, "0.0014"],
    [0.000312, "0.00031"],
    [0.00000123, "0.0000012"],
    [1e-9, "<0.000001"],
    [12.3456, "12.35"],
    [undefined, "–"],
  ])("%s → %s", (kl, text) => expect(formatKl(kl)).toBe(text));
});

test("perplexity keeps what tells levels apart", () => {
  expect([6.2341, 14.2, 12345.6, undefined].map(formatPerplexity)).toEqual(["6.234", "14.20", "12,346", "–"]);
  expect([0.0402, 0.31, 12.4, 0].map(formatError)).toEqual(["0.040", "0.31", "12", "–"]);
});

test("rates, bits, counts and parameters", () => {
  expect([22.84, 4812.3, 0, undefined].map(formatRate)).toEqual(["22.8", "4,812", "–", "–"]);
  expect([4.893, 0, undefined].map(formatBits)).toEqual(["4.89", "–", "–"]);
  expect([0, 999, 1000, 1234567].map(formatCount)).toEqual(["0", "999", "1,000", "1,234,567"]);
  expect([8.03e9, 4.4e6, 12_000, 0].map(formatParameters)).toEqual(["8.03 B", "4.4 M", "12 K", "–"]);
  expect([plural(1, "level"), plural(0, "level"), plural(1200, "word")]).toEqual(["1 level", "0 levels", "1,200 words"]);
});

test("durations", () => {
  expect([1.83, 42.4, 360, 5400].map(formatSeconds)).toEqual(["1.8 s", "42 s", "6 min", "1 h 30 min"]);
  expect([2, 12, 200, undefined].map(formatTimeLeft)).toEqual(["a few seconds left", "about 15 s left", "about 3 min left", ""]);
});
