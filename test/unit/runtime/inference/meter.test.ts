import { describe, expect, it } from "vitest";
import { Meter } from "../../../../src/runtime/inference/meter";

describe("the rate of tokens", () => {
  function metered(): { meter: Meter; at(time: number): number; count(time: number, tokens: number): void } {
    let now = 0;
    const meter = new Meter(() => now);
    meter.begin();
    return {
      meter,
      at: (time) => {
        now = time;
        return meter.read(0).tokensPerSecond;
      },
      count: (time, tokens) => {
        now = time;
        meter.count(tokens);
      },
    };
  }

  it("is nothing before the first count", () => {
    expect(metered().at(500)).toBe(0);
  });

  it("is even while chunks take seconds, and fades after the last", () => {
    const { at, count } = metered();
    count(5000, 4096);
    expect([5000, 5500, 9999].map((time) => Math.round(at(time)))).toEqual([819, 819, 819]);
    count(10_000, 4096);
    expect([10_000, 15_000, 20_000].map((time) => Math.round(at(time)))).toEqual([819, 819, 410]);
    expect(at(20_001)).toBe(0);
  });

  it("is that of the last second while counts come often", () => {
    const { at, count } = metered();
    for (let time = 100; time <= 3000; time += 100) count(time, time <= 1500 ? 10 : 50);
    expect(at(3000)).toBe(500);
    expect(at(4000)).toBe(500);
    expect(at(5001)).toBe(0);
  });

  it("begins afresh with new work", () => {
    const { meter, at, count } = metered();
    count(1000, 1000);
    at(60_000);
    meter.begin();
    count(61_000, 100);
    expect(at(61_000)).toBe(100);
  });
});
