import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MeterReading } from "../../../src/protocol/model";
import type { Runtime } from "../../../src/services/ports";
import { ResourceMeter } from "../../../src/services/resourceMeter";

let asked = 0;
let answer: (reading: number) => Promise<MeterReading>;
const readingOf = (tokensPerSecond: number): MeterReading => ({ residentMemory: 1, videoMemory: 0, cpu: 0.5, tokensPerSecond });
let meter: ResourceMeter;

beforeEach(() => {
  vi.useFakeTimers();
  asked = 0;
  answer = async (reading) => readingOf(reading);
  meter = new ResourceMeter({ meter: () => answer(++asked) } as Partial<Runtime> as Runtime);
});
afterEach(() => {
  meter.dispose();
  vi.useRealTimers();
});

describe("the meter", () => {
  it("asks once a second while somebody listens, and only then", async () => {
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked).toBe(0);
    const listeners = [meter.onDidRead(() => undefined), meter.onDidRead(() => undefined)];
    await vi.advanceTimersByTimeAsync(3000);
    expect(asked).toBe(3);
    listeners[0]!.dispose();
    await vi.advanceTimersByTimeAsync(1000);
    listeners[1]!.dispose();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toBe(4);
    expect(meter.samples.map(({ tokensPerSecond }) => tokensPerSecond)).toEqual([1, 2, 3, 4]);
  });

  it("keeps ten minutes of samples with their times, and forgets older ones also while nobody listens", async () => {
    const listening = meter.onDidRead(() => undefined);
    await vi.advanceTimersByTimeAsync(700_000);
    expect(meter.samples).toHaveLength(600);
    expect(meter.samples[0]?.tokensPerSecond).toBe(101);
    expect(meter.samples.at(-1)!.at - meter.samples[0]!.at).toBe(599_000);
    listening.dispose();
    await vi.advanceTimersByTimeAsync(300_000);
    expect(meter.samples).toHaveLength(300);
    await vi.advanceTimersByTimeAsync(300_000);
    expect(meter.samples).toEqual([]);
  });

  it("asks a slow runtime once, and passes over one that fails", async () => {
    let settle: (reading: MeterReading) => void = () => undefined;
    answer = () => new Promise((resolve) => (settle = resolve));
    const seen: number[] = [];
    meter.onDidRead(({ tokensPerSecond }) => seen.push(tokensPerSecond));
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked).toBe(1);
    settle(readingOf(7));
    answer = async () => Promise.reject(new Error("gone"));
    await vi.advanceTimersByTimeAsync(2000);
    answer = async () => readingOf(8);
    await vi.advanceTimersByTimeAsync(1000);
    expect(seen).toEqual([7, 8]);
  });
});
