import { describe, expect, it } from "vitest";
import type { Invocation } from "../../../../src/cli/command";
import { runTraining, trainingTeller } from "../../../../src/cli/lab/runTraining";
import type { TrainPoint, TrainProgress, TrainResult } from "../../../../src/protocol/compression";
import { HumanError } from "../../../../src/protocol/humanError";
import { CancellationTokenSource } from "../../../../src/protocol/rpc";
import type { JobEvent } from "../../../../src/services/ports";
import type { TrainWish } from "../../../../src/services/lab/training";
import { RecordedOutput } from "../recordedOutput";

const point = (step: number, validation?: number): TrainPoint => ({ step, loss: 3 - step / 100, learningRate: 1e-3, ...(validation !== undefined && { validation }) });
const at = (step: number, points: readonly TrainPoint[] = [], more: Partial<TrainProgress> = {}): TrainProgress => ({ phase: "training", step, steps: 40, epoch: 0, fraction: step / 40, tokensPerSecond: 800, points, ...more });
const result: TrainResult = {
  path: "/m/a.gguf", bytes: 2048, steps: 40, validationBefore: 3.2, validationBest: 2.9, bestStep: 30, stopped: "early", points: [], tokens: 10240, tokensPerSecond: 812.4, seconds: 12.6, notes: ["The embedding stays."],
};
const wish = { output: "/m/a.gguf" } as TrainWish;

describe("a training as it goes", () => {
  it("has a line for each validation where lines stay, none for each step", () => {
    const output = new RecordedOutput();
    const tell = trainingTeller(output);
    tell(at(0, [], { phase: "preparing" }));
    for (let step = 1; step <= 20; step++) tell(at(step, [point(step, step % 10 === 0 ? 2.5 : undefined)]));
    expect(output.told).toEqual(["Preparing …", "Step 10 of 40: loss 2.9000, validation 2.5000, 800 tokens/s", "Step 20 of 40: loss 2.8000, validation 2.5000, 800 tokens/s"]);
  });

  it("says once where it goes on, and does not repeat what was told before", () => {
    const output = new RecordedOutput();
    const tell = trainingTeller(output);
    tell(at(20, [point(10, 2.6), point(20, 2.5)], { resumedFrom: 20 }));
    tell(at(30, [point(30, 2.4)], { resumedFrom: 20 }));
    expect(output.told).toEqual(["Going on from step 20 of 40.", "Step 30 of 40: loss 2.7000, validation 2.4000, 800 tokens/s"]);
  });
});

describe("a training's end", () => {
  const run = async (output: RecordedOutput, left: boolean, json: boolean, ...events: (JobEvent<TrainProgress, TrainResult> | HumanError)[]): Promise<void> => {
    const training = {
      async *train() {
        for (const event of events) {
          if (event instanceof HumanError) throw event;
          yield event;
        }
      },
      unfinished: async () => (left ? {} : undefined),
    };
    await runTraining({ services: { lab: { training } }, output, json, token: new CancellationTokenSource().token } as unknown as Invocation, wish);
  };

  it("is told with losses, speed and notes, or as JSON", async () => {
    const output = new RecordedOutput();
    await run(output, false, false, { kind: "result", result });
    expect(output.results).toEqual([
      "/m/a.gguf: 2.0 KiB, 40 steps, 10240 tokens, 812 tokens/s, 13 s; stopped early, since it no longer got better\nValidation loss 3.2000 → 2.9000 nats per token (step 30)\nThe embedding stays.",
    ]);
    const asJson = new RecordedOutput();
    await run(asJson, false, true, { kind: "result", result });
    expect(JSON.parse(asJson.results[0]!)).toEqual(result);
  });

  it("says how to go on where it was cancelled and something is kept", async () => {
    await expect(run(new RecordedOutput(), true, false, HumanError.cancelled())).rejects.toThrow("Run the same command to go on, or with --restart from the beginning.");
    await expect(run(new RecordedOutput(), false, false, HumanError.cancelled())).rejects.toThrow(/^Cancelled\.$/);
    await expect(run(new RecordedOutput(), true, false, new HumanError("diskFull", "The disk is full."))).rejects.toThrow("The disk is full.");
  });
});
