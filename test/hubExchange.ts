/** One request to the local hub, answered as the hub would, or with what is to go wrong. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { gitBlobOf, isLarge, read, type ServedFile, sha256Of, sizeOf } from "./hubFiles";
import { type Fault, type HubServerOptions, type HubState, revision, type ServedRepository } from "./hubServer";

/** One request and its answer. */
export class HubExchange {
  readonly #fault: Fault | undefined;

  constructor(
    private readonly host: "hub" | "storage",
    private readonly state: HubState,
    private readonly options: HubServerOptions,
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
  ) {
    const { authorization, range } = request.headers;
    const url = request.url ?? "/";
    const ifRange = request.headers["if-range"] as string | undefined;
    const acceptEncoding = request.headers["accept-encoding"] as string | undefined;
    state.requests.push({ host, method: request.method ?? "", url, authorization, range, ifRange, acceptEncoding });
    this.#fault = takeFault(state.faults, `${host} ${url}`);
    response.on("error", () => undefined);
  }

  async run(): Promise<void> {
    const fault = this.#fault;
    if (fault?.kind === "slow") await new Promise((resolve) => setTimeout(resolve, fault.after));
    if (fault?.kind === "status") return this.#end(fault.status ?? 500, "Fault", fault.headers);
    if (fault?.kind === "redirect") return this.#end(fault.status ?? 302, "", { location: fault.to ?? "" });
    if (fault?.kind === "loop") return this.#end(302, "", { location: this.request.url ?? "/" });
    if (fault?.kind === "notJson") return this.#end(200, "<html>Please sign in to the network</html>", { "content-type": "text/html" });
    if (fault?.kind === "otherJson") return this.#end(200, JSON.stringify({ error: "something else", siblings: 5 }));
    const url = new URL(this.request.url ?? "/", this.state.url);
    if (this.host === "storage") return this.#stored(url);
    if (url.pathname === "/api/models") return this.#search(url);
    const api = /^\/api\/models\/(.+?)\/revision\/main$/.exec(url.pathname)?.[1];
    if (api !== undefined) return this.#details(decodeURIComponent(api));
    const file = /^\/(.+?)\/resolve\/([0-9a-f]+)\/(.+)$/.exec(url.pathname);
    if (file) return this.#resolve(decodeURIComponent(file[1]!), file[2]!, decodeURIComponent(file[3]!));
    return this.#end(404, "Not Found");
  }

  #search(url: URL): void {
    const query = (url.searchParams.get("search") ?? "").toLowerCase();
    const filter = url.searchParams.get("filter");
    const found = this.state.repositories
      .filter((repository) => repository.id.toLowerCase().includes(query) && (!filter || repository.tags?.includes(filter)) && (!repository.private || this.#admitted()))
      .sort((a, b) => (b.downloads ?? 0) - (a.downloads ?? 0))
      .slice(0, Number(url.searchParams.get("limit") ?? 50));
    return this.#json(found.map((repository) => this.#summary(repository)));
  }

  #details(id: string): void {
    const repository = this.#visible(id);
    if (!repository) return;
    const siblings = repository.files.map((file) => {
      const bytes = file.listed?.bytes ?? sizeOf(file);
      return {
        rfilename: file.path, size: bytes, blobId: gitBlobOf(file),
        ...(isLarge(file) && { lfs: { sha256: file.listed?.sha256 ?? sha256Of(file), size: bytes, pointerSize: 135 } }),
      };
    });
    return this.#json({ ...this.#summary(repository), sha: revision, siblings });
  }

