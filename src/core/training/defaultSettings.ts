import { HumanError } from "../../protocol/humanError";
import type { TrainSettings } from "../../protocol/compression";
import type { Range } from "../recipes/fields";
import { ranges } from "../recipes/limits";

/** Tokens of a sequence, where the model was trained on as many. */
const usualContext = 256;

/**
 * What did well on the sample model (docs/lab-figures.md). One sequence makes a step, so its gradient is noisy: weights that are good already
 * take small steps, or they stray; an adapter begins with zeros and takes larger ones.
 */
export function defaultTrainSettings(kind: "distil" | "lora", weights: "adapter" | "all", trainedContext: number): TrainSettings {
  return {
    context: Math.min(usualContext, Math.max(1, trainedContext)),
    epochs: kind === "distil" ? 2 : 3,
    learningRate: weights === "adapter" ? 2e-4 : 1e-5,
    warmUp: 0.05,
    finalRate: 0.05,
    weightDecay: 0,
    temperature: 1,
    hardShare: 0,
    labels: "distribution",
    validationShare: 0.1,
    patience: 3,
    seed: 1,
  };
}

/** Throws a HumanError that names what cannot be. */
export function checkTrainSettings(settings: TrainSettings): void {
  const { context, piece, labels, validateEvery } = settings;
  within("The context", context, ranges.context);
  if (piece !== undefined) {
    within("The length of a piece", piece, { ...ranges.piece, to: context });
    if (context % piece !== 0) refuse(`The length of a piece must divide the context: ${context} is no multiple of ${piece}.`);
    if (piece < context && labels === "distribution") refuse("Whole distributions of the teacher need sequences that are computed in one piece: leave the pieces out, or take drawn labels.");
  }
  within("The number of epochs", settings.epochs, ranges.epochs);
  within("The learning rate", settings.learningRate, ranges.learningRate);
  within("The share of the warm-up", settings.warmUp, ranges.share);
  within("The share of the learning rate at the end", settings.finalRate, ranges.share);
  within("The weight decay", settings.weightDecay, ranges.share);
  within("The temperature", settings.temperature, ranges.temperature);
  within("The share of true tokens", settings.hardShare, ranges.share);
  within("The share for validation", settings.validationShare, ranges.validationShare);
  if (validateEvery !== undefined) within("The number of steps between validations", validateEvery, ranges.steps);
  within("The patience", settings.patience, ranges.steps);
  within("The seed", settings.seed, ranges.seed);
  if (labels !== "distribution" && labels !== "drawn") refuse("Labels are \"distribution\" or \"drawn\".");
}

function within(name: string, value: number, { from, to, whole = false }: Range): void {
  if (!(value >= from && value <= to)) refuse(`${name} must be between ${from} and ${to}, not ${value}.`);
  if (whole && !Number.isInteger(value)) refuse(`${name} must be a whole number, not ${value}.`);
}

function refuse(sentence: string): never {
  throw new HumanError("badArgument", sentence);
}
