/** Figures as people read them in trees, pickers and the status bar. */

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"] as const;
  const step = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  return `${value.toFixed(value < 100 ? 1 : 0)} ${units[step - 1]}`;
}

/** e.g. 4.3 M, 8.0 B: weights are counted in powers of ten. */
export function formatCount(count: number): string {
  if (count < 1000) return String(count);
  const units = ["K", "M", "B", "T"] as const;
  const step = Math.min(units.length, Math.floor(Math.log10(count) / 3));
  const value = count / 1000 ** step;
  return `${value.toFixed(value < 100 ? 1 : 0)} ${units[step - 1]}`;
}

export function formatPercent(fraction: number): string {
  return `${Math.round(100 * fraction)} %`;
}

/** e.g. "about 3 s", "about 2 min". */
export function formatSecondsLeft(seconds: number): string {
  if (seconds < 90) return `about ${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 90 * 60) return `about ${Math.round(seconds / 60)} min`;
  return `about ${(seconds / 3600).toFixed(1)} h`;
}

export function formatSpeed(tokensPerSecond: number): string {
  return `${tokensPerSecond < 10 ? tokensPerSecond.toFixed(1) : Math.round(tokensPerSecond).toLocaleString("en")} tok/s`;
}

export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

export function folderName(path: string): string {
  return path.slice(0, -fileName(path).length).replace(/[\\/]$/, "");
}
