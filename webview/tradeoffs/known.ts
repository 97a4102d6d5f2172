import type { Forecast, TradeoffRow, TradeoffsSnapshot } from "../../src/protocol/panels";

/** A number of a row as best it is known: measured, or foretold with its interval. */
export interface Known {
  readonly value: number;
  /** Of a measured value one standard error to either side, of a foretold one its interval. */
  readonly low: number;
  readonly high: number;
  readonly foretold: boolean;
}

/** KL divergence, nats per token. */
export function klOf({ measured, forecast }: TradeoffRow): Known | undefined {
  const kl = measured?.kl;
  if (kl && Number.isFinite(kl.mean)) return { value: kl.mean, low: kl.mean - kl.error, high: kl.mean + kl.error, foretold: false };
  return measured ? undefined : foretold(forecast?.kl);
}

/** Share of positions with the original's most likely token, 0 to 1. */
export function agreementOf({ measured, forecast }: TradeoffRow): Known | undefined {
  if (measured?.top1Agreement !== undefined) return exact(measured.top1Agreement);
  return measured ? undefined : foretold(forecast?.top1Agreement);
}

/** Tokens written per second. */
export function speedOf({ measured, forecast }: TradeoffRow): Known | undefined {
  const rate = measured?.generationTokensPerSecond;
  if (rate) return exact(rate);
  const most = forecast?.generationTokensPerSecond;
  return most ? { value: most, low: 0, high: most, foretold: true } : undefined;
}

/** What was measured here says nothing of another machine's speed: there the foretold one is shown. */
export function onChosenMachine(snapshot: TradeoffsSnapshot): TradeoffsSnapshot {
  if (snapshot.machineId === "here") return snapshot;
  const rows = snapshot.rows.map((row) => (row.measured ? { ...row, measured: { ...row.measured, promptTokensPerSecond: 0, generationTokensPerSecond: 0 } } : row));
  return { ...snapshot, rows };
}

function exact(value: number): Known {
  return { value, low: value, high: value, foretold: false };
}

function foretold(forecast: Forecast | undefined): Known | undefined {
  return forecast && Number.isFinite(forecast.value) ? { ...forecast, foretold: true } : undefined;
}