  #summary({ id, downloads = 0, likes = 0, tags = [], gated = false, more, private: hidden = false }: ServedRepository): object {
    return { _id: "62f0", id, modelId: id, downloads, likes, tags, gated, private: hidden, lastModified: "2026-10-01T12:00:00.000Z", ...more };
  }

  #resolve(id: string, commit: string, path: string): void {
    const repository = this.#visible(id);
    if (!repository) return;
    if (repository.gated && !this.#admitted()) {
      return this.#end(this.request.headers.authorization ? 403 : 401, "Access to this model is restricted", { "x-error-code": "GatedRepo" });
    }
    const file = repository.files.find((candidate) => candidate.path === path);
    if (!file || commit !== revision) return this.#end(404, "Entry not found", { "x-error-code": "EntryNotFound" });
    if (!isLarge(file)) return void this.#send(file);
    const to = `${this.state.storageUrl}/${encodeURIComponent(id)}/${encodeURIComponent(path)}?signature=abc`;
    return this.#end(302, "", { location: to, "x-linked-etag": `"${sha256Of(file)}"`, "x-linked-size": String(sizeOf(file)), "x-repo-commit": revision });
  }

  #stored(url: URL): void {
    const [id, path] = url.pathname.slice(1).split("/").map(decodeURIComponent);
    const file = this.state.repositories.find((repository) => repository.id === id)?.files.find((candidate) => candidate.path === path);
    if (!file || url.searchParams.get("signature") !== "abc") return this.#end(403, "Access Denied");
    return void this.#send(file);
  }

  async #send(file: ServedFile): Promise<void> {
    const size = sizeOf(file);
    const fault = this.#fault;
    const etag = fault?.kind === "newEtag" ? '"another"' : `"${sha256Of(file)}"`;
    const asked = /^bytes=(\d+)-(\d*)$/.exec(this.request.headers.range ?? "");
    const ifRange = this.request.headers["if-range"];
    const ranged = asked !== null && fault?.kind !== "ignoreRange" && !fault?.withoutRanges && (ifRange === undefined || ifRange === etag);
    const from = ranged ? Number(asked[1]) : 0;
    const to = Math.min(size - 1, ranged && asked[2] ? Number(asked[2]) : size - 1);
    if (ranged && from >= size) return this.#end(416, "", { "content-range": `bytes */${size}` });
    const told = fault?.kind === "wrongRange" ? from + 1 : from;
    const total = fault?.kind === "otherTotal" ? size + 1 : size;
    const length = fault?.kind === "wrongLength" ? to - from + 2 : to - from + 1;
    const chunked = fault?.kind === "tooMuch" || fault?.kind === "endEarly";
    this.response.writeHead(ranged ? 206 : 200, {
      etag, "accept-ranges": "bytes", "content-type": "application/octet-stream",
      ...(!chunked && { "content-length": length }),
      ...(ranged && { "content-range": `bytes ${told}-${to}/${total}` }),
    });
    await this.#stream(file, from, to);
  }

  async #stream(file: ServedFile, from: number, to: number): Promise<void> {
    const fault = this.#fault;
    let sent = 0;
    for await (const chunk of read(file, from, to)) {
      let bytes = chunk;
      if (fault?.kind === "corrupt" && sent === 0) bytes = Buffer.concat([Buffer.from([chunk[0]! ^ 1]), chunk.subarray(1)]);
      const left = fault && ["cut", "stall", "endEarly"].includes(fault.kind) ? (fault.after ?? 0) - sent : Infinity;
      if (bytes.length > left) {
        await this.#write(bytes.subarray(0, Math.max(0, left)));
        if (fault?.kind === "cut") setTimeout(() => this.response.destroy(), 10);
        if (fault?.kind === "endEarly") this.response.end();
        return;
      }
      await this.#write(bytes);
      sent += bytes.length;
    }
    if (fault?.kind === "tooMuch") await this.#write(Buffer.alloc(100_000, 7));
    this.response.end();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const { bytesPerSecond } = this.state;
    if (bytesPerSecond) await new Promise((resolve) => setTimeout(resolve, (1000 * bytes.length) / bytesPerSecond));
    if (this.response.destroyed || this.response.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        this.response.off("drain", go).off("close", go);
        resolve();
      };
      this.response.on("drain", go).on("close", go);
    });
  }

  /** A private repository does not exist for those who may not see it. */
  #visible(id: string): ServedRepository | undefined {
    const { authorization } = this.request.headers;
    if (authorization !== undefined && !this.#admitted()) return void this.#end(401, "Invalid credentials in Authorization header");
    const repository = this.state.repositories.find((candidate) => candidate.id === id);
    if (repository && (!repository.private || this.#admitted())) return repository;
    return void this.#end(401, "Repository not found", { "x-error-code": "RepoNotFound" });
  }

  #admitted(): boolean {
    return this.options.token !== undefined && this.request.headers.authorization === `Bearer ${this.options.token}`;
  }

  #json(value: unknown): void {
    this.#end(200, JSON.stringify(value), { "content-type": "application/json" });
  }

  #end(status: number, text: string, headers: Readonly<Record<string, string>> = {}): void {
    this.response.writeHead(status, headers).end(text);
  }
}

function takeFault(faults: readonly Fault[], address: string): Fault | undefined {
  const fault = faults.find(({ on, times }) => (times === undefined || times > 0) && (on === undefined || (typeof on === "string" ? address.includes(on) : on.test(address))));
  if (fault?.times !== undefined) fault.times--;
  return fault;
}
