/** Sizes as people read them: "4.58 GiB", "700 MiB", "12.3 KiB". */
export function formatBytes(bytes: number, digits = 2): string {
  if (bytes >= 1024 ** 3) return `${(bytes / 1024 ** 3).toFixed(digits)} GiB`;
  if (bytes >= 1024 ** 2) return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
  return `${(bytes / 1024).toFixed(1)} KiB`;
}

const units: Readonly<Record<string, number>> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** Bytes meant by "4.5 GB", "700M", ".5 g" or "4.5" (a bare number counts `unit` bytes, from a million on bytes); units are of 1024. Undefined for anything else. */
export function parseBytes(text: string, unit: number = 1024 ** 3): number | undefined {
  const match = /^\s*(\d+(?:[.,]\d*)?|[.,]\d+)\s*(?:([KMGT])i?B?)?\s*$/i.exec(text);
  const number = Number(match?.[1]?.replace(",", "."));
  if (!match || !(number > 0)) return undefined;
  if (!match[2] && number >= 1e6) return Math.round(number);
  return Math.round(number * (match[2] ? (units[match[2].toUpperCase()] ?? Number.NaN) : unit));
}
