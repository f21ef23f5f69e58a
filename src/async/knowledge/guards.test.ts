import { expect, test } from 'vitest';
import { guardOfDefinition, guardTable } from './guards.ts';

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

test('a crate’s own type is found by its definition, unless another of that name may be meant', () => {
  const check = (path: string, ...namesakes: string[]) => {
    const found = guardOfDefinition(path, table, new Set(namesakes));
    return found === null || found === 'unsure' ? found : found.reexport;
  };
  const inApi = 'bb8::api::PooledConnection';
  expect(check(inApi, inApi)).toBe('bb8::PooledConnection');
  expect(check('tokio::sync::mpsc::bounded::Permit', 'tokio::sync::mpsc::bounded::Permit')).toBe(
    'tokio::sync::mpsc::Permit',
  );
  // Bodies of the crate were not read: somebody else's path for something else.
  expect(check(inApi)).toBe(null);
  expect(check(inApi, inApi, 'bb8::PooledConnection')).toBe(null);
  expect(check(inApi, inApi, 'bb8::inner::PooledConnection')).toBe('unsure');
  expect(check('tokio::loom::MutexGuard', 'tokio::loom::MutexGuard')).toBe(null);
  expect(
    check('tokio::sync::mutex::MutexGuard', 'tokio::sync::mutex::MutexGuard', 'tokio::loom::MutexGuard'),
  ).toBe('tokio::sync::MutexGuard');
  expect(check('shop::api::PooledConnection', 'shop::api::PooledConnection')).toBe(null);
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
