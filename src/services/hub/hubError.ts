import { HumanError, type HumanErrorCode } from "../../protocol/humanError";

/** Why a hub did not give what was asked. */
export type HubFailure =
  /** It cannot be reached at all. */
  | "offline"
  /** It was reached but did not go on: cut, silent, overloaded. */
  | "unsteady"
  /** It asks for a token, or for another one. */
  | "denied"
  /** There is no such thing. */
  | "missing"
  /** What it answers makes no sense, or may not be believed. */
  | "wrong"
  /** Bytes came that are not those of the file. */
  | "spoiled";

/** A HumanError that also says whether trying again can help. */
export class HubError extends HumanError {
  constructor(
    readonly failure: HubFailure,
    message: string,
    /** Milliseconds that the server asks to wait. */
    readonly retryAfter?: number,
    cause?: unknown,
  ) {
    super(codes[failure], message, { cause });
  }
}

const codes: Readonly<Record<HubFailure, HumanErrorCode>> = { offline: "failed", unsteady: "failed", denied: "notReadable", missing: "notFound", wrong: "failed", spoiled: "failed" };
