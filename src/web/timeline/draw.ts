import { secondsText } from '#model/measure-text.ts';
import type { TimelineBar } from '#model/section.ts';
import { arrowsOf } from './arrows.ts';
import { activeAt } from './bar-facts.ts';
import { drawLabel } from './draw-label.ts';
import { type GanttState, geometry, lanesTop } from './gantt-state.ts';
import { barsWithin } from './lanes.ts';
import type { Palette } from './palette.ts';
import { ticksWithin } from './ticks.ts';
import { timeAt, type Viewport, xAt } from './viewport.ts';

/** How much is left of a bar's colour when others are looked for. */
const fadedAlpha = 0.32;

/**
 * Draws the chart as it is now: lanes, critical path, axis, curve, in that order, so that bars pan away below the axis.
 * Only bars within the view are touched. The context is scaled to CSS pixels.
 */
export function drawGantt(context: CanvasRenderingContext2D, state: GanttState, palette: Palette): void {
  const view = state.view.value;
  const height = state.heightPixels;
  context.clearRect(0, 0, view.widthPixels, height);
  const ticks = ticksWithin(
    view.startSeconds,
    view.startSeconds + view.spanSeconds,
    (80 / view.widthPixels) * view.spanSeconds,
  );

  context.fillStyle = palette.grid;
  for (const tick of ticks) context.fillRect(Math.round(xAt(view, tick.seconds)), lanesTop - 4, 1, height);
  context.save();
  context.beginPath();
  context.rect(0, lanesTop, view.widthPixels, height - lanesTop);
  context.clip();
  drawLanes(context, state, view, palette);
  drawCriticalPath(context, state, view, palette);
  drawOutlines(context, state, view, palette);
  drawArrows(context, state, view, palette);
  context.restore();

  drawCurve(context, state, view, palette);
  context.font = `11px ${palette.font}`;
  context.textBaseline = 'middle';
  context.fillStyle = palette.muted;
  for (const tick of ticks) {
    const width = context.measureText(tick.label).width;
    const x = Math.min(Math.max(xAt(view, tick.seconds) - width / 2, 0), view.widthPixels - width);
    context.fillText(tick.label, x, geometry.curve + 11);
  }
  drawPointer(context, state, view, palette);
}

function drawLanes(
  context: CanvasRenderingContext2D,
  state: GanttState,
  view: Viewport,
  palette: Palette,
): void {
  const { bars } = state.block;
  const matching = state.matches.value === null ? null : new Set(state.matches.value);
  context.textBaseline = 'middle';
  for (const { lane, y } of lanesInView(state)) {
    const { from, to } = barsWithin(bars, lane, view.startSeconds, view.startSeconds + view.spanSeconds);
    let sliverAt = -1;
    for (let position = from; position < to; position += 1) {
      const index = lane[position]!;
      const bar = bars[index]!;
      const left = xAt(view, bar.startSeconds);
      const right = xAt(view, bar.endSeconds);
      // Many bars below a pixel share one: the first is drawn for all.
      if (right - left < 0.6) {
        if (Math.floor(left) === sliverAt) continue;
        sliverAt = Math.floor(left);
      }
      const faded =
        (matching !== null && !matching.has(index)) || (state.criticalOnly.value && !bar.critical);
      context.globalAlpha = faded ? fadedAlpha : 1;
      drawBar(context, bar, view, y, palette);
      const next = bars[lane[position + 1] ?? -1];
      drawLabel(
        context,
        bar,
        left,
        right,
        next === undefined ? view.widthPixels : xAt(view, next.startSeconds),
        y,
        palette,
      );
    }
  }
  context.globalAlpha = 1;
}

