import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { TimelineBar, TimelineBlock } from '#model/section.ts';
import { followersOf } from './arrows.ts';
import { nextMatch, searchBars } from './bar-search.ts';
import { barAt, type Lanes, packLanes } from './lanes.ts';
import { fitViewport, panBy, resized, reveal, timeAt, type Viewport, zoomAt } from './viewport.ts';

/** Heights of the parts of the chart, in CSS pixels from the top: the concurrency curve, the axis, the lanes. */
export const geometry = { curve: 44, axis: 24, lane: 20, bar: 16 } as const;

/** The lanes start below the curve and the axis. */
export const lanesTop = geometry.curve + geometry.axis;

/** Limit: more lanes than this are panned through, so that the chart with its axis fits a small laptop. */
const lanesShownMax = 26;

export interface Pointed {
  readonly x: number;
  readonly y: number;
  /** Position in the block of the bar there; null between bars. */
  readonly bar: number | null;
}

/** What one chart shows. Bars are named by their position in the block. Everything here works without a screen. */
export interface GanttState {
  readonly block: TimelineBlock;
  readonly byId: ReadonlyMap<number, TimelineBar>;
  /** Positions in the block by id. */
  readonly indexById: ReadonlyMap<number, number>;
  /** By position in the block: the bars that waited for it. */
  readonly followers: ReadonlyMap<number, readonly number[]>;
  readonly packed: Lanes;
  /** CSS pixels. */
  readonly heightPixels: number;
  readonly view: Signal<Viewport>;
  /** Pixels of lanes above the upper edge. */
  readonly scrollPixels: Signal<number>;
  readonly pointed: Signal<Pointed | null>;
  readonly selected: Signal<number | null>;
  readonly query: Signal<string>;
  /** In the order of their start; null when nothing is searched for. */
  readonly matches: ReadonlySignal<readonly number[] | null>;
  readonly criticalOnly: Signal<boolean>;
  resize(widthPixels: number): void;
  zoom(factor: number, x?: number): void;
  pan(xPixels: number, yPixels: number): void;
  showAll(): void;
  point(x: number, y: number): void;
  /** Selects a bar and brings it into view. */
  select(bar: number | null): void;
  selectNeighbour(by: 1 | -1): void;
  selectMatch(by: 1 | -1): void;
}

export function createGanttState(block: TimelineBlock): GanttState {
  const { bars } = block;
  const packed = packLanes(bars);
  const indexById = new Map(bars.map((bar, index) => [bar.id, index]));
  const laneCount = Math.max(packed.lanes.length, 1);
  const lanesHeight = Math.min(laneCount, lanesShownMax) * geometry.lane;
  const scrollMax = laneCount * geometry.lane - lanesHeight;
  const order = bars
    .map((_, index) => index)
    .sort((a, b) => bars[a]!.startSeconds - bars[b]!.startSeconds || a - b);

  const view = signal(fitViewport(block.durationSeconds, 800));
  const scrollPixels = signal(0);
  const pointed = signal<Pointed | null>(null);
  const selected = signal<number | null>(null);
  const query = signal('');
  const matches = computed(() => (query.value.trim() === '' ? null : searchBars(bars, query.value)));

  const select = (bar: number | null) => {
    selected.value = bar;
    const found = bar === null ? undefined : bars[bar];
    if (bar === null || found === undefined) return;
    view.value = reveal(view.value, found.startSeconds, found.endSeconds);
    const top = (packed.laneOf[bar] ?? 0) * geometry.lane;
    const lowest = top + geometry.lane - lanesHeight;
    scrollPixels.value = Math.min(Math.max(scrollPixels.value, lowest, 0), Math.min(top, scrollMax));
  };

  return {
    block,
    byId: new Map(bars.map(bar => [bar.id, bar])),
    indexById,
    followers: followersOf(bars, indexById),
    packed,
    heightPixels: lanesTop + lanesHeight + 4,
    view,
    scrollPixels,
    pointed,
    selected,
    query,
    matches,
    criticalOnly: signal(false),
    resize(widthPixels) {
      view.value = resized(view.value, widthPixels);
    },
    zoom(factor, x) {
      view.value = zoomAt(view.value, x ?? view.value.widthPixels / 2, factor);
    },
    pan(xPixels, yPixels) {
      view.value = panBy(view.value, xPixels);
      scrollPixels.value = Math.min(Math.max(scrollPixels.value + yPixels, 0), scrollMax);
    },
    showAll() {
      view.value = fitViewport(block.durationSeconds, view.value.widthPixels);
      scrollPixels.value = 0;
    },
    point(x, y) {
      const lane =
        y < lanesTop
          ? undefined
          : packed.lanes[Math.floor((y - lanesTop + scrollPixels.value) / geometry.lane)];
      const slack = (3 / view.value.widthPixels) * view.value.spanSeconds;
      pointed.value = { x, y, bar: barAt(bars, lane, timeAt(view.value, x), slack) };
    },
    select,
    selectNeighbour(by) {
      select(nextMatch(order, selected.value, by));
    },
    selectMatch(by) {
      const found = matches.value;
      if (found !== null && found.length > 0) select(nextMatch(found, selected.value, by));
    },
  };
}
