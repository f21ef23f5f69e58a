import type { TimelineBar } from '#model/section.ts';

/** Bars in lanes in which none overlaps another. */
export interface Lanes {
  /** Per lane the positions of its bars in the block, in the order of time. */
  readonly lanes: readonly (readonly number[])[];
  /** Per bar its lane. */
  readonly laneOf: Int32Array;
}

/**
 * Greedy interval partitioning: in the order of their start, each bar goes into the first lane that is free. It uses as
 * few lanes as there are bars at the busiest moment, and lane 0 tells the longest unbroken story. Bars × lanes in time.
 */
export function packLanes(bars: readonly TimelineBar[]): Lanes {
  const order = bars.map((_, index) => index);
  order.sort((a, b) => bars[a]!.startSeconds - bars[b]!.startSeconds || a - b);
  const lanes: number[][] = [];
  const freeAt: number[] = [];
  const laneOf = new Int32Array(bars.length);
  for (const index of order) {
    const bar = bars[index]!;
    let lane = freeAt.findIndex(seconds => seconds <= bar.startSeconds);
    if (lane === -1) {
      lane = lanes.length;
      lanes.push([]);
    }
    lanes[lane]!.push(index);
    freeAt[lane] = Math.max(bar.endSeconds, bar.startSeconds);
    laneOf[index] = lane;
  }
  return { lanes, laneOf };
}

/**
 * The bars of a lane that touch a span of time, as a range of positions in the lane. Since a lane's bars follow each
 * other, two binary searches find them: drawing costs what is seen and not what the build holds.
 */
export function barsWithin(
  bars: readonly TimelineBar[],
  lane: readonly number[],
  startSeconds: number,
  endSeconds: number,
): { readonly from: number; readonly to: number } {
  const from = lowerBound(lane.length, position => bars[lane[position]!]!.endSeconds >= startSeconds);
  const to = lowerBound(lane.length, position => bars[lane[position]!]!.startSeconds > endSeconds);
  return { from, to: Math.max(from, to) };
}

/** The bar of a lane at a time, or the nearest within `slackSeconds` of it; null where there is none. */
export function barAt(
  bars: readonly TimelineBar[],
  lane: readonly number[] | undefined,
  seconds: number,
  slackSeconds: number,
): number | null {
  if (lane === undefined) return null;
  const { from, to } = barsWithin(bars, lane, seconds - slackSeconds, seconds + slackSeconds);
  let best: number | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (let position = from; position < to; position += 1) {
    const index = lane[position]!;
    const bar = bars[index]!;
    const distance = Math.max(bar.startSeconds - seconds, seconds - bar.endSeconds, 0);
    if (distance < bestDistance) {
      best = index;
      bestDistance = distance;
    }
  }
  return best;
}

/** The first of `length` positions at which a test that turns true once holds; `length` where it never does. */
function lowerBound(length: number, holds: (position: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
