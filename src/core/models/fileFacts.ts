import { memoryShape } from "./memoryShape";
import { type GgufHeader, describeModel, metadataNumber, metadataString, weightBytes } from "../gguf/header";
import type { ModelFile, ModelRole, ModelSource } from "../../protocol/model";
import { cleanFamily, familyOfTitle } from "./familyName";
import { baseNames, lineageOf } from "./lineage";
import { plainText } from "./safePath";

/** What one file's own header tells, whoever put it there. Small and plain: it is kept between sessions. */
export interface FileFacts {
  readonly model: ModelFile;
  /** True for an importance matrix, which is none of the models. */
  readonly matrix?: true;
  /** Which part of a split model it says to be, `index` from 1. */
  readonly part?: { readonly index: number; readonly count: number };
  /** `general.name`. */
  readonly title?: string;
  /** Names of what it was tuned from or made for. */
  readonly bases?: readonly string[];
  /** Whether an output matrix of its own is among its tensors. */
  readonly output?: boolean;
}

/** A file, how it was found, and what its header tells. */
export interface FoundFile {
  readonly path: string;
  readonly builtIn?: boolean;
  readonly source?: ModelSource;
  /** What its source calls it; several tags may share one file. */
  readonly names?: readonly string[];
  /** Known from its source, e.g. a projector's layer of a manifest. */
  readonly role?: ModelRole;
  /** Paths of the models that its source keeps it for. */
  readonly belongsTo?: readonly string[];
  readonly license?: string;
  /** Why it is not even read, e.g. a blob that is not there. */
  readonly problem?: string;
}
export interface ReadFile {
  readonly found: FoundFile;
  readonly facts: FileFacts;
}

export function factsOf(path: string, header: GgufHeader, bytes: number): FileFacts {
  const kind = metadataString(header, "general.type");
  const described = describeModel(path, header, bytes);
  const role = roleOf(path, header, kind);
  const license = metadataString(header, "general.license.name") ?? metadataString(header, "general.license");
  const shape = role === "model" ? memoryShape(header) : undefined;
  const lineage = lineageOf(path, header, described.type, role);
  const [no, count] = [metadataNumber(header, "split.no"), metadataNumber(header, "split.count")];
  const title = metadataString(header, "general.name");
  const bases = baseNames(header);
  return {
    model: {
      ...described,
      family: (isBlob(path) ? familyOfTitle(title, undefined) : undefined) ?? cleanFamily(path),
      architecture: plainText(described.architecture, 64),
      contextLength: Number.isSafeInteger(described.contextLength) && described.contextLength > 0 ? described.contextLength : 0,
      ...(role !== "model" && { role }),
      ...(license !== undefined && { license: plainText(license, 100) }),
      ...(header.metadata["tokenizer.chat_template"] !== undefined && { hasChatTemplate: true }),
      ...(lineage && { lineage }),
      ...(shape && { shape }),
      weights: weightBytes(header),
    },
    ...(kind === "imatrix" && { matrix: true }),
    ...(no !== undefined && count !== undefined && count > 1 && { part: { index: no + 1, count } }),
    ...(title !== undefined && { title: plainText(title) }),
    ...(bases.length > 0 && { bases }),
    ...(header.tensors.some(({ name }) => name === "output.weight") && { output: true }),
  };
}

/** Content-addressed stores name files by their hash, which says nothing. */
function isBlob(path: string): boolean {
  return /(^|[\\/])(sha256-)?[0-9a-f]{40,64}$/.test(path);
}

/** What can be said of a file whose header could not be read. */
export function unreadFacts(path: string, bytes: number, problem: string): FileFacts {
  const role: ModelRole = /(^|[\\/])mmproj[^\\/]*$/i.test(path) ? "projector" : "model";
  return {
    model: {
      path, family: cleanFamily(path), type: "unknown", bytes, parameters: 0, architecture: "unknown", contextLength: 0,
      ...(role !== "model" && { role }), problem,
    },
  };
}

/** Projectors are "clip" models with `general.type` "mmproj"; adapters say so. Source: convert_hf_to_gguf.py and convert_lora_to_gguf.py of llama.cpp. */
function roleOf(path: string, header: GgufHeader, kind: string | undefined): ModelRole {
  if (kind === "adapter" || metadataString(header, "adapter.type") !== undefined) return "adapter";
  const named = /(^|[\\/])mmproj[^\\/]*$/i.test(path) && header.tensors.some(({ name }) => /^(v|mm|a)\./.test(name));
  return kind === "mmproj" || metadataString(header, "general.architecture") === "clip" || named ? "projector" : "model";
}
