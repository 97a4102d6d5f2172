import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import type { ModelSource } from "../../../../src/protocol/model";
import { ModelLibrary } from "../../../../src/services/models/modelLibrary";
import { modelPlaces } from "../../../../src/services/models/places";
import { ggufBytes } from "../../ggufBytes";

/** A small llama of level F32; `metadata` adds to it or changes it, `rows` makes files of different content. */
export function tinyLlama(metadata: Readonly<Record<string, string | number>> = {}, rows = 8): Buffer {
  return ggufBytes({
    "general.architecture": "llama", "general.file_type": 0, "llama.context_length": 256, "llama.block_count": 1, "llama.embedding_length": 256,
    "llama.feed_forward_length": 512, "llama.attention.head_count": 4, "llama.vocab_size": rows, ...metadata,
  }, [{ name: "token_embd.weight", shape: [256, rows] }, { name: "blk.0.attn_q.weight", shape: [256, 1] }]);
}

export const tinyAdapter = (metadata: Readonly<Record<string, string | number>> = {}): Buffer =>
  ggufBytes({ "general.architecture": "llama", "general.type": "adapter", "adapter.type": "lora", ...metadata }, [{ name: "blk.0.attn_q.weight.lora_a", shape: [256, 2] }, { name: "blk.0.attn_q.weight.lora_b", shape: [2, 1] }]);

export const tinyProjector = (): Buffer =>
  ggufBytes({ "general.architecture": "clip", "general.type": "mmproj" }, [{ name: "v.patch_embd.weight", shape: [32, 2] }]);

/** A home of its own, with the stores of all sources below it. */
export class ModelFolder {
  readonly log: string[] = [];

  private constructor(readonly home: string) {}

  static async make(): Promise<ModelFolder> {
    return new ModelFolder(await mkdtemp(join(tmpdir(), "decant-models-")));
  }

  remove(): Promise<void> {
    return rm(this.home, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.home, name);
  }

  async put(name: string, content: Buffer | string): Promise<string> {
    const path = this.path(name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    return path;
  }

  async link(name: string, target: string): Promise<string> {
    const path = this.path(name);
    await mkdir(dirname(path), { recursive: true });
    await symlink(relative(dirname(path), target), path);
    return path;
  }

  /** A blob of Ollama's store; its digest. */
  async blob(content: Buffer | string): Promise<{ digest: string; size: number; path: string }> {
    const hash = createHash("sha256").update(content).digest("hex");
    const path = await this.put(`.ollama/models/blobs/sha256-${hash}`, content);
    return { digest: `sha256:${hash}`, size: content.length, path };
  }

  manifest(name: string, layers: readonly (readonly [kind: string, blob: { digest: string; size: number }])[]): Promise<string> {
    const described = layers.map(([kind, { digest, size }]) => ({ mediaType: `application/vnd.ollama.image.${kind}`, digest, size }));
    return this.put(`.ollama/models/manifests/${name}`, JSON.stringify({ schemaVersion: 2, layers: described }));
  }

  library(sources: readonly ModelSource[], folders: readonly string[] = [], cacheFile?: string, workspace: readonly string[] = []): ModelLibrary {
    const places = modelPlaces({ env: {}, home: this.home, platform: "freebsd" });
    const log = { info: (line: string) => void this.log.push(line), error: (line: string) => void this.log.push(line) };
    const paths = (names: readonly string[]): readonly string[] => names.map((name) => this.path(name));
    return new ModelLibrary({ folders: () => paths(folders), workspaceFolders: () => paths(workspace), sources: () => sources, places, cacheFile, log });
  }
}
