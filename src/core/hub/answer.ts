import type { HubFile, HubFormat, HubModel } from "../../protocol/hub";
import { plainText } from "../models/safePath";
import { isRepositoryId } from "./repositoryId";
import { quantizationOf } from "./quantization";

/** Nothing that a hub answers is believed before it is looked at: every function takes any JSON value. */
type Json = Readonly<Record<string, unknown>>;

/** More than any repository has. */
const mostFiles = 20_000;
const mostTags = 1000;

/** A repository of `/api/models` or `/api/models/<id>`; undefined for what is none. */
export function hubModelOf(value: unknown): HubModel | undefined {
  const json = object(value);
  const id = text(json?.id);
  if (!json || id === undefined || !isRepositoryId(id)) return undefined;
  const gguf = object(json.gguf);
  return {
    id,
    format: formatOf(json),
    downloads: count(json.downloads) ?? 0,
    likes: count(json.likes) ?? 0,
    updated: dateOf(json.lastModified),
    license: licenseOf(json),
    gated: json.gated === "auto" || json.gated === "manual" || json.gated === true,
    ...(json.private === true && { private: true }),
    parameters: count(gguf?.total) ?? plainWeights(json),
    architecture: shortText(gguf?.architecture) ?? shortText(object(json.config)?.model_type),
  };
}

/** Weights of a checkpoint; of a quantized one the hub counts the numbers that they are packed into, which says nothing. */
function plainWeights(json: Json): number | undefined {
  return quantizationOf(json.config, undefined, tagsOf(json)) ? undefined : count(object(json.safetensors)?.total);
}

/** GGUF before the others: a repository that has both is there for its GGUF files. */
function formatOf(json: Json): HubFormat | "unknown" {
  const tags = tagsOf(json);
  if (tags.includes("gguf") || object(json.gguf)) return "gguf";
  if (quantizationOf(json.config, undefined, tags)?.method === "gptq") return "gptq";
  return tags.includes("safetensors") || object(json.safetensors) ? "safetensors" : "unknown";
}

export function tagsOf(value: unknown): readonly string[] {
  const tags = object(value)?.tags;
  return Array.isArray(tags) ? tags.slice(0, mostTags).filter((tag): tag is string => typeof tag === "string") : [];
}

/** The commit that an answer is of: 40 hexadecimal digits. */
export function revisionOf(value: unknown): string | undefined {
  const sha = text(object(value)?.sha);
  return sha !== undefined && /^[0-9a-f]{40}$/.test(sha) ? sha : undefined;
}

/** Files of a repository as `?blobs=true` lists them, with sizes; one without a size is left out. */
export function filesOf(value: unknown): readonly HubFile[] {
  const siblings = object(value)?.siblings;
  return Array.isArray(siblings) ? siblings.slice(0, mostFiles).flatMap((entry) => fileOf(entry) ?? []) : [];
}

function fileOf(value: unknown): HubFile | undefined {
  const json = object(value);
  const path = text(json?.rfilename);
  const large = object(json?.lfs);
  const bytes = count(large?.size) ?? count(json?.size);
  if (path === undefined || bytes === undefined) return undefined;
  const sha256 = hexadecimal(large?.sha256, 64);
  const gitBlob = large ? undefined : hexadecimal(json?.blobId, 40);
  return { path, bytes, ...(sha256 && { sha256 }), ...(gitBlob && { gitBlob }) };
}

/** Storage types of a checkpoint's weights, the most common first, e.g. ["BF16", "F32"]. */
export function weightTypesOf(value: unknown): readonly string[] {
  const parameters = object(object(object(value)?.safetensors)?.parameters) ?? {};
  return Object.entries(parameters)
    .filter(([name, weights]) => /^[A-Z0-9_]{1,12}$/.test(name) && count(weights) !== undefined)
    .sort(([, a], [, b]) => Number(b) - Number(a))
    .map(([name]) => name);
}

function licenseOf(json: Json): string | undefined {
  const tag = tagsOf(json).find((candidate) => candidate.startsWith("license:"))?.slice("license:".length);
  return shortText(tag) ?? shortText(object(json.cardData)?.license);
}

function dateOf(value: unknown): string | undefined {
  const date = text(value);
  return date !== undefined && /^\d{4}-\d\d-\d\dT[\d:.]{5,15}Z$/.test(date) ? date : undefined;
}

export function object(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function shortText(value: unknown): string | undefined {
  const found = text(value);
  return found === undefined ? undefined : plainText(found, 60);
}

/** A whole number from 0 that a computer can count. */
export function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function hexadecimal(value: unknown, digits: number): string | undefined {
  const found = text(value)?.toLowerCase();
  return found !== undefined && found.length === digits && /^[0-9a-f]+$/.test(found) ? found : undefined;
}
