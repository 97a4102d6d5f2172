import { HumanError, sentenceOf } from "../../protocol/humanError";
import type { CompressionRecipe } from "../../protocol/recipe";
import { Fields, shown } from "./fields";
import { longestName, longestPath, mostSteps, ranges } from "./limits";
import { parseStep } from "./stepFields";

/** Characters of a file; the largest recipe has a tenth of that. */
const longestFile = 262_144;

/**
 * A recipe as its file has it, paths as they are written there. Everything is checked: names, types, ranges, counts.
 * A HumanError says where in it what is wrong.
 */
export function parseRecipe(text: string): CompressionRecipe {
  if (text.length > longestFile) fail(`The recipe has ${text.length} characters; at most ${longestFile} are read.`);
  // "$schema" is for editors.
  const fields = Fields.of(parsed(text), "The recipe", ["$schema", "version", "name", "model", "text", "seed", "steps"]);
  const version = fields.raw("version");
  if (version !== 1) fields.fail("version", version === undefined ? "is missing: this Decant reads version 1" : `is ${shown(version)}: this Decant reads version 1`);
  const steps = fields.required("steps", fields.raw("steps"));
  if (!Array.isArray(steps) || steps.length > mostSteps) fields.fail("steps", `must be a list of at most ${mostSteps} steps`);
  const recipe: CompressionRecipe = {
    version: 1,
    name: fields.required("name", fields.text("name", longestName)),
    model: fields.text("model", longestPath),
    text: fields.text("text", longestPath),
    seed: fields.required("seed", fields.number("seed", ranges.seed)),
    steps: (steps as readonly unknown[]).map((step, index) => parseStep(step, index + 1)),
  };
  return present(recipe);
}

/** The text of a recipe's file: parseRecipe gives the same recipe back. */
export function recipeText(recipe: CompressionRecipe): string {
  return `${JSON.stringify(recipe, undefined, 2)}\n`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    return fail(`The recipe is no valid JSON: ${sentenceOf(error)}.`);
  }
}

/** Without the names of what is not there. */
function present(recipe: CompressionRecipe): CompressionRecipe {
  return JSON.parse(JSON.stringify(recipe)) as CompressionRecipe;
}

function fail(sentence: string): never {
  throw new HumanError("badArgument", sentence);
}
