import { describe, expect, test } from "vitest";
import type { BlockRanking } from "../../../../src/protocol/compression";
import type { LabSnapshot, LabStep } from "../../../../src/protocol/labPanel";
import type { MeasuredRow, ModelFile } from "../../../../src/protocol/model";
import type { StepEstimate } from "../../../../src/protocol/recipe";
import { importanceBars, measuresOf } from "../../../../webview/lab/importancePoints";
import { measuredWords, pathPoints, pathRows, pathWords } from "../../../../webview/lab/pathPoints";
import { estimateFigures, resultFigures } from "../../../../webview/lab/stepFigures";
import { costWords, memoryWarning, obstacle, sizeWords, smallerWords, totals } from "../../../../webview/lab/totals";
import { lossCurve, lossRange, smoothed, thinned } from "../../../../webview/lab/trainingPoints";
import { fileName, gateSummary, modelLabel, runWords, spokenRun } from "../../../../webview/lab/words";

const MiB = 1024 ** 2;
const model: ModelFile = { path: "/m/a.gguf", family: "a", type: "F16", bytes: 10 * MiB, parameters: 1, architecture: "llama", contextLength: 512 };

function estimate(bytes: number, more: Partial<StepEstimate> = {}): StepEstimate {
  return { bytes: bytes * MiB, seconds: 30, memory: 100 * MiB, disk: bytes * MiB, notes: [], ...more };
}
function measured(kl?: number): MeasuredRow {
  return { path: "", type: "F16", bytes: 1, bitsPerWeight: 16, perplexity: { value: 20, error: 1 }, promptTokensPerSecond: 1, generationTokensPerSecond: 0, chunks: 1, ...(kl !== undefined && { kl: { mean: kl, error: 0.01, median: kl, p99: kl }, top1Agreement: 0.8 }) };
}
function done(step: LabStep["step"], bytes: number, kl?: number, passed?: boolean): LabStep {
  return { step, result: { path: "/m/b.gguf", bytes: bytes * MiB, seconds: 5, notes: [], ...(kl !== undefined && { measured: measured(kl) }), ...(passed !== undefined && { gate: { passed, sentence: "s" } }) } };
}
const prune = { kind: "prune", blocks: [1] } as const;
const quantize = { kind: "quantize", level: "Q4_0" } as const;
const distil = { kind: "distil" } as const;
function snapshot(steps: readonly LabStep[], more: Partial<LabSnapshot> = {}): LabSnapshot {
  return { model, models: [], text: { name: "t", kind: "bundled", words: 1 }, name: "r", changed: false, seed: 1, presets: [], steps, original: { measured: measured(), clauseF1: 0.7 }, ...more };
}

