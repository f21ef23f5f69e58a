import { expect, test } from 'vitest';
import { guardTable } from './guards.ts';

const table = guardTable();

test('a type is found by what rustc prints, and behind a re-export of its crate', () => {
  expect(table.find('std::sync::MutexGuard')?.kind).toBe('sync-lock');
  expect(table.find('lock_api::MutexGuard')?.crate).toBe('lock_api');
  expect(table.find('parking_lot::lock_api::MutexGuard')?.crate).toBe('lock_api');
  expect(table.find('tokio::sync::MutexGuard')?.acrossAwait).toBe('info');
});

test('names that only look alike are not guards', () => {
  expect(table.find('MutexGuard')).toBe(null);
  expect(table.find('shop::sync::MutexGuard')).toBe(null);
  expect(table.find('std::sync::MutexGuard::lock')).toBe(null);
  expect(table.find('mystd::sync::MutexGuard')).toBe(null);
});

test('a malformed row is refused', () => {
  const row = {
    paths: ['a::B'],
    crate: 'a',
    kind: 'sync-lock',
    acrossAwait: 'deny',
    note: null,
    verified: null,
  };
  expect(guardTable([row]).find('a::B')).toEqual(row);
  expect(() => guardTable([{ ...row, kind: 'lock' }])).toThrow('not a guard');
  expect(() => guardTable([{ ...row, paths: ['a::B (see note)'] }])).toThrow('not a guard');
  expect(() => guardTable([row, row])).toThrow('twice');
});
