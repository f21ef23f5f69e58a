import type { MeasuredJob } from './schedule/work-of.ts';

/**
 * From the moment that lets a unit start to its start, the median over the build, in seconds. That moment is the last thing
 * before the start that frees a slot or a dependency, or the start of another unit: cargo starts one after the other. 0 for
 * fewer than three units.
 */
export function handOverSeconds(measured: readonly MeasuredJob[]): number {
  const moments = measured
    .flatMap(({ start, metadata, end }) => [start, metadata, end])
    .sort((a, b) => a - b);
  const gaps: number[] = [];
  for (const { start } of measured) {
    const before = lastBefore(moments, start);
    if (before !== null) gaps.push(start - before);
  }
  if (gaps.length < 3) return 0;
  gaps.sort((a, b) => a - b);
  return gaps[gaps.length >> 1]!;
}

function lastBefore(sorted: readonly number[], at: number): number | null {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : sorted[low - 1]!;
}
