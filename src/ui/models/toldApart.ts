/** Of paths that end alike, as much of each one's folders as tells it from the others, e.g. "a/models" and "b/models". */
export function toldApart(path: string, others: readonly string[]): string {
  const own = foldersOf(path);
  const rest = others.filter((other) => other !== path).map(foldersOf);
  for (let count = 1; count <= own.length; count++) {
    const end = own.slice(-count).join("/");
    if (rest.every((folders) => folders.slice(-count).join("/") !== end)) return end;
  }
  return own.join("/");
}

function foldersOf(path: string): readonly string[] {
  return path.split(/[\\/]/).slice(0, -1).filter((name) => name !== "");
}
