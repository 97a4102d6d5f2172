import { retryAfterOf } from "../../core/hub/retry";
import { sentenceOf } from "../../protocol/humanError";
import { HubError } from "./hubError";

export interface Asked {
  /** Where the hub is, e.g. "huggingface.co". */
  readonly host: string;
  /** e.g. "owner/name" or "owner/name/file.gguf". */
  readonly what: string;
  /** The page where a repository's terms can be accepted. */
  readonly page?: string;
  readonly signedIn: boolean;
  /** There is a token, which was not sent: others could have read it. */
  readonly withheld: boolean;
}

/** Undefined for an answer that brings what was asked. `header` reads headers of the answer. */
export function failureOfStatus(status: number, header: (name: string) => string | undefined, asked: Asked, now: number): HubError | undefined {
  if ((status >= 200 && status < 300) || status === 416) return undefined;
  const { host, what } = asked;
  if (status === 401 || status === 403) return new HubError("denied", denial(status, header("x-error-code"), asked));
  if (status === 404 || status === 410) return new HubError("missing", `${host} has no ${what}: it was renamed or deleted, or it is private.`);
  const after = retryAfterOf(header("retry-after"), now);
  const later = after === undefined ? "in a few minutes" : `in ${Math.max(1, Math.ceil(after / 1000))} s`;
  if (status === 429) return new HubError("unsteady", `${host} has had too many requests from here: try again ${later}${asked.signedIn ? "" : ", or sign in, which raises its limit"}.`, after);
  if (status >= 500 || status === 408) return new HubError("unsteady", `${host} has trouble (status ${status}): try again ${later}.`, after);
  return new HubError("wrong", `${host} refused ${what} (status ${status}).`);
}

function denial(status: number, code: string | undefined, { host, what, page, signedIn, withheld }: Asked): string {
  if (withheld) return `${host} does not give ${what} without a token, which is sent over https alone: change the hub's address.`;
  const terms = page === undefined ? "on its page" : `at ${page}`;
  if (code === "GatedRepo") return `${what} is gated: accept its terms ${terms}${signedIn ? " with the account of your token, and wait until its owner has let you in" : ", then sign in with a token of that account"}.`;
  if (code === "RepoNotFound" && signedIn) return `${host} has no ${what}, or your token may not see it.`;
  if (!signedIn) return `${host} does not give ${what} to everyone: it is gated, private, or does not exist. Accept its terms ${terms} where it has some, and sign in with a token.`;
  if (status === 403) return `Your token may not read ${what}: accept its terms ${terms}, or give the token the right to read it.`;
  return `${host} does not accept your token: sign in again with a valid one, or sign out.`;
}

const unreachable = new Set(["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH", "ENETDOWN", "EADDRNOTAVAIL", "UND_ERR_CONNECT_TIMEOUT", "ETIMEDOUT"]);

/** For what `fetch` or the stream of an answer threw. */
export function failureOfConnection(error: unknown, host: string): HubError {
  if (error instanceof HubError) return error;
  const code = codeOf(error);
  if ((code !== undefined && unreachable.has(code)) || /ERR_(INTERNET_DISCONNECTED|NAME_NOT_RESOLVED|ADDRESS_UNREACHABLE|CONNECTION_REFUSED|PROXY_CONNECTION_FAILED)/.test(sentenceOf(error))) return offline(host, error);
  if (code !== undefined && /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|TLS_|SSL/.test(code)) {
    return new HubError("wrong", `${host} does not prove who it is (${code}): a proxy may stand between, whose certificate this machine must know.`, undefined, error);
  }
  return new HubError("unsteady", `The connection to ${host} broke${code === undefined ? "" : ` (${code})`}: try again.`, undefined, error);
}

export function offline(host: string, cause?: unknown): HubError {
  return new HubError("offline", `${host} cannot be reached: you are offline, or a firewall or a proxy stands between. Models on this machine work as before.`, undefined, cause);
}

/** Node hides the reason in `cause`, and several attempts in `errors`. */
function codeOf(error: unknown, depth = 0): string | undefined {
  if (typeof error !== "object" || error === null || depth > 4) return undefined;
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  if (typeof code === "string") return code;
  return codeOf(cause, depth + 1) ?? (Array.isArray(errors) ? codeOf(errors[0], depth + 1) : undefined);
}
