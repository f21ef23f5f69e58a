import { expect, test } from 'vitest';
import { effectOf, type MustClose, mustCloseTable } from './must-close.ts';

const table = mustCloseTable();
const row = (path: string) => table.find(path) as MustClose;

test('what a method does to a writer', () => {
  expect(effectOf(row('tokio::io::BufWriter'), 'write_all')).toBe('write');
  expect(effectOf(row('tokio::io::BufWriter'), 'write')).toBe('write');
  expect(effectOf(row('tokio::io::BufWriter'), 'flush')).toBe('end');
  expect(effectOf(row('tokio::io::BufWriter'), 'get_ref')).toBe(null);
  expect(effectOf(row('async_compression::tokio::write::GzipEncoder'), 'flush')).toBe('pass');
  expect(effectOf(row('tokio_util::codec::Framed'), 'send')).toBe('end');
});

test('a type of another crate with the same name is not in the table', () => {
  expect(table.find('std::io::BufWriter')).toBe(null);
  expect(table.find('tokio::net::TcpStream')).toBe(null);
});

test('a malformed row is refused', () => {
  const good = {
    paths: ['a::B'],
    crate: 'a',
    writes: ['write'],
    ends: ['flush'],
    loses: 'buffer',
    source: 'a 1.0',
    verified: null,
  };
  expect(mustCloseTable([good]).rows).toEqual([good]);
  expect(() => mustCloseTable([{ ...good, loses: 'all' }])).toThrow('malformed');
  expect(() => mustCloseTable([{ ...good, ends: [] }])).toThrow('malformed');
  expect(() => mustCloseTable([{ ...good, source: '' }])).toThrow('malformed');
  expect(() => mustCloseTable([good, { ...good }])).toThrow('twice');
});
