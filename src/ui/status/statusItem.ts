import * as vscode from "vscode";
import type { MeterReading } from "../../protocol/model";
import { modelName } from "../../services/models/modelLibrary";
import type { Disposable, Runtime } from "../../services/ports";
import type { ResourceMeter } from "../../services/resourceMeter";
import type { Activity } from "../activity";
import type { CommandId } from "../commands/commandTitles";
import { Disposables } from "../disposables";
import type { LoadedModelFile } from "../models/loadedModel";
import { type StatusFacts, statusSentences, statusText } from "./statusText";

export interface StatusParts {
  readonly runtime: Runtime;
  readonly loaded: LoadedModelFile;
  readonly activity: Activity;
  readonly meter: ResourceMeter;
}

/** The loaded model and what it costs right now. The meter is read only while a model is loaded or work goes on. */
export class StatusItem {
  readonly #disposables = new Disposables();
  readonly #item = this.#disposables.add(vscode.window.createStatusBarItem("decant.status", vscode.StatusBarAlignment.Right, 90));
  #sampling: Disposable | undefined;
  #reading: MeterReading | undefined;

  constructor(private readonly parts: StatusParts) {
    const { runtime, loaded, activity } = parts;
    this.#item.name = "Decant";
    this.#item.command = "decant.showMenu" satisfies CommandId;
    for (const event of [runtime.onDidChangeState, loaded.onDidChange, activity.onDidChange] as const) {
      this.#disposables.add(event(() => this.#update()));
    }
    this.#update();
    this.#item.show();
  }

  dispose(): void {
    this.#sampling?.dispose();
    this.#disposables.dispose();
  }

  #update(): void {
    this.#sample();
    const { runtime, loaded, activity } = this.parts;
    const facts: StatusFacts = {
      modelName: loaded.model && modelName(loaded.model),
      activity: activity.current,
      reading: this.#reading,
      runtime: runtime.state,
    };
    const sentences = statusSentences(facts);
    this.#item.text = statusText(facts);
    this.#item.tooltip = sentences.join("\n");
    this.#item.accessibilityInformation = { label: `Decant: ${sentences.join(" ")}`, role: "button" };
    this.#item.backgroundColor = runtime.state.kind === "failed" ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
  }

  #sample(): void {
    const { loaded, activity, meter } = this.parts;
    const wanted = loaded.model !== undefined || activity.current !== undefined;
    if (wanted === (this.#sampling !== undefined)) return;
    this.#reading = undefined;
    this.#sampling?.dispose();
    this.#sampling = !wanted ? undefined : meter.onDidRead((reading) => {
      this.#reading = reading;
      this.#update();
    });
  }
}
