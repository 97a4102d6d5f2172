import type { RetryPolicy } from "../../core/hub/retry";
import { HumanError } from "../../protocol/humanError";
import type { CancellationToken } from "../../protocol/rpc";
import { isInPlace } from "./downloadFiles";
import { type DownloadRecord, fetchedPathOf, finalPathOf, type RecordedFile, recordPathOf, writeRecord } from "./downloadRecord";
import type { HubConnection } from "./hubConnection";
import { HubError } from "./hubError";
import { PartialFile, removeFile } from "./partialFile";
import { place } from "./placing";
import { Transfer } from "./transfer";

/** What a job tells while it runs. */
export interface JobReport {
  /** So many bytes of all files are there. */
  bytes(done: number): void;
  /** Files are being compared with their checksums, or no longer. */
  checking(checking: boolean): void;
  /** The server asks to wait (one sentence), or no longer. */
  waiting(why: string | undefined): void;
}

/** Fetches the files of one download, one after the other; when all are whole and right they get their names. */
export class DownloadJob {
  #done = 0;

  constructor(
    private readonly hub: HubConnection,
    private readonly target: string,
    private readonly record: DownloadRecord,
    private readonly policy: RetryPolicy,
    private readonly report: JobReport,
  ) {}

  async run(token: CancellationToken): Promise<void> {
    try {
      this.record.writer = process.pid;
      await writeRecord(this.target, this.record);
      const fetched: RecordedFile[] = [];
      for (const file of this.record.files) {
        if (await isInPlace(this.target, file, token, () => this.report.checking(true))) {
          // The program may have ended between giving it its name and taking away the other one.
          await removeFile(fetchedPathOf(this.target, file));
        } else {
          await this.#fetch(file, token);
          fetched.push(file);
        }
        this.#done += file.bytes;
        this.report.bytes(this.#done);
      }
      this.report.checking(true);
      if (token.isCancellationRequested) throw HumanError.cancelled();
      for (const file of fetched) await place(fetchedPathOf(this.target, file), finalPathOf(this.target, file));
      await removeFile(recordPathOf(this.target));
    } catch (error) {
      await this.#release();
      throw error;
    }
  }

  async #fetch(file: RecordedFile, token: CancellationToken): Promise<void> {
    const path = fetchedPathOf(this.target, file);
    const partial = await PartialFile.open(path, file, token, {
      bytes: (bytes) => this.report.bytes(this.#done + bytes),
      checking: () => this.report.checking(true),
    });
    this.report.checking(false);
    const onEtag = async (etag: string | undefined): Promise<void> => {
      file.etag = etag;
      await writeRecord(this.target, this.record);
    };
    const onWait = (why: string | undefined): void => this.report.waiting(why);
    try {
      const { repository, revision } = this.record;
      await new Transfer(this.hub, { ...file, repository, revision, onEtag, onWait }, partial, this.policy).run(token);
      this.report.checking(true);
      await partial.verify();
    } catch (error) {
      await partial.close();
      // Bytes that are not the hub's are no beginning to go on from.
      if (error instanceof HubError && error.failure === "spoiled") await removeFile(path);
      throw error;
    }
    await partial.close();
  }

  async #release(): Promise<void> {
    this.record.writer = undefined;
    await writeRecord(this.target, this.record).catch(() => undefined);
  }
}