describe("the whole recipe", () => {
  test("times and disk are added, memory is the highest; what ran costs no more", () => {
    expect(totals(snapshot([{ step: prune, estimate: estimate(9, { memory: 300 * MiB }) }, { step: quantize, estimate: estimate(4) }]))).toEqual({ from: 10 * MiB, to: 4 * MiB, seconds: 60, memory: 300 * MiB, disk: 13 * MiB });
    expect(totals(snapshot([done(prune, 9, 0.2), { step: quantize, estimate: estimate(4) }]))).toMatchObject({ to: 4 * MiB, seconds: 30, disk: 4 * MiB });
  });
  test("without all estimates there is no price, and without the last no size", () => {
    expect(totals(snapshot([{ step: prune }, { step: quantize, estimate: estimate(4) }]))).toEqual({ from: 10 * MiB, to: 4 * MiB });
    expect(sizeWords(totals(snapshot([{ step: prune, estimate: estimate(9) }, { step: quantize }])))).toBeUndefined();
  });
  test("in words", () => {
    const all = { from: 10 * MiB, to: 4 * MiB, seconds: 60, memory: 300 * MiB, disk: 9 * MiB };
    expect([sizeWords(all), smallerWords(all)]).toEqual(["10.00 MiB → 4.00 MiB", "60 % smaller"]);
    expect(smallerWords({ from: 10, to: 11 })).toBe("10 % larger");
    expect(smallerWords({ from: 10, to: 10 })).toBeUndefined();
    expect(costWords(all)).toEqual(["about 1 min", "300 MiB of memory", "9.0 MiB of disk"]);
  });
  test("what keeps it from running is one sentence", () => {
    expect(obstacle(snapshot([], { model: undefined }), 0)).toBe("Choose a model first.");
    expect(obstacle(snapshot([{ step: prune, estimate: estimate(9) }], { missing: "text" }), 0)).toBe("The recipe's text cannot be used. Choose another.");
    expect(obstacle(snapshot([]), 0)).toBe("Add a step first.");
    expect(obstacle(snapshot([{ step: prune }]), 2)).toBe("Correct 2 fields first.");
    expect(obstacle(snapshot([{ step: prune, estimate: estimate(9) }, { step: distil, estimate: estimate(9, { problem: "No." }) }]), 0)).toBe("Step 2 cannot run: No.");
    expect(obstacle(snapshot([{ step: prune, estimate: estimate(9) }]), 0)).toBeUndefined();
  });
  test("too little memory is told", () => {
    const machine = { totalMemory: 400 * MiB, freeMemory: 200 * MiB, totalVideoMemory: 0, freeVideoMemory: 0, gpuName: "", cores: 1 };
    expect([memoryWarning({ memory: 100 * MiB }, machine), memoryWarning({ memory: 900 * MiB }, undefined)]).toEqual([undefined, undefined]);
    expect(memoryWarning({ memory: 300 * MiB }, machine)).toContain("close other programs");
    expect(memoryWarning({ memory: 500 * MiB }, machine)).toContain("more than this machine has");
  });
});

describe("the path", () => {
  const chain = snapshot([done(prune, 9, 0.2), done(quantize, 4, 0.4, false), done(distil, 4.5, 0.1)]);
  test("has a row for the original and for each step, foretold until it ran", () => {
    const rows = pathRows(snapshot([done(prune, 9, 0.2), { step: quantize, estimate: estimate(4) }, { step: distil }]));
    expect(rows.map(({ step, bytes, foretold, seconds }) => [step, bytes && bytes / MiB, foretold, seconds])).toEqual([[-1, 10, false, undefined], [0, 9, false, 5], [1, 4, true, 30], [2, undefined, true, undefined]]);
    expect(rows[0]?.clauseF1).toBe(0.7);
    expect(pathRows(snapshot([], { model: undefined }))).toEqual([]);
  });
  test("goes through what was measured, the original at 0", () => {
    const points = pathPoints(pathRows(chain));
    expect(points.map(({ step, kl, failed, last }) => [step, kl, failed, last])).toEqual([[-1, 0, false, false], [0, 0.2, false, false], [1, 0.4, true, false], [2, 0.1, false, true]]);
    expect(points[2]?.description).toBe("2 Quantize to Q4_0, 4.00 MiB, KL divergence 0.4000, same word 80.0 %, gate not passed");
  });
  test("a step that was not measured is passed over", () => {
    expect(pathPoints(pathRows(snapshot([done(prune, 9), done(quantize, 4, 0.4)]))).map(({ step }) => step)).toEqual([-1, 1]);
    expect(pathPoints(pathRows(snapshot([done(prune, 9, 0.2)], { original: undefined }))).map(({ step }) => step)).toEqual([0]);
  });
  test("what its figures rest on is named", () => {
    expect(measuredWords(chain)).toBe("Text: t · 1 chunk measured · ± is one standard error");
    expect(measuredWords({ ...chain, texts: "t, its last fifth measured on" })).toContain("Text: t, its last fifth measured on · ");
    expect(measuredWords(snapshot([{ step: prune }], { original: undefined }))).toBeUndefined();
  });
  test("is told in a sentence: what was lost, and what was won back", () => {
    expect(pathWords(pathPoints(pathRows(chain)))).toBe("55 % smaller, at a KL divergence of 0.1000: 75 % of the 0.4000 lost at “2 Quantize to Q4_0” won back.");
    expect(pathWords(pathPoints(pathRows(snapshot([done(prune, 9, 0.2)]))))).toBe("10 % smaller, at a KL divergence of 0.2000.");
    expect(pathWords(pathPoints(pathRows(snapshot([done(distil, 10, 0.2)]))))).toBe("As large as before, at a KL divergence of 0.2000.");
    expect(pathWords(pathPoints(pathRows(snapshot([]))))).toBeUndefined();
  });
});

