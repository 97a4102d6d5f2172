/** Seconds still to go when a share of the work took so long, or undefined while that says too little. */
export function secondsLeft(fraction: number, elapsedSeconds: number): number | undefined {
  if (fraction <= 0.02 || elapsedSeconds < 0.5) return undefined;
  return (elapsedSeconds * (1 - Math.min(1, fraction))) / fraction;
}
