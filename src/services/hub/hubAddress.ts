import { HumanError } from "../../protocol/humanError";

export interface HubAddress {
  /** Without a slash at the end. */
  readonly base: string;
  readonly origin: string;
  readonly host: string;
  /** Whether nobody on the way can read what is sent: a token goes nowhere else. */
  readonly secure: boolean;
}

/** Where a hub is; a mirror may have a path. Throws a HumanError for what is no address. */
export function hubAddress(text: string): HubAddress {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new HumanError("badArgument", "The hub's address must look like https://huggingface.co: check the setting or HF_ENDPOINT.");
  }
  return { base: url.origin + url.pathname.replace(/\/+$/, ""), origin: url.origin, host: url.host, secure: url.protocol === "https:" || isLoopback(url.hostname) };
}

/** The key under which a hub's token is kept: each one has its own, so that none gets another's. */
export function hubTokenKey(url: string): string {
  return `decant.hubToken ${hubAddress(url).origin}`;
}

/** A path of names, each one encoded, so that none can leave its place. */
export function encodedPath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
