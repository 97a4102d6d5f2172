import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Emitter } from "../../../src/core/emitter";
import type { Download } from "../../../src/protocol/hub";
import { DownloadNodes } from "../../../src/ui/models/downloadNodes";

const download = (id: string, more: Partial<Download> = {}): Download => ({ id, repository: "a/b", label: "Q8_0", target: `/m/${id}`, bytes: 100, bytesDone: 0, state: "running", ...more });

describe("downloads in the tree", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function watched(first: readonly Download[]) {
    const changed = new Emitter<void>();
    const source = { list: first, onDidChange: changed.event };
    const nodes = new DownloadNodes(source);
    const seen: string[] = [];
    nodes.onDidChangeList(() => seen.push(`list ${nodes.nodes.map(({ download: { id } }) => id).join(" ")}`));
    nodes.onDidProgress(({ download: { id, bytesDone } }) => seen.push(`${id} ${bytesDone}`));
    const now = (list: readonly Download[]): void => {
      source.list = list;
      changed.fire();
      vi.advanceTimersByTime(1000);
    };
    return { nodes, seen, now };
  }

  it("redraws one row when a number grows, and the list when one comes or goes", () => {
    const { nodes, seen, now } = watched([download("one")]);
    const [row] = nodes.nodes;
    now([download("one", { bytesDone: 10 })]);
    expect(nodes.nodes[0]).toBe(row);
    now([download("one", { bytesDone: 10 }), download("two")]);
    now([download("one", { state: "done", bytesDone: 100 }), download("two")]);
    expect(seen).toEqual(["one 10", "list one two", "list two"]);
  });

  it("does not redraw what stayed the same, nor more than twice a second", () => {
    const [one, two] = [download("one"), download("two")];
    const { nodes, seen, now } = watched([one, two]);
    now([one, { ...two, bytesDone: 5 }]);
    expect(seen).toEqual(["two 5"]);
    nodes.dispose();
    now([one]);
    expect(seen).toEqual(["two 5"]);
  });
});
