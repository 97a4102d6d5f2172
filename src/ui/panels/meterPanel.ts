import * as vscode from "vscode";
import type { MeterEvent, MeterRequests, MeterSnapshot } from "../../protocol/modelPanels";
import type { Event } from "../../core/emitter";
import type { CommandId } from "../commands/commandTitles";
import { Disposables } from "../disposables";
import { PanelHost } from "./panelHost";

export interface MeterPanelParts {
  readonly extensionUri: vscode.Uri;
  snapshot(): MeterSnapshot;
  /** Reads the meter once a second while it is listened to. */
  readonly onDidRead: Event<unknown>;
  /** Other reasons to draw: what is loaded, what is being done. */
  readonly onDidChange: readonly Event<unknown>[];
}

const viewType = "decant.meter";

/** What the runtime uses, live and over the last ten minutes. Nothing is sampled for it while it is closed or hidden. */
export class MeterPanel {
  readonly #always = new Disposables();
  #host: PanelHost<MeterRequests, MeterEvent> | undefined;
  #listening: Disposables | undefined;

  constructor(private readonly parts: MeterPanelParts) {
    this.#always.add(vscode.window.registerWebviewPanelSerializer(viewType, {
      deserializeWebviewPanel: async (panel) => (this.#host ? panel.dispose() : this.#create(panel)),
    }));
  }

  show(): void {
    if (this.#host) this.#host.reveal();
    else this.#create();
  }

  dispose(): void {
    this.#host?.dispose();
    this.#always.dispose();
  }

  #create(restored?: vscode.WebviewPanel): void {
    const run = async (command: CommandId): Promise<void> => void (await vscode.commands.executeCommand(command));
    const options = { name: "meter", title: "Resource Meter", column: vscode.ViewColumn.Beside, preserveFocus: true, restored } as const;
    const host = new PanelHost<MeterRequests, MeterEvent>(this.parts.extensionUri, options, {
      ready: () => this.parts.snapshot(),
      load: () => run("decant.loadModel"),
      unload: () => run("decant.unloadModel"),
    });
    this.#host = host;
    const changed = host.onDidChangeVisibility(() => this.#listen(host.visible));
    this.#listen(host.visible);
    host.onDidDispose(() => {
      changed.dispose();
      this.#listen(false);
      this.#host = undefined;
    });
  }

  #listen(wanted: boolean): void {
    if (!wanted) {
      this.#listening?.dispose();
      this.#listening = undefined;
    } else if (!this.#listening) {
      const draw = (): void => this.#host?.tell({ kind: "snapshot", snapshot: this.parts.snapshot() });
      this.#listening = new Disposables();
      for (const event of [this.parts.onDidRead, ...this.parts.onDidChange]) this.#listening.add(event(draw));
    }
  }
}
