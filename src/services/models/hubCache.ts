import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { FoundFile } from "../../core/models/fileFacts";
import { plainText } from "../../core/models/safePath";
import type { ModelSource } from "../../protocol/model";
import type { Log } from "../ports";
import { type Reached, ggufFilesBelow } from "./ggufFolder";
import { readSmallFile } from "../smallFile";

const commit = /^[0-9a-f]{7,64}$/i;

/**
 * GGUF files of a cache in the layout of huggingface_hub (models--owner--name/snapshots/REVISION/file, each a link to
 * blobs/HASH). What several revisions share is one file; the revision that `main` stands for comes first.
 */
export async function hubCacheFiles(cache: string, reached: Reached, log: Log, source: ModelSource = "huggingFace"): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = [];
  for (const repository of await namesIn(cache)) {
    const [kind, ...name] = repository.split("--");
    if (kind !== "models" || name.length === 0) continue;
    const title = plainText(name.join("/"));
    const shown = new Set<string>();
    for (const revision of await revisionsOf(join(cache, repository))) {
      const folder = join(cache, repository, "snapshots", revision);
      for (const { path, dangling } of await ggufFilesBelow(folder, reached, log, { links: "inside", home: cache })) {
        const inner = path.slice(folder.length);
        // Another revision of a file that is shown already says which one it is.
        const names = [shown.has(inner) ? `${title}@${plainText(revision.slice(0, 7))}` : title];
        if (dangling && shown.has(inner)) continue;
        shown.add(inner);
        found.push({
          path, source, names,
          ...(dangling && { problem: "Its content is not in the cache: the download was not finished, or it was deleted. Download it again." }),
        });
      }
    }
  }
  return found;
}

/** Newest first as far as the cache tells: what `main` stands for, then the others by name. */
async function revisionsOf(repository: string): Promise<readonly string[]> {
  const main = (await readSmallFile(join(repository, "refs", "main"), 200).catch(() => "")).trim();
  const revisions = await namesIn(join(repository, "snapshots"));
  return commit.test(main) && revisions.includes(main) ? [main, ...revisions.filter((name) => name !== main)] : revisions;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}