function drawBar(
  context: CanvasRenderingContext2D,
  bar: TimelineBar,
  view: Viewport,
  y: number,
  palette: Palette,
): void {
  fillSpan(context, view, bar.startSeconds, bar.endSeconds, y, palette.segment('frontend', bar.member));
  for (const segment of bar.segments) {
    if (segment.name === 'frontend') continue;
    fillSpan(
      context,
      view,
      segment.startSeconds,
      segment.endSeconds,
      y,
      palette.segment(segment.name, bar.member),
    );
  }
}

/** At least most of a pixel wide, and with a hair of paper to its right, so that neighbours are told apart. */
function fillSpan(
  context: CanvasRenderingContext2D,
  view: Viewport,
  startSeconds: number,
  endSeconds: number,
  y: number,
  colour: string,
): void {
  // Browsers lose precision far outside the canvas.
  const left = Math.max(xAt(view, startSeconds), -2);
  const right = Math.min(xAt(view, endSeconds), view.widthPixels + 2);
  context.fillStyle = colour;
  context.fillRect(left, y, Math.max(right - left - (right - left > 3 ? 0.5 : 0), 0.8), geometry.bar);
}

/** A line below each critical bar, joined where one waited for the other. */
function drawCriticalPath(
  context: CanvasRenderingContext2D,
  state: GanttState,
  view: Viewport,
  palette: Palette,
): void {
  const { bars } = state.block;
  context.fillStyle = palette.ink;
  for (const [index, bar] of bars.entries()) {
    if (!bar.critical) continue;
    const y = laneY(state, index);
    const left = xAt(view, bar.startSeconds);
    const right = xAt(view, bar.endSeconds);
    if (right >= 0 && left <= view.widthPixels) {
      const from = Math.max(left, -2);
      context.fillRect(
        from,
        y + geometry.bar - 1,
        Math.max(Math.min(right, view.widthPixels + 2) - from, 1),
        2,
      );
    }
    for (const id of bar.waitedFor) {
      const before = state.indexById.get(id);
      if (before === undefined || bars[before]?.critical !== true || left < -1 || left > view.widthPixels + 1)
        continue;
      const beforeY = laneY(state, before);
      const top = Math.min(y, beforeY) + geometry.bar - 1;
      const bottom = Math.max(y, beforeY) + geometry.bar + 1;
      context.fillRect(Math.round(left) - 0.5, top, 1, bottom - top);
    }
  }
}

function drawOutlines(
  context: CanvasRenderingContext2D,
  state: GanttState,
  view: Viewport,
  palette: Palette,
): void {
  const outline = (index: number, width: number) => {
    const bar = state.block.bars[index];
    if (bar === undefined) return;
    const left = Math.max(xAt(view, bar.startSeconds), -4);
    const right = Math.min(xAt(view, bar.endSeconds), view.widthPixels + 4);
    if (right < -3 || left > view.widthPixels + 3) return;
    context.lineWidth = width;
    const y = laneY(state, index);
    context.strokeRect(
      left - width / 2,
      y - width / 2,
      Math.max(right - left, 1) + width,
      geometry.bar + width,
    );
  };
  context.strokeStyle = palette.accent;
  for (const index of state.matches.value ?? []) outline(index, 1);
  context.strokeStyle = palette.ink;
  const pointed = state.pointed.value?.bar ?? null;
  if (pointed !== null && pointed !== state.selected.value) outline(pointed, 1);
  if (state.selected.value !== null) outline(state.selected.value, 2);
}

