/** Why a request failed, for code that must react to the kind of failure. */
export type HumanErrorCode =
  | "notFound"
  | "notReadable"
  | "notWritable"
  | "notGguf"
  | "truncated"
  | "outputExists"
  | "sameFile"
  | "diskFull"
  | "badArgument"
  | "textTooShort"
  | "vocabularyMismatch"
  | "modelTooLarge"
  | "unsupported"
  | "runtimeCrashed"
  | "runtimeStopped"
  | "cancelled"
  | "failed";

/**
 * The one error whose message is written for a person: it says what is wrong and what to do.
 * Everything else that is thrown is a bug or a surprise and goes to the log.
 */
export class HumanError extends Error {
  constructor(
    readonly code: HumanErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = "HumanError";
  }

  static cancelled(): HumanError {
    return new HumanError("cancelled", "Cancelled.");
  }
}

export function isCancellation(error: unknown): boolean {
  return error instanceof HumanError && error.code === "cancelled";
}

/** The sentence to show for any thrown value. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
