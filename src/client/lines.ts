import type { Readable } from "node:stream";

/** Lines kept for the message of a crash. */
const tailLines = 20;
/** A longer line without a break is passed on in parts, so that memory stays bounded. */
const longestLine = 8192;

/** Passes a stream on line by line and remembers the last lines. */
export class Lines {
  readonly #tail: string[] = [];
  #open = "";

  constructor(stream: Readable | null, private readonly onLine: (line: string) => void) {
    stream?.setEncoding("utf8");
    stream?.on("data", (chunk: string) => this.#add(chunk));
    stream?.on("end", () => this.#add("\n"));
  }

  get tail(): readonly string[] {
    return this.#tail;
  }

  #add(chunk: string): void {
    const lines = (this.#open + chunk).split(/\r?\n/);
    this.#open = lines.pop() ?? "";
    if (this.#open.length > longestLine) {
      lines.push(this.#open);
      this.#open = "";
    }
    for (const line of lines) {
      if (line.trim() === "") continue;
      this.#tail.push(line);
      if (this.#tail.length > tailLines) this.#tail.shift();
      this.onLine(line);
    }
  }
}
