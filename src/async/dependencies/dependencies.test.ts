import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FunctionNode, ImplOf } from '#mir/function-node.ts';
import type { MirUnit } from '#model/evidence.ts';
import { type Dependency, dependenciesOf } from './dependencies.ts';
import { namesOfFuture, namesOfNode, namesOfPath } from './names.ts';
import { type FunctionSummary, type InnerBlocking, parseSummary, summaryVersion } from './summary.ts';

const scope = { prefix: 'tiny', externCrates: new Set<string>() };

function node(name: string, impl: Partial<ImplOf> | null = null): FunctionNode {
  const known: ImplOf | null =
    impl === null ? null : { scope, trait: null, selfPath: null, selfName: null, blanket: false, ...impl };
  return {
    id: 0,
    unit: 0,
    scope,
    name,
    coroutine: false,
    closureKey: null,
    impl: known,
    returns: '',
    calls: [],
    makes: [],
    captures: [],
  };
}

test('a function is found by one of the names that its crate and another one have for it', () => {
  const place = '<impl at src/client.rs:4:1: 4:12>';
  const own: readonly [string, readonly string[]][] = [
    ['a function', namesOfNode(node('net::dial'))],
    ['a method', namesOfNode(node(`client::${place}::get`, { selfPath: 'tiny::client::Client' }))],
    [
      'where the source alone names the type',
      namesOfNode(node(`client::${place}::get`, { selfName: 'Client' })),
    ],
    [
      'a trait’s',
      namesOfNode(node(`client::${place}::load`, { selfPath: 'tiny::client::Client', trait: 'Shape' })),
    ],
    ['a blanket impl’s', namesOfNode(node(`client::${place}::load`, { trait: 'Shape', blanket: true }))],
    ['a future', namesOfNode(node('net::dial::{closure#0}'))],
  ];
  const others: readonly [string, readonly string[]][] = [
    ['tiny::dial', namesOfPath('tiny::dial')],
    ['tiny::net::dial', namesOfPath('tiny::net::dial')],
    ['tiny::Client::get', namesOfPath('tiny::Client::get')],
    ['<tiny::Client as tiny::Shape>::load', namesOfPath('<tiny::Client as tiny::Shape>::load')],
    ['<T as tiny::Shape>::load', namesOfPath('<T as tiny::Shape>::load')],
    ['{async fn body of tiny::dial()}', namesOfFuture('tiny::dial')],
    ['{async block@tiny::dial::{closure#0}}', namesOfFuture('tiny::dial::{closure#0}')],
    ['{async block@src/a.rs:1:2: 3:4}', namesOfFuture('@src/a.rs:1:2: 3:4')],
  ];
  const drawn = [...own, ...others].map(([what, names]) => `${what}: ${names.join(' | ') || 'nothing'}`);
  expect(drawn.join('\n')).toMatchInlineSnapshot(`
    "a function: tiny::net::dial | fn tiny dial
    a method: tiny::client::Client::get | method tiny Client get
    where the source alone names the type: tiny::Client::get | method tiny Client get
    a trait’s: impl tiny Client as Shape load
    a blanket impl’s: nothing
    a future: tiny::net::dial::{closure#0} | fn tiny dial::{closure#0}
    tiny::dial: tiny::dial | fn tiny dial
    tiny::net::dial: tiny::net::dial | fn tiny dial
    tiny::Client::get: tiny::Client::get | method tiny Client get
    <tiny::Client as tiny::Shape>::load: impl tiny Client as Shape load
    <T as tiny::Shape>::load: impl  T as Shape load
    {async fn body of tiny::dial()}: tiny::dial::{closure#0} | fn tiny dial::{closure#0}
    {async block@tiny::dial::{closure#0}}: tiny::dial::{closure#0} | fn tiny dial::{closure#0}
    {async block@src/a.rs:1:2: 3:4}: nothing"
  `);
});

const sleep: InnerBlocking = {
  level: 'long',
  kind: 'sleep',
  what: 'std::thread::sleep',
  seen: null,
  source: 'https://doc.rust-lang.org/std/thread/fn.sleep.html',
  way: [{ callee: 'std::thread::sleep', at: 'src/lib.rs:2', package: 'tiny 1.0.0' }],
};

function tiny(
  version: string,
  functions: Readonly<Record<string, FunctionSummary>>,
  dependents: readonly string[] = [],
): Dependency {
  const named = `tiny ${version}`;
  return {
    unit: { key: `tiny-${version}`, crateName: 'tiny', package: named, dependents },
    summary: { schema: 1, crate: 'tiny', package: named, functions, futures: {} },
  };
}

function unit(named: string): MirUnit {
  return {
    key: named,
    crateName: 'app',
    package: named,
    targetKind: 'lib',
    edition: '2024',
    chunkCount: 1,
    unreadable: [],
  };
}

test('of two versions the one is meant that the caller depends on', () => {
  const blocks = { 'tiny::dial': { blocks: sleep }, 'fn tiny dial': { blocks: sleep } };
  const ask = (known: readonly Dependency[]) =>
    dependenciesOf(known, [unit('app 0.1.0')]).blocking(node('run'), 'tiny::dial')?.package ?? 'not known';
  const answers: readonly [string, string][] = [
    ['one version', ask([tiny('1.0.0', blocks)])],
    ['none has it', ask([tiny('1.0.0', {})])],
    ['the other one is app’s', ask([tiny('1.0.0', blocks), tiny('2.0.0', {}, ['app 0.1.0'])])],
    ['this one is app’s', ask([tiny('1.0.0', blocks, ['app 0.1.0']), tiny('2.0.0', {})])],
    ['none is app’s', ask([tiny('1.0.0', blocks), tiny('2.0.0', blocks)])],
    ['one version, twice with other features', ask([tiny('1.0.0', blocks), tiny('1.0.0', {})])],
  ];
  expect(answers.map(([what, answer]) => `${what}: ${answer}`).join('\n')).toMatchInlineSnapshot(`
    "one version: tiny 1.0.0
    none has it: not known
    the other one is app’s: not known
    this one is app’s: tiny 1.0.0
    none is app’s: not known
    one version, twice with other features: not known"
  `);
});

test('a summary comes back as it was written', () => {
  const summary = tiny('1.0.0', { 'tiny::dial': { blocks: sleep, uses: { 1: 2 } } }).summary;
  const { value, problems } = parseSummary(JSON.stringify(summary));
  expect(problems).toEqual([]);
  expect(value).toEqual(summary);
  expect(summaryVersion).toMatch(/^\d+$/);
});

test('what is no summary is a problem and never an error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), text => {
      const { value, problems } = parseSummary(text);
      expect(value === null).toBe(problems.length > 0);
    }),
  );
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (row, other) => {
      const json = {
        schema: 1,
        crate: 'a',
        package: 'a 1.0.0',
        functions: { f: { blocks: row }, g: { uses: other } },
        futures: { h: { cancelled: row }, i: other },
      };
      const { value } = parseSummary(JSON.stringify(json));
      expect(Object.keys(value?.functions ?? { none: 0 })).not.toContain('none');
    }),
  );
});
