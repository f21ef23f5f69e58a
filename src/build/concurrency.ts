/** How many units were active over time. */
export interface ConcurrencySample {
  readonly atSeconds: number;
  readonly active: number;
}

/** A sample at each change, in time order; each holds until the next. */
export function concurrencyOf(
  spans: readonly { readonly startSeconds: number; readonly endSeconds: number }[],
): readonly ConcurrencySample[] {
  const changes = new Map<number, number>();
  for (const { startSeconds, endSeconds } of spans) {
    changes.set(startSeconds, (changes.get(startSeconds) ?? 0) + 1);
    changes.set(endSeconds, (changes.get(endSeconds) ?? 0) - 1);
  }
  const samples: ConcurrencySample[] = [];
  let active = 0;
  for (const [atSeconds, change] of [...changes].sort(([a], [b]) => a - b)) {
    if (change === 0) continue;
    active += change;
    samples.push({ atSeconds, active });
  }
  return samples;
}

/** How many were active in each part of a range, in time order; the parts fill the range. */
export function activeWithin(
  samples: readonly ConcurrencySample[],
  startSeconds: number,
  endSeconds: number,
): readonly { readonly startSeconds: number; readonly endSeconds: number; readonly active: number }[] {
  const parts: { startSeconds: number; endSeconds: number; active: number }[] = [];
  let index = lastAtOrBefore(samples, startSeconds);
  let from = startSeconds;
  while (from < endSeconds) {
    const to = Math.min(endSeconds, samples[index + 1]?.atSeconds ?? endSeconds);
    if (to > from) parts.push({ startSeconds: from, endSeconds: to, active: samples[index]?.active ?? 0 });
    from = to;
    index += 1;
  }
  return parts;
}

/** -1 where all come later. */
function lastAtOrBefore(samples: readonly ConcurrencySample[], atSeconds: number): number {
  let low = 0;
  let high = samples.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (samples[middle]!.atSeconds <= atSeconds) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