describe("blocks", () => {
  const ranking: BlockRanking = { tokens: 1, seconds: 1, perplexity: 10, blocks: [0.5, 0.1, 0.2].map((influence, block) => ({ block, influence, without: { perplexity: [30, 9.5, 11][block] ?? 0, kl: influence / 2 } })) };
  test("stand by number, or the least important first", () => {
    expect(importanceBars(ranking, "influence", false, [1]).map(({ block, dropped }) => [block, dropped])).toEqual([[0, false], [1, true], [2, false]]);
    expect(importanceBars(ranking, "kl", true, []).map(({ block, value }) => [block, value])).toEqual([[1, 0.05], [2, 0.1], [0, 0.25]]);
  });
  test("perplexity counts above the model's own, and may be better without a block", () => {
    expect(importanceBars(ranking, "perplexity", false, []).map(({ value }) => value)).toEqual([20, -0.5, 1]);
    expect(importanceBars(ranking, "perplexity", false, [1])[1]?.description).toBe("Block 1, influence 0.1000, without it KL 0.0500 and perplexity 9.500, dropped");
  });
  test("have a second series only where every block was left out", () => {
    expect(measuresOf(ranking)).toEqual(["influence", "kl", "perplexity"]);
    expect(measuresOf({ ...ranking, blocks: [...ranking.blocks, { block: 3, influence: 1 }] })).toEqual(["influence"]);
  });
});

describe("training", () => {
  const point = (step: number, loss: number, validation?: number) => ({ step, loss, learningRate: 1e-3, ...(validation !== undefined && { validation }) });
  test("the best validation is the lowest, the first of equals", () => {
    const curve = lossCurve([point(1, 3), point(2, 2, 2.5), point(3, 1.5, 2.1), point(4, 1.2, 2.1), point(5, 1, 2.2)]);
    expect(curve.best).toEqual({ step: 3, loss: 2.1 });
    expect(curve.validation).toHaveLength(4);
    expect(curve.description).toBe("Training loss from 3.0000 at step 1 to 1.0000 at step 5. Validation loss from 2.5000 to its best, 2.1000, at step 3.");
  });
  test("losses that are no numbers are left out", () => {
    const curve = lossCurve([point(1, 3), point(2, Number.NaN, Number.POSITIVE_INFINITY)]);
    expect([curve.raw.length, curve.validation.length, curve.best]).toEqual([1, 0, undefined]);
    expect(lossCurve([]).description).toBe("No step is trained yet.");
  });
  test("smoothing starts at the first value and follows", () => {
    // 40 points: a fifth of each step's difference is taken.
    const points = [...Array.from({ length: 20 }, (_, step) => ({ step, loss: 4 })), ...Array.from({ length: 20 }, (_, step) => ({ step: 20 + step, loss: 2 }))];
    const smooth = smoothed(points);
    expect([smooth[0]?.loss, smooth[19]?.loss, smooth[20]?.loss, smooth[21]?.loss]).toEqual([4, 4, expect.closeTo(3.6, 1), expect.closeTo(3.28, 1)]);
    expect(smoothed([{ step: 1, loss: 7 }])).toEqual([{ step: 1, loss: 7 }]);
  });
  test("a short training is smoothed too", () => {
    const noisy = smoothed([1, 3, 1, 3, 1, 3].map((loss, step) => ({ step, loss })));
    expect(Math.abs(noisy[5]!.loss - noisy[4]!.loss)).toBeLessThan(0.7);
  });
  test("the validation before the first step begins its line, and is no training loss", () => {
    const curve = lossCurve([point(0, 5, 5), point(1, 3), point(2, 2, 2.5)]);
    expect([curve.validation, curve.raw.map(({ step }) => step)]).toEqual([[{ step: 0, loss: 5 }, { step: 2, loss: 2.5 }], [1, 2]]);
    expect(curve.description).toContain("Validation loss from 5.0000 to its best, 2.5000, at step 2.");
  });
  test("the chart shows what the validations went through, and of the training loss what lies near", () => {
    const curve = lossCurve([point(0, 2, 2), ...Array.from({ length: 9 }, (_, at) => point(at + 1, 9)), point(10, 9, 1)]);
    expect(lossRange(curve)).toEqual([0.85, 2.65]);
    const flat = lossCurve([point(1, 3), point(2, 2, 2.5)]);
    const [low, high] = lossRange(flat);
    expect(low).toBeLessThan(2.5);
    expect(high).toBeGreaterThan(3);
    expect(lossRange(lossCurve([])).every(Number.isFinite)).toBe(true);
  });
  test("long lines are thinned, their end kept", () => {
    const thin = thinned(Array.from({ length: 1001 }, (_, at) => at), 400);
    expect([thin.length, thin[1], thin.at(-1)]).toEqual([335, 3, 1000]);
    expect(thinned([1, 2], 400)).toEqual([1, 2]);
  });
});

