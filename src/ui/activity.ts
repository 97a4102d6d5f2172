import * as vscode from "vscode";
import { Emitter } from "../core/emitter";

export interface WorkReport {
  /** The message beside the title, and how much of the work is done (0 to 1) where that is known. */
  (message: string, fraction?: number): void;
}

export interface Work {
  report(label: string): void;
  dispose(): void;
}

/** What Decant is doing right now: for the status item, and with progress notifications that can be cancelled. */
export class Activity {
  readonly #changed = new Emitter<string | undefined>();
  readonly onDidChange = this.#changed.event;
  readonly #running = new Map<object, string>();

  /** The label of the newest work; undefined while idle. */
  get current(): string | undefined {
    return [...this.#running.values()].at(-1);
  }

  begin(label: string): Work {
    const key = {};
    const set = (text: string): void => {
      this.#running.set(key, text);
      this.#changed.fire(this.current);
    };
    set(label);
    return {
      report: (text) => this.#running.has(key) && set(text),
      dispose: () => {
        if (this.#running.delete(key)) this.#changed.fire(this.current);
      },
    };
  }

  /** Runs a task under a cancellable notification. */
  async run<T>(title: string, task: (report: WorkReport, token: vscode.CancellationToken) => Promise<T>): Promise<T> {
    const work = this.begin(title);
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    try {
      return await vscode.window.withProgress(options, (progress, token) => {
        let done = 0;
        return task((message, fraction) => {
          const increment = fraction === undefined ? undefined : Math.max(0, 100 * fraction - done);
          done += increment ?? 0;
          progress.report({ message, increment });
          work.report(fraction === undefined ? title : `${title} ${Math.round(100 * fraction)} %`);
        }, token);
      });
    } finally {
      work.dispose();
    }
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
