import { describe, expect, test } from "vitest";
import type { BlockRanking } from "../../../../src/protocol/compression";
import { type RecipeStep, stepKinds } from "../../../../src/protocol/recipe";
import { Drafts } from "../../../../webview/lab/drafts";
import { droppedBlocks, edited, newStep, toggledBlock } from "../../../../webview/lab/stepEdits";
import { isViewState, movedFolds, placeAfterMove } from "../../../../webview/lab/viewState";

const ranking: BlockRanking = { tokens: 1, seconds: 1, perplexity: 10, blocks: [0.5, 0.1, 0.2].map((influence, block) => ({ block, influence, without: { perplexity: [30, 12, 11][block] ?? 0, kl: 0.1 } })) };
const onlyInfluence: BlockRanking = { ...ranking, blocks: ranking.blocks.map(({ block, influence }) => ({ block, influence })) };

describe("edits of a step", () => {
  test("every kind has one to begin with", () => expect(stepKinds.map((kind) => newStep(kind).kind)).toEqual([...stepKinds]));
  test("what is undone is left out, as in the file", () => {
    expect(Object.keys(edited<RecipeStep>({ kind: "quantize", level: "Q4_0", imatrix: true }, { imatrix: undefined } as Partial<RecipeStep>))).toEqual(["kind", "level"]);
  });
  test("the least important follow the ranking, where it tells", () => {
    expect(droppedBlocks({ kind: "prune", blocks: { least: 1, by: "influence" } }, ranking)).toEqual([1]);
    expect(droppedBlocks({ kind: "prune", blocks: { least: 2, by: "perplexity" } }, ranking)).toEqual([1, 2]);
    expect(droppedBlocks({ kind: "prune", blocks: { least: 1, by: "perplexity" } }, onlyInfluence)).toBeUndefined();
    expect(droppedBlocks({ kind: "prune", blocks: { least: 3, by: "influence" } }, ranking)).toBeUndefined();
    expect(droppedBlocks({ kind: "prune", blocks: { least: 1, by: "influence" } }, undefined)).toBeUndefined();
    expect(droppedBlocks({ kind: "prune" }, undefined)).toEqual([]);
  });
  test("a click on a block turns the least important into chosen ones", () => {
    const least = { kind: "prune", blocks: { least: 1, by: "influence" } } as const;
    expect(toggledBlock(least, 2, ranking, 3)).toEqual({ kind: "prune", blocks: [1, 2] });
    expect(toggledBlock(least, 1, ranking, 3)).toEqual({ kind: "prune" });
    expect(toggledBlock({ kind: "prune", blocks: [2], feedForward: 0.5 }, 0, ranking, 3)).toEqual({ kind: "prune", blocks: [0, 2], feedForward: 0.5 });
  });
  test("the last block stays", () => {
    const step = { kind: "prune", blocks: [0, 1] } as const;
    expect(toggledBlock(step, 2, ranking, 3)).toBe(step);
  });
});

describe("edits that the host does not know yet", () => {
  const old: RecipeStep = { kind: "quantize", level: "Q4_0" };
  const [first, second]: RecipeStep[] = [{ kind: "quantize", level: "Q5_0" }, { kind: "quantize", level: "Q8_0" }];
  const estimate = { bytes: 1, seconds: 1, memory: 1, disk: 1, notes: [] };
  const told = (step: RecipeStep) => [{ step, estimate }, { step: old, estimate }];
  const shown = (drafts: Drafts, step: RecipeStep) => drafts.over(told(step))[0]?.step;
  test("stay over snapshots that were on their way", () => {
    const drafts = new Drafts();
    drafts.set(0, old, first!);
    drafts.set(0, old, second!);
    expect([shown(drafts, old), shown(drafts, first!), shown(drafts, second!), shown(drafts, old)]).toEqual([second, second, second, old]);
  });
  test("give way to what the host made of them", () => {
    const drafts = new Drafts();
    drafts.set(0, old, first!);
    const other: RecipeStep = { kind: "quantize", level: "Q6_K" };
    expect([shown(drafts, other), shown(drafts, old)]).toEqual([other, old]);
  });
  test("undone by hand is an edit too", () => {
    const drafts = new Drafts();
    drafts.set(0, old, first!);
    drafts.set(0, old, old);
    expect([shown(drafts, first!), shown(drafts, old), shown(drafts, first!)]).toEqual([old, old, first]);
  });
  test("what comes of them and of the steps after is not known", () => {
    const drafts = new Drafts();
    expect(drafts.over(told(old)).map((step) => step.estimate)).toEqual([estimate, estimate]);
    drafts.set(1, old, first!);
    expect(drafts.over(told(old)).map((step) => step.estimate)).toEqual([estimate, undefined]);
    drafts.set(0, old, first!);
    expect(drafts.over(told(old)).map((step) => step.estimate)).toEqual([undefined, undefined]);
    drafts.clear(0);
    drafts.clear(1);
    expect(drafts.over(told(old))).toEqual(told(old));
  });
});

describe("folds", () => {
  test("go with their step", () => {
    expect([0, 1, 2, 3].map((at) => placeAfterMove(at, 0, 2))).toEqual([2, 0, 1, 3]);
    expect([0, 1, 2, 3].map((at) => placeAfterMove(at, 3, 1))).toEqual([0, 2, 3, 1]);
    expect(movedFolds(["0:gate", "2:advanced"], (at) => (at === 0 ? undefined : at - 1))).toEqual(["1:advanced"]);
  });
  test("a kept state of another form is not taken", () => {
    expect([{}, { open: ["0:gate"], sorted: true, leaveOut: false, second: "kl", rate: true }].every(isViewState)).toBe(true);
    expect([null, "x", { open: [1] }, { open: "0" }, { sorted: 1 }, { second: "x" }].some(isViewState)).toBe(false);
  });
});
