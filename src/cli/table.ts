/** Plain columns, numbers to the right. */
export function table(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headers, ...rows];
  const widths = headers.map((_, column) => all.reduce((width, row) => Math.max(width, (row[column] ?? "").length), 0));
  const numeric = headers.map((_, column) => rows.every((row) => /^[-–~]?[\d.,]*( ?(%|[KMG]i?B|±.*|s))?$/.test(row[column] ?? "")));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (numeric[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join("  ").trimEnd();
  return all.map(line).join("\n");
}


export function formatCount(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(2)} B`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(2)} M`;
  return String(count);
}
