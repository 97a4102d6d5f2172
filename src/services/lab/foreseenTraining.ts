import { basename } from "node:path";
import { modelShape } from "../../core/fit/memory";
import { formatBytes } from "../../core/format";
import type { ParsedHeader } from "../../core/gguf/header";
import { adapterFor, targetNotes } from "../../core/training/adapterTargets";
import { checkTrainSettings } from "../../core/training/defaultSettings";
import { checkFit, checkVocabularySizes, floatBytes, needsFloatCopy } from "../../core/training/studentFit";
import { HumanError } from "../../protocol/humanError";
import { adapterBytes } from "./foreseen";
import { unquantized } from "./outputNames";
import type { After, EstimateGround } from "./recipeEstimates";
import { copySeconds, trainingCost } from "./stepCosts";
import { settingsOf, type TrainedStep } from "./trainingWork";

/** What a training would give and cost. Throws what the runtime would refuse by the headers alone. */
export async function foreseeTraining(step: TrainedStep, before: After, ground: EstimateGround, seed: number): Promise<After> {
  const { model } = before;
  const { header } = model;
  const settings = settingsOf(step, ground.model, seed);
  const learns = step.adapter && adapterFor(header.tensors, step.adapter);
  checkTrainSettings(settings);
  checkFit("The model", header, learns, settings.context);
  checkLength(step, settings.context, ground);
  const teacher = await teacherOf(step, header, ground);
  const adapter = learns && adapterBytes(model, learns);
  const copied = needsFloatCopy(header.tensors, learns !== undefined, ground.machine?.totalMemory ?? Number.POSITIVE_INFINITY);
  const copy = copied ? floatBytes(header.tensors) : 0;
  const tokens = ground.learningTokens * (1 - settings.validationShare);
  const cost = trainingCost(tokens, copied ? inFloats(header) : header, teacher, settings, adapter !== undefined, ground.pace);
  const merged = adapter !== undefined && step.merge === true;
  const requantized = merged && !unquantized.includes(before.level);
  // The checkpoint has what learns twice: as it is and as it was best.
  const values = 2 * (adapter ?? floatBytes(header.tensors));
  return {
    ...before, seconds: cost.seconds + (merged ? copySeconds(3 * model.bytes) : 0), memory: cost.memory,
    disk: copy + values + (adapter ?? 0) + (adapter === undefined || merged ? model.bytes : 0),
    ...(adapter !== undefined && !merged && { adapter }),
    notes: [
      ...(learns && step.adapter ? targetNotes(step.adapter.targets, learns.targets) : []),
      ...(adapter === undefined ? [] : [`The adapter has ${formatBytes(adapter)}, ${((100 * adapter) / model.bytes).toFixed(1)} % of the model.`]),
      ...(requantized ? ["Merging quantizes the changed matrices anew, which costs some of what the adapter learnt."] : []),
    ],
  };
}

async function teacherOf(step: TrainedStep, student: ParsedHeader, ground: EstimateGround): Promise<ParsedHeader | undefined> {
  if (step.kind === "lora") return undefined;
  const teacher = step.teacher === undefined ? ground.original.header : await ground.header(step.teacher);
  const name = step.teacher === undefined ? "the original" : basename(step.teacher);
  checkVocabularySizes(`The model and ${name}`, modelShape(student).vocabulary, modelShape(teacher).vocabulary);
  return teacher;
}

function inFloats(header: ParsedHeader): ParsedHeader {
  return { ...header, tensors: header.tensors.map((tensor) => ({ ...tensor, type: "F32", bytes: floatBytes([tensor]) })) };
}

/** Training needs one sequence to learn from and one to validate on. Half as many tokens as expected are believed possible. */
function checkLength(step: TrainedStep, context: number, { learningTokens }: EstimateGround): void {
  const examples = step.kind === "lora" && step.examples !== undefined;
  if (!examples && 2 * learningTokens < 2 * context) {
    throw new HumanError("textTooShort", `The text has about ${Math.round(learningTokens)} tokens to learn from, and training needs two sequences of ${context}: choose a longer text or a smaller context.`);
  }
}
