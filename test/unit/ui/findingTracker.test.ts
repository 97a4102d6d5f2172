import { describe, expect, it } from "vitest";
import type { ShownFinding } from "../../../src/protocol/panels";
import { FindingTracker, findingAt, neighbour } from "../../../src/ui/inlineAnalysis/findingTracker";
import { moved, movedAll } from "../../../src/ui/inlineAnalysis/movedFinding";

function finding(start: number, end: number): ShownFinding {
  return { category: "Governing Law", start, end, probability: 0.9, id: `Governing Law@${start}`, severity: "information", line: 1, quote: "", why: "" };
}

describe("a passage under edits", () => {
  const passage = { start: 10, end: 20 };
  it.each([
    ["typing in front of it", { offset: 3, removed: 0, inserted: 5 }, { start: 15, end: 25 }],
    ["typing right at its start", { offset: 10, removed: 0, inserted: 2 }, { start: 12, end: 22 }],
    ["deleting right up to its start", { offset: 6, removed: 4, inserted: 0 }, { start: 6, end: 16 }],
    ["typing right behind it", { offset: 20, removed: 0, inserted: 3 }, passage],
    ["deleting far behind it", { offset: 30, removed: 4, inserted: 0 }, passage],
    ["typing inside it", { offset: 15, removed: 0, inserted: 1 }, undefined],
    ["replacing its first letter", { offset: 10, removed: 1, inserted: 1 }, undefined],
    ["deleting across its start", { offset: 5, removed: 8, inserted: 0 }, undefined],
    ["deleting all of it", { offset: 0, removed: 100, inserted: 0 }, undefined],
  ])("%s", (_what, edit, expected) => expect(moved(passage, edit)).toEqual(expected));

  it("follows its words through many random edits outside it", () => {
    let text = "aaaa WORDS bbbb WORDS cccc";
    let passages: readonly { start: number; end: number }[] = [{ start: 5, end: 10 }, { start: 16, end: 21 }];
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
    for (let i = 0; i < 500; i++) {
      const offset = random(text.length + 1);
      const removed = random(3);
      if (text.slice(offset, offset + removed).length < removed) continue;
      const touches = passages.some(({ start, end }) => offset < end && offset + removed > start);
      if (touches) continue;
      const inserted = "xyz".slice(0, random(4));
      text = text.slice(0, offset) + inserted + text.slice(offset + removed);
      passages = movedAll(passages, [{ offset, removed, inserted: inserted.length }]);
    }
    expect(passages.map(({ start, end }) => text.slice(start, end))).toEqual(["WORDS", "WORDS"]);
  });
});

describe("FindingTracker", () => {
  it("maps findings that arrive late through the edits made since the reading began", () => {
    const tracker = new FindingTracker();
    tracker.found([finding(10, 20)]);
    tracker.edited([{ offset: 0, removed: 0, inserted: 5 }]);
    tracker.found([finding(10, 20), finding(30, 40)]);
    expect(tracker.findings.map(({ start, end }) => [start, end])).toEqual([[15, 25], [35, 45]]);
    expect(tracker.stale).toBe(true);
  });

  it("drops a finding whose words were changed and keeps the others' identity", () => {
    const tracker = new FindingTracker();
    tracker.found([finding(10, 20), finding(30, 40)]);
    tracker.ended();
    expect(tracker.stale).toBe(false);
    tracker.edited([{ offset: 12, removed: 3, inserted: 9 }]);
    expect(tracker.findings.map(({ id, start }) => [id, start])).toEqual([["Governing Law@30", 36]]);
  });
});

describe("finding one's way", () => {
  const findings = [finding(30, 40), finding(10, 20), finding(12, 15)];
  it("takes the tightest passage at a place", () => {
    expect(findingAt(findings, 13)?.start).toBe(12);
    expect(findingAt(findings, 25)).toBeUndefined();
  });
  it("goes round the ends", () => {
    expect(neighbour(findings, 12, "next")?.start).toBe(30);
    expect(neighbour(findings, 30, "next")?.start).toBe(10);
    expect(neighbour(findings, 10, "previous")?.start).toBe(30);
    expect(neighbour([], 0, "next")).toBeUndefined();
  });
});
