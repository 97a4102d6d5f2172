import type { CancellationToken } from "../../protocol/rpc";
import { HumanError } from "../../protocol/humanError";
import type { RetryPolicy } from "../../core/hub/retry";
import type { Secrets } from "../ports";
import { HubAnswer } from "./hubAnswer";
import { HubError } from "./hubError";
import { type Asked, failureOfStatus } from "./hubFailures";
import { hubAddress, hubTokenKey } from "./hubAddress";
import { retrying } from "./retrying";

export interface HubOptions {
  /** Address of the hub, e.g. "https://huggingface.co". */
  url(): string;
  readonly secrets: Secrets;
  readonly fetch?: typeof fetch;
  /** Milliseconds; the defaults are meant for people. */
  readonly stall?: number;
  /** Of questions; downloads have a longer breath of their own. */
  readonly retry?: RetryPolicy;
}

export interface HubQuestion {
  /** Below the hub's address, beginning with "/". */
  readonly path: string;
  /** For sentences, e.g. "owner/name". */
  readonly what: string;
  /** Path of the page of the repository that it is about. */
  readonly page?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Milliseconds without a byte after which a connection counts as dead. */
const usualStall = 30_000;
const usualRetry: RetryPolicy = { tries: 3, first: 500, longest: 5000 };
const mostRedirects = 5;
/** Answers of the hub's API are far shorter. */
const mostJson = 16 * 2 ** 20;

/** Asks a hub, and follows it to where its files lie. Its token goes to the hub itself and to no other host, and not where others could read it. */
export class HubConnection {
  constructor(private readonly options: HubOptions) {}

  get host(): string {
    return hubAddress(this.options.url()).host;
  }

  /** The host for people to see; what is no address stays as it is. */
  get name(): string {
    const address = this.options.url();
    return URL.canParse(address) ? new URL(address).host : address;
  }

  /** How long questions are repeated that a moment's trouble kept from an answer. */
  get patience(): RetryPolicy {
    return this.options.retry ?? usualRetry;
  }

  /** Address of a page of the hub, for people. */
  page(path: string): string {
    return hubAddress(this.options.url()).base + path;
  }

  /** A JSON answer. What is only for a moment in the way is waited for. */
  json(question: HubQuestion, token: CancellationToken): Promise<unknown> {
    return retrying(this.patience, token, async () => {
      const answer = await this.get({ ...question, headers: { accept: "application/json", ...question.headers } }, token);
      const text = new TextDecoder().decode(await answer.bytes(mostJson));
      try {
        return JSON.parse(text) as unknown;
      } catch (error) {
        throw new HubError("wrong", `What ${this.host} answered is not a hub's answer (no JSON): a proxy or a sign-in page may stand between, or the address is wrong.`, undefined, error);
      }
    });
  }

  /** An answer that brings what was asked (2xx or 416), after redirects; one try. */
  async get({ path, what, page, headers }: HubQuestion, token: CancellationToken): Promise<HubAnswer> {
    const address = this.options.url();
    const { base, origin, host, secure } = hubAddress(address);
    const kept = checkedToken(await this.options.secrets.get(hubTokenKey(address)));
    const secret = secure ? kept : undefined;
    const asked: Asked = { host, what, signedIn: secret !== undefined, withheld: kept !== secret, ...(page !== undefined && { page: base + page }) };
    let url = new URL(base + path);
    for (let redirects = 0; redirects <= mostRedirects; redirects++) {
      const answer = await HubAnswer.of(url, this.#headers(headers, url.origin === origin ? secret : undefined), token, { fetch: this.options.fetch ?? fetch, stall: this.options.stall ?? usualStall });
      const location = answer.status >= 300 && answer.status < 400 && answer.status !== 304 ? answer.header("location") : undefined;
      if (location === undefined) return this.#checked(answer, asked);
      answer.close();
      url = followed(url, location, host);
    }
    throw new HubError("wrong", `${host} sends requests for ${what} in a circle (more than ${mostRedirects} redirects): check the hub's address.`);
  }

  #checked(answer: HubAnswer, asked: Asked): HubAnswer {
    const failure = failureOfStatus(answer.status, (name) => answer.header(name), asked, Date.now());
    if (!failure) return answer;
    answer.close();
    throw failure;
  }

  /** Bytes as they are kept: compressed ones could not be resumed. */
  #headers(own: Readonly<Record<string, string>> | undefined, secret: string | undefined): Record<string, string> {
    return { "accept-encoding": "identity", "user-agent": "decant", ...own, ...(secret !== undefined && { authorization: `Bearer ${secret}` }) };
  }
}

/** Anything else cannot be sent, and was kept by mistake. */
function checkedToken(text: string | undefined): string | undefined {
  const token = text?.trim();
  if (token === undefined || token === "") return undefined;
  if (!/^[\x21-\x7e]{1,1000}$/.test(token)) throw new HumanError("badArgument", "The token that is kept is none (it has blanks or letters that a token cannot have): sign in again, or check HF_TOKEN.");
  return token;
}

function followed(from: URL, location: string, host: string): URL {
  const target = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  const safe = target && (target.protocol === "https:" || (target.protocol === "http:" && from.protocol === "http:")) && target.username === "" && target.password === "";
  if (!safe) throw new HubError("wrong", `${host} sends requests to an address that is not safe to follow.`);
  return target;
}
