import { partialPathOf } from "../../core/compression/partialPath";
import { type DownloadRecord, finalPathOf, type RecordedFile } from "./downloadRecord";
import { removeFile } from "./partialFile";

/**
 * Before a download is begun where another one stopped: what was fetched of the same files stays, with its etag; what was
 * fetched of others (an older commit's) is deleted.
 */
export async function keepWhatFits(target: string, before: DownloadRecord | undefined, record: DownloadRecord): Promise<void> {
  for (const file of record.files) {
    const old = before?.repository === record.repository ? before.files.find(({ place }) => place === file.place) : undefined;
    if (old && isSameContent(old, file, before?.revision === record.revision)) file.etag = old.etag;
    else await removeFile(partialPathOf(finalPathOf(target, file)));
  }
}

function isSameContent(old: RecordedFile, file: RecordedFile, sameCommit: boolean): boolean {
  if (old.bytes !== file.bytes || old.path !== file.path) return false;
  return sameCommit || (old.sha256 !== undefined && old.sha256 === file.sha256);
}