/** Of the selected bar, or else of the one that is pointed at. */
function drawArrows(
  context: CanvasRenderingContext2D,
  state: GanttState,
  view: Viewport,
  palette: Palette,
): void {
  const of = state.selected.value ?? state.pointed.value?.bar ?? null;
  if (of === null) return;
  const { bars } = state.block;
  context.strokeStyle = palette.accent;
  context.fillStyle = palette.accent;
  context.lineWidth = 1.5;
  for (const { from, to, atSeconds } of arrowsOf(bars, state.indexById, state.followers, of)) {
    const left = Math.max(xAt(view, atSeconds), -50);
    const right = Math.min(xAt(view, bars[to]!.startSeconds), view.widthPixels + 50);
    if (right < 0 || left > view.widthPixels) continue;
    const y = laneY(state, from) + geometry.bar / 2;
    const endY = laneY(state, to) + geometry.bar / 2;
    // Bent outwards even where no time lies between the two, so that the line can be seen beside the bars' edges.
    const bend = Math.max(10, (right - left) / 2);
    context.beginPath();
    context.moveTo(left, y);
    context.bezierCurveTo(left + bend, y, right - bend, endY, right - 1, endY);
    context.stroke();
    context.beginPath();
    context.moveTo(right, endY);
    context.lineTo(right - 6, endY - 3.5);
    context.lineTo(right - 6, endY + 3.5);
    context.fill();
  }
}

/** How many bars were active, as steps over the same time. */
function drawCurve(
  context: CanvasRenderingContext2D,
  state: GanttState,
  view: Viewport,
  palette: Palette,
): void {
  const { concurrency } = state.block;
  const most = concurrency.reduce((max, sample) => Math.max(max, sample.active), 0);
  if (most === 0) return;
  const bottom = geometry.curve - 2;
  const heightOf = (active: number) => bottom - (active / most) * (bottom - 14);
  context.beginPath();
  context.moveTo(0, bottom);
  context.lineTo(0, heightOf(activeAt(concurrency, view.startSeconds)));
  let level = heightOf(activeAt(concurrency, view.startSeconds));
  for (const sample of concurrency) {
    if (sample.atSeconds <= view.startSeconds) continue;
    if (sample.atSeconds > view.startSeconds + view.spanSeconds) break;
    const x = xAt(view, sample.atSeconds);
    context.lineTo(x, level);
    level = heightOf(sample.active);
    context.lineTo(x, level);
  }
  context.lineTo(view.widthPixels, level);
  context.lineTo(view.widthPixels, bottom);
  context.closePath();
  context.fillStyle = palette.curve;
  context.fill();
  context.fillStyle = palette.grid;
  context.fillRect(0, bottom, view.widthPixels, 1);
  context.font = `11px ${palette.font}`;
  context.textBaseline = 'middle';
  context.fillStyle = palette.muted;
  context.fillText(`at most ${most} at once`, 0, 6);
}

/** The time under the pointer, on the axis. */
function drawPointer(
  context: CanvasRenderingContext2D,
  state: GanttState,
  view: Viewport,
  palette: Palette,
): void {
  const pointed = state.pointed.value;
  if (pointed === null) return;
  const seconds = timeAt(view, pointed.x);
  const fine = view.spanSeconds < 2 ? `${seconds.toFixed(3)} s` : secondsText(seconds);
  const active =
    state.block.concurrency.length === 0 ? '' : ` · ${activeAt(state.block.concurrency, seconds)} active`;
  const text = fine + active;
  context.fillStyle = palette.muted;
  context.fillRect(Math.round(pointed.x), 14, 1, state.heightPixels);
  const width = context.measureText(text).width + 8;
  const left = Math.min(Math.max(pointed.x - width / 2, 0), view.widthPixels - width);
  context.fillStyle = palette.ink;
  context.fillRect(left, geometry.curve + 2, width, 18);
  context.fillStyle = palette.paper;
  context.fillText(text, left + 4, geometry.curve + 11);
}

function* lanesInView(
  state: GanttState,
): Generator<{ readonly lane: readonly number[]; readonly y: number }> {
  for (const [number, lane] of state.packed.lanes.entries()) {
    const y = lanesTop + number * geometry.lane - state.scrollPixels.value + 2;
    if (y + geometry.lane >= lanesTop && y <= state.heightPixels) yield { lane, y };
  }
}

function laneY(state: GanttState, bar: number): number {
  return lanesTop + (state.packed.laneOf[bar] ?? 0) * geometry.lane - state.scrollPixels.value + 2;
}
