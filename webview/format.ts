/** Numbers as people read them. A missing value is an en dash everywhere. */
export const missing = "–";

const KiB = 1024;
const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/** The binary unit in which a size is written, so that a chart's axis and its table agree. */
export function byteUnit(bytes: number): { readonly name: "KiB" | "MiB" | "GiB"; readonly size: number } {
  if (bytes >= GiB) return { name: "GiB", size: GiB };
  return bytes >= MiB ? { name: "MiB", size: MiB } : { name: "KiB", size: KiB };
}

export function formatBytes(bytes: number | undefined, digits = 2): string {
  if (bytes === undefined || !Number.isFinite(bytes)) return missing;
  if (bytes === 0) return "0";
  const unit = byteUnit(Math.abs(bytes));
  const value = bytes / unit.size;
  const shown = unit.name === "KiB" ? 0 : Math.abs(value) < 100 ? digits : Math.max(0, digits - 2);
  return `${value.toFixed(shown)} ${unit.name}`;
}

/** "8.03 B", "4.2 M": weights of a model. */
export function formatParameters(count: number): string {
  if (!(count > 0)) return missing;
  if (count >= 1e12) return `${(count / 1e12).toFixed(2)} T`;
  if (count >= 1e9) return `${(count / 1e9).toFixed(2)} B`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} M`;
  return count >= 1e3 ? `${(count / 1e3).toFixed(0)} K` : String(count);
}

/** A share of 1 in percent, above 1 in whole ones; never rounds up to 100 what is not whole, nor down to 0 what is something. */
export function formatShare(share: number | undefined, digits = 1): string {
  if (share === undefined || !Number.isFinite(share)) return missing;
  if (share === 0 || share === 1) return `${100 * share} %`;
  if (share > 1) return share < 1.005 ? ">100 %" : `${grouped(100 * share)} %`;
  for (let more = digits; more < 6; more++) {
    const text = (100 * share).toFixed(more);
    if (Number(text) > 0 && Number(text) < 100) return `${text} %`;
  }
  return share > 0.5 ? ">99.9999 %" : "<0.0001 %";
}

/** KL divergence in nats per token: four decimals, or two significant digits where four would show nothing. */
export function formatKl(kl: number | undefined): string {
  if (kl === undefined || !Number.isFinite(kl)) return missing;
  if (kl < 1e-6) return "<0.000001";
  if (kl < 9.5e-4) return kl.toFixed(Math.min(7, 1 - Math.floor(Math.log10(kl))));
  return kl < 10 ? kl.toFixed(4) : kl.toFixed(2);
}

export function formatPerplexity(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return missing;
  if (value < 10) return value.toFixed(3);
  return value < 1000 ? value.toFixed(2) : grouped(value);
}

/** A standard error to two significant digits, without an exponent. */
export function formatError(error: number): string {
  if (!(error > 0) || !Number.isFinite(error)) return missing;
  const digits = Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(error))));
  return error.toFixed(digits);
}

export function formatBits(bits: number | undefined): string {
  return bits === undefined || !(bits > 0) ? missing : bits.toFixed(2);
}

/** Tokens per second; 0 means that it was not measured. */
export function formatRate(rate: number | undefined): string {
  if (rate === undefined || !(rate > 0)) return missing;
  return rate < 1000 ? rate.toFixed(1) : grouped(rate);
}

export function formatCount(count: number): string {
  return grouped(count);
}

/** "1 level", "3 levels". */
export function plural(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function formatTimeLeft(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return "";
  if (seconds < 5) return "a few seconds left";
  return seconds < 60 ? `about ${Math.ceil(seconds / 5) * 5} s left` : `about ${formatSeconds(seconds)} left`;
}

function grouped(value: number): string {
  return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, ",");
}
