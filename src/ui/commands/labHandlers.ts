import type { AdapterJobs } from "../lab/adapterJobs";
import type { LabCommands } from "../lab/labCommands";
import type { CommandHandlers, CommandId } from "./commandTitles";

export interface LabParts {
  readonly labCommands: LabCommands;
  readonly adapterJobs: AdapterJobs;
}

type LabCommand = Extract<
  CommandId,
  | `decant.${"compressionLab" | "pruneModel" | "sparsifyModel" | "distilModel" | "trainAdapter" | "runRecipe" | "openRecipe" | "newRecipe"}`
  | `decant.${"mergeAdapter" | "extractAdapter" | "compareAdapter"}`
>;

/** What each command of the Compression Lab does. */
export function labHandlers({ labCommands, adapterJobs }: LabParts): Pick<CommandHandlers, LabCommand> {
  return {
    "decant.compressionLab": (target) => labCommands.open(target),
    "decant.pruneModel": (target) => labCommands.prepare("prune", target),
    "decant.sparsifyModel": (target) => labCommands.prepare("sparsify", target),
    "decant.distilModel": (target) => labCommands.prepare("distil", target),
    "decant.trainAdapter": (target) => labCommands.prepare("lora", target),
    "decant.mergeAdapter": (target) => adapterJobs.merge(target),
    "decant.extractAdapter": (target) => adapterJobs.extract(target),
    "decant.compareAdapter": (target) => adapterJobs.compare(target),
    "decant.runRecipe": (target) => labCommands.runRecipe(target),
    "decant.openRecipe": async (target) => void (await labCommands.openRecipe(target)),
    "decant.newRecipe": () => labCommands.fromPreset(),
  };
}
