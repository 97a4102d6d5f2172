import * as vscode from "vscode";
import type { ExtractResult, MergeResult } from "../../protocol/compression";
import { HumanError } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { CancellationToken } from "../../protocol/rpc";
import type { Adapters } from "../../services/lab/adapters";
import type { TimedWork } from "../../services/lab/labParts";
import { type ModelLibrary, modelName } from "../../services/models/modelLibrary";
import type { Job } from "../../services/ports";
import type { Activity } from "../activity";
import { fileName, formatBytes, formatPercent, formatSecondsLeft } from "../format";
import { askScale, fitsTo, pickAdapter } from "../models/adapterQuestions";
import type { ScalePurpose } from "../models/adapterScale";
import { isModelNode } from "../models/modelNode";
import type { ModelPicker } from "../models/modelPicker";
import type { ModelTrust } from "../models/modelTrust";
import type { StudyTexts } from "../texts/studyTexts";
import { comparisonPage } from "./comparisonPage";

export interface AdapterJobParts {
  /** Made when it is first used. */
  adapters(): Adapters;
  readonly picker: ModelPicker;
  readonly library: ModelLibrary;
  readonly trust: ModelTrust;
  readonly texts: StudyTexts;
  readonly activity: Activity;
  measuring(): { readonly context: number; readonly chunks: number };
  reveal(path: string): Promise<void>;
}

interface Chosen {
  readonly base: ModelFile;
  readonly adapter: string;
  readonly scale: number;
}

/** Merge Adapter…, Extract Adapter…, Compare With and Without Adapter…: a few questions, then the work under a notification. */
export class AdapterJobs {
  constructor(private readonly parts: AdapterJobParts) {}

  async merge(target: unknown): Promise<void> {
    const chosen = await this.#choose(target, "Merge an adapter into which model?", "merge");
    if (!chosen) return;
    const title = `Merging ${fileName(chosen.adapter)} into ${modelName(chosen.base)}`;
    const result = await this.#make<MergeResult>(title, (token) => this.parts.adapters().merge(chosen, token));
    void this.#tell(`${fileName(result.path)} is ready: ${formatBytes(result.bytes)}, ${result.changed} matrices changed.`, result);
  }

  async extract(target: unknown): Promise<void> {
    const { picker, library } = this.parts;
    const tuned = await picker.pick(target, { placeHolder: "Extract an adapter from which fine-tuned model?" });
    if (!tuned) return;
    const fits = ({ path, architecture }: ModelFile): boolean => path !== tuned.path && architecture === tuned.architecture;
    if (!(await library.models()).some(fits)) throw new HumanError("notFound", `There is no other model of ${modelName(tuned)}'s architecture. Add the folder of the model that it was tuned from.`);
    const base = await picker.pick(undefined, { placeHolder: `${modelName(tuned)} was tuned from which model?`, suits: fits });
    const rank = base && (await pickRank());
    if (!base || rank === undefined) return;
    const result = await this.#make<ExtractResult>(`Extracting an adapter from ${modelName(tuned)}`, (token) => this.parts.adapters().extract({ base, tuned, rank }, token));
    void this.#tell(`${fileName(result.path)} is ready: ${formatBytes(result.bytes)}, it holds ${formatPercent(result.energy)} of what tuning changed in ${result.matrices.length} matrices.`, result);
  }

  async compare(target: unknown): Promise<void> {
    const { activity, adapters, texts, measuring } = this.parts;
    const chosen = await this.#choose(target, "Compare which model with and without an adapter?", "use");
    const source = chosen && (await texts.choose());
    if (!chosen || !source) return;
    const { base, adapter, scale } = chosen;
    const text = source();
    const measured = await activity.run(`Measuring ${modelName(base)} with ${fileName(adapter)}`, async (report, token) => {
      for await (const event of adapters().compare(base, [{ path: adapter, scale }], text, token, measuring())) {
        if (event.kind === "result") return event.result;
        const { chunks, totalChunks, fraction } = event.progress;
        report(`chunk ${chunks} of ${totalChunks}`, fraction);
      }
      throw new HumanError("runtimeStopped", "The comparison ended without a result. Try again; the log tells more.");
    });
    const document = await vscode.workspace.openTextDocument({ language: "markdown", content: comparisonPage(base, { path: adapter, scale }, text.name, measured) });
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand("markdown.showPreview");
  }

  /** A model, an adapter for it, and how strongly. */
  async #choose(target: unknown, placeHolder: string, purpose: ScalePurpose): Promise<Chosen | undefined> {
    const { picker, library, trust } = this.parts;
    const named = isModelNode(target) && target.model.role === "adapter" ? target : undefined;
    const base = await picker.pick(named ? named.owner?.path : target, { placeHolder, ...(named && { suits: (candidate: ModelFile) => fitsTo(candidate, named.model) }) });
    const adapter = base && (named?.model.path ?? (await pickAdapter(base, library)));
    if (!base || adapter === undefined) return undefined;
    await trust.require(await library.describe(adapter));
    const scale = await askScale(adapter, 1, purpose);
    return scale === undefined ? undefined : { base, adapter, scale };
  }

  async #make<Result extends { readonly path: string }>(title: string, start: (token: CancellationToken) => Job<TimedWork, Result>): Promise<Result> {
    const { activity, library } = this.parts;
    try {
      return await activity.run(title, async (report, token) => {
        for await (const event of start(token)) {
          if (event.kind === "result") return event.result;
          const { done, all, label, secondsLeft } = event.progress;
          report([label, ...(secondsLeft === undefined ? [] : [`${formatSecondsLeft(secondsLeft)} left`])].filter(Boolean).join(", "), done / Math.max(1, all));
        }
        throw new HumanError("runtimeStopped", "The work ended without a result. Try again; the log tells more.");
      });
    } finally {
      library.refresh();
    }
  }

  async #tell(sentence: string, { path, notes }: { readonly path: string; readonly notes: readonly string[] }): Promise<void> {
    await this.parts.reveal(path);
    const choice = await vscode.window.showInformationMessage([sentence, ...notes].join(" "), "Inspect");
    if (choice) await vscode.commands.executeCommand("decant.inspectModel", path);
  }
}

async function pickRank(): Promise<number | "full" | undefined> {
  const ranks = [8, 16, 32, 64, 128].map((rank) => ({ label: `Rank ${rank}`, description: rank === 16 ? "usual" : "", rank: rank as number | "full" }));
  const full = { label: "Full rank", description: "everything that differs, as large as the matrices themselves", rank: "full" as const };
  return (await vscode.window.showQuickPick([...ranks, full], { placeHolder: "How many directions of each matrix? More keep more, in a larger file." }))?.rank;
}
