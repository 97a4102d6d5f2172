import { basename, resolve } from "node:path";
import { familyKey } from "../core/models/familyName";
import { safeFileName } from "../core/models/safePath";
import type { ModelFile } from "../protocol/model";
import { exportToOllama } from "../services/ollama/ollamaExport";
import { type Command, json, onePositional, severalTexts } from "./command";

export const exportOllama: Command = {
  name: "export-ollama",
  usage: "export-ollama FILE [--name N] [--out DIR] [--adapter F …] [--register]",
  summary: "Write a Modelfile for Ollama, or register the model with a running Ollama",
  options: { name: { type: "string" }, out: { type: "string" }, adapter: { type: "string", multiple: true }, register: { type: "boolean" } },
  async run(invocation) {
    const { options, output, services, token } = invocation;
    const model = await services.library([]).describe(resolve(onePositional(invocation, "model")));
    const name = typeof options.name === "string" ? options.name : usualName(model);
    const folder = typeof options.out === "string" ? resolve(options.out) : undefined;
    const result = await exportToOllama(model, { name, folder, register: options.register === true, adapters: severalTexts(invocation, "adapter"), onProgress: output.progress }, token);
    if (invocation.json) return output.result(json({ name, ...result }));
    output.result([
      ...(result.registered ? [`Ollama at ${result.registered.host} has ${name} now: ollama run ${name}`] : []),
      ...(result.modelfile !== undefined ? [`Wrote ${result.modelfile}: ollama create ${name} -f ${basename(result.modelfile)}`] : []),
      ...result.notes,
    ].join("\n"));
  },
};

/** e.g. "contracts-5m:q4_k_m". */
function usualName({ family, type }: ModelFile): string {
  const name = safeFileName(family).toLowerCase().replace(/[^\w.-]+/g, "-").replace(/^[-.]+|[-.]+$/g, "");
  return `${familyKey(name) === "" || name === "" ? "model" : name}${type === "unknown" ? "" : `:${type.toLowerCase()}`}`;
}
