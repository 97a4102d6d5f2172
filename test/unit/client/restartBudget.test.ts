import { describe, expect, it } from "vitest";
import { RestartBudget } from "../../../src/client/restartBudget";

const minute = 60_000;

describe("a restart budget", () => {
  it("allows four crashes and stops at a fifth within three minutes", () => {
    const budget = new RestartBudget();
    expect([0, 1, 2, 3, 4].map((at) => budget.crashed(at))).toEqual([true, true, true, true, false]);
  });

  it("allows any number of crashes that lie far enough apart", () => {
    const budget = new RestartBudget();
    expect(Array.from({ length: 20 }, (_, i) => budget.crashed(i * minute)).every(Boolean)).toBe(true);
  });

  it("counts the last three minutes only", () => {
    const budget = new RestartBudget();
    const crashes = [0, 1, 10 * minute, 10 * minute + 1, 10 * minute + 2, 10 * minute + 3];
    expect(crashes.map((at) => budget.crashed(at))).toEqual([true, true, true, true, true, true]);
    expect(budget.crashed(10 * minute + 4)).toBe(false);
  });

  it("begins afresh when a person asks for it", () => {
    const budget = new RestartBudget();
    for (let i = 0; i < 5; i++) budget.crashed(i);
    budget.reset();
    expect(budget.crashed(6)).toBe(true);
  });
});
