/** A local server that speaks a model hub's API, and a second one that plays the host where its large files lie. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { HubExchange } from "./hubExchange";
import type { ServedFile } from "./hubFiles";

export interface ServedRepository {
  readonly id: string;
  readonly files: readonly ServedFile[];
  readonly downloads?: number;
  readonly likes?: number;
  readonly tags?: readonly string[];
  readonly gated?: false | "auto" | "manual";
  readonly private?: boolean;
  /** Further fields of the hub's answers, e.g. `gguf`, `safetensors`, `config`. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** What goes wrong with a request. `times` counts down; absent means always. */
export interface Fault {
  /** Which requests, by what stands in their address; absent means all. */
  readonly on?: string | RegExp;
  times?: number;
  readonly kind:
    | "status" | "cut" | "stall" | "tooMuch" | "corrupt" | "ignoreRange" | "wrongRange" | "otherTotal" | "wrongLength"
    | "redirect" | "loop" | "notJson" | "otherJson" | "endEarly" | "newEtag" | "slow";
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes that come before it; of "slow" milliseconds. */
  readonly after?: number;
  /** Of "redirect" where to. */
  readonly to?: string;
  /** The server knows no ranges besides. */
  readonly withoutRanges?: boolean;
}

export interface SeenRequest {
  readonly host: "hub" | "storage";
  readonly method: string;
  readonly url: string;
  readonly authorization?: string;
  readonly range?: string;
  readonly ifRange?: string;
  readonly acceptEncoding?: string;
}

export interface HubServerOptions {
  readonly repositories: readonly ServedRepository[];
  /** The one that is accepted; others are refused. */
  readonly token?: string;
  /** Bytes per second of files; absent means as fast as it goes. */
  readonly bytesPerSecond?: number;
}

/** What the servers go by while they run; it may be changed at any time. */
export interface HubState {
  readonly url: string;
  /** Where large files lie. */
  readonly storageUrl: string;
  readonly requests: SeenRequest[];
  faults: Fault[];
  repositories: readonly ServedRepository[];
  bytesPerSecond: number | undefined;
}

export interface HubServer extends HubState {
  close(): Promise<void>;
}

export const revision = "0123456789abcdef0123456789abcdef01234567";

export async function startHub(options: HubServerOptions): Promise<HubServer> {
  const state = { url: "", storageUrl: "", requests: [] as SeenRequest[], faults: [] as Fault[], repositories: options.repositories, bytesPerSecond: options.bytesPerSecond };
  const hub = createServer((request, response) => void new HubExchange("hub", state, options, request, response).run());
  const storage = createServer((request, response) => void new HubExchange("storage", state, options, request, response).run());
  state.url = await listen(hub);
  state.storageUrl = await listen(storage);
  return Object.assign(state, { close: async () => void (await Promise.all([stop(hub), stop(storage)])) });
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
