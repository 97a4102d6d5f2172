import type { Output } from "./command";

/** Results on stdout, progress on stderr: there one line replaces the last on a terminal, and all stay in a file. */
export function terminalOutput(): Output {
  const live = process.stderr.isTTY;
  let shown = false;
  let last = "";
  const clear = (): void => {
    if (shown) process.stderr.write("\r\u001b[K");
    shown = false;
  };
  return {
    live,
    result: (text) => {
      clear();
      process.stdout.write(`${text}\n`);
    },
    line: (text) => {
      clear();
      process.stderr.write(`${text}\n`);
    },
    progress: (text) => {
      if (!live) {
        if (text && text !== last) process.stderr.write(`${text}\n`);
        last = text;
        return;
      }
      clear();
      process.stderr.write(text);
      shown = text !== "";
    },
  };
}
