import * as vscode from "vscode";
import { sentenceOf } from "../../protocol/humanError";
import type { Disposable, Log } from "../../services/ports";

export interface EditorLog extends Log, Disposable {
  show(): void;
}

/** The output channel "Decant"; its level can be set from the Output view. */
export function createLog(): EditorLog {
  const channel = vscode.window.createOutputChannel("Decant", { log: true });
  return {
    info: (message) => channel.info(message),
    error: (message, error) => channel.error(error === undefined ? message : `${message} ${stackOf(error)}`),
    show: () => channel.show(),
    dispose: () => channel.dispose(),
  };
}

function stackOf(error: unknown): string {
  return (error instanceof Error && error.stack) || sentenceOf(error);
}
