import * as vscode from "vscode";
import { machinePresets } from "../../core/fit/machines";
import { type KnownModel, knownModels } from "../../core/fit/shapes";
import type { Machine } from "../../protocol/model";
import { CancellationTokenSource } from "../../protocol/rpc";
import { fitMarkdown } from "../../services/fitTable";
import type { Runtime } from "../../services/ports";
import { askMachine } from "../panels/ownMachine";

const contexts = [2048, 4096, 8192, 16384, 32768, 65536];
type MachineAnswer = { readonly label: string; readonly machine: Machine };
type MachineItem = vscode.QuickPickItem & { machine(): Promise<MachineAnswer | undefined> };

/** What Fits Where…: a well-known model, a machine, a context; the answer is a page that can be kept. */
export async function showFit(runtime: Runtime, threads: () => number): Promise<void> {
  const model = await pickModel();
  if (!model) return;
  const answer = await (await pickMachine(runtime, threads))?.machine();
  if (!answer) return;
  const context = await pickContext(model);
  if (context === undefined) return;
  const document = await vscode.workspace.openTextDocument({ language: "markdown", content: fitMarkdown(model, answer.label, answer.machine, context, "F16") });
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand("markdown.showPreviewToSide");
}

async function pickModel(): Promise<KnownModel | undefined> {
  const items = knownModels.map((model) => ({ label: model.label, description: `${(model.parameters / 1e9).toFixed(1)} B weights`, model }));
  return (await vscode.window.showQuickPick(items, { placeHolder: "Which model? For a file, use Show Tradeoffs." }))?.model;
}

async function pickMachine(runtime: Runtime, threads: () => number): Promise<MachineItem | undefined> {
  const items: MachineItem[] = [
    {
      label: "This machine",
      machine: async () => {
        const machine = await runtime.machine();
        return { label: "this machine", machine: { ...machine, memoryBandwidth: await runtime.bandwidth(threads(), new CancellationTokenSource().token) } };
      },
    },
    ...machinePresets.map(({ label, machine }): MachineItem => ({ label, machine: async () => ({ label: `${label.charAt(0).toLowerCase()}${label.slice(1)}`, machine }) })),
    { label: "Own numbers…", machine: askMachine },
  ];
  return vscode.window.showQuickPick(items, { placeHolder: "On which machine?" });
}

async function pickContext({ contextLength }: KnownModel): Promise<number | undefined> {
  const items = contexts.filter((context) => context <= contextLength).map((context) => ({ label: context.toLocaleString("en"), description: "tokens", context }));
  return (await vscode.window.showQuickPick(items, { placeHolder: "With how much context?" }))?.context;
}
