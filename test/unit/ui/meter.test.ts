import { describe, expect, it } from "vitest";
import type { Machine, MeterReading } from "../../../src/protocol/model";
import { alarmOf, barOf, gaugesOf, meterLines, paceWords } from "../../../src/ui/status/meterWords";

const gib = 1024 ** 3;
const machine: Machine = { totalMemory: 16 * gib, freeMemory: 10 * gib, totalVideoMemory: 0, freeVideoMemory: 0, gpuName: "", cores: 8 };
const reading = (used: number, more: Partial<MeterReading> = {}): MeterReading => ({ residentMemory: used * gib, videoMemory: 0, cpu: 2, tokensPerSecond: 0, ...more });

describe("the meter", () => {
  it("counts RAM against what the machine has", () => {
    expect(gaugesOf(reading(4), machine).map(({ label, words }) => [label, words])).toEqual([["RAM", "4.0 GiB of 16.0 GiB"], ["CPU", "2.0 of 8 cores"]]);
    expect(meterLines(reading(4), machine)[0]).toBe("RAM   ████░░░░░░░░░░░░   25 %   4.0 GiB of 16.0 GiB");
  });
  it("shows video memory where there is a GPU", () => {
    const lines = meterLines(reading(4, { videoMemory: 6 * gib }), { ...machine, totalVideoMemory: 8 * gib });
    expect(lines[1]).toBe("VRAM  ████████████░░░░   75 %   6.0 GiB of 8.0 GiB");
  });
  it("warns from 80 % on, alarms from 90 % on, by memory alone", () => {
    expect(alarmOf(reading(12.7), machine)).toBeUndefined();
    expect(alarmOf(reading(12.8), machine)).toBe("warning");
    expect(alarmOf(reading(14.4), machine)).toBe("error");
    expect(alarmOf(reading(1, { cpu: 8 }), machine)).toBeUndefined();
    expect(alarmOf(reading(1, { videoMemory: 7.5 * gib }), { ...machine, totalVideoMemory: 8 * gib })).toBe("error");
  });
  it("draws bars that are never longer than they are wide", () => {
    expect([0, 0.2, 0.5, 1, 7, -1].map((share) => barOf(share, 4))).toEqual(["░░░░", "█░░░", "██░░", "████", "████", "░░░░"]);
    expect([...barOf(0.37)]).toHaveLength(16);
  });
  it("tells speed and queue only where there is any", () => {
    expect(paceWords(reading(1))).toEqual([]);
    expect(paceWords(reading(1, { tokensPerSecond: 23.4, queue: 2 }))).toEqual(["23 tok/s", "2 requests wait"]);
  });
});
