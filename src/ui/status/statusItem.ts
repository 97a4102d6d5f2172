import * as vscode from "vscode";
import type { MeterReading } from "../../protocol/model";
import type { LoadNotice } from "../../services/loading/loadedWatch";
import { modelName } from "../../services/models/modelLibrary";
import type { Disposable, Event, Runtime } from "../../services/ports";
import type { ResourceMeter } from "../../services/resourceMeter";
import type { Activity } from "../activity";
import type { CommandId } from "../commands/commandTitles";
import { Disposables } from "../disposables";
import type { LoadedModelFile } from "../models/loadedModel";
import type { MachineAtHand } from "../models/machineAtHand";
import { alarmOf } from "./meterWords";
import { type StatusFacts, statusSentences, statusText } from "./statusText";
import { statusTooltip } from "./statusTooltip";

/** Milliseconds that a word stays in the status bar. */
const shortly = 20_000;

export interface StatusParts {
  readonly runtime: Runtime;
  readonly loaded: LoadedModelFile;
  readonly activity: Activity;
  readonly meter: ResourceMeter;
  readonly machine: MachineAtHand;
  /** Tells why a model was let go of without being asked. */
  readonly onDidUnloadIdle: Event<LoadNotice>;
}

/** The loaded model and what it costs right now. The meter is read only while a model is loaded or work goes on. */
export class StatusItem {
  readonly #disposables = new Disposables();
  readonly #item = this.#disposables.add(vscode.window.createStatusBarItem("decant.status", vscode.StatusBarAlignment.Right, 90));
  #sampling: Disposable | undefined;
  #reading: MeterReading | undefined;
  #unloaded: string | undefined;

  constructor(private readonly parts: StatusParts) {
    const { runtime, loaded, activity, onDidUnloadIdle } = parts;
    this.#item.name = "Decant";
    this.#item.command = "decant.showMenu" satisfies CommandId;
    for (const event of [runtime.onDidChangeState, loaded.onDidChange, activity.onDidChange] as const) {
      this.#disposables.add(event(() => this.#update()));
    }
    this.#disposables.add(onDidUnloadIdle(({ sentence }) => {
      this.#unloaded = sentence;
      // Nobody waits for it: no notification, a word beside the status item.
      vscode.window.setStatusBarMessage(`$(debug-stop) ${sentence}`, shortly);
      this.#update();
    }));
    this.#update();
    this.#item.show();
  }

  dispose(): void {
    this.#sampling?.dispose();
    this.#disposables.dispose();
  }

  #update(): void {
    this.#sample();
    const { runtime, loaded, activity, machine } = this.parts;
    if (loaded.model) this.#unloaded = undefined;
    const facts: StatusFacts = {
      modelName: loaded.model && modelName(loaded.model),
      loaded: runtime.loaded,
      activity: activity.current,
      reading: this.#reading,
      machine: machine.current,
      runtime: runtime.state,
      unloaded: this.#unloaded,
    };
    this.#item.text = statusText(facts);
    this.#item.tooltip = statusTooltip(facts);
    this.#item.accessibilityInformation = { label: `Decant: ${statusSentences(facts).join(" ")}`, role: "button" };
    this.#item.backgroundColor = this.#colour(facts);
  }

  #colour({ runtime, reading, machine }: StatusFacts): vscode.ThemeColor | undefined {
    const alarm = runtime.kind === "failed" ? "warning" : reading && machine && alarmOf(reading, machine);
    return alarm && new vscode.ThemeColor(`statusBarItem.${alarm}Background`);
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
