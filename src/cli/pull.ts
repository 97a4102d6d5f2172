import { resolve } from "node:path";
import { totalNeed } from "../core/fit/memory";
import { formatBytes } from "../core/format";
import { chosenOf } from "../core/hub/chosen";
import { fittedLike } from "../core/hub/choiceFit";
import { HumanError, isCancellation } from "../protocol/humanError";
import type { Download, HubChoice, HubDetails } from "../protocol/hub";
import type { Fit } from "../protocol/panels";
import { type Command, type Invocation, json, onePositional } from "./command";
import { table } from "./table";

const fitWords: Readonly<Record<Fit, string>> = { gpu: "on the GPU", partial: "partly on the GPU", ram: "in memory", tight: "barely", no: "no" };

export const pull: Command = {
  name: "pull",
  usage: "pull OWNER/NAME [--level Q4_K_M | --file PATH] [--to DIR] [--list]",
  summary: "Download a model, or list what a repository has and what fits; goes on where it was stopped",
  options: { level: { type: "string" }, file: { type: "string" }, to: { type: "string" }, list: { type: "boolean" } },
  async run(invocation) {
    const { options, services, token, output } = invocation;
    const details = await services.hub.client.details(onePositional(invocation, "repository"), token);
    if (options.list === true) return list(invocation, details);
    const text = (name: string): string | undefined => (typeof options[name] === "string" ? options[name] : undefined);
    const choice = chosenOf(details, { level: text("level"), file: text("file") });
    if (choice.fit === "no") output.progress(`${choice.label} (${formatBytes(choice.bytes)}) will not fit this machine's memory.`);
    const started = performance.now();
    const { target } = await fetched(invocation, details, choice, resolve(text("to") ?? "."));
    const seconds = (performance.now() - started) / 1000;
    const { model, revision } = details;
    output.result(invocation.json
      ? json({ path: target, repository: model.id, revision, label: choice.label, bytes: choice.bytes, files: choice.files, seconds })
      : `${target}: ${choice.label} of ${model.id}, ${formatBytes(choice.bytes)}, checked, ${seconds.toFixed(1)} s`);
  },
};

/** The header of the first model is read: its shape makes the memory of all levels exact. */
async function list({ services, token, output, json: asJson }: Invocation, details: HubDetails): Promise<void> {
  const { client } = services.hub;
  const first = details.choices.find(({ role, problem }) => role === "model" && problem === undefined);
  const header = first && (await client.header(details.model.id, details.revision, first, token).catch((error: unknown) => {
    if (isCancellation(error)) throw error;
    return undefined;
  }))?.header;
  const machine = await client.machine();
  const like = (choice: HubChoice): HubChoice => (header?.shape && choice.problem === undefined ? fittedLike(choice, header.shape, header.contextLength, machine, client.context) : choice);
  const choices = details.choices.map((choice) => (choice === first && header ? like({ ...choice, header }) : like(choice)));
  if (asJson) return output.result(json({ ...details, choices }));
  if (choices.length === 0) return output.result(`${details.model.id} has no GGUF files and no safetensors checkpoint.`);
  const rows = choices.map(({ label, bytes, memory, fit, problem, id }) => [label, formatBytes(bytes), memory ? formatBytes(totalNeed(memory)) : "–", fit ? fitWords[fit] : "–", problem ?? id]);
  const { license = "no licence told", downloads, gated } = details.model;
  output.result(`${details.model.id}: ${license}, ${downloads} downloads${gated ? ", gated" : ""}\n\n${table(["Choice", "Size", "Memory", "Fits", "File"], rows)}`);
}

async function fetched({ services, token, output }: Invocation, details: HubDetails, choice: HubChoice, folder: string): Promise<Download> {
  const { downloads } = services.hub;
  const { id } = await downloads.start(details, choice, folder);
  const end = new Promise<Download>((settle) => {
    const look = (): void => {
      const download = downloads.list.find((candidate) => candidate.id === id);
      if (download) output.progress(progressText(download));
      if (download && ["done", "failed", "paused"].includes(download.state)) settle(download);
    };
    downloads.onDidChange(look);
    look();
  });
  const link = token.onCancellationRequested(() => void downloads.pause(id));
  if (token.isCancellationRequested) void downloads.pause(id);
  const download = await end;
  link.dispose();
  if (download.state === "done") return download;
  const goOn = download.state === "paused" ? " What came is kept: the same command goes on from there." : "";
  throw new HumanError("failed", `${download.problem ?? "Stopped."}${goOn}`);
}

function progressText({ label, state, bytes, bytesDone, bytesPerSecond, secondsLeft, problem }: Download): string {
  if (state === "checking") return `${label}: checking`;
  if (state !== "running") return "";
  if (problem !== undefined) return `${label}: ${problem}`;
  const speed = bytesPerSecond === undefined ? "" : `, ${formatBytes(bytesPerSecond)}/s`;
  const left = secondsLeft === undefined ? "" : `, about ${Math.ceil(secondsLeft)} s left`;
  return `${label}: ${formatBytes(bytesDone)} of ${formatBytes(bytes)}${speed}${left}`;
}
