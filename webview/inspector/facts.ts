import type { ModelFile } from "../../src/protocol/model";
import type { Inspection } from "../../src/protocol/modelPanels";
import { formatCount } from "../format";

export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly title?: string;
}

const sources = { ollama: "Ollama", huggingFace: "Hugging Face cache", lmStudio: "LM Studio", llamaCpp: "llama.cpp's cache" } as const satisfies Record<NonNullable<ModelFile["source"]>, string>;

/** What the header says beside size and level, only what is known. */
export function facts({ model, version, bigEndian }: Inspection): readonly Fact[] {
  const { architecture, contextLength, license, hasChatTemplate, parts, source, name, role, attachments } = model;
  const all: readonly (Fact | undefined)[] = [
    { name: "Architecture", value: architecture },
    contextLength > 0 ? { name: "Context", value: `${formatCount(contextLength)} tokens`, title: "Context length it was trained for" } : undefined,
    { name: "Licence", value: license ?? "not told" },
    role === undefined || role === "model" ? { name: "Chat template", value: hasChatTemplate ? "yes" : "none", title: hasChatTemplate ? "It can be talked to" : "It completes text; it was not made to be talked to" } : undefined,
    { name: "Format", value: `GGUF ${version}${bigEndian ? ", big-endian" : ""}` },
    parts ? { name: "Parts", value: partsWords(parts) } : undefined,
    source ? { name: "Found in", value: name ? `${sources[source]}, ${name}` : sources[source] } : undefined,
    attachments && attachments.length > 0 ? { name: "Belongs to it", value: attachments.map((path) => path.split(/[\\/]/).at(-1) ?? path).join(", ") } : undefined,
  ];
  return all.filter((fact): fact is Fact => fact !== undefined);
}

const kinds = { projector: "This is the projector of a vision model.", adapter: "This is a LoRA adapter." } as const;

/** Why a file cannot be quantized or shown in the tradeoffs; undefined where it can. */
export function unusable(inspection: Pick<Inspection, "model"> | undefined): string | undefined {
  const model = inspection?.model;
  if (!model) return undefined;
  if (model.problem !== undefined) return model.problem;
  if (model.role !== undefined && model.role !== "model") return kinds[model.role];
  return model.parameters > 0 ? undefined : "It holds no weights.";
}

function partsWords({ paths, expected }: NonNullable<ModelFile["parts"]>): string {
  return paths.length === expected ? `${expected} files` : `${paths.length} of ${expected} files are here`;
}