describe("words", () => {
  test("figures of a step", () => {
    expect(estimateFigures(estimate(4)).map(({ name, value }) => `${name} ${value}`)).toEqual(["size ~4.00 MiB", "time ~30 s", "memory 100 MiB", "disk 4.0 MiB"]);
    expect(resultFigures({ path: "", bytes: MiB, seconds: 5, notes: [], measured: measured(0.1), clauseF1: 0.5 }, measured()).map(({ name }) => name)).toEqual(["size", "KL", "perplexity", "same word", "clause F1", "took"]);
    expect(resultFigures({ path: "", bytes: MiB, seconds: 5, notes: [] }, undefined).map(({ name }) => name)).toEqual(["size", "took"]);
  });
  test("gates", () => {
    expect([gateSummary(undefined), gateSummary({ otherwise: "ask" })]).toEqual(["off", "no limit set yet"]);
    expect(gateSummary({ maxKl: 0.1, maxPerplexity: 1.2, minAgreement: 0.9, minClauseF1: 0.65, otherwise: "stop" })).toBe("KL ≤ 0.1, perplexity ≤ 1.2 ×, same word ≥ 90 %, F1 ≥ 0.65, else stop");
    expect(gateSummary({ maxKl: 20, otherwise: "ask" })).toBe("KL ≤ 20, else ask");
  });
  test("runs: percents are never spoken, states are", () => {
    const run = { step: 1, label: "Training", fraction: 0.4, points: [] } as const;
    expect(spokenRun({ ...run, state: "running" })).toBe(spokenRun({ ...run, state: "running", fraction: 0.9, label: "Validating" }));
    expect([spokenRun(undefined), spokenRun({ ...run, state: "running", step: -1 }), spokenRun({ ...run, state: "done" })]).toEqual(["", "Running: the original is measured.", "The recipe is done."]);
    expect([runWords({ ...run, state: "running" }), runWords({ ...run, state: "paused" }), runWords({ ...run, state: "failed", sentence: "Disk full." })]).toEqual([undefined, "Paused: Training. Its state is kept.", "Disk full."]);
  });
  test("names", () => {
    expect([modelLabel(model), modelLabel({ ...model, type: "unknown" })]).toEqual(["a · F16 · 10.00 MiB", "a · 10.00 MiB"]);
    expect([fileName("/a/b.gguf"), fileName("C:\\a\\b.gguf"), fileName("b")]).toEqual(["b.gguf", "b.gguf", "b"]);
  });
});
