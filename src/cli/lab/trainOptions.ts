import { checkAdapterSettings, defaultTargets } from "../../core/training/adapterFile";
import { targetsFor } from "../../core/training/adapterTargets";
import { checkTrainSettings, defaultTrainSettings } from "../../core/training/defaultSettings";
import { HumanError } from "../../protocol/humanError";
import type { AdapterSettings, TrainSettings } from "../../protocol/compression";
import type { ModelFile } from "../../protocol/model";
import { readGgufHeader } from "../../services/ggufFile";
import { type Invocation, optionalCount, optionalNumber, optionalWord } from "../command";

export const trainOptions = {
  epochs: { type: "string" }, "learning-rate": { type: "string" }, context: { type: "string" }, piece: { type: "string" }, "warm-up": { type: "string" }, "final-rate": { type: "string" },
  "weight-decay": { type: "string" }, temperature: { type: "string" }, "hard-share": { type: "string" }, labels: { type: "string" }, "validation-share": { type: "string" },
  "validate-every": { type: "string" }, patience: { type: "string" }, seed: { type: "string" }, restart: { type: "boolean" }, out: { type: "string" },
} as const;
export const adapterOptions = { rank: { type: "string" }, alpha: { type: "string" }, targets: { type: "string" } } as const;

export const adapterDetails = [
  "  --rank R              rank of the adapter's matrices (8)",
  "  --alpha A             its strength is alpha ÷ rank (twice the rank)",
  `  --targets a,b         matrices that it changes (${defaultTargets.join(", ")}, as far as the model has them)`,
];
export const trainDetails = [
  "  --epochs N            times that the data is read",
  "  --learning-rate X     the highest one, after the warm-up",
  "  --context N           tokens of a sequence; --piece N computes so many at once and accumulates gradients",
  "  --warm-up X           share of all steps until the highest rate; --final-rate X: share of it that is left at the end",
  "  --weight-decay X, --validation-share X, --validate-every N (steps), --patience N (validations without a better loss), --seed N",
  "  --restart             forget what an unfinished training left, and begin again",
];
export const teacherDetails = [
  "  --temperature X       of the teacher's distribution; --hard-share X: share of the true next token in what is learnt",
  "  --labels W            distribution (whole distributions of the teacher) or drawn (a token drawn from them)",
];

/** The defaults for such a training, and what the options say otherwise. */
export function trainSettings(invocation: Invocation, kind: "distil" | "lora", weights: "adapter" | "all", trainedContext: number): TrainSettings {
  const number = (option: string): number | undefined => optionalNumber(invocation, option, "a number", (value) => value >= 0);
  const seed = optionalNumber(invocation, "seed", "a whole number from 0", (value) => Number.isSafeInteger(value) && value >= 0);
  const asked: { readonly [Key in keyof TrainSettings]: TrainSettings[Key] | undefined } = {
    epochs: optionalCount(invocation, "epochs"),
    learningRate: number("learning-rate"),
    context: optionalCount(invocation, "context"),
    piece: optionalCount(invocation, "piece"),
    warmUp: number("warm-up"),
    finalRate: number("final-rate"),
    weightDecay: number("weight-decay"),
    temperature: number("temperature"),
    hardShare: number("hard-share"),
    labels: optionalWord(invocation, "labels", ["distribution", "drawn"]),
    validationShare: number("validation-share"),
    validateEvery: optionalCount(invocation, "validate-every"),
    patience: optionalCount(invocation, "patience"),
    seed,
  };
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as Partial<TrainSettings>;
  const settings = { ...defaultTrainSettings(kind, weights, trainedContext), ...given };
  checkTrainSettings(settings);
  return settings;
}

/** What the options say of the adapter; without --targets the usual ones, as far as this model has them. */
export async function adapterSettings(invocation: Invocation, student: ModelFile): Promise<AdapterSettings> {
  const rank = optionalCount(invocation, "rank") ?? 8;
  const alpha = optionalNumber(invocation, "alpha", "a number above 0", (value) => value > 0) ?? 2 * rank;
  const { tensors } = (await readGgufHeader(student.path)).header;
  const adapter = { rank, alpha, targets: targetsOf(invocation.options.targets) ?? targetsFor(tensors) };
  checkAdapterSettings(tensors, adapter);
  return adapter;
}

function targetsOf(value: string | boolean | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const targets = String(value).split(",").map((name) => name.trim()).filter((name) => name !== "");
  if (targets.length === 0) throw new HumanError("badArgument", "--targets takes names of matrices, separated by commas, e.g. attn_q,ffn_down.");
  return [...new Set(targets)];
}
