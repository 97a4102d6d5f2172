import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { HumanError } from "../protocol/humanError";
import { type ModelFile, type ModelSource, modelSources } from "../protocol/model";
import { type Command, type Invocation, json, severalTexts } from "./command";
import { formatBytes } from "../core/format";
import { formatCount, table } from "./table";

/** How a person may write a source, without regard to case and hyphens. */
const sourceNames: Readonly<Record<ModelSource, string>> = { ollama: "ollama", huggingFace: "huggingface", lmStudio: "lmstudio", llamaCpp: "llamacpp" };

export const models: Command = {
  name: "models",
  usage: "models [DIR…] [--source ollama|huggingface|lmstudio|llamacpp …]",
  summary: "List GGUF models below folders, or kept by other programs; without either, all that is found on this machine",
  options: { source: { type: "string", multiple: true } },
  async run(invocation) {
    const { folders, sources } = await placesOf(invocation);
    const found = await invocation.services.library(folders, sources).files();
    if (invocation.json) {
      invocation.output.result(json({ models: found }));
      return;
    }
    const where = folders.length > 0 ? `below ${folders.join(", ")}` : sources.length < modelSources.length ? `of ${sources.map((source) => sourceNames[source]).join(", ")}` : "on this machine";
    if (found.length === 0) return invocation.output.result(`No GGUF files ${where}.`);
    const attached = new Set(found.flatMap(({ attachments = [] }) => attachments));
    const rows = found.map((model) => [
      model.family, model.role ?? model.type, formatBytes(model.bytes), formatCount(model.parameters), model.architecture,
      model.name ?? (model.source === undefined ? "" : sourceNames[model.source]), `${model.problem ?? model.path}${notes(model, attached)}`,
    ]);
    invocation.output.result(table(["Family", "Level", "Size", "Weights", "Architecture", "Known as", "File"], rows));
  },
};

function notes({ parts, path, attachments = [] }: ModelFile, attached: ReadonlySet<string>): string {
  const said = [
    ...(parts ? [`${parts.paths.length} of ${parts.expected} parts`] : []),
    ...(attachments.length > 0 ? [`with ${attachments.length} attached`] : []),
    ...(attached.has(path) ? ["attached to a model"] : []),
  ];
  return said.length > 0 ? ` (${said.join(", ")})` : "";
}

async function placesOf(invocation: Invocation): Promise<{ readonly folders: readonly string[]; readonly sources: readonly ModelSource[] }> {
  const folders = invocation.positionals.map((folder) => resolve(folder));
  for (const folder of folders) {
    const status = await stat(folder).catch(() => undefined);
    if (!status?.isDirectory()) throw new HumanError("notFound", `There is no folder at ${folder}.`);
  }
  const asked = severalTexts(invocation, "source").map(sourceNamed);
  return { folders, sources: asked.length > 0 ? asked : folders.length > 0 ? [] : modelSources };
}

function sourceNamed(text: string): ModelSource {
  const plain = text.toLowerCase().replace(/[-_. ]/g, "");
  const source = modelSources.find((candidate) => sourceNames[candidate] === plain);
  if (!source) throw new HumanError("badArgument", `--source takes ${Object.values(sourceNames).join(", ")}, not "${text}".`);
  return source;
}
