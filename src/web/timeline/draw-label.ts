import type { TimelineBar } from '#model/section.ts';
import { geometry } from './gantt-state.ts';
import type { Palette } from './palette.ts';

/** Inside the bar where it fits, cut short where most of it does, else beside it where the lane is free. */
export function drawLabel(
  context: CanvasRenderingContext2D,
  bar: TimelineBar,
  left: number,
  right: number,
  nextLeft: number,
  y: number,
  palette: Palette,
): void {
  const from = Math.max(left, 0) + 4;
  const room = right - from - 3;
  const roomBeside = nextLeft - right - 8;
  if (room < 22 && roomBeside < 22) return;
  context.font = `${bar.member ? '600 ' : ''}11px ${palette.font}`;
  const [name = '', version = ''] = splitLabel(bar.label);
  const nameWidth = context.measureText(name).width;
  const middle = y + geometry.bar / 2 + 0.5;
  if (nameWidth <= room) {
    context.fillStyle = palette.ink;
    context.fillText(name, from, middle);
    drawVersion(context, version, from + nameWidth, right - 3, middle, palette);
  } else if (nameWidth <= roomBeside) {
    context.fillStyle = palette.muted;
    context.fillText(name, Math.max(right, 0) + 4, middle);
  } else if (room >= 22) {
    const kept = Math.floor((room / nameWidth) * name.length) - 1;
    if (kept < 2) return;
    context.fillStyle = palette.ink;
    context.fillText(`${name.slice(0, kept)}…`, from, middle);
  }
}

function drawVersion(
  context: CanvasRenderingContext2D,
  version: string,
  from: number,
  to: number,
  middle: number,
  palette: Palette,
): void {
  if (version === '') return;
  context.font = `11px ${palette.font}`;
  if (from + 5 + context.measureText(version).width > to) return;
  context.fillStyle = palette.muted;
  context.fillText(version, from + 5, middle);
}

/** `serde 1.0.219` → name and version. */
function splitLabel(label: string): [string, string] {
  const space = label.indexOf(' ');
  return space === -1 ? [label, ''] : [label.slice(0, space), label.slice(space + 1)];
}
