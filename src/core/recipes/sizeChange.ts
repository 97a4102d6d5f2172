/** "20 % smaller": of a model that had `from` bytes and has `to`. */
export function sizeChange(from: number, to: number): string {
  const percent = Math.round(100 * Math.abs(1 - to / from));
  return percent === 0 ? "as large as before" : `${percent} % ${to < from ? "smaller" : "larger"}`;
}
