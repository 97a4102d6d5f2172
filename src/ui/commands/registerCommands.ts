import * as vscode from "vscode";
import type { Failures } from "../adapters/failures";
import { type CommandHandlers, type CommandId, commandTitles } from "./commandTitles";

/** The one place where commands are registered; what a handler throws is shown as a sentence. */
export function registerCommands(handlers: CommandHandlers, failures: Failures): vscode.Disposable {
  const ids = Object.keys(commandTitles) as CommandId[];
  const registered = ids.map((id) =>
    vscode.commands.registerCommand(id, async (...args: unknown[]) => {
      try {
        await handlers[id](...args);
      } catch (error) {
        failures.show(error);
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}
