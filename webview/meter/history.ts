import type { Machine } from "../../src/protocol/model";
import type { MeterSample } from "../../src/protocol/modelPanels";

/** Milliseconds that the charts show. */
export const shownSpan = 600_000;
/** Milliseconds between two samples above which nothing was measured: the line has a gap there. */
const longestGap = 5000;

export const gaugeIds = ["memory", "video", "cpu", "speed"] as const;
export type GaugeId = (typeof gaugeIds)[number];

/** A value of one gauge at a time. */
export interface Point {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** NaN where nothing was measured. */
  readonly value: number;
}

/** Bytes, bytes, share of all cores, tokens per second. */
export function valueOf(sample: MeterSample, gauge: GaugeId, machine: Machine | undefined): number {
  switch (gauge) {
    case "memory": return sample.residentMemory;
    case "video": return sample.videoMemory;
    case "cpu": return sample.cpu / Math.max(1, machine?.cores ?? 1);
    case "speed": return sample.tokensPerSecond;
  }
  return gauge satisfies never;
}

/** The points of the last ten minutes, with a gap where nothing was measured. */
export function chartPoints(samples: readonly MeterSample[], gauge: GaugeId, machine: Machine | undefined): readonly Point[] {
  const last = samples.at(-1)?.at ?? 0;
  const shown = samples.filter(({ at }) => at >= last - shownSpan);
  return shown.flatMap((sample, index): readonly Point[] => {
    const before = shown[index - 1];
    const point = { at: sample.at, value: valueOf(sample, gauge, machine) };
    return before && sample.at - before.at > longestGap ? [{ at: (before.at + sample.at) / 2, value: Number.NaN }, point] : [point];
  });
}

/** The gauges that this machine has. */
export function shownGauges(machine: Machine | undefined, samples: readonly MeterSample[]): readonly GaugeId[] {
  const video = (machine?.totalVideoMemory ?? 0) > 0 || samples.some(({ videoMemory }) => videoMemory > 0);
  return gaugeIds.filter((gauge) => gauge !== "video" || video);
}

/** What is full: all of the memory, all cores; a round number above the fastest for the speed, which has no limit. */
export function fullValue(gauge: GaugeId, machine: Machine | undefined, points: readonly Point[]): number {
  if (gauge === "cpu") return 1;
  const limit = gauge === "memory" ? machine?.totalMemory : gauge === "video" ? machine?.totalVideoMemory : undefined;
  return limit || roundAbove(points.reduce((most, { value }) => Math.max(most, Number.isNaN(value) ? 0 : value), 0));
}

/** 1, 2 or 5 times a power of ten, at least 10: it changes rarely, so that the line does not jump. */
export function roundAbove(value: number): number {
  if (!(value > 10)) return 10;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5].find((step) => step * power >= value) ?? 10);
}

export type Level = "good" | "fair" | "poor";
/** Shares of what is full from which it becomes tight, and too much. */
const [fairFrom, poorFrom] = [0.8, 0.9];

/** Memory that runs out is a danger; busy cores and speed are not. */
export function levelOf(gauge: GaugeId, value: number, full: number): Level | undefined {
  if (gauge !== "memory" && gauge !== "video") return undefined;
  const share = value / full;
  return share >= poorFrom ? "poor" : share >= fairFrom ? "fair" : "good";
}

/** Mean over the samples in which it worked; undefined where it never did. */
export function meanSpeed(samples: readonly MeterSample[]): number | undefined {
  const working = samples.filter(({ tokensPerSecond }) => tokensPerSecond > 0);
  return working.length === 0 ? undefined : working.reduce((sum, { tokensPerSecond }) => sum + tokensPerSecond, 0) / working.length;
}
