import type { MeterReading } from "../protocol/model";

/** What the meter reads where no process runs. */
export const idle: MeterReading = { residentMemory: 0, videoMemory: 0, cpu: 0, tokensPerSecond: 0, queue: 0, jobs: 0 };

/** The long-lived process with the jobs beside it. Video memory is the whole device's, whoever reads it. */
export function withJobs(main: MeterReading, jobs: readonly MeterReading[]): MeterReading {
  const all = [main, ...jobs];
  const sum = (value: (reading: MeterReading) => number): number => all.reduce((total, reading) => total + value(reading), 0);
  return {
    ...main,
    residentMemory: sum(({ residentMemory }) => residentMemory),
    videoMemory: Math.max(...all.map(({ videoMemory }) => videoMemory)),
    cpu: sum(({ cpu }) => cpu),
    tokensPerSecond: sum(({ tokensPerSecond }) => tokensPerSecond),
    jobs: jobs.length,
  };
}
