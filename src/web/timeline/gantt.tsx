import { useSignalEffect } from '@preact/signals';
import { useEffect, useId, useMemo, useRef } from 'preact/hooks';
import { secondsText } from '#model/measure-text.ts';
import type { TimelineBlock } from '#model/section.ts';
import type { PageState } from '../page-state.ts';
import { BarCard } from './bar-card.tsx';
import { barKind, segmentNames } from './bar-facts.ts';
import { BarTable } from './bar-table.tsx';
import { drawGantt } from './draw.ts';
import { createGanttState, type GanttState } from './gantt-state.ts';
import { listenToGestures, pressKey } from './gestures.ts';
import { readPalette } from './palette.ts';
import { sharpContext } from './sharp-context.ts';

/** Bars over time on a canvas, with the same numbers as a table below. */
export function Gantt({ block, state: page }: { readonly block: TimelineBlock; readonly state: PageState }) {
  const state = useMemo(() => createGanttState(block), [block]);
  const canvas = useRef<HTMLCanvasElement>(null);
  const hint = useId();
  useDrawing(state, page, canvas);

  return (
    <div class="block gantt">
      <h3>{block.title}</h3>
      <Tools state={state} canvas={canvas} />
      <div
        class="chart"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it pans and zooms by keyboard
        tabIndex={0}
        aria-label={`${block.title}: ${block.bars.length} bars over ${secondsText(block.durationSeconds)}`}
        aria-describedby={hint}
        onKeyDown={event => {
          if (event.ctrlKey || event.altKey || event.metaKey) return;
          if (!pressKey(state, event.key, event.shiftKey)) return;
          event.preventDefault();
          event.stopPropagation();
          announce(state, page);
        }}
      >
        <canvas ref={canvas} style={{ '--chart-height': `${state.heightPixels}px` }} />
        <Tooltip state={state} />
      </div>
      <Legend state={state} />
      <p class="hint no-print" id={hint}>
        Drag or arrow keys pan; <kbd>+</kbd> <kbd>−</kbd>, a pinch, or the wheel with <kbd>Ctrl</kbd> zoom
        (the wheel alone once the chart has the focus); <kbd>0</kbd> shows all; <kbd>n</kbd> <kbd>p</kbd> go
        from unit to unit.
      </p>
      <Selected state={state} />
      <BarTable state={state} />
    </div>
  );
}

/** Keeps the canvas as sharp as the screen and redraws it, once a frame at most, when anything that it shows changes. */
function useDrawing(
  state: GanttState,
  page: PageState,
  canvas: { readonly current: HTMLCanvasElement | null },
): void {
  const frame = useRef(0);
  const draw = () => {
    const element = canvas.current;
    const context = sharpContext(element, state.view.value.widthPixels, state.heightPixels);
    if (element === null || context === null) return;
    drawGantt(context, state, readPalette(element));
  };
  useSignalEffect(() => {
    // Read here so that the effect runs again when they change.
    void [
      state.view.value,
      state.scrollPixels.value,
      state.pointed.value,
      state.selected.value,
      state.matches.value,
    ];
    void [state.criticalOnly.value, page.theme.value];
    cancelAnimationFrame(frame.current);
    // Paper does not wait for a frame.
    if (page.printing.value) draw();
    else frame.current = requestAnimationFrame(draw);
  });
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const stopGestures = listenToGestures(element, state);
    const observer = new ResizeObserver(() => state.resize(element.clientWidth));
    observer.observe(element);
    // The browser's own zoom changes the pixel ratio without changing the width in CSS pixels.
    const onResize = () => requestAnimationFrame(draw);
    window.addEventListener('resize', onResize);
    return () => {
      stopGestures();
      observer.disconnect();
      window.removeEventListener('resize', onResize);
    };
  }, [state]);
}

