import type { TimelineBar } from '#model/section.ts';
import { barAt, type Lanes, packLanes } from '../timeline/lanes.ts';

/** Two builds over one another on one scale of time. CSS pixels from the top. */
export const geometry = { title: 18, strip: 112, gap: 10, axis: 20, laneMost: 18 } as const;

export interface Strip {
  readonly title: string;
  readonly bars: readonly TimelineBar[];
  readonly lanes: Lanes;
  readonly endSeconds: number;
  /** Of the first lane. */
  readonly top: number;
  readonly height: number;
  readonly laneHeight: number;
}

/** The measured build above, as high as its lanes need. */
export function measuredStrip(bars: readonly TimelineBar[]): Strip {
  const lanes = packLanes(bars);
  const height = Math.min(geometry.strip, lanes.lanes.length * geometry.laneMost);
  return stripOf('measured', bars, lanes, geometry.title, height);
}

/** The predicted build below, always of one height, so that the page does not move while a control does: many lanes are thin. */
export function predictedStrip(bars: readonly TimelineBar[], above: Strip): Strip {
  const top = above.top + above.height + geometry.gap + geometry.title;
  return stripOf('predicted', bars, packLanes(bars), top, geometry.strip);
}

export function chartHeight(last: Strip): number {
  return last.top + last.height + geometry.axis;
}

function stripOf(
  title: string,
  bars: readonly TimelineBar[],
  lanes: Lanes,
  top: number,
  height: number,
): Strip {
  return {
    title,
    bars,
    lanes,
    endSeconds: bars.reduce((last, bar) => Math.max(last, bar.endSeconds), 0),
    top,
    height,
    laneHeight: Math.min(geometry.laneMost, height / Math.max(1, lanes.lanes.length)),
  };
}

/** The bar at a point, or null. `spanSeconds`: of the whole width. */
export function barUnder(
  strips: readonly Strip[],
  x: number,
  y: number,
  widthPixels: number,
  spanSeconds: number,
): TimelineBar | null {
  const strip = strips.find(({ top, height }) => y >= top && y < top + height);
  if (strip === undefined || widthPixels <= 0) return null;
  const lane = strip.lanes.lanes[Math.floor((y - strip.top) / strip.laneHeight)];
  const secondsPerPixel = spanSeconds / widthPixels;
  const found = barAt(strip.bars, lane, x * secondsPerPixel, 2 * secondsPerPixel);
  return found === null ? null : strip.bars[found]!;
}
