import { expect, test } from 'vitest';
import type { Report } from '#model/report.ts';
import { placesOf } from './places.ts';

const report = {
  findings: [],
  unknowns: [
    { area: 'async', what: 'a', why: 'b', count: 2 },
    { area: 'build', what: 'c', why: 'd', count: 3 },
  ],
} as unknown as Report;

test('every section has a letter of its own, as long as its name has one to give', () => {
  const areas = ['build', 'budget', 'bub', 'async'].map(key => ({ key, section: { title: key } }));
  const drawn = placesOf(report, areas).map(place =>
    `${place.letter ?? '–'} ${place.id} ${place.count ?? ''}`.trimEnd(),
  );
  expect(drawn).toEqual([
    'f findings 0',
    'b build',
    'd budget',
    '– bub',
    'a async',
    'u unknowns 5',
    'p provenance',
  ]);
});
