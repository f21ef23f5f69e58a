/** To milliseconds: finer digits are noise in a measurement of processes. Also for ratios, to three digits. */
export function roundedSeconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** `6.9 s`, `0.12 s`, `4 min 7 s`. */
export function secondsInWords(seconds: number): string {
  if (seconds < 1) return `${seconds.toFixed(2)} s`;
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
