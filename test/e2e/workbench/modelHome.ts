import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { MetadataEntry } from "../../../src/core/gguf/writer";
import { dataBytes, ggufHeaderBytes } from "../../../src/core/gguf/writer";
import { writeTinyAdapter } from "../../runtime/tinyAdapter";
import { tinyModel } from "../../runtime/tinyModel";
import { headerOf } from "../../unit/ggufBytes";
import { environment } from "./environment";

const text = (key: string, value: string): MetadataEntry => ({ key, type: "string", value });
const number = (key: string, value: number): MetadataEntry => ({ key, type: "u32", value });

/** Writes other programs' stores into the home folder of the workbench's extension host. */
export const modelHome = {
  /** Takes away what an earlier test left. */
  clear(): void {
    for (const name of [".ollama", ".cache", ".lmstudio", ".decant"]) rmSync(join(environment.home, name), { recursive: true, force: true });
  },

  /** Tags of Ollama that share one blob. Answers the blob's path. */
  ollama(tags: readonly string[], weights: Buffer): string {
    const models = join(environment.home, ".ollama", "models");
    const digest = createHash("sha256").update(weights).digest("hex");
    const blob = join(models, "blobs", `sha256-${digest}`);
    write(blob, weights);
    for (const tag of tags) {
      const manifest = { schemaVersion: 2, layers: [{ mediaType: "application/vnd.ollama.image.model", digest: `sha256:${digest}`, size: weights.length }] };
      write(join(models, "manifests", "registry.ollama.ai", "library", ...tag.split(":")), JSON.stringify(manifest));
    }
    return blob;
  },

  /** A file of a repository in the Hugging Face cache. */
  hugging(repository: string, name: string, content: Buffer): string {
    const folder = join(environment.home, ".cache", "huggingface", "hub", `models--${repository.replace("/", "--")}`);
    const revision = "0123456789abcdef0123456789abcdef01234567";
    const hash = createHash("sha256").update(content).digest("hex");
    write(join(folder, "refs", "main"), revision);
    write(join(folder, "blobs", hash), content);
    const path = join(folder, "snapshots", revision, name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(join("..", "..", "blobs", hash), path);
    return path;
  },
};

export const modelFiles = {
  tiny: tinyModel,
  adapter: writeTinyAdapter,

  /** The parts of a split model that are asked for, of so many. */
  parts(folder: string, name: string, count: number, present: readonly number[]): void {
    for (const part of present) {
      const tensors = [{ name: `blk.${part - 1}.ffn_up.weight`, type: "F16", shape: [256, 256] }];
      const own = part === 1 ? [text("general.architecture", "llama"), text("general.name", name), number("llama.context_length", 512), number("llama.embedding_length", 256), number("llama.block_count", count), number("llama.feed_forward_length", 256), number("llama.attention.head_count", 8)] : [];
      const metadata = [...own, { key: "split.no", type: "u16", value: part - 1 } as const, { key: "split.count", type: "u16", value: count } as const, { key: "split.tensors.count", type: "i32", value: count } as const];
      write(join(folder, `${name}-${pad(part)}-of-${pad(count)}.gguf`), Buffer.concat([ggufHeaderBytes({ metadata, tensors }), Buffer.alloc(dataBytes(tensors))]));
    }
  },

  projector(path: string): void {
    const tensors = [{ name: "v.patch_embd.weight", type: "F16", shape: [64, 64] }];
    write(path, Buffer.concat([ggufHeaderBytes({ metadata: [text("general.architecture", "clip"), text("general.type", "mmproj")], tensors }), Buffer.alloc(dataBytes(tensors))]));
  },

  bigEndian(path: string): void {
    write(path, headerOf({ version: 3, bigEndian: true }, [text("general.architecture", "llama"), text("general.name", "mainframe")], [{ name: "output.weight", type: "F32", shape: [8, 8] }]));
  },

  cut(path: string, bytes: number, whole: string): void {
    write(path, readFileSync(whole));
    truncateSync(path, bytes);
  },

  write,
};

function pad(part: number): string {
  return String(part).padStart(5, "0");
}

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
