import { HumanError } from "../../protocol/humanError";
import type { CancellationToken } from "../../protocol/rpc";
import { HubError } from "./hubError";
import { failureOfConnection } from "./hubFailures";

export interface AnswerOptions {
  readonly fetch: typeof fetch;
  /** Milliseconds without a byte after which the connection counts as dead. */
  readonly stall: number;
}

/** One answer of a server, whose bytes are read as they come. Ends with its token, and when nothing comes for too long. */
export class HubAnswer {
  private constructor(
    private readonly response: Response,
    private readonly url: URL,
    private readonly stall: number,
    private readonly ending: Ending,
  ) {}

  static async of(url: URL, headers: Readonly<Record<string, string>>, token: CancellationToken, options: AnswerOptions): Promise<HubAnswer> {
    const ending = new Ending(token, url.host);
    try {
      const response = await ending.within(options.stall, options.fetch(url, { headers, redirect: "manual", signal: ending.signal }));
      return new HubAnswer(response, url, options.stall, ending);
    } catch (error) {
      ending.close();
      throw ending.reason(error);
    }
  }

  get status(): number {
    return this.response.status;
  }

  header(name: string): string | undefined {
    return this.response.headers.get(name) ?? undefined;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    const reader = this.response.body?.getReader();
    try {
      while (reader) {
        const { done, value } = await this.ending.within(this.stall, reader.read());
        if (done) return;
        yield value;
      }
    } catch (error) {
      throw this.ending.reason(error);
    } finally {
      this.close();
    }
  }

  /** All of it; more than `most` bytes is an error. */
  async bytes(most: number): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of this.chunks()) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > most) throw new HubError("wrong", `${this.url.host} answered with more than could be meant: check the hub's address.`);
    }
    return Buffer.concat(chunks);
  }

  /** Ends the connection, where it is not at its end already. */
  close(): void {
    this.ending.close();
  }
}

/** What can end an answer before its time: a cancellation, silence, or its reader. */
class Ending {
  readonly #controller = new AbortController();
  readonly #link: { dispose(): void };
  #silent = false;

  constructor(
    private readonly token: CancellationToken,
    private readonly host: string,
  ) {
    this.#link = token.onCancellationRequested(() => this.#controller.abort());
    if (token.isCancellationRequested) this.#controller.abort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  async within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
    const timer = setTimeout(() => {
      this.#silent = true;
      this.#controller.abort();
    }, milliseconds);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
    }
  }

  /** What really happened behind an error. */
  reason(error: unknown): unknown {
    if (this.token.isCancellationRequested) return HumanError.cancelled();
    if (this.#silent) return new HubError("unsteady", `${this.host} stopped answering: try again.`, undefined, error);
    return error instanceof HumanError ? error : failureOfConnection(error, this.host);
  }

  close(): void {
    this.#link.dispose();
    this.#controller.abort();
  }
}
