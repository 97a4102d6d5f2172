import { quantLevels } from "../../core/gguf/quantLevels";
import { ggmlTypeNumber } from "../../core/gguf/tensorTypes";
import type { QuantSize, Recipe } from "../../protocol/model";
import type { ImportanceMatrix } from "../calibration/importanceMatrix";
import type { NativeLibrary } from "../ffi/library";
import type { QuantizerJob } from "../ffi/quantizerCall";
import type { GgufLayout } from "../gguf/ggufLayout";
import { lineageMetadata, quantizeStep } from "./lineageMetadata";
import { matrixMetadata } from "./matrixMetadata";
import { choiceProblem, expertsProblem, failureSentence, matrixProblem, startsQuantized } from "./problems";
import { sizeOf, storageTypes } from "./quantizedSize";
import { QuantizerLog } from "./quantizerLog";
import { tensorPatterns } from "./tensorPatterns";

/** What a recipe gives, and the call that makes it. */
export interface QuantizationPlan {
  readonly size: QuantSize;
  readonly job: PlannedJob;
}
type PlannedJob = Omit<QuantizerJob, "output" | "dryRun" | "threads">;

/**
 * What llama.cpp would make of the file by this recipe, by its own dry runs; nothing is written. What cannot be made
 * carries its problem. The matrix is that of the recipe, read and checked; `step` is what the lineage says.
 */
export async function planQuantization(library: NativeLibrary, input: string, layout: GgufLayout, recipe: Recipe, matrix?: ImportanceMatrix, step = quantizeStep(recipe)): Promise<QuantizationPlan> {
  const { type, tensorTypes = {} } = recipe;
  const metadata = new Map<string, string | number>([...lineageMetadata(input, (key) => layout.scalars.get(key), step), ...(matrix ? matrixMetadata(matrix) : [])]);
  const level: PlannedJob = { input, ftype: quantLevels[type].ftype, requantize: startsQuantized(layout), imatrix: matrix?.columns, metadata };
  const impossible = (problem: string): QuantizationPlan => ({ job: level, size: { type, bytes: 0, bitsPerWeight: 0, fallbacks: 0, problem } });

  const chosen = Object.entries(tensorTypes);
  const wrong = chosen.map(([name, choice]) => choiceProblem(layout, name, choice)).find((problem) => problem);
  if (wrong) return impossible(wrong);
  const { made, log } = await dryRun(library, level);
  if (!made) return impossible(failureSentence(type, log));
  const asLevel = storageTypes(layout, log);
  const wanted = new Map([...asLevel, ...chosen]);
  const job = chosen.length > 0 ? { ...level, tensorTypes: numbered(wanted) } : level;
  const types = chosen.length > 0 ? storageTypes(layout, (await dryRun(library, job)).log) : asLevel;
  const refused = chosen.find(([name, choice]) => types.get(name) !== choice);
  if (refused) return impossible(`llama.cpp keeps ${refused[0]} as ${types.get(refused[0])} at the level ${type}, so it cannot become ${refused[1]}: leave it to the level.`);
  return {
    job,
    size: {
      type,
      ...sizeOf(layout, types, metadata),
      fallbacks: [...log.fallbacks].filter((name) => tensorTypes[name] === undefined).length,
      tensorTypes: Object.fromEntries(types),
      problem: matrixProblem(layout, types, type, matrix) ?? expertsProblem(layout, type),
    },
  };
}

/**
 * All tensors are told their type, not the chosen ones alone: llama.cpp gives some tensors more bits by counting those that
 * it has seen, does not count those it is told, and would give the others other types than the level does.
 */
function numbered(types: ReadonlyMap<string, string>): NonNullable<QuantizerJob["tensorTypes"]> {
  return tensorPatterns(types).map(({ pattern, type }) => ({ pattern, type: ggmlTypeNumber(type) ?? 0 }));
}

async function dryRun(library: NativeLibrary, job: PlannedJob): Promise<{ readonly made: boolean; readonly log: QuantizerLog }> {
  const log = new QuantizerLog();
  const stop = library.log.listen((line) => log.hear(line));
  try {
    return { made: await library.runQuantizer({ ...job, output: "", threads: 1, dryRun: true }), log };
  } finally {
    stop();
  }
}
