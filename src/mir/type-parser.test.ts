import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mapType, parsePath, parseType, pathType, type Ty } from './type-parser.ts';

function draw(ty: Ty): string {
  switch (ty.kind) {
    case 'path':
      return `${ty.path}${ty.lifetimes ? "'" : ''}${ty.args.length > 0 ? `<${ty.args.map(draw).join(' ')}>` : ''}`;
    case 'ref':
      return `ref(${draw(ty.inner)})`;
    case 'raw':
      return `raw(${draw(ty.inner)})`;
    case 'tuple':
      return `tuple(${ty.items.map(draw).join(' ')})`;
    case 'array':
    case 'slice':
      return `${ty.kind}(${draw(ty.element)})`;
    case 'closure':
      return `${ty.coroutine ? 'coroutine' : 'closure'} ${ty.key}${ty.args.length > 0 ? `<${ty.args.map(draw).join(' ')}>` : ''}`;
    case 'dyn':
      return `dyn[${ty.bounds.join(' | ')}]`;
    default:
      return `${ty.kind}(${ty.text})`;
  }
}

function check(text: string): string {
  return draw(parseType(text));
}

test('types that rustc 1.95 prints', () => {
  expect(
    check(
      "std::result::Result<std::sync::MutexGuard<'_, u32>, std::sync::PoisonError<std::sync::MutexGuard<'_, u32>>>",
    ),
  ).toMatchInlineSnapshot(
    `"std::result::Result<std::sync::MutexGuard'<u32> std::sync::PoisonError<std::sync::MutexGuard'<u32>>>"`,
  );
  expect(
    check("&'{erased} mut (dyn std::ops::Deref<Target = u32> + std::marker::Send + '_)"),
  ).toMatchInlineSnapshot(`"ref(dyn[std::ops::Deref<Target = u32> | std::marker::Send])"`);
  expect(check('[net::W<u8, 3>; N]')).toMatchInlineSnapshot(`"array(net::W<u8 const(3)>)"`);
  expect(check('*const [u8]')).toMatchInlineSnapshot(`"raw(slice(u8))"`);
  expect(check('((), (u32,), !)')).toMatchInlineSnapshot(`"tuple(tuple() tuple(u32) never(!))"`);
  expect(check('{async block@src/main.rs:28:69: 28:79}')).toMatchInlineSnapshot(
    `"coroutine @src/main.rs:28:69: 28:79"`,
  );
  expect(check('{coroutine@src/main.rs:28:69: 28:79 (#0)}')).toMatchInlineSnapshot(
    `"coroutine @src/main.rs:28:69: 28:79"`,
  );
  expect(check('{async closure@src/main.rs:30:27: 30:41}')).toMatchInlineSnapshot(
    `"closure @src/main.rs:30:27: 30:41"`,
  );
  expect(check("{async fn body of hold<std::sync::MutexGuard<'_, u32>, u8>()}")).toMatchInlineSnapshot(
    `"coroutine hold<std::sync::MutexGuard'<u32> u8>"`,
  );
  expect(check("{async fn body of <S<'_, T> as Svc<u8>>::go<U>()}")).toMatchInlineSnapshot(
    `"coroutine <S as Svc>::go<T u8 U>"`,
  );
  expect(
    check(
      '{async block@hyper::http2::Builder<Exec>::handshake<(T, {closure@a::f::{closure#1}})>::{closure#0}}',
    ),
  ).toMatchInlineSnapshot(
    `"coroutine hyper::http2::Builder::handshake::{closure#0}<Exec tuple(T closure a::f::{closure#1})>"`,
  );
  expect(check("{closure@<S<'_, T> as garden::Tree>::grow::{closure#0}}")).toMatchInlineSnapshot(
    `"closure <S as garden::Tree>::grow::{closure#0}<T>"`,
  );
  expect(check("({closure@/home/it's (1/a>b.rs:1:2: 3:4}, u8)")).toMatchInlineSnapshot(
    `"tuple(closure @/home/it's (1/a>b.rs:1:2: 3:4 u8)"`,
  );
  expect(check("for<'a> fn(&'a u32, T) -> std::vec::Vec<u8> {foo::<T>}")).toMatchInlineSnapshot(
    `"fn(fn(&u32, T) -> std::vec::Vec<u8> {foo::<T>})"`,
  );
  expect(
    check('std::boxed::Box<dyn std::ops::FnOnce(u32) -> u32 + std::marker::Send>'),
  ).toMatchInlineSnapshot(`"std::boxed::Box<dyn[std::ops::FnOnce(u32) -> u32 | std::marker::Send]>"`);
  expect(check('<T as std::iter::Iterator>::Item')).toMatchInlineSnapshot(
    `"projection(<T as std::iter::Iterator>::Item)"`,
  );
  expect(check('sel::{closure#0}::__tokio_select_util::Out<u8>')).toMatchInlineSnapshot(
    `"sel::{closure#0}::__tokio_select_util::Out<u8>"`,
  );
});

