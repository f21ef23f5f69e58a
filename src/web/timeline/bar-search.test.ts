import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TimelineBar } from '#model/section.ts';
import { nextMatch, searchBars } from './bar-search.ts';

const bars = [
  'serde 1.0.219|lib|derive std|4',
  'serde_derive 1.0.219|proc-macro||1',
  'tokio 1.48.0|lib|full|2',
  'tokio 1.48.0|build script||0',
].map((text, id): TimelineBar => {
  const [label = '', detail = '', features = '', start = ''] = text.split('|');
  return {
    id,
    label,
    detail,
    startSeconds: Number(start),
    endSeconds: Number(start) + 1,
    segments: [],
    critical: false,
    member: false,
    features: features.split(' ').filter(feature => feature !== ''),
    waitedFor: [],
  };
});

test.each([
  ['', []],
  ['  ', []],
  ['SERDE', [1, 0]],
  ['tokio build', [3]],
  ['derive', [1, 0]],
  ['plum', []],
])('“%s” finds %j, in the order of their start', (query, found) => {
  expect(searchBars(bars, query)).toEqual(found);
});

test('going on goes around', () => {
  expect(nextMatch([], null, 1)).toBe(null);
  expect(nextMatch([7, 3, 9], null, 1)).toBe(7);
  expect(nextMatch([7, 3, 9], null, -1)).toBe(9);
  expect(nextMatch([7, 3, 9], 9, 1)).toBe(7);
  expect(nextMatch([7, 3, 9], 5, 1)).toBe(7);
});

test('going on visits every match once, and going back returns', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 20 }), matches => {
      const visited: number[] = [];
      let at: number | null = null;
      for (const _ of matches) {
        at = nextMatch(matches, at, 1);
        visited.push(at!);
        expect(nextMatch(matches, nextMatch(matches, at, 1), -1)).toBe(at);
      }
      expect(visited).toEqual(matches);
    }),
  );
});
