import { constants, open } from "node:fs/promises";
import { HumanError } from "../protocol/humanError";

/** The text of a file that must be small: a list that a stranger's program left. Pipes, devices and larger files are refused. */
export async function readSmallFile(path: string, longest: number): Promise<string> {
  const { text, bytes } = await readBeginning(path, longest);
  if (bytes > longest) throw new HumanError("unsupported", `${path} has ${bytes} bytes, too many for what it should be.`);
  return text;
}

/** The first bytes of a file as text, and how many bytes it has in all. */
export async function readBeginning(path: string, longest: number): Promise<{ readonly text: string; readonly bytes: number }> {
  // Opening a pipe would wait for its other end for ever.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const status = await handle.stat();
    if (!status.isFile()) throw new HumanError("notReadable", `${path} is not a file.`);
    const buffer = Buffer.alloc(Math.min(longest, status.size));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return { text: buffer.toString("utf8", 0, bytesRead), bytes: status.size };
  } finally {
    await handle.close();
  }
}
