/** Rows of equal keys, those as the first line. */
export function csvLines<Row extends object>(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {}) as (keyof Row & string)[];
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column] as string | number | undefined))];
  return lines.map((line) => `${line.map(csvCell).join(",")}\n`).join("");
}

/** Quoted as RFC 4180 asks; a leading sign of a formula is kept from being one when a spreadsheet opens the file. */
function csvCell(value: string | number | undefined): string {
  if (typeof value !== "string") return value === undefined ? "" : String(value);
  const text = /^[=+@\t]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The first column is text, the others are figures; cells are escaped already. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const table = [header, header.map((_, index) => (index === 0 ? "---" : "---:")), ...rows];
  return table.map((line) => `| ${line.join(" | ")} |`);
}

/** File names may hold what Markdown would read as its own. */
export function escapedMarkdown(text: string): string {
  return text.replace(/[\\|<>[\]*_`]/g, (sign) => `\\${sign}`).replace(/[\r\n]+/g, " ");
}
