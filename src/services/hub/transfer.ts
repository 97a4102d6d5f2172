import { basename } from "node:path";
import { contentRangeOf } from "../../core/hub/contentRange";
import { retryDelay, type RetryPolicy } from "../../core/hub/retry";
import type { CancellationToken } from "../../protocol/rpc";
import type { HubAnswer } from "./hubAnswer";
import type { HubConnection } from "./hubConnection";
import { HubError } from "./hubError";
import { fileQuestion } from "./hubPaths";
import type { PartialFile } from "./partialFile";
import { pause } from "./retrying";

export interface TransferSource {
  readonly repository: string;
  readonly revision: string;
  readonly path: string;
  readonly bytes: number;
  /** Of the bytes that are there; a new one is told to `onEtag`. */
  etag?: string;
  onEtag(etag: string | undefined): Promise<void>;
  /** It waits because the server asks for that (one sentence), or no longer. */
  onWait(why: string | undefined): void;
}

/** Fetches the rest of a file. A connection that breaks is taken up where it broke, until it brings nothing new any more. */
export class Transfer {
  /** The most bytes that ever were there: a server that begins anew each time makes no progress. */
  #furthest = 0;
  /** Once a part came that was not asked for, the whole file is. */
  #wholly = false;

  constructor(
    private readonly hub: HubConnection,
    private readonly source: TransferSource,
    private readonly partial: PartialFile,
    private readonly policy: RetryPolicy,
  ) {}

  async run(token: CancellationToken): Promise<void> {
    this.#furthest = this.partial.bytes;
    let connected = false;
    for (let failures = 0; this.partial.bytes < this.source.bytes; ) {
      try {
        await this.#attempt(token);
      } catch (error) {
        if (!(error instanceof HubError)) throw error;
        if (this.partial.bytes > this.#furthest) {
          this.#furthest = this.partial.bytes;
          connected = true;
          failures = 0;
        }
        // Offline is told at once; but a line that was there a moment ago may come back.
        const again = error.failure === "unsteady" || (error.failure === "offline" && connected);
        const delay = again ? retryDelay(this.policy, ++failures, error.retryAfter) : undefined;
        if (delay === undefined) throw error;
        if (error.retryAfter !== undefined) this.source.onWait(`${this.hub.host} asks for a pause: this goes on by itself at ${clockTime(Date.now() + delay)}.`);
        await pause(delay, token);
        this.source.onWait(undefined);
      }
    }
  }

  async #attempt(token: CancellationToken): Promise<void> {
    const { source, partial } = this;
    const from = partial.bytes;
    const headers = { ...(from > 0 && !this.#wholly && { range: `bytes=${from}-`, ...(source.etag !== undefined && { "if-range": source.etag }) }) };
    const answer = await this.hub.get({ ...fileQuestion(source.repository, source.revision, source.path), headers }, token);
    try {
      await this.#place(answer, from);
      await this.#keepEtag(answer);
      for await (const chunk of answer.chunks()) await partial.append(chunk);
    } finally {
      answer.close();
    }
    if (partial.bytes < source.bytes) throw new HubError("unsteady", `${this.hub.host} ended ${this.#name} before its end: try again.`);
  }

  /** Checks that the answer's bytes go where the file is; begins anew where the server does. What is there is kept until then. */
  async #place(answer: HubAnswer, from: number): Promise<void> {
    const { host } = this.hub;
    const { bytes } = this.source;
    const range = contentRangeOf(answer.header("content-range"));
    if (answer.status === 206 && range?.from === from && range.to < bytes && (range.total ?? bytes) === bytes) return;
    if (answer.status !== 200) {
      this.#wholly = true;
      throw new HubError("unsteady", `${host} sent another part of ${this.#name} than it was asked for: try again.`);
    }
    const announced = answer.header("content-encoding") === undefined ? answer.header("content-length") : undefined;
    if (announced !== undefined && Number(announced) !== bytes) {
      throw new HubError("wrong", `${host} announces ${announced} bytes of ${this.#name} where it lists ${bytes}: something stands between, or the file has changed.`);
    }
    if (/^text\/html/i.test(answer.header("content-type") ?? "") && !/\.html?$/i.test(this.#name)) {
      throw new HubError("wrong", `${host} sent a page instead of ${this.#name}: a proxy or a sign-in page may stand between.`);
    }
    if (from > 0) await this.partial.restart();
  }

  /** Only a strong one says that bytes are the same. Source: RFC 9110, section 13.1.5. */
  async #keepEtag(answer: HubAnswer): Promise<void> {
    const etag = answer.header("etag");
    const strong = etag !== undefined && /^"[\x21\x23-\x7e]{1,150}"$/.test(etag) ? etag : undefined;
    if (strong === this.source.etag) return;
    this.source.etag = strong;
    await this.source.onEtag(strong);
  }

  get #name(): string {
    return basename(this.source.path);
  }
}

/** To the minute, rounded up. */
function clockTime(at: number): string {
  return new Date(at + 59_999).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
