import { describe, expect, it } from "vitest";
import { cueSchemeFromMetadata, labelProbability, packWindows } from "../../../../src/core/documents/cues";

const metadata = {
  "decant.cue": "<|clause|>",
  "decant.none": "<|none|>",
  "decant.categories": ["Parties", "Governing Law"],
  "decant.labels": ["<|Parties|>", "<|Governing Law|>"],
  "decant.thresholds": [0.5, 0.25],
  "decant.window": 512,
};

describe("cueSchemeFromMetadata", () => {
  it("reads the scheme", () => {
    expect(cueSchemeFromMetadata(metadata)).toEqual({
      cue: "<|clause|>",
      none: "<|none|>",
      labels: [
        { category: "Parties", token: "<|Parties|>", threshold: 0.5 },
        { category: "Governing Law", token: "<|Governing Law|>", threshold: 0.25 },
      ],
      window: 512,
    });
  });

  it("accepts typed arrays and big integers", () => {
    const scheme = cueSchemeFromMetadata({ ...metadata, "decant.thresholds": Float32Array.of(0.5, 0.25), "decant.window": 512n });
    expect(scheme?.labels[1]?.threshold).toBe(0.25);
    expect(scheme?.window).toBe(512);
  });

  it.each([
    ["nothing", {}],
    ["a missing cue", { ...metadata, "decant.cue": undefined }],
    ["a number for the cue", { ...metadata, "decant.cue": 2 }],
    ["an empty label", { ...metadata, "decant.labels": ["", "<|Governing Law|>"] }],
    ["lists of different lengths", { ...metadata, "decant.labels": ["<|Parties|>"] }],
    ["no categories", { ...metadata, "decant.categories": [], "decant.labels": [], "decant.thresholds": [] }],
    ["a threshold that is no probability", { ...metadata, "decant.thresholds": [0.5, 7] }],
    ["a threshold that is not a number", { ...metadata, "decant.thresholds": [0.5, Number.NaN] }],
    ["a text for the thresholds", { ...metadata, "decant.thresholds": "0.5" }],
    ["a window of nothing", { ...metadata, "decant.window": 0 }],
    ["half a token", { ...metadata, "decant.window": 512.5 }],
  ])("refuses %s", (_, damaged) => {
    expect(cueSchemeFromMetadata(damaged)).toBeUndefined();
  });
});

const options = { bos: -1, cue: -2, window: 30 };
const segment = (index: number, length: number) => Array.from({ length }, () => index);

describe("packWindows", () => {
  it("has nothing to do for no segments", () => {
    expect(packWindows([], options)).toEqual([]);
  });

  it("puts a cue after each segment", () => {
    expect(packWindows([[1, 1], [2]], options)).toEqual([
      {
        tokens: [-1, 1, 1, -2, 2, -2],
        cues: [
          { position: 3, segment: 0 },
          { position: 5, segment: 1 },
        ],
      },
    ]);
  });

  it("scores each segment once, in windows of bounded length, with context before it", () => {
    const segments = Array.from({ length: 40 }, (_, i) => segment(i, 1 + ((i * 7) % 9)));
    const windows = packWindows(segments, options);
    expect(windows.flatMap(({ cues }) => cues.map((cue) => cue.segment))).toEqual(segments.map((_, i) => i));
    let withContext = 0;
    for (const [index, { tokens, cues }] of windows.entries()) {
      expect(tokens.length).toBeLessThanOrEqual(options.window);
      expect(tokens.slice(0, 2)).toEqual(index === 0 ? [-1, 0] : [-1, -2]);
      for (const { position, segment: scored } of cues) {
        expect(tokens[position]).toBe(-2);
        expect(tokens[position - 1]).toBe(scored);
      }
      const first = cues[0]?.segment ?? 0;
      const before = segments[first - 1]?.length ?? 0;
      const own = segments[first]?.length ?? 0;
      const fits = index > 0 && before + 1 <= options.window / 4 && 2 + before + 1 + own + 1 <= options.window;
      if (fits) withContext++;
      expect(cues[0]?.position).toBeGreaterThan(own + (fits ? 2 + before : 0));
    }
    expect(withContext).toBeGreaterThan(3);
  });

  it("cuts a segment that is longer than a window and scores each part", () => {
    const windows = packWindows([segment(0, 5), segment(1, 100), segment(2, 5)], options);
    const cues = windows.flatMap(({ cues: found }) => found.map((cue) => cue.segment));
    expect(cues).toEqual([0, 1, 1, 1, 1, 2]);
    expect(windows.flatMap(({ tokens }) => tokens).filter((token) => token === 1).length).toBeGreaterThanOrEqual(100);
    for (const { tokens } of windows) expect(tokens.length).toBeLessThanOrEqual(options.window);
  });

  it("scores an empty segment", () => {
    expect(packWindows([[]], options)).toEqual([{ tokens: [-1, -2], cues: [{ position: 1, segment: 0 }] }]);
  });

  it("makes progress in a window that is too small to be useful", () => {
    expect(packWindows([segment(0, 50)], { ...options, window: 1 }).length).toBeGreaterThan(0);
  });

  it("packs a million tokens in a moment", () => {
    const segments = Array.from({ length: 20_000 }, (_, i) => segment(i, 50));
    const windows = packWindows(segments, { ...options, window: 512 });
    expect(windows.reduce((sum, { cues }) => sum + cues.length, 0)).toBe(20_000);
  });
});

describe("labelProbability", () => {
  it("compares a label with none", () => {
    expect(labelProbability(1, 1)).toBe(0.5);
    expect(labelProbability(Math.log(0.3), Math.log(0.1))).toBeCloseTo(0.75);
  });

  it("does not overflow", () => {
    expect(labelProbability(-1e6, 1e6)).toBe(0);
    expect(labelProbability(1e6, -1e6)).toBe(1);
    expect(labelProbability(Number.NaN, 0)).toBe(0);
    expect(labelProbability(-Infinity, 0)).toBe(0);
  });
});
