import { formatBytes } from "../../core/format";
import type { TrainPoint, TrainResult } from "../../protocol/compression";
import { HumanError, isCancellation } from "../../protocol/humanError";
import type { TimedTraining, TrainWish } from "../../services/lab/training";
import { type Invocation, json, type Output } from "../command";
import { shownSeconds } from "./workProgress";

/** Trains, tells how the loss falls, and prints what came of it. Cancelling says how to go on. */
export async function runTraining(invocation: Invocation, wish: TrainWish): Promise<void> {
  const { services: { lab }, output, token } = invocation;
  try {
    const tell = trainingTeller(output);
    for await (const event of lab.training.train(wish, token)) {
      if (event.kind === "progress") tell(event.progress);
      else output.result(invocation.json ? json(event.result) : described(event.result));
    }
  } catch (error) {
    if (isCancellation(error) && (await lab.training.unfinished(wish.output))) {
      throw new HumanError("cancelled", "Cancelled. Run the same command to go on, or with --restart from the beginning.", { cause: error });
    }
    throw error;
  }
}

/** On a terminal one line that changes; each validation has a line that stays. */
export function trainingTeller(output: Output): (progress: TimedTraining) => void {
  let loss: number | undefined;
  let phase = "";
  let resumed = false;
  return (progress) => {
    const { step, steps, tokensPerSecond, points, resumedFrom, secondsLeft } = progress;
    if (resumedFrom !== undefined && !resumed) {
      resumed = true;
      output.line(`Going on from step ${resumedFrom} of ${steps}.`);
    }
    for (const point of points) {
      if (Number.isFinite(point.loss)) loss = point.loss;
      if (point.validation !== undefined && (resumedFrom === undefined || point.step > resumedFrom)) output.line(`${pointLine(point, steps)}, ${tokensPerSecond.toFixed(0)} tokens/s`);
    }
    if (!output.live && progress.phase === phase) return;
    phase = progress.phase;
    const title = titles[progress.phase];
    if (progress.phase !== "training") return output.progress(`${title} …`);
    if (!output.live) return;
    const shownLoss = loss === undefined ? "" : `, loss ${loss.toFixed(4)}`;
    output.progress(`${title}: step ${step} of ${steps}${shownLoss}, ${tokensPerSecond.toFixed(0)} tokens/s${secondsLeft === undefined ? "" : `, about ${shownSeconds(secondsLeft)} left`}`);
  };
}

const titles = { preparing: "Preparing", training: "Training", validating: "Validating", writing: "Writing the result" } as const;

function pointLine({ step, loss, validation }: TrainPoint, steps: number): string {
  return `Step ${step} of ${steps}: ${Number.isFinite(loss) && step > 0 ? `loss ${loss.toFixed(4)}, ` : ""}validation ${validation?.toFixed(4)}`;
}

function described({ path, bytes, steps, validationBefore, validationBest, bestStep, stopped, tokens, tokensPerSecond, seconds, notes }: TrainResult): string {
  const ends = { finished: "", early: "; stopped early, since it no longer got better", notFinite: "; stopped, since the loss was no longer a number: try a lower --learning-rate" } as const;
  return [
    `${path}: ${formatBytes(bytes)}, ${steps} steps, ${tokens} tokens, ${tokensPerSecond.toFixed(0)} tokens/s, ${shownSeconds(seconds)}${ends[stopped]}`,
    `Validation loss ${validationBefore.toFixed(4)} → ${validationBest.toFixed(4)} nats per token (step ${bestStep})`,
    ...notes,
  ].join("\n");
}
