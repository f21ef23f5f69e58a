import { expect, test } from 'vitest';
import { methodOf, parseCallee } from '#mir/callee.ts';
import type { CallSite } from '#mir/function-node.ts';
import { qualifyPath, type TypeScope, TypeShapes } from '#mir/type-shapes.ts';
import { blockingDropOf, blockingOf, blockingTable, checked } from './blocking.ts';

const scope: TypeScope = {
  prefix: 'shop',
  externCrates: new Set(['tokio', 'redis', 'async_lock', 'prelude']),
};

/** `level what`, as the table answers for a callee that rustc prints. */
function draw(printed: string): string | null {
  const shapes = new TypeShapes();
  const callee = parseCallee(printed);
  const self = callee.kind === 'trait' ? shapes.qualify(callee.self.text, scope) : null;
  const bare = self?.kind === 'ref' ? self.inner : self;
  const selfPath = (self === bare ? '' : '&') + (bare?.kind === 'path' ? bare.path : bare?.text);
  const path =
    callee.kind === 'trait'
      ? `<${selfPath} as ${callee.trait}>::${callee.method}`
      : callee.kind === 'path'
        ? qualifyPath(callee.path, scope)
        : '';
  const call = { callee: printed, path, method: methodOf(callee), self } as CallSite;
  const answer = blockingOf(call, ty => shapes.isParameter(ty));
  return answer === null || answer === 'open' ? answer : `${answer.level} ${answer.what}`;
}

test('a function is found by its path, and behind a crate that re-exports its crate', () => {
  expect(draw('std::thread::sleep')).toBe('long std::thread::sleep');
  expect(draw('tokio::runtime::Handle::block_on::<F>')).toBe('forbidden tokio::runtime::Handle::block_on');
  expect(draw('prelude::tokio::runtime::Handle::block_on::<F>')).toMatch(/^forbidden /);
  expect(draw('thread::sleep')).toBe(null);
  expect(draw('tokio::time::sleep')).toBe(null);
});

test('a method of a trait is found by its self type, by any, or by the whole trait', () => {
  expect(draw('<&std::sync::mpsc::Receiver<u32> as std::iter::IntoIterator>::into_iter')).toBe(
    'long std::sync::mpsc::Receiver::into_iter',
  );
  expect(draw('<std::vec::Vec<u32> as std::iter::IntoIterator>::into_iter')).toBe(null);
  expect(draw('<redis::Connection as redis::Commands>::hset::<&str, u8>')).toBe('long redis::Commands::hset');
  expect(draw('<(&str, u16) as std::net::ToSocketAddrs>::to_socket_addrs')).toMatch(/^long /);
  expect(draw('<(std::net::IpAddr, u16) as std::net::ToSocketAddrs>::to_socket_addrs')).toBe(null);
});

test('what is read decides, not what is put around it', () => {
  const readToEnd = (self: string) => draw(`<${self} as std::io::Read>::read_to_end`);
  expect(readToEnd('std::io::BufReader<std::fs::File>')).toBe('short Read::read_to_end` of `std::fs::File');
  expect(readToEnd('&mut flate2::read::GzDecoder<std::io::Take<std::net::TcpStream>>')).toMatch(/^long /);
  expect(readToEnd('std::io::Chain<std::fs::File, std::net::TcpStream>')).toMatch(/^long .*TcpStream$/);
  expect(readToEnd('std::io::Cursor<std::vec::Vec<u8>>')).toBe(null);
  expect(readToEnd('&[u8]')).toBe(null);
  expect(readToEnd('R')).toBe('open');
  expect(readToEnd('std::io::BufReader<R>')).toBe('open');
  expect(readToEnd('std::boxed::Box<dyn std::io::Read + Send>')).toBe('open');
  expect(draw('<std::fs::File as std::io::Read>::take')).toBe(null);
  expect(draw('<std::fs::File as std::io::Write>::flush')).toBe(null);
  expect(draw('<std::io::BufWriter<std::fs::File> as std::io::Write>::flush')).toMatch(/^short /);
  expect(draw('std::io::copy::<std::fs::File, std::vec::Vec<u8>>')).toMatch(/^short /);
  expect(draw('std::io::copy::<&[u8], std::vec::Vec<u8>>')).toBe(null);
  expect(draw('serde_json::from_reader::<std::net::TcpStream, Order>')).toMatch(/^long /);
});

test('locks that are held for a moment are no row', () => {
  for (const path of [
    'std::sync::Mutex::lock',
    'std::sync::RwLock::read',
    'std::sync::OnceLock::get_or_init',
  ])
    expect(draw(path)).toBe(null);
});

test('a runtime must not be dropped', () => {
  expect(blockingDropOf('tokio::runtime::Runtime')?.level).toBe('forbidden');
  expect(blockingDropOf('tokio::runtime::Handle')).toBe(null);
});

test('a malformed table is refused', () => {
  const row = {
    paths: ['a::b'],
    crate: 'a',
    level: 'long',
    kind: 'net',
    seen: null,
    source: 'a 1.0 src/b.rs:1',
  };
  const table = { calls: [row], devices: [], drops: [] };
  expect(checked(table)).toEqual(table);
  for (const change of [{ level: 'high' }, { kind: 'sleepy' }, { paths: ['a::b / a::c'] }, { source: '' }]) {
    expect(() => checked({ ...table, calls: [{ ...row, ...change }] })).toThrow('not understood');
  }
  expect(() => checked({ ...table, calls: [row, row] })).toThrow('twice');
});

test('what panics or deadlocks has a statement that it does', () => {
  const forbidden = blockingTable.calls.filter(row => row.level === 'forbidden');
  expect(forbidden.length).toBeGreaterThan(50);
  for (const { source } of forbidden) expect(source).toMatch(/https:|\.rs:\d+/);
});
