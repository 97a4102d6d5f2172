/**
 * Typed messages over any two-way port (a webview's postMessage, a test's pair of arrays).
 * One side asks requests of an interface and hears events; the other answers and tells.
 */
import { HumanError, sentenceOf } from "./humanError";

export interface Port {
  post(message: unknown): void;
  /** Returns the function that stops listening. */
  onMessage(listener: (message: unknown) => void): () => void;
}

type ArgsOf<M> = M extends (args: infer A) => unknown ? (unknown extends A ? [] : [A]) : [];
type ResultOf<M> = M extends (...args: never[]) => infer R ? Awaited<R> : never;
export type Handlers<T> = {
  [K in keyof T]: (...args: ArgsOf<T[K]>) => ResultOf<T[K]> | Promise<ResultOf<T[K]>>;
};

interface RequestMessage { readonly request: number; readonly method: string; readonly args: unknown }
interface ReplyMessage { readonly reply: number; readonly ok?: unknown; readonly err?: string }
interface EventMessage { readonly event: unknown }

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
function isRequest(m: unknown): m is RequestMessage {
  return isRecord(m) && typeof m.request === "number" && typeof m.method === "string";
}
function isReply(m: unknown): m is ReplyMessage {
  return isRecord(m) && typeof m.reply === "number";
}
function isEvent(m: unknown): m is EventMessage {
  return isRecord(m) && "event" in m;
}

/** The side that asks (a webview). */
export class Requester<T, E> {
  #next = 1;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  readonly #stop: () => void;

  constructor(private readonly port: Port, onEvent: (event: E) => void) {
    this.#stop = port.onMessage((message) => {
      if (isReply(message)) this.#settle(message);
      else if (isEvent(message)) onEvent(message.event as E);
    });
  }

  /** Resolves with the answer; rejects with a HumanError that carries the other side's sentence. */
  request<K extends keyof T & string>(method: K, ...args: ArgsOf<T[K]>): Promise<ResultOf<T[K]>> {
    const request = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(request, { resolve: (value) => resolve(value as ResultOf<T[K]>), reject });
      this.port.post({ request, method, args: args.at(0) } satisfies RequestMessage);
    });
  }

  dispose(): void {
    this.#stop();
    for (const { reject } of this.#pending.values()) reject(HumanError.cancelled());
    this.#pending.clear();
  }

  #settle(message: ReplyMessage): void {
    const pending = this.#pending.get(message.reply);
    this.#pending.delete(message.reply);
    if (message.err !== undefined) pending?.reject(new HumanError("failed", message.err));
    else pending?.resolve(message.ok);
  }
}

/** The side that answers (the extension host). */
export class Responder<T, E> {
  readonly #stop: () => void;

  constructor(private readonly port: Port, handlers: Handlers<T>) {
    this.#stop = port.onMessage((message) => {
      if (isRequest(message)) void this.#answer(message, handlers);
    });
  }

  tell(event: E): void {
    this.port.post({ event } satisfies EventMessage);
  }

  dispose(): void {
    this.#stop();
  }

  async #answer({ request, method, args }: RequestMessage, handlers: Handlers<T>): Promise<void> {
    try {
      if (!Object.hasOwn(handlers, method)) throw new HumanError("badArgument", `Unknown request "${method}".`);
      const handler = handlers[method as keyof T] as unknown as (args: unknown) => unknown;
      this.port.post({ reply: request, ok: await handler(args) } satisfies ReplyMessage);
    } catch (error) {
      this.port.post({ reply: request, err: sentenceOf(error) } satisfies ReplyMessage);
    }
  }
}
