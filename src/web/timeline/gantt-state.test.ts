import { expect, test } from 'vitest';
import type { TimelineBar, TimelineBlock } from '#model/section.ts';
import { createGanttState, geometry, lanesTop } from './gantt-state.ts';

function block(bars: readonly [string, number, number][]): TimelineBlock {
  return {
    kind: 'timeline',
    title: 'Units',
    durationSeconds: 100,
    bars: bars.map(
      ([label, startSeconds, endSeconds], id): TimelineBar => ({
        id,
        label,
        detail: 'lib',
        startSeconds,
        endSeconds,
        segments: [],
        critical: false,
        member: false,
        features: [],
        waitedFor: [],
      }),
    ),
    concurrency: [],
  };
}

const orchard = () =>
  createGanttState(
    block([
      ['apple', 0, 60],
      ['pear', 10, 20],
      ['pear tree', 30, 30.2],
      ['fig', 5, 90],
    ]),
  );

test('pointing finds the bar of the lane and time below the pointer', () => {
  const state = orchard();
  state.resize(1000);
  const at = (seconds: number, lane: number) => {
    state.point(seconds * 10, lanesTop + (lane + 0.5) * geometry.lane);
    return state.pointed.value?.bar;
  };
  expect([at(30, 0), at(15, 1), at(15, 2), at(95, 0), at(30.3, 2)]).toEqual([0, 3, 1, null, 2]);
  state.point(300, 10);
  expect(state.pointed.value?.bar).toBe(null);
});

test('n and p walk in the order of start, around the ends', () => {
  const state = orchard();
  const walked: (number | null)[] = [];
  for (const by of [1, 1, 1, 1, 1, -1] as const) {
    state.selectNeighbour(by);
    walked.push(state.selected.value);
  }
  expect(walked).toEqual([0, 3, 1, 2, 0, 2]);
});

test('matches are visited in the order of start, and a sliver is enlarged', () => {
  const state = orchard();
  state.resize(1000);
  expect(state.matches.value).toBe(null);
  state.selectMatch(1);
  expect(state.selected.value).toBe(null);
  state.query.value = 'pear';
  expect(state.matches.value).toEqual([1, 2]);
  state.selectMatch(1);
  expect([state.selected.value, state.view.value.spanSeconds]).toEqual([1, 100]);
  state.selectMatch(1);
  expect(state.selected.value).toBe(2);
  expect(state.view.value.spanSeconds).toBeCloseTo(1.6);
  state.selectMatch(1);
  expect(state.selected.value).toBe(1);
  state.query.value = 'plum';
  expect(state.matches.value).toEqual([]);
});

test('many lanes are panned through, and a selected bar is scrolled to', () => {
  const state = createGanttState(block(Array.from({ length: 60 }, (_, index) => [`unit ${index}`, 0, 50])));
  state.pan(0, -500);
  expect(state.scrollPixels.value).toBe(0);
  state.pan(0, 5000);
  const lowest = state.scrollPixels.value;
  expect(lowest).toBe(34 * geometry.lane);
  state.select(0);
  expect(state.scrollPixels.value).toBe(0);
  state.select(59);
  expect(state.scrollPixels.value).toBe(lowest);
  state.select(58);
  expect(state.scrollPixels.value).toBe(lowest);
});

test('a build without units can be shown', () => {
  const state = createGanttState(block([]));
  state.selectNeighbour(1);
  state.zoom(4);
  state.point(10, 100);
  expect(state.selected.value).toBe(null);
  expect(state.pointed.value?.bar).toBe(null);
});
