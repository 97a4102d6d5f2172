import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type OllamaSettings, checkedOllamaName, modelfileMark, modelfileText, ollamaSettings } from "../../core/models/modelfile";
import { safeFileName } from "../../core/models/safePath";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import type { ModelFile } from "../../protocol/model";
import type { CancellationToken } from "../../protocol/rpc";
import { readGgufHeader } from "../ggufFile";
import { requireAdapters } from "../models/adapterCheck";
import { readBeginning } from "../smallFile";
import { OllamaClient, ollamaUrl } from "./ollamaClient";

export interface OllamaExportOptions {
  /** As Ollama shall call it. */
  readonly name: string;
  /** Where the Modelfile goes, made where it is not there; without one and without registering, beside the model. */
  readonly folder?: string | undefined;
  /** Hand the model to the Ollama that runs on this machine (or that OLLAMA_HOST names). */
  readonly register: boolean;
  /** Paths of LoRA adapters that it shall use. */
  readonly adapters?: readonly string[];
  /** Absent for that of this process. */
  readonly ollamaHost?: string | undefined;
  onProgress?(sentence: string): void;
}

export interface OllamaExportResult {
  /** Path of the Modelfile, where one was written. */
  readonly modelfile?: string;
  /** Where it was registered, and as what. */
  readonly registered?: { readonly name: string; readonly host: string };
  /** Family of the chat template; absent where none was recognised. */
  readonly template?: string;
  /** What to know, in sentences. */
  readonly notes: readonly string[];
}

/** Writes a Modelfile, or registers the model with a running Ollama, or both. The model itself is not changed. */
export async function exportToOllama(model: ModelFile, options: OllamaExportOptions, token: CancellationToken): Promise<OllamaExportResult> {
  const name = checkedOllamaName(options.name);
  requireUsable(model);
  const adapters = (options.adapters ?? []).map((path) => resolve(path));
  await requireAdapters(model, adapters);
  const { header } = await readGgufHeader(model.path);
  const settings = ollamaSettings(header);
  const folder = options.folder ?? (options.register ? undefined : ownFolder(model));
  const registered = options.register ? await register(model.path, adapters, name, settings, options, token) : undefined;
  const modelfile = folder === undefined ? undefined : await writeModelfile(folder, name, model.path, adapters, settings);
  return {
    ...(modelfile !== undefined && { modelfile }),
    ...(registered && { registered }),
    ...(settings.template && { template: settings.template.name }),
    notes: settings.notes,
  };
}

function requireUsable(model: ModelFile): void {
  const file = basename(model.path);
  if (model.problem !== undefined) throw new HumanError("notGguf", `${file} cannot be exported: ${model.problem}`);
  if ((model.role ?? "model") !== "model") throw new HumanError("badArgument", `${file} is ${model.role === "adapter" ? "an adapter" : "a projector"}: export the model that it belongs to.`);
  if ((model.parts?.expected ?? 1) > 1) throw new HumanError("unsupported", `Ollama takes one file, and ${file} is one of ${model.parts?.expected} parts: join them first with llama.cpp's "llama-gguf-split --merge".`);
}

/** The stores of other programs are theirs: nothing is written there. */
function ownFolder({ path, source, builtIn }: ModelFile): string {
  if (source !== undefined || builtIn) throw new HumanError("badArgument", `Say in which folder to write the Modelfile: ${basename(path)} lies in a folder that belongs to another program.`);
  return dirname(path);
}

async function writeModelfile(folder: string, name: string, model: string, adapters: readonly string[], settings: OllamaSettings): Promise<string> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new HumanError("notWritable", `The folder ${folder} cannot be made (${sentenceOf(error)}): choose another one.`, { cause: error });
  });
  const path = join(folder, safeFileName(`${name}.Modelfile`));
  if (!(await isOurs(path))) throw new HumanError("outputExists", `${path} exists and was not written by Decant: choose another name or folder.`);
  const said = (file: string): string => (resolve(dirname(file)) === resolve(folder) ? `./${basename(file)}` : resolve(file));
  const text = modelfileText(said(model), adapters.map(said), settings);
  const partial = `${path}.${process.pid}.partial`;
  try {
    await writeFile(partial, text, { flag: "wx" });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw new HumanError("notWritable", `${path} could not be written: ${sentenceOf(error)}`, { cause: error });
  }
  return path;
}

/** Whether a Modelfile may be written there: nothing is there, or what Decant wrote. What cannot be read is somebody's. */
async function isOurs(path: string): Promise<boolean> {
  try {
    return (await readBeginning(path, modelfileMark.length)).text === modelfileMark;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}

async function register(model: string, adapters: readonly string[], name: string, settings: OllamaSettings, options: OllamaExportOptions, token: CancellationToken): Promise<{ name: string; host: string }> {
  const url = ollamaUrl("ollamaHost" in options ? options.ollamaHost : process.env.OLLAMA_HOST);
  const client = new OllamaClient(url, token);
  await client.requireRunning();
  const upload = async (path: string): Promise<Record<string, string>> => {
    options.onProgress?.(`Reading ${basename(path)}`);
    const hash = await sha256Of(path, token);
    if (!(await client.hasBlob(hash))) {
      options.onProgress?.(`Handing ${basename(path)} to Ollama`);
      await client.putBlob(hash, path);
    }
    return { [safeFileName(/\.gguf$/i.test(path) ? basename(path) : `${basename(path)}.gguf`)]: `sha256:${hash}` };
  };
  const files = await upload(model);
  const uploaded: Record<string, string> = {};
  for (const adapter of adapters) Object.assign(uploaded, await upload(adapter));
  const { template, stops, context, license } = settings;
  const parameters = { ...(stops.length > 0 && { stop: stops }), ...(context !== undefined && { num_ctx: context }) };
  options.onProgress?.(`Ollama is making ${name}`);
  await client.create({
    model: name, files,
    ...(adapters.length > 0 && { adapters: uploaded }),
    ...(template && { template: template.template }),
    ...(license !== undefined && { license }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
  });
  return { name, host: url.host };
}

async function sha256Of(path: string, token: CancellationToken): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
    if (token.isCancellationRequested) throw HumanError.cancelled();
    hash.update(piece);
  }
  return hash.digest("hex");
}
