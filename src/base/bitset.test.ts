import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Bitset } from './bitset.ts';

const width = 100;
const members = fc.uniqueArray(fc.nat(width - 1));

test('a bitset behaves as a set of numbers', () => {
  fc.assert(
    fc.property(members, members, (a, b) => {
      const union = Bitset.of(width, a);
      const grew = union.unionWith(Bitset.of(width, b));
      expect(union.members()).toEqual([...new Set([...a, ...b])].sort((x, y) => x - y));
      expect(grew).toBe(b.some(x => !a.includes(x)));

      const both = Bitset.of(width, a);
      const shrank = both.intersectWith(Bitset.of(width, b));
      expect(both.members()).toEqual(a.filter(x => b.includes(x)).sort((x, y) => x - y));
      expect(shrank).toBe(a.some(x => !b.includes(x)));
    }),
  );
});

test('adding, removing and copying touch one set only', () => {
  fc.assert(
    fc.property(members, fc.nat(width - 1), (a, x) => {
      const set = Bitset.of(width, a);
      const copy = set.copy();
      set.add(x);
      expect(set.has(x)).toBe(true);
      set.delete(x);
      expect(set.has(x)).toBe(false);
      expect(copy.equals(Bitset.of(width, a))).toBe(true);
    }),
  );
});

test('what lies beyond the width is not a member', () => {
  const set = Bitset.of(3, [1, 7]);
  set.delete(400);
  expect(set.members()).toEqual([1]);
  expect(set.has(7)).toBe(false);
});
