import { describe, expect, it } from "vitest";
import { endSession } from "../../../src/extension/sessionEnd";

describe("the end of a window", () => {
  const told = (heard: string[], name: string) => async (): Promise<void> => void heard.push(name);

  function session(heard: string[], lab: () => Promise<void>) {
    return {
      lab: { end: lab }, tradeoffs: { end: told(heard, "tradeoffs") }, downloads: { dispose: told(heard, "downloads") },
      runtime: { dispose: told(heard, "runtime") }, log: { dispose: () => void heard.push("log") },
    };
  }

  it("a training keeps its state before its runtime ends", async () => {
    const heard: string[] = [];
    let kept: () => void = () => undefined;
    const ending = endSession(session(heard, () => new Promise((resolve) => (kept = resolve))));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard).toEqual(["tradeoffs", "downloads"]);
    kept();
    await ending;
    expect(heard).toEqual(["tradeoffs", "downloads", "runtime", "log"]);
  });

  it("does not wait for ever, and a failure holds nothing up", async () => {
    const heard: string[] = [];
    let isLate = true;
    const ending = endSession(session(heard, () => new Promise((resolve) => setTimeout(() => resolve(void (isLate = false)), 60))), 10);
    await expect.poll(() => heard).toContain("runtime");
    expect(isLate).toBe(true);
    await ending;
    const failed: string[] = [];
    await endSession(session(failed, async () => Promise.reject(new Error("no disk"))));
    expect(failed).toContain("log");
  });
});
