import { expect, test } from 'vitest';
import { nextOrder, type Order, sortRows } from './sort-rows.ts';

const rows = [
  ['serde 1.0.219', 2.5],
  ['serde 1.0.29', null],
  ['anyhow', 12],
  ['bytes', 2.5],
] as const;

function check(order: Order | null): string {
  return sortRows(rows, order)
    .map(row => row[0])
    .join(', ');
}

test('words and numbers, rising and falling, unknown last', () => {
  expect(check(null)).toBe('serde 1.0.219, serde 1.0.29, anyhow, bytes');
  expect(check({ column: 0, descending: false })).toBe('anyhow, bytes, serde 1.0.29, serde 1.0.219');
  expect(check({ column: 1, descending: false })).toBe('serde 1.0.219, bytes, anyhow, serde 1.0.29');
  expect(check({ column: 1, descending: true })).toBe('anyhow, serde 1.0.219, bytes, serde 1.0.29');
});

test('the third press undoes', () => {
  const first = nextOrder(null, 1, true);
  expect(first).toEqual({ column: 1, descending: true });
  const second = nextOrder(first, 1, true);
  expect(second).toEqual({ column: 1, descending: false });
  expect(nextOrder(second, 1, true)).toBe(null);
  expect(nextOrder(first, 0, false)).toEqual({ column: 0, descending: false });
});
