import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import { plainText } from "../../core/models/safePath";
import { HumanError, sentenceOf } from "../../protocol/humanError";
import type { CancellationToken } from "../../protocol/rpc";

/** What is asked of Ollama's `POST /api/create`; files and adapters by name and "sha256:…". */
export interface CreateRequest {
  readonly model: string;
  readonly files: Readonly<Record<string, string>>;
  readonly adapters?: Readonly<Record<string, string>>;
  readonly template?: string;
  readonly license?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** Milliseconds without a byte, after which Ollama counts as gone. Creating a model checks and copies gigabytes. */
const [answerTime, workTime] = [5000, 600_000];
/** Bytes of an answer that are read. */
const longestAnswer = 2 ** 20;

/** Where Ollama listens: OLLAMA_HOST as Ollama itself reads it, else 127.0.0.1:11434. */
export function ollamaUrl(host: string | undefined): URL {
  const text = (host ?? "").trim().replace(/^["']|["']$/g, "");
  const [, scheme, rest = ""] = /^(?:(https?):\/\/)?(.*)$/i.exec(text) ?? [];
  const port = scheme === undefined ? "11434" : scheme.toLowerCase() === "https" ? "443" : "80";
  const [, name = "", given] = /^(\[[^\]]*\]|[^:/]*)(?::(\d+))?/.exec(rest) ?? [];
  // A server that listens on all addresses is reached on this machine's own.
  const reached = name === "" || name === "0.0.0.0" ? "127.0.0.1" : name === "[::]" ? "[::1]" : name;
  try {
    return new URL(`${scheme?.toLowerCase() ?? "http"}://${reached}:${given ?? port}`);
  } catch (error) {
    throw new HumanError("badArgument", `OLLAMA_HOST says "${plainText(text, 80)}", which is no address: correct or remove it.`, { cause: error });
  }
}

/** The few calls of Ollama's HTTP API that registering a model needs. Source: docs/api.md of Ollama. */
export class OllamaClient {
  constructor(private readonly url: URL, private readonly token: CancellationToken) {}

  /** Throws a HumanError where nothing that speaks Ollama's language answers. */
  async requireRunning(): Promise<void> {
    const { status, text } = await this.#send("GET", "/api/version", { timeout: answerTime });
    if (status !== 200 || !text.includes("version")) throw new HumanError("failed", `What answers at ${this.url.host} is not Ollama: check OLLAMA_HOST.`);
  }

  async hasBlob(sha256: string): Promise<boolean> {
    return (await this.#send("HEAD", `/api/blobs/sha256:${sha256}`, { timeout: answerTime })).status === 200;
  }

  async putBlob(sha256: string, path: string): Promise<void> {
    const { status, text } = await this.#send("POST", `/api/blobs/sha256:${sha256}`, { file: path, timeout: workTime });
    if (status >= 300) throw refused(text, status);
  }

  async create(request: CreateRequest): Promise<void> {
    const { status, text } = await this.#send("POST", "/api/create", { body: JSON.stringify({ ...request, stream: true }), timeout: workTime });
    const lines = text.split("\n").filter((line) => line.trim() !== "").map(parsed);
    if (status >= 300 || lines.some(({ error }) => error !== undefined)) throw refused(text, status);
    if (!lines.some((line) => line.status === "success")) throw new HumanError("failed", "Ollama broke off before it said that the model was made: try again.");
  }

  #send(method: string, path: string, { body, file, timeout }: { body?: string; file?: string; timeout: number }): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const request = (this.url.protocol === "https:" ? requestSecure : requestPlain)(new URL(path, this.url), { method, timeout });
      const stopped = this.token.onCancellationRequested(() => request.destroy(HumanError.cancelled()));
      request.on("close", () => stopped.dispose());
      request.on("timeout", () => request.destroy(new HumanError("failed", `Ollama at ${this.url.host} does not answer.`)));
      request.on("error", (error) => reject(error instanceof HumanError ? error : unreachable(this.url, error)));
      request.on("response", (response) => void textOf(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), (error: unknown) => reject(error instanceof HumanError ? error : unreachable(this.url, error))));
      if (this.token.isCancellationRequested) request.destroy(HumanError.cancelled());
      else if (file === undefined) request.end(body);
      else void sendFile(request, file).catch((error: unknown) => request.destroy(error as Error));
    });
  }
}

async function sendFile(request: ReturnType<typeof requestPlain>, path: string): Promise<void> {
  request.setHeader("Content-Length", (await stat(path)).size);
  const stream = createReadStream(path);
  stream.on("error", (error) => request.destroy(error));
  request.on("close", () => stream.destroy());
  stream.pipe(request);
}

async function textOf(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.length;
    // Progress may be long; its end says how it went.
    pieces.push(piece);
    while (bytes > longestAnswer && pieces.length > 1) bytes -= pieces.shift()!.length;
  }
  return Buffer.concat(pieces).toString("utf8");
}

function parsed(line: string): { readonly status?: unknown; readonly error?: unknown } {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function refused(text: string, status: number): HumanError {
  const said = text.split("\n").map((line) => parsed(line).error).find((error) => typeof error === "string");
  return new HumanError("failed", `Ollama refused the model: ${typeof said === "string" ? plainText(said, 300) : `its answer was ${status}`}.`);
}

function unreachable(url: URL, error: unknown): HumanError {
  const { code } = error as NodeJS.ErrnoException;
  const cause = code === "ECONNREFUSED" || code === "ENOTFOUND" ? "" : ` (${sentenceOf(error)})`;
  return new HumanError("failed", `Ollama cannot be reached at ${url.host}${cause}: start it, or export without registering and run "ollama create" later.`, { cause: error });
}
