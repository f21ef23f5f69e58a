import { expect, test } from 'vitest';
import type { TimelineBar } from '#model/section.ts';
import { arrowsOf, followersOf } from './arrows.ts';

const bar = (
  id: number,
  label: string,
  startSeconds: number,
  endSeconds: number,
  waitedFor: number[],
): TimelineBar => ({
  ...{
    id,
    label,
    detail: 'lib',
    startSeconds,
    endSeconds,
    segments: [],
    critical: false,
    member: false,
    features: [],
  },
  waitedFor,
});

test('arrows lead from what a bar waited for, and to what waited for it', () => {
  // `b` needs only the metadata of `a`, which goes on generating code.
  const bars = [
    bar(10, 'a', 0, 5, []),
    bar(20, 'b', 2, 6, [10]),
    bar(30, 'c', 7, 8, [20]),
    bar(40, 'd', 6, 9, [20, 99]),
  ];
  const indexById = new Map(bars.map(({ id }, index) => [id, index]));
  const arrows = arrowsOf(bars, indexById, followersOf(bars, indexById), 1);
  expect(
    arrows.map(({ from, to, atSeconds }) => `${bars[from]!.label} -> ${bars[to]!.label} at ${atSeconds} s`),
  ).toEqual(['a -> b at 2 s', 'b -> c at 6 s', 'b -> d at 6 s']);
  expect(arrowsOf(bars, indexById, followersOf(bars, indexById), 7)).toEqual([]);
});
