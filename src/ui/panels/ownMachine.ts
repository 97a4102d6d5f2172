import * as vscode from "vscode";
import { ownMachine } from "../../core/fit/machines";
import type { Machine } from "../../protocol/model";

/** Asks for the memory of a machine that is not here; undefined when the person stepped back. */
export async function askMachine(): Promise<{ readonly label: string; readonly machine: Machine } | undefined> {
  const memory = await askGigabytes("RAM of the machine in GB", "32", false);
  if (memory === undefined) return undefined;
  const video = await askGigabytes("Video memory of its GPU in GB, 0 without a GPU", "0", true);
  if (video === undefined) return undefined;
  return { label: `${memory} GB RAM${video > 0 ? `, ${video} GB VRAM` : ""}`, machine: ownMachine(memory, video) };
}

async function askGigabytes(prompt: string, value: string, mayBeZero: boolean): Promise<number | undefined> {
  const problem = (text: string): string | undefined => {
    const number = Number(text.replace(",", "."));
    const fine = text.trim() !== "" && Number.isFinite(number) && number <= 100_000 && (mayBeZero ? number >= 0 : number > 0);
    return fine ? undefined : `Type a number of gigabytes${mayBeZero ? "" : " above 0"}, e.g. 16.`;
  };
  const answer = await vscode.window.showInputBox({ title: "Ask About Another Machine", prompt, value, validateInput: problem });
  return answer === undefined ? undefined : Number(answer.replace(",", "."));
}
