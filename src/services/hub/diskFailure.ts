import { basename, dirname } from "node:path";
import { HumanError, sentenceOf } from "../../protocol/humanError";

/** For an error while a file is written. */
export function diskFailure(path: string, error: unknown): HumanError {
  if (error instanceof HumanError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOSPC" || code === "EDQUOT") return new HumanError("diskFull", `The disk is full: make room for ${basename(path)}, then go on.`, { cause: error });
  if (code === "EFBIG") return new HumanError("notWritable", `${basename(path)} is larger than a file may be on that disk: choose a folder on another one.`, { cause: error });
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") return new HumanError("notWritable", `${dirname(path)} may not be written to: choose another folder.`, { cause: error });
  if (code === "ENOTDIR" || code === "EEXIST") return new HumanError("notWritable", `${dirname(path)} cannot be made, as a file is in the way: choose a folder.`, { cause: error });
  return new HumanError("notWritable", `${path} cannot be written (${sentenceOf(error)}).`, { cause: error });
}
