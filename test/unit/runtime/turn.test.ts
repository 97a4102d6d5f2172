import { describe, expect, it } from "vitest";
import { HumanError } from "../../../src/protocol/humanError";
import { Turn } from "../../../src/runtime/turn";

describe("a turn", () => {
  it("lets one work at a time, in order, past one that fails", async () => {
    const turn = new Turn();
    const seen: string[] = [];
    const work = (name: string, fail = false) => async (): Promise<string> => {
      seen.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      seen.push(`${name} ends`);
      if (fail) throw new HumanError("failed", "It failed.");
      return name;
    };
    const results = await Promise.allSettled([turn.take(work("a")), turn.take(work("b", true)), turn.take(work("c"))]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(seen).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  });

  it("is not waited for by who is cancelled, and never given to them", async () => {
    const turn = new Turn();
    let finish = (): void => undefined;
    const first = turn.take(() => new Promise<void>((resolve) => (finish = resolve)));
    const controller = new AbortController();
    let begun = false;
    const second = turn.take(async () => void (begun = true), controller.signal);
    controller.abort();
    await expect(second).rejects.toMatchObject({ code: "cancelled" });
    await expect(turn.take(async () => undefined, AbortSignal.abort())).rejects.toMatchObject({ code: "cancelled" });
    finish();
    await first;
    expect(await turn.take(async () => "third")).toBe("third");
    expect(begun).toBe(false);
  });

  it("counts who waits: not the one that works, nor who left", async () => {
    const turn = new Turn();
    let finish = (): void => undefined;
    const first = turn.take(() => new Promise<void>((resolve) => (finish = resolve)));
    const controller = new AbortController();
    const second = turn.take(async () => undefined, controller.signal);
    const third = turn.take(async () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(turn.waiting).toBe(2);
    controller.abort();
    await expect(second).rejects.toThrow();
    expect(turn.waiting).toBe(1);
    finish();
    await Promise.all([first, third]);
    expect(turn.waiting).toBe(0);
  });
});
