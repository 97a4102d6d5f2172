import { lstat } from "node:fs/promises";
import { type DownloadRecord, fetchedPathOf, type RecordedFile } from "./downloadRecord";
import { removeFile } from "./partialFile";
import { blocked } from "./placing";

/**
 * Before a download is begun where another one stopped: what was fetched of the same files stays, with its etag; what was
 * fetched of others (an older commit's) is deleted. Throws where a file that no download wrote is in the way: it is not touched.
 */
export async function keepWhatFits(target: string, before: DownloadRecord | undefined, record: DownloadRecord): Promise<void> {
  const known = new Set(before?.files.map(({ place }) => place));
  for (const file of record.files) {
    const path = fetchedPathOf(target, file);
    if (!known.has(file.place) && (await lstat(path).catch(() => undefined))) throw blocked(path);
  }
  for (const old of before?.files ?? []) {
    const file = record.files.find(({ place }) => place === old.place);
    if (file && before?.repository === record.repository && isSameContent(old, file, before.revision === record.revision)) file.etag = old.etag;
    else await removeFile(fetchedPathOf(target, old));
  }
}

function isSameContent(old: RecordedFile, file: RecordedFile, sameCommit: boolean): boolean {
  if (old.bytes !== file.bytes || old.path !== file.path) return false;
  return sameCommit || (old.sha256 !== undefined && old.sha256 === file.sha256);
}
