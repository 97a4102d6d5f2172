/** Which files of a folder are texts to measure and calibrate on: one rule for the editor and the command line. */

/** Files that hold prose or code, by extension. */
export const textExtensions: readonly string[] = [
  "txt", "text", "md", "markdown", "rst", "tex", "html", "json", "jsonl", "csv", "xml", "yaml", "yml", "py", "ts", "js", "java", "c", "cpp", "h", "go", "rs",
];
/** Folders that hold what tools have made, not what people have written. */
export const skippedFolders: readonly string[] = ["node_modules", ".git", "dist", "out"];

/** Enough for any measurement or calibration; more would only take memory. */
const mostFiles = 500;
const mostBytes = 20 * 1024 ** 2;

/** True for the path of a text below a folder, with "/" or "\" between its parts. */
export function isTextPath(path: string): boolean {
  const parts = path.split(/[\\/]/);
  const name = parts.pop() ?? "";
  const dot = name.lastIndexOf(".");
  return dot > 0 && textExtensions.includes(name.slice(dot + 1).toLowerCase()) && !parts.some((part) => skippedFolders.includes(part));
}

/** The files to take: by the order of their paths, at most 500, and none that would make it more than 20 MiB with those before it. */
export function filesToRead<F extends { readonly path: string; readonly bytes: number }>(files: readonly F[]): readonly F[] {
  let total = 0;
  const taken: F[] = [];
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    if (taken.length === mostFiles) break;
    if (total + file.bytes > mostBytes) continue;
    total += file.bytes;
    taken.push(file);
  }
  return taken;
}

/** Documents of word processors, which are opened as text, by extension. */
export const wordProcessedExtensions: readonly string[] = ["docx", "pdf"];

/** True for an extension such as ".docx". */
export function isWordProcessed(extension: string): boolean {
  return wordProcessedExtensions.includes(extension.replace(/^\./, "").toLowerCase());
}
