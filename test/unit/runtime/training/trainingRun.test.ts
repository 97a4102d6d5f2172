import { describe, expect, it } from "vitest";
import type { TrainingSequence } from "../../../../src/core/training/sequences";
import type { TrainSettings } from "../../../../src/protocol/compression";
import type { Learner } from "../../../../src/runtime/training/learner";
import type { Teaching } from "../../../../src/runtime/training/teaching";
import { type RunEnd, type RunState, TrainingRun } from "../../../../src/runtime/training/trainingRun";

const sequence: TrainingSequence = { tokens: new Int32Array(4), next: new Int32Array(4) };
const settings: TrainSettings = {
  context: 4, epochs: 2, learningRate: 1, warmUp: 0, finalRate: 0, weightDecay: 0, temperature: 1, hardShare: 0, labels: "distribution", validationShare: 0.5, validateEvery: 2, patience: 2, seed: 1,
};

/** Losses of the steps and of the validations, the first of which comes before all steps; the last one goes on for ever. */
function run(losses: readonly number[], validations: readonly number[], saved: RunState[] = []): Promise<RunEnd> {
  let [step, validation] = [0, 0];
  const learner = { step: async () => losses[Math.min(step++, losses.length - 1)] } as unknown as Learner;
  const teaching = {
    lesson: async () => sequence,
    loss: async () => ({ sum: validations[Math.min(validation++, validations.length - 1)], positions: 1 }),
  } as unknown as Teaching;
  return new TrainingRun({
    learner, teaching, settings, training: new Array<TrainingSequence>(4).fill(sequence), validation: [sequence], onProgress: () => {},
    writeValues: async (at) => ({ name: `values-${at}.gguf`, bytes: 1 }),
    save: async (state) => void saved.push(state),
  }, new AbortController().signal).run();
}

it("keeps the values of the best validation", async () => {
  const { stopped, state } = await run([3], [4, 3, 2, 2.5, 1.5]);
  expect(stopped).toBe("finished");
  expect(state).toMatchObject({ step: 8, steps: 8, bestStep: 8, validationBefore: 4, stopping: { best: 1.5 }, best: { name: "values-8.gguf" }, tokens: 32 });
  expect(state.points.map(({ validation }) => validation)).toEqual([4, undefined, 3, undefined, 2, undefined, 2.5, undefined, 1.5]);
});

it("stops when nothing gets better any more", async () => {
  expect(await run([3], [4, 3, 3.5, 3.5])).toMatchObject({ stopped: "early", state: { step: 6, bestStep: 2, best: { name: "values-2.gguf" } } });
});

describe("a loss that is not finite", () => {
  it("ends it with the best values", async () => {
    expect(await run([3, 3, NaN], [4, 3])).toMatchObject({ stopped: "notFinite", state: { step: 2, bestStep: 2, best: { name: "values-2.gguf" } } });
    expect(await run([3], [4, 3, Infinity])).toMatchObject({ stopped: "notFinite", state: { bestStep: 2 } });
  });

  it("before anything got better is a sentence, and the checkpoint is the last good one", async () => {
    const saved: RunState[] = [];
    await expect(run([3, NaN], [4], saved)).rejects.toMatchObject({ code: "failed", message: expect.stringMatching(/not a finite number .* 1 steps: .*lower learning rate than 1/) as string });
    expect(saved.map(({ values }) => values.name)).toEqual(["values-0.gguf"]);
  });

  it("before the first step is the student's", async () => {
    await expect(run([3], [NaN])).rejects.toMatchObject({ message: expect.stringMatching(/even before it learns/) as string });
  });
});