test('paths in expression position', () => {
  const path = parsePath("std::option::Option::<std::sync::MutexGuard<'_, u32>>::Some");
  expect(path?.path).toBe('std::option::Option::Some');
  expect(path?.args.map(draw)).toEqual(["std::sync::MutexGuard'<u32>"]);
  expect(parsePath('net::<impl at (a>.rs:4:58: 4:94>::new')?.path).toBe(
    'net::<impl at (a>.rs:4:58: 4:94>::new',
  );
  expect(parsePath('net::<impl at a.rs:4:58: 4:94>::new')?.path).toBe('net::<impl at a.rs:4:58: 4:94>::new');
  expect(parsePath('<std::vec::Vec<u8> as std::default::Default>::default')?.path).toBe(
    '<std::vec::Vec as std::default::Default>::default',
  );
});

test('a type without lifetimes reads back as itself', () => {
  const leaf = fc.constantFrom(
    'u32',
    'T',
    'std::string::String',
    '()',
    '!',
    '[u8]',
    '{closure@a.rs:1:2: 1:3}',
    '{closure@a::f::{closure#0}}',
    'dyn A + B',
  );
  const { type } = fc.letrec<{ type: string }>(tie => ({
    type: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      leaf,
      fc.array(tie('type'), { minLength: 1, maxLength: 3 }).map(args => `a::B<${args.join(', ')}>`),
      tie('type').map(inner => `&mut (${inner},)`),
      tie('type').map(inner => `[(${inner}, u8); 4]`),
      tie('type').map(inner => `*mut std::vec::Vec<${inner}>`),
      tie('type').map(inner => `{async fn body of f<${inner}>()}`),
      tie('type').map(inner => `{async block@a::f::{closure#0}<${inner}>}`),
    ),
  }));
  fc.assert(
    fc.property(type, text => {
      expect(parseType(text).text).toBe(text);
    }),
  );
});

test('any text has a type, and rewriting nothing changes nothing', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '::',
    'a',
    "'",
    '&',
    ' ',
    'dyn ',
    'fn(',
    '->',
    ', ',
    ';',
    '=',
    'impl ',
    '0',
    '*',
    '{closure@',
    '{async fn body of ',
    ':1:2: 3:4}',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), pieces => {
      const ty = parseType(pieces.join(''));
      expect(typeof mapType(ty, inner => inner).text).toBe('string');
      parsePath(pieces.join(''));
    }),
  );
});

test('a deep type ends', () => {
  const deep = `${'&'.repeat(100_000)}u8`;
  expect(parseType(deep).text.length).toBeGreaterThan(0);
});

test('rewriting reaches arguments at any depth', () => {
  const ty = parseType('[std::vec::Vec<(T, &mut T)>; 3]');
  const changed = mapType(ty, inner =>
    inner.kind === 'path' && inner.path === 'T' ? pathType('u8', [], false) : inner,
  );
  expect(changed.text).toBe('[std::vec::Vec<(u8, &mut u8)>; 3]');
});
