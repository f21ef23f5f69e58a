import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differenceOf, noiseCriterion, spreadOf } from './noise.ts';

const verdictOf = (before: readonly number[], after: readonly number[]) =>
  differenceOf(spreadOf(before)!, spreadOf(after)!).verdict;

test('when a difference is told', () => {
  const cases: readonly (readonly [before: readonly number[], after: readonly number[]])[] = [
    [[10], [10.4]],
    [[10], [10.6]],
    [[0.2], [0.29]],
    [[0.2], [0.31]],
    [
      [10, 10.2],
      [10.3, 10.5],
    ],
    [
      [10, 10.4],
      [10.3, 10.5],
    ],
    [
      [10.3, 10.5],
      [10, 10.2],
    ],
    [[10, 10.2], [10.3]],
    [[10, 10.2], [10.6]],
    [
      [10, 10.2],
      [10.2, 10.4],
    ],
  ];
  const lines = cases.map(([before, after]) => `${before} -> ${after}: ${verdictOf(before, after)}`);
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "10 -> 10.4: within-noise
    10 -> 10.6: slower
    0.2 -> 0.29: within-noise
    0.2 -> 0.31: slower
    10,10.2 -> 10.3,10.5: slower
    10,10.4 -> 10.3,10.5: within-noise
    10.3,10.5 -> 10,10.2: faster
    10,10.2 -> 10.3: within-noise
    10,10.2 -> 10.6: slower
    10,10.2 -> 10.2,10.4: within-noise"
  `);
});

test('medians of odd and even numbers of runs', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3, runs: 3 });
  expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, low: 1, high: 4, runs: 4 });
  expect(spreadOf([])).toBe(null);
});

/** All ways to choose `count` of the numbers from 0 below `total`. */
function choices(total: number, count: number): number[][] {
  if (count === 0) return [[]];
  if (total < count) return [];
  return [...choices(total - 1, count), ...choices(total - 1, count - 1).map(rest => [...rest, total - 1])];
}

test('the chance that equal sides look different is what counting all orders gives', () => {
  for (const [n, m] of [
    [2, 2],
    [3, 2],
    [3, 3],
    [4, 3],
    [5, 5],
  ] as const) {
    const all = choices(n + m, n);
    const apart = all.filter(before => {
      const after = [...Array(n + m).keys()].filter(rank => !before.includes(rank));
      return verdictOf(before, after) !== 'within-noise';
    });
    expect(noiseCriterion(n, m).chance).toBeCloseTo(apart.length / all.length, 12);
  }
});

test('a verdict never depends on the order of the runs', () => {
  const runs = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(runs, runs, (before, after) => {
      const opposite = { slower: 'faster', faster: 'slower', 'within-noise': 'within-noise' };
      expect(verdictOf(before.toReversed(), after.toReversed())).toBe(verdictOf(before, after));
      expect(verdictOf(after, before)).toBe(opposite[verdictOf(before, after)]);
    }),
  );
});
