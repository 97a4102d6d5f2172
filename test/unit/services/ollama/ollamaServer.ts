import { createHash } from "node:crypto";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeOllama {
  readonly host: string;
  readonly blobs: Map<string, Buffer>;
  /** Bodies of /api/create. */
  readonly created: Record<string, unknown>[];
  /** Method and path of every request. */
  readonly requests: string[];
  /** Lines that /api/create answers; the usual ones unless a test sets others. */
  answer: readonly string[];
  close(): Promise<void>;
}

/** Speaks as much of Ollama's API as registering needs, and checks digests as Ollama does. */
export async function fakeOllama(version = '{"version":"0.9.0"}'): Promise<FakeOllama> {
  const fake = { host: "", blobs: new Map<string, Buffer>(), created: [] as Record<string, unknown>[], requests: [] as string[], answer: ['{"status":"parsing GGUF"}', '{"status":"success"}'] };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  fake.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(fake, { close: () => new Promise<void>((resolve) => (server.closeAllConnections(), server.close(() => resolve()))) });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "" } = request;
    fake.requests.push(`${method} ${url.replace(/[0-9a-f]{64}/, "…")}`);
    const body = await bodyOf(request);
    const digest = /^\/api\/blobs\/(sha256:[0-9a-f]{64})$/.exec(url)?.[1];
    if (url === "/api/version") return void response.end(version);
    if (digest !== undefined && method === "HEAD") return void response.writeHead(fake.blobs.has(digest) ? 200 : 404).end();
    if (digest !== undefined && method === "POST") {
      const right = `sha256:${createHash("sha256").update(body).digest("hex")}` === digest && request.headers["content-length"] === String(body.length);
      if (right) fake.blobs.set(digest, body);
      return void response.writeHead(right ? 201 : 400).end();
    }
    if (url === "/api/create" && method === "POST") {
      fake.created.push(JSON.parse(body.toString()) as Record<string, unknown>);
      return void response.end(fake.answer.join("\n"));
    }
    response.writeHead(404).end();
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}
