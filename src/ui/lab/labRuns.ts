import * as vscode from "vscode";
import { stepTitle } from "../../core/recipes/stepWords";
import type { LabRun, LabSnapshot } from "../../protocol/labPanel";
import { modelName } from "../../services/models/modelLibrary";
import type { CompressionLab } from "../../services/lab/compressionLab";
import type { Activity } from "../activity";
import { formatPercent } from "../format";

export interface LabRunParts {
  readonly activity: Pick<Activity, "begin">;
  /** Whether the person sees the panel. */
  isShown(): boolean;
  show(): Promise<void>;
  showError(error: unknown): void;
}

/** Runs recipes and rankings: told in the status bar, and by messages while the panel is not in sight. */
export class LabRuns {
  /** The question that a message shows. */
  #asked: string | undefined;

  constructor(private readonly parts: LabRunParts) {}

  async run(lab: CompressionLab): Promise<void> {
    const work = this.parts.activity.begin(`Running ${lab.snapshot.name}`);
    let before: LabRun["state"] | undefined;
    const changes = lab.onDidChange(() => {
      const { run } = lab.snapshot;
      if (run) work.report(words(lab.snapshot, run));
      if (run?.state === "asking" && before !== "asking") void this.#ask(lab, run).catch(this.parts.showError);
      before = run?.state;
    });
    try {
      await lab.run();
    } finally {
      changes.dispose();
      work.dispose();
    }
    await this.#tellEnd(lab.snapshot);
  }

  async rank(lab: CompressionLab, leaveOut: boolean): Promise<void> {
    const { model } = lab.snapshot;
    const title = `Ranking the blocks${model ? ` of ${modelName(model)}` : ""}`;
    const work = this.parts.activity.begin(title);
    const changes = lab.onDidChange(() => work.report(`${title} ${formatPercent(lab.snapshot.rankingProgress?.fraction ?? 0)}`));
    try {
      await lab.rank(leaveOut);
    } finally {
      changes.dispose();
      work.dispose();
    }
  }

  /** The panel was closed while a recipe runs. */
  async tellRunning(lab: CompressionLab): Promise<void> {
    const { name, run } = lab.snapshot;
    if (!lab.isRunning) return;
    if (run?.state === "asking") return this.#ask(lab, run);
    const choice = await vscode.window.showInformationMessage(`“${name}” goes on in the background.`, "Show", "Pause", "Cancel Run");
    if (choice === "Show") await this.parts.show();
    if (choice === "Pause") await lab.pause();
    if (choice === "Cancel Run") await lab.cancel();
  }

  async #ask(lab: CompressionLab, { question }: LabRun): Promise<void> {
    if (this.parts.isShown() || question === undefined || this.#asked === question) return;
    this.#asked = question;
    try {
      const choice = await vscode.window.showWarningMessage(`“${lab.snapshot.name}” waits for you: ${question} Go on?`, "Go On", "Stop", "Show");
      if (choice === "Show") await this.parts.show();
      // It may have been answered in the panel meanwhile.
      else if (choice && lab.snapshot.run?.question === question) lab.answer(choice === "Go On");
    } finally {
      this.#asked = undefined;
    }
  }

  async #tellEnd({ name, run }: LabSnapshot): Promise<void> {
    if (this.parts.isShown() || !run || run.state === "paused") return;
    const choice = await vscode.window.showInformationMessage(`“${name}”: ${run.sentence ?? run.state}`, "Show");
    if (choice) await this.parts.show();
  }
}

function words({ name, steps }: LabSnapshot, { state, step, label, fraction }: LabRun): string {
  if (state === "asking") return `${name} waits for an answer`;
  const running = steps[step]?.step;
  return running ? `${stepTitle(running)} ${formatPercent(fraction)}` : label;
}
