import { HumanError } from "../../protocol/humanError";
import type { TrainSettings } from "../../protocol/compression";

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
  whole("The context", context, 2, 131_072);
  if (piece !== undefined) {
    whole("The length of a piece", piece, 1, context);
    if (context % piece !== 0) refuse(`The length of a piece must divide the context: ${context} is no multiple of ${piece}.`);
    if (piece < context && labels === "distribution") refuse("Whole distributions of the teacher need sequences that are computed in one piece: leave the pieces out, or take drawn labels.");
  }
  whole("The number of epochs", settings.epochs, 1, 10_000);
  between("The learning rate", settings.learningRate, 1e-10, 1);
  between("The share of the warm-up", settings.warmUp, 0, 1);
  between("The share of the learning rate at the end", settings.finalRate, 0, 1);
  between("The weight decay", settings.weightDecay, 0, 1);
  between("The temperature", settings.temperature, 0.01, 100);
  between("The share of true tokens", settings.hardShare, 0, 1);
  between("The share for validation", settings.validationShare, 0, 0.9);
  if (validateEvery !== undefined) whole("The number of steps between validations", validateEvery, 1, 1e9);
  whole("The patience", settings.patience, 1, 1e6);
  whole("The seed", settings.seed, 0, 2 ** 32 - 1);
  if (labels !== "distribution" && labels !== "drawn") refuse("Labels are \"distribution\" or \"drawn\".");
}

function whole(name: string, value: number, least: number, most: number): void {
  between(name, value, least, most);
  if (!Number.isInteger(value)) refuse(`${name} must be a whole number, not ${value}.`);
}

function between(name: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most)) refuse(`${name} must be between ${least} and ${most}, not ${value}.`);
}

function refuse(sentence: string): never {
  throw new HumanError("badArgument", sentence);
}
