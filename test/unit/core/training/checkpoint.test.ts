import { describe, expect, it } from "vitest";
import { givesWay, parseCheckpoint, type SavedTraining } from "../../../../src/core/training/checkpoint";

const saved = {
  format: 1, fingerprint: "f", student: "/s.gguf", output: "/o.gguf", step: 3, steps: 10, points: [{ step: 3, loss: 2, learningRate: 1e-4, validation: 2.5 }],
  stopping: { best: 2.5, since: 0 }, bestStep: 3, validationBefore: 3, tokens: 768, seconds: 1.5, values: { name: "values-3.gguf", bytes: 100 }, best: { name: "values-3.gguf", bytes: 100 },
};

it("a checkpoint is read as it was written", () => {
  expect(parseCheckpoint(JSON.stringify(saved))).toEqual(saved);
});

describe("damaged", () => {
  it.each([
    ["cut off", JSON.stringify(saved).slice(0, 100)],
    ["another format", JSON.stringify({ ...saved, format: 2 })],
    ["no object", "null"],
    ["a step beyond the end", JSON.stringify({ ...saved, step: 11 })],
    ["a step that is none", JSON.stringify({ ...saved, step: "3" })],
    ["a file elsewhere", JSON.stringify({ ...saved, values: { name: "../values-3.gguf", bytes: 1 } })],
    ["a file of another kind", JSON.stringify({ ...saved, best: { name: "model.gguf", bytes: 1 } })],
    ["points that are none", JSON.stringify({ ...saved, points: [{ step: 1 }] })],
    ["a best loss that is none", JSON.stringify({ ...saved, stopping: { best: null, since: 0 } })],
  ])("%s", (_, text) => {
    expect(() => parseCheckpoint(text)).toThrow(/damaged/);
  });
});

describe("another training in its place", () => {
  it.each<[string, Partial<SavedTraining>, boolean]>([
    ["nothing learnt", { step: 0, bestStep: 0 }, true],
    ["nothing better than before", { step: 3, bestStep: 0, stopping: { best: 3, since: 1 } }, true],
    ["not validated yet", { step: 3, bestStep: 0, stopping: { best: 3, since: 0 } }, false],
    ["something better", { step: 3, bestStep: 3 }, false],
    ["something better once", { step: 9, bestStep: 3, stopping: { best: 2.5, since: 2 } }, false],
  ])("%s", (_, change, expected) => {
    expect(givesWay({ ...(saved as SavedTraining), ...change })).toBe(expected);
  });
});
