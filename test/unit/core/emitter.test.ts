import { describe, expect, it } from "vitest";
import { Emitter } from "../../../src/core/emitter";
import { secondsLeft } from "../../../src/core/progress";

describe("emitter", () => {
  it("tells listeners until they are disposed, and counts them", () => {
    const counts: number[] = [];
    const heard: string[] = [];
    const emitter = new Emitter<string>((count) => counts.push(count));
    const listener = (value: string): void => void heard.push(value);
    const first = emitter.event(listener);
    const second = emitter.event(listener);
    emitter.fire("a");
    first.dispose();
    first.dispose();
    emitter.fire("b");
    second.dispose();
    emitter.fire("c");
    expect(heard).toEqual(["a", "a", "b"]);
    expect(counts).toEqual([1, 2, 1, 0]);
  });
});

describe("time left", () => {
  it("extends the pace so far", () => {
    expect(secondsLeft(0.25, 10)).toBe(30);
    expect(secondsLeft(1, 10)).toBe(0);
  });
  it("says nothing too early", () => {
    expect(secondsLeft(0.01, 10)).toBeUndefined();
    expect(secondsLeft(0.5, 0.1)).toBeUndefined();
  });
});