function Tools({
  state,
  canvas,
}: {
  readonly state: GanttState;
  readonly canvas: { readonly current: HTMLElement | null };
}) {
  const matches = state.matches.value;
  const at = matches === null || state.selected.value === null ? -1 : matches.indexOf(state.selected.value);
  return (
    <search class="toolbar no-print">
      <input
        type="search"
        aria-label="Search the units"
        placeholder="Search units"
        spellcheck={false}
        autocomplete="off"
        value={state.query.value}
        onInput={event => {
          state.query.value = event.currentTarget.value;
        }}
        onKeyDown={event => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          state.selectMatch(event.shiftKey ? -1 : 1);
        }}
      />
      <output class="passing">
        {matches !== null &&
          (matches.length === 0 ? 'none' : `${at === -1 ? '' : `${at + 1} of `}${matches.length}`)}
      </output>
      <label class="choice">
        <input
          type="checkbox"
          checked={state.criticalOnly.value}
          onChange={event => {
            state.criticalOnly.value = event.currentTarget.checked;
          }}
        />
        <span>critical path only</span>
      </label>
      <fieldset class="zoom">
        <legend class="visually-hidden">Zoom</legend>
        <button type="button" aria-label="Zoom out" onClick={() => state.zoom(1 / 1.5)}>
          −
        </button>
        <button type="button" aria-label="Zoom in" onClick={() => state.zoom(1.5)}>
          +
        </button>
        <button
          type="button"
          onClick={() => {
            state.showAll();
            canvas.current?.parentElement?.focus({ preventScroll: true });
          }}
        >
          whole build
        </button>
      </fieldset>
    </search>
  );
}

/** Follows the pointer. What it says of a bar is said by the panel of the selected one too, which keyboards reach. */
function Tooltip({ state }: { readonly state: GanttState }) {
  const pointed = state.pointed.value;
  const bar = pointed === null || pointed.bar === null ? undefined : state.block.bars[pointed.bar];
  if (pointed === null || bar === undefined) return null;
  const { widthPixels } = state.view.value;
  const across =
    pointed.x < widthPixels / 2
      ? { left: `${pointed.x + 14}px` }
      : { right: `${widthPixels - pointed.x + 14}px` };
  return (
    <div class="tooltip" role="tooltip" style={{ ...across, top: `${pointed.y + 18}px` }}>
      <BarCard bar={bar} byId={state.byId} />
    </div>
  );
}

function Selected({ state }: { readonly state: GanttState }) {
  const bar = state.block.bars[state.selected.value ?? -1];
  if (bar === undefined) return null;
  const waited = bar.waitedFor.flatMap(id => {
    const index = state.indexById.get(id);
    return index === undefined ? [] : [index];
  });
  const followers = state.followers.get(state.selected.value ?? -1) ?? [];
  return (
    <section class="selected-bar" aria-label="Selected unit">
      <BarCard bar={bar} byId={state.byId} />
      <Links state={state} title="Go to what it waited for:" to={waited} />
      <Links state={state} title="Go to what waited for it:" to={followers} />
    </section>
  );
}

function Links({
  state,
  title,
  to,
}: {
  readonly state: GanttState;
  readonly title: string;
  readonly to: readonly number[];
}) {
  if (to.length === 0) return null;
  return (
    <p class="waited no-print">
      {title}{' '}
      {to.map(index => (
        <button key={index} type="button" class="link" onClick={() => state.select(index)}>
          {state.block.bars[index]?.label} {state.block.bars[index]?.detail}
        </button>
      ))}
    </p>
  );
}

function Legend({ state }: { readonly state: GanttState }) {
  const { bars } = state.block;
  const names = segmentNames(bars);
  const tones = names.length === 0 ? ['frontend'] : names;
  const owners = (['member', 'dependency'] as const).filter(owner =>
    bars.some(bar => bar.member === (owner === 'member')),
  );
  return (
    <ul class="legend" aria-label="Legend">
      {owners.map(owner => (
        <li key={owner}>
          <b>{owner === 'member' ? 'members' : 'dependencies'}</b>
          {tones.map(name => (
            <span key={name} class="legend-item">
              <i class="swatch" style={{ background: `var(--${owner}-${name}, var(--${owner}-frontend))` }} />
              {names.length > 0 && name}
            </span>
          ))}
        </li>
      ))}
      {bars.some(bar => bar.critical) && (
        <li>
          <span class="legend-item">
            <i class="swatch critical" />
            critical path
          </span>
        </li>
      )}
    </ul>
  );
}

function announce(state: GanttState, page: PageState): void {
  const bar = state.block.bars[state.selected.value ?? -1];
  if (bar === undefined) return;
  const duration = secondsText(bar.endSeconds - bar.startSeconds);
  page.announcement.value = `${bar.label} ${bar.detail}, ${duration} from ${secondsText(bar.startSeconds)}, ${barKind(bar)}`;
}
