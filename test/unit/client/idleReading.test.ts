import { expect, it } from "vitest";
import { idle, withJobs } from "../../../src/client/idleReading";

it("the meter adds the jobs' memory and processors to the runtime's, and counts the device's memory once", () => {
  const main = { residentMemory: 100, videoMemory: 50, cpu: 0.5, tokensPerSecond: 3, queue: 2 };
  const job = { residentMemory: 40, videoMemory: 50, cpu: 1.5, tokensPerSecond: 0, queue: 0 };
  expect(withJobs(main, [job, job])).toEqual({ residentMemory: 180, videoMemory: 50, cpu: 3.5, tokensPerSecond: 3, queue: 2, jobs: 2 });
  expect(withJobs(idle, [])).toEqual(idle);
});
