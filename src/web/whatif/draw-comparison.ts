import { secondsText } from '#model/measure-text.ts';
import type { Palette } from '../timeline/palette.ts';
import { ticksWithin } from '../timeline/ticks.ts';
import { chartHeight, geometry, type Strip } from './compare-geometry.ts';

/** Draws strips of bars over one axis of `spanSeconds`. The context is scaled to CSS pixels. */
export function drawComparison(
  context: CanvasRenderingContext2D,
  strips: readonly Strip[],
  spanSeconds: number,
  widthPixels: number,
  palette: Palette,
): void {
  const height = chartHeight(strips.at(-1)!);
  context.clearRect(0, 0, widthPixels, height);
  const xAt = (seconds: number) => (seconds / spanSeconds) * widthPixels;
  context.font = `11px ${palette.font}`;
  context.textBaseline = 'middle';
  const axis = height - geometry.axis;
  for (const tick of ticksWithin(0, spanSeconds, (80 / widthPixels) * spanSeconds)) {
    const x = xAt(tick.seconds);
    context.fillStyle = palette.grid;
    context.fillRect(Math.round(x), geometry.title, 1, axis - geometry.title);
    const width = context.measureText(tick.label).width;
    context.fillStyle = palette.muted;
    context.fillText(
      tick.label,
      Math.min(Math.max(x - width / 2, 0), widthPixels - width),
      axis + geometry.axis / 2,
    );
  }
  for (const strip of strips) drawStrip(context, strip, xAt, widthPixels, palette);
}

function drawStrip(
  context: CanvasRenderingContext2D,
  strip: Strip,
  xAt: (seconds: number) => number,
  widthPixels: number,
  palette: Palette,
): void {
  const { bars, lanes, laneHeight, top, endSeconds } = strip;
  const height = Math.max(1, laneHeight - (laneHeight > 4 ? 2 : 0.5));
  context.fillStyle = palette.muted;
  context.fillText(strip.title, 0, top - geometry.title / 2);
  if (bars.length === 0) return;
  for (const [number, lane] of lanes.lanes.entries()) {
    const y = top + number * laneHeight;
    for (const index of lane) {
      const bar = bars[index]!;
      const fill = (from: number, to: number, name: string) => {
        const left = xAt(from);
        const width = xAt(to) - left;
        context.fillStyle = palette.segment(name, bar.member);
        context.fillRect(left, y, Math.max(width - (width > 3 ? 0.5 : 0), 0.5), height);
      };
      fill(bar.startSeconds, bar.endSeconds, 'frontend');
      for (const { name, startSeconds, endSeconds: to } of bar.segments) {
        if (name !== 'frontend') fill(startSeconds, to, name);
      }
      if (bar.critical) {
        context.fillStyle = palette.ink;
        const left = xAt(bar.startSeconds);
        context.fillRect(left, y + height - 1, Math.max(xAt(bar.endSeconds) - left, 1), 2);
      }
      if (height >= 12)
        drawName(
          context,
          bar.label.split(' ')[0]!,
          xAt(bar.startSeconds),
          xAt(bar.endSeconds),
          y + height / 2,
          palette,
        );
    }
  }
  const end = Math.min(xAt(endSeconds), widthPixels - 1);
  const text = secondsText(endSeconds);
  const width = context.measureText(text).width;
  context.fillStyle = palette.ink;
  context.fillRect(Math.round(end) - 1, top - 4, 2, strip.height + 4);
  context.fillText(text, Math.max(0, end - width), top - geometry.title / 2 - 1);
}

function drawName(
  context: CanvasRenderingContext2D,
  name: string,
  left: number,
  right: number,
  y: number,
  palette: Palette,
): void {
  if (context.measureText(name).width > right - left - 7) return;
  context.fillStyle = palette.ink;
  context.fillText(name, left + 4, y + 0.5);
}
