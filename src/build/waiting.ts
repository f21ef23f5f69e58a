/**
 * How much slower compilers were in a build than their CPU time explains, because more processes wanted to run than there are
 * cores: cargo, linkers, and whatever else the machine had to do. A calibration at another time cannot know that.
 *
 * Method: over the units that had company all the time, wall time is a line over CPU time (least squares). Its slope is the
 * wall time that a second of work took; what starting a process costs is in the intercept.
 */
import type { BuildUnit } from '#model/build-report.ts';

// Limit: with fewer units, or less of work, a line through them says nothing.
const unitsMin = 20;
const cpuSecondsMin = 3;

/** Pace of a thread by the wall time alone, at most 1; null where the build does not tell. `busy`: slots that were full. */
export function waitingPace(units: readonly BuildUnit[], busy: number): number | null {
  if (busy < 2) return null;
  const points = units.flatMap(unit => {
    const { cpuSeconds, durationSeconds, startSeconds } = unit;
    if (cpuSeconds === undefined || durationSeconds <= 0) return [];
    const end = startSeconds + durationSeconds;
    let company = 0;
    for (const other of units) {
      if (other === unit) continue;
      const otherEnd = other.startSeconds + other.durationSeconds;
      company += Math.max(0, Math.min(end, otherEnd) - Math.max(startSeconds, other.startSeconds));
    }
    return company / durationSeconds > 0.95 * (busy - 1) ? [{ x: cpuSeconds, y: durationSeconds }] : [];
  });
  const sum = (of: (point: { x: number; y: number }) => number) =>
    points.reduce((total, point) => total + of(point), 0);
  if (points.length < unitsMin || sum(({ x }) => x) < cpuSecondsMin) return null;
  const meanX = sum(({ x }) => x) / points.length;
  const meanY = sum(({ y }) => y) / points.length;
  const slope = sum(({ x, y }) => (x - meanX) * (y - meanY)) / sum(({ x }) => (x - meanX) ** 2);
  return slope > 0 ? Math.min(1, 1 / slope) : null;
}
