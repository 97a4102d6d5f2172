import * as vscode from "vscode";
import { type ImatrixInfo, type ModelFile, type QuantType, quantTypes } from "../../protocol/model";
import { CancellationTokenSource } from "../../protocol/rpc";
import type { CompressionJobs } from "../../services/compressionJobs";
import { modelName } from "../../services/models/modelLibrary";
import { type LevelChoice, type LevelGroup, levelChoices } from "./levelChoices";

type LevelItem = vscode.QuickPickItem & { readonly choice?: LevelChoice };

const groupTitles: Record<LevelGroup, string> = {
  smaller: "smaller than this file",
  notSmaller: "as large or larger",
  impossible: "cannot be made from this file",
};

/** Asks for a level. The picker opens at once; the exact sizes follow when the dry run has answered. */
export async function pickLevel(model: ModelFile, jobs: CompressionJobs, imatrix?: ImatrixInfo): Promise<QuantType | undefined> {
  const picker = vscode.window.createQuickPick<LevelItem>();
  const cancellation = new CancellationTokenSource();
  picker.title = `Quantize ${modelName(model)}${imatrix ? ` with the importance matrix of ${imatrix.datasets.length === 1 ? "one document" : `${imatrix.datasets.length} documents`}` : ""}`;
  picker.placeholder = "Computing the exact size of every level…";
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  picker.busy = true;
  const answer = new Promise<QuantType | undefined>((resolve) => {
    picker.onDidAccept(() => {
      const choice = picker.selectedItems[0]?.choice;
      if (choice && choice.group !== "impossible") resolve(choice.type);
    });
    picker.onDidHide(() => resolve(undefined));
  });
  picker.show();
  try {
    const sizes = jobs.sizes(model, cancellation.token, quantTypes.map((type) => ({ type, ...(imatrix && { imatrix: imatrix.path }) }))).then((known) => {
      picker.items = itemsOf(levelChoices(model, known));
      picker.placeholder = "Choose a level; every size is exact";
      picker.busy = false;
    });
    // A dry run that fails ends the question with its sentence; one that answers leaves it to the person.
    return await Promise.race([answer, sizes.then(() => answer)]);
  } finally {
    cancellation.cancel();
    picker.dispose();
  }
}

function itemsOf(choices: readonly LevelChoice[]): LevelItem[] {
  return choices.flatMap((choice, index): LevelItem[] => {
    const { label, description, detail, group } = choice;
    const item: LevelItem = { label, description, detail, choice };
    if (choices[index - 1]?.group === group) return [item];
    return [{ label: groupTitles[group], kind: vscode.QuickPickItemKind.Separator }, item];
  });
}
