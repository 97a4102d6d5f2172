import { writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { recipePresets } from "../core/recipes/presets";
import { recipeText } from "../core/recipes/recipeFile";
import { stepTitle } from "../core/recipes/stepWords";
import { HumanError, isCancellation, sentenceOf } from "../protocol/humanError";
import type { CompressionRecipe, RecipeProgress, RecipeResult, StepEstimate } from "../protocol/recipe";
import { withRelativePaths } from "../services/lab/recipePaths";
import { recipeReport } from "../services/lab/recipeReport";
import { readLabelledDocuments } from "../services/tradeoffs/labelledDocuments";
import { reportFormats } from "../services/tradeoffs/report";
import { type Command, type Invocation, json, onePositional, optionalPath, optionalWord } from "./command";
import { chosenRecipe, presetNamed, recipeFolder } from "./lab/chosenRecipe";
import { readingDetails, readingOf, readingOptions } from "./lab/labText";
import { canAsk, yesOrNo } from "./lab/question";
import { estimateText, recipeTeller, resultText, stepLines } from "./lab/recipeText";

const chosenOptions = { ...readingOptions, model: { type: "string" }, yes: { type: "boolean" } } as const;

const run: Command = {
  name: "recipe run",
  usage: "recipe run FILE|PRESET [--model F] [--text F…] [--labels F] [--folder D] [--yes] [--restart] [--report md|csv|json [--out F]]",
  summary: "Run the steps of a recipe, each measured against the original; what an earlier run has made is taken again",
  details: [
    "  --model F        model to begin with, instead of the recipe's",
    "  --labels F       labelled contracts (JSON lines): tells clause F1, for gates that ask for it",
    "  --folder D       where the results go (beside the model)",
    "  --yes            go on where a gate asks; without a terminal such a gate stops",
    "  --restart        take nothing from an earlier run",
    ...readingDetails,
    "                   (its last fifth is measured on, and not learnt; context and chunks are those of measuring)",
  ],
  options: { ...chosenOptions, folder: { type: "string" }, labels: { type: "string" }, restart: { type: "boolean" }, report: { type: "string" }, out: { type: "string" } },
  async run(invocation) {
    const { options, output, services, token } = invocation;
    const format = optionalWord(invocation, "report", reportFormats);
    const out = optionalPath(invocation, "out");
    if (out !== undefined && !format) throw new HumanError("badArgument", "--out takes the report: say with --report md, csv or json which one.");
    const labels = optionalPath(invocation, "labels");
    const { recipe, model, text } = await chosenRecipe(invocation);
    const folder = recipeFolder(invocation, model, dirname(model.path));
    const labelled = labels === undefined ? undefined : await readLabelledDocuments(labels);
    const job = services.lab.recipes.run(recipe, {
      model, text, folder, measuringText: await services.sampleText(), restart: options.restart === true, ask: asker(invocation), ...readingOf(invocation), ...(labelled && { labelled }),
    }, token);
    let last: RecipeProgress | undefined;
    try {
      const tell = recipeTeller(recipe, output);
      for await (const event of job) {
        if (event.kind === "progress") {
          tell((last = event.progress));
          continue;
        }
        const { result } = event;
        const report = format && recipeReport(format, recipe, result, { ...services.versions, text: text.name, threads: services.threads() });
        if (report === undefined) output.result(invocation.json ? json(result) : resultText(recipe, result));
        else if (out === undefined) output.result(report.trimEnd());
        else {
          await save(out, report);
          output.result(`Written to ${out}.`);
        }
        checkGates(result);
      }
    } catch (error) {
      if (isCancellation(error) && last && last.step >= 0) throw new HumanError("cancelled", "Cancelled. Run the same command to go on, or with --restart from the beginning.", { cause: error });
      throw error;
    }
  },
};

/** Throws the sentence of the gate that stopped the recipe: its results were told, and the command fails. */
export function checkGates({ steps, stoppedAt }: Pick<RecipeResult, "steps" | "stoppedAt">): void {
  if (stoppedAt === undefined) return;
  throw new HumanError("failed", `Stopped after step ${stoppedAt + 1}: ${steps[stoppedAt]?.gate?.sentence ?? "its gate was not passed."}`);
}

/** Throws what keeps a recipe from running, the first of several. */
export function checkEstimates({ steps }: CompressionRecipe, estimates: readonly StepEstimate[]): void {
  if (steps.length === 0) throw new HumanError("badArgument", "The recipe has no steps: add one.");
  const at = estimates.findIndex(({ problem }) => problem !== undefined);
  if (at >= 0) throw new HumanError("badArgument", `Step ${at + 1}, “${stepTitle(steps[at]!)}”: ${estimates[at]!.problem}`);
}

/** Undefined where nobody can be asked: then the gate stops. */
function asker({ options, output, token }: Invocation): ((sentence: string) => Promise<boolean>) | undefined {
  if (options.yes === true) {
    return async (sentence) => {
      output.line(`${sentence} Going on, as --yes says.`);
      return true;
    };
  }
  if (!canAsk()) return undefined;
  return async (sentence) => {
    output.progress("");
    return yesOrNo(`${sentence} Go on?`, token);
  };
}

const plan: Command = {
  name: "recipe plan",
  usage: "recipe plan FILE|PRESET [--model F] [--text F…] [--yes]",
  summary: "Tell the size, time, memory and disk space of each step before anything runs",
  options: chosenOptions,
  async run(invocation) {
    const { services, output, token } = invocation;
    const { recipe, model, text } = await chosenRecipe(invocation);
    output.progress("Estimating …");
    const estimates = await services.lab.recipes.estimate(recipe, model, text, token);
    output.progress("");
    output.result(invocation.json ? json({ recipe, estimates }) : [`${recipe.name} on ${model.path}`, estimateText(recipe, estimates)].join("\n\n"));
    checkEstimates(recipe, estimates);
  },
};

const presets: Command = {
  name: "recipe presets",
  usage: "recipe presets",
  summary: "List the recipes that ship with Decant",
  options: {},
  async run({ positionals, output, json: asJson }) {
    if (positionals.length > 0) throw new HumanError("badArgument", `"recipe presets" takes no names: "${positionals[0]}" is too many.`);
    const all = recipePresets.map(({ id, title, detail, recipe }) => ({ id, title, detail, recipe: recipe() }));
    output.result(asJson ? json(all) : all.map(({ id, title, detail, recipe }) => [`${id}: ${title}`, detail, ...stepLines(recipe).map((line) => `  ${line}`)].join("\n")).join("\n\n"));
  },
};

const create: Command = {
  name: "recipe new",
  usage: "recipe new PRESET [--model F] [--text F] [--out F.decant.json]",
  summary: "Write a preset to a file of its own, to be edited and shared; without --out it is printed",
  options: { model: { type: "string" }, text: { type: "string" }, out: { type: "string" } },
  async run(invocation) {
    const { output } = invocation;
    const name = onePositional(invocation, "preset");
    const preset = presetNamed(name);
    if (!preset) throw new HumanError("badArgument", `There is no preset "${name}": take ${recipePresets.map(({ id }) => id).join(", ")}.`);
    const [model, text, out] = [optionalPath(invocation, "model"), optionalPath(invocation, "text"), optionalPath(invocation, "out")];
    const recipe: CompressionRecipe = { ...preset, ...(model !== undefined && { model }), ...(text !== undefined && { text }) };
    const written = recipeText(out === undefined ? recipe : withRelativePaths(recipe, dirname(out)));
    if (out === undefined) return output.result(written.trimEnd());
    if (!/\.json$/i.test(out)) throw new HumanError("badArgument", `--out takes a name that ends in .decant.json, not "${out}".`);
    await save(out, written, { flag: "wx" });
    output.result(invocation.json ? json({ path: out }) : `${out}: run it with "recipe run".`);
  },
};

async function save(path: string, text: string, options: { readonly flag?: string } = {}): Promise<void> {
  await writeFile(path, text, options).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw new HumanError("outputExists", `${path} exists already: choose another name or delete it.`);
    throw new HumanError("notWritable", `${path} cannot be written (${sentenceOf(error)}).`);
  });
}

export const recipeCommands: readonly Command[] = [run, plan, presets, create];
