/** To milliseconds: finer digits are noise in a measurement of processes. Also for ratios, to three digits. */
export function roundedSeconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
