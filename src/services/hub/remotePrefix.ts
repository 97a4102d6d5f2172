import { contentRangeOf } from "../../core/hub/contentRange";
import type { CancellationToken } from "../../protocol/rpc";
import type { HubConnection, HubQuestion } from "./hubConnection";
import { HubError } from "./hubError";
import { retrying } from "./retrying";

/** Bytes that may still be fetched for headers, by all files together that share it. */
export interface HeaderBudget {
  left: number;
}

/** The first bytes of a file of a hub, as many as were asked for so far. */
export class RemotePrefix {
  #bytes: Uint8Array = new Uint8Array();

  constructor(
    private readonly hub: HubConnection,
    private readonly question: HubQuestion,
    /** Of the whole file, as the hub lists it. */
    readonly fileBytes: number,
    private readonly budget: HeaderBudget,
  ) {}

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Fetches what is missing up to this many bytes (or the end of the file). */
  async extendTo(length: number, token: CancellationToken): Promise<void> {
    const end = Math.min(length, this.fileBytes);
    if (end - this.#bytes.length > this.budget.left) throw new HubError("wrong", `The headers of ${this.question.what} are longer than any model's: its files are damaged.`);
    await retrying(this.hub.patience, token, async () => {
      if (this.#bytes.length < end) await this.#fetch(end, token);
    });
  }

  async #fetch(end: number, token: CancellationToken): Promise<void> {
    const from = this.#bytes.length;
    const answer = await this.hub.get({ ...this.question, headers: { range: `bytes=${from}-${end - 1}` } }, token);
    const range = contentRangeOf(answer.header("content-range"));
    // A server without ranges sends the file from its start; no more of it is read than what was asked for.
    const starts = answer.status === 206 ? range?.from : answer.status === 200 ? 0 : undefined;
    if (starts === undefined || starts > from) {
      answer.close();
      throw new HubError("wrong", `${this.hub.host} does not give parts of ${this.question.what}.`);
    }
    const chunks: Uint8Array[] = [this.#bytes.subarray(0, starts)];
    let length = starts;
    for await (const chunk of answer.chunks()) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= end) break;
    }
    this.budget.left -= length - starts;
    if (length > from) this.#bytes = Buffer.concat(chunks).subarray(0, end);
    if (this.#bytes.length < end) throw new HubError("unsteady", `${this.hub.host} sent only a part of the header of ${this.question.what}: try again.`);
  }
}
