import { HumanError } from "../../protocol/humanError";
import type { ModelRole } from "../../protocol/model";

/** A piece of an Ollama model; `digest` is 64 hexadecimal digits, bytes as the manifest says. */
export interface OllamaLayer {
  readonly kind: string;
  readonly digest: string;
  readonly bytes: number;
}

/** What an Ollama tag consists of. Its configuration is one of the layers, of kind "config". */
export interface OllamaManifest {
  readonly layers: readonly OllamaLayer[];
}

/** Bytes of a manifest; real ones have less than 4 KiB. */
export const longestManifest = 1024 ** 2;
const mostLayers = 4096;
const digestPattern = /^sha256[:-]([0-9a-f]{64})$/;
const modelLayer = /^application\/vnd\.ollama\.image\.([a-z.]+)$/;

/** Kinds of layers that are GGUF files. */
export const ollamaRoles: Readonly<Record<string, ModelRole>> = { model: "model", projector: "projector", adapter: "adapter" };

/** Reads a manifest of Ollama's store, which may be anything. Throws a HumanError for what is none. */
export function parseOllamaManifest(text: string): OllamaManifest {
  const manifest = jsonObject(text);
  const layers = manifest.layers;
  if (!Array.isArray(layers)) throw broken("it lists no layers");
  if (layers.length > mostLayers) throw broken(`it lists ${layers.length} layers`);
  const config = manifest.config === undefined || manifest.config === null ? [] : [{ ...layerOf(manifest.config), kind: "config" }];
  return { layers: [...layers.map(layerOf), ...config] };
}

function layerOf(value: unknown): OllamaLayer {
  if (typeof value !== "object" || value === null) throw broken("a layer is not described");
  const { mediaType, digest, size } = value as Record<string, unknown>;
  const hex = typeof digest === "string" ? digestPattern.exec(digest)?.[1] : undefined;
  if (hex === undefined) throw broken("a layer has no valid SHA-256 digest");
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) throw broken("a layer has no valid size");
  return { kind: (typeof mediaType === "string" && modelLayer.exec(mediaType)?.[1]) || "other", digest: hex, bytes: size };
}

function jsonObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new HumanError("unsupported", "The manifest is not JSON.", { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw broken("it is not an object");
  return value as Record<string, unknown>;
}

function broken(why: string): HumanError {
  return new HumanError("unsupported", `The manifest is damaged: ${why}.`);
}

/** As `ollama list` says it: the usual registry, library and tag ":latest" included only where they differ ("llama3.2:1b", "me/mine:latest", "hf.co/a/b:Q4"). */
export function ollamaName(host: string, namespace: string, name: string, tag: string): string {
  const prefix = host === "registry.ollama.ai" ? (namespace === "library" ? "" : `${namespace}/`) : `${host}/${namespace}/`;
  return `${prefix}${name}:${tag}`;
}
