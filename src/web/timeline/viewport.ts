/**
 * The part of a build's time that the chart shows. Invariant, kept by every function here: the shown span lies within the
 * build, so there is no empty scrolling past its ends.
 */
export interface Viewport {
  /** Length of the build. Above 0. */
  readonly durationSeconds: number;
  /** Width of the chart. At least 1. */
  readonly widthPixels: number;
  /** Time at the left edge. */
  readonly startSeconds: number;
  /** Length of the shown span. */
  readonly spanSeconds: number;
}

/** The narrowest span: cargo and rustc give times in milliseconds at best, so nothing is to be seen below. */
const spanSecondsMin = 0.002;

/** The whole build. A build of no length is shown as a millisecond. */
export function fitViewport(durationSeconds: number, widthPixels: number): Viewport {
  const duration = Number.isFinite(durationSeconds) ? Math.max(durationSeconds, 0.001) : 0.001;
  return {
    durationSeconds: duration,
    widthPixels: Math.max(widthPixels, 1),
    startSeconds: 0,
    spanSeconds: duration,
  };
}

export function timeAt(view: Viewport, x: number): number {
  return view.startSeconds + (x / view.widthPixels) * view.spanSeconds;
}

export function xAt(view: Viewport, seconds: number): number {
  return ((seconds - view.startSeconds) / view.spanSeconds) * view.widthPixels;
}

/** Shows `factor` times as much detail; the time at `x` stays there unless an end of the build forces it away. */
export function zoomAt(view: Viewport, x: number, factor: number): Viewport {
  const shortest = Math.min(spanSecondsMin, view.durationSeconds);
  const spanSeconds = Math.min(Math.max(view.spanSeconds / factor, shortest), view.durationSeconds);
  const startSeconds = timeAt(view, x) - (x / view.widthPixels) * spanSeconds;
  return within({ ...view, startSeconds, spanSeconds });
}

/** Moves the shown span right by a distance on the screen. */
export function panBy(view: Viewport, pixels: number): Viewport {
  return within({
    ...view,
    startSeconds: view.startSeconds + (pixels / view.widthPixels) * view.spanSeconds,
  });
}

/** The same span on a chart of another width. */
export function resized(view: Viewport, widthPixels: number): Viewport {
  return { ...view, widthPixels: Math.max(widthPixels, 1) };
}

/**
 * Moves, and zooms in where needed, so that a bar can be seen: wholly inside where it fits, and at least an eighth of the
 * width where it would be a sliver.
 */
export function reveal(view: Viewport, startSeconds: number, endSeconds: number): Viewport {
  const length = Math.max(endSeconds - startSeconds, 0);
  const sliver = (length / view.spanSeconds) * view.widthPixels < 6;
  const shortest = Math.min(spanSecondsMin, view.durationSeconds);
  const spanSeconds = sliver
    ? Math.min(Math.max(length * 8, shortest), view.spanSeconds)
    : Math.min(Math.max(view.spanSeconds, length * 1.25), view.durationSeconds);
  const inside = startSeconds >= view.startSeconds && endSeconds <= view.startSeconds + view.spanSeconds;
  if (inside && spanSeconds === view.spanSeconds) return view;
  return within({ ...view, spanSeconds, startSeconds: startSeconds + length / 2 - spanSeconds / 2 });
}

function within(view: Viewport): Viewport {
  const last = view.durationSeconds - view.spanSeconds;
  return { ...view, startSeconds: Math.min(Math.max(view.startSeconds, 0), Math.max(last, 0)) };
}
