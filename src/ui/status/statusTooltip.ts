import * as vscode from "vscode";
import type { CommandId } from "../commands/commandTitles";
import { meterLines, paceWords } from "./meterWords";
import { type StatusFacts, stateSentences } from "./statusText";

interface Link {
  readonly icon: string;
  readonly text: string;
  readonly command: CommandId;
}

/** Sentences, a bar for each quantity, and links to what can be done. Only these commands may be called from it. */
export function statusTooltip(facts: StatusFacts): vscode.MarkdownString {
  const { reading, machine } = facts;
  const text = new vscode.MarkdownString(undefined, true);
  const links = linksOf(facts);
  text.isTrusted = { enabledCommands: links.map(({ command }) => command) };
  for (const sentence of stateSentences(facts)) text.appendText(sentence).appendMarkdown("\n\n");
  if (reading && machine && reading.residentMemory > 0) {
    const pace = paceWords(reading).join(", ");
    text.appendCodeblock([...meterLines(reading, machine), ...(pace ? [pace] : [])].join("\n"), "text");
  }
  return text.appendMarkdown(`\n\n${links.map(({ icon, text: words, command }) => `[$(${icon}) ${words}](command:${command})`).join(" &nbsp; ")}`);
}

function linksOf({ modelName, runtime }: StatusFacts): readonly Link[] {
  return [
    ...(runtime.kind === "failed" ? [{ icon: "debug-restart", text: "Restart", command: "decant.restartRuntime" } as const] : []),
    ...(modelName === undefined
      ? [{ icon: "play", text: "Load", command: "decant.loadModel" } as const]
      : [{ icon: "question", text: "Why these settings?", command: "decant.whyTheseSettings" } as const, { icon: "debug-stop", text: "Unload", command: "decant.unloadModel" } as const]),
    { icon: "dashboard", text: "Meter", command: "decant.showMeter" },
    { icon: "cloud-download", text: "Get models", command: "decant.getModels" },
  ];
}
