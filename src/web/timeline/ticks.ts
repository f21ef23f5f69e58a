export interface Tick {
  readonly seconds: number;
  readonly label: string;
}

/** Limit: a chart never needs more marks than this, whatever it is asked for. */
const tickCountMax = 200;

/** Marks at round times (1, 2, 5 × 10ⁿ s; then parts of minutes) within a span, `gapSeconds` or more apart. */
export function ticksWithin(startSeconds: number, endSeconds: number, gapSeconds: number): Tick[] {
  // Labels end at the millisecond.
  const step = stepFor(Math.max(gapSeconds, (endSeconds - startSeconds) / tickCountMax, 0.001));
  const ticks: Tick[] = [];
  const first = Math.ceil(startSeconds / step - 1e-9);
  for (let count = 0; count < tickCountMax; count += 1) {
    const seconds = (first + count) * step;
    if (!(seconds <= endSeconds + step * 1e-9)) break;
    ticks.push({ seconds, label: tickText(seconds, step) });
  }
  return ticks;
}

function stepFor(gapSeconds: number): number {
  if (gapSeconds > 5) {
    for (const step of [10, 15, 30, 60, 120, 300, 600, 900, 1800]) if (step >= gapSeconds) return step;
    return 3600 * Math.ceil(gapSeconds / 3600);
  }
  const power = 10 ** Math.floor(Math.log10(Math.max(gapSeconds, 1e-6)));
  for (const factor of [1, 2, 5]) if (factor * power >= gapSeconds * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

function tickText(seconds: number, step: number): string {
  if (step >= 60) return `${Math.round(seconds / 60)} min`;
  if (step >= 1) return seconds >= 60 ? minutesText(Math.round(seconds)) : `${Math.round(seconds)} s`;
  return `${seconds.toFixed(step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3)} s`;
}

function minutesText(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
