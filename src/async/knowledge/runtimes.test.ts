import { expect, test } from 'vitest';
import { parseType } from '#mir/type-parser.ts';
import table from '../../../data/async/runtimes.json' with { type: 'json' };
import { cratesOfRuntimes, isBridged, isTransparent } from './runtimes.ts';

test('every row has a path, says when it panics, and was tried', () => {
  for (const { path, when, future, ran } of table.needsTokio) {
    expect(path).toMatch(/^\w+(::\w+)+$/);
    expect(['call', 'poll']).toContain(when);
    expect(future === null).toBe(when === 'call');
    expect(ran).toMatch(/^[\w-]+ \d+\.\d+\.\d+$/);
  }
  for (const { path, thread, ran } of table.executors) {
    expect(path).toMatch(/^(<[\w:]+ as [\w:]+>|\w+)(::\w+)+$/);
    expect(['own', 'caller']).toContain(thread);
    expect(ran).toMatch(/^[\w-]+ \d+\.\d+\.\d+$/);
  }
  const paths = [...table.needsTokio, ...table.executors].map(({ path }) => path);
  expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([]);
});

test.each([
  [
    'std::pin::Pin<&mut futures_util::future::Map<{async block@src/a.rs:1:1: 1:6}, {closure@src/a.rs:2:1: 2:3}>>',
    true,
  ],
  ['{async fn body of shop::run<reqwest::Client>()}', true],
  ['{async fn body of strange::within<{async block@src/a.rs:1:1: 1:6}>()}', false],
  ['strange::InContext<{async block@src/a.rs:1:1: 1:6}>', false],
  ['async_compat::Compat<{async block@src/a.rs:1:1: 1:6}>', false],
])('%s leaves the context of the thread alone: %s', (text, expected) => {
  expect(isTransparent(parseType(text), crate => crate === 'shop')).toBe(expected);
});

test('a wrapper that brings a runtime is known wherever it is in the type', () => {
  expect(isBridged(parseType('std::pin::Pin<&mut tokio_util::context::TokioContext<shop::Work>>'))).toBe(
    true,
  );
  expect(isBridged(parseType('tokio::time::Timeout<shop::Work>'))).toBe(false);
});

test('the crates of the paths, without the `<` of a trait’s method', () => {
  expect([...cratesOfRuntimes()].filter(crate => !/^\w+$/.test(crate))).toEqual([]);
  expect(cratesOfRuntimes().has('futures')).toBe(true);
});
