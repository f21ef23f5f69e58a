import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseImplHeader } from './impl-header.ts';

function draw(text: string): string {
  const header = parseImplHeader(text);
  if (header === null) return 'not readable';
  const blanket = header.blanket ? ' (blanket)' : '';
  return `${header.trait ?? 'inherent'} for ${header.self ?? '?'}${blanket}`;
}

test.each([
  ['impl Foo', 'inherent for Foo'],
  ['impl<T> crate::a::Foo<T>', 'inherent for Foo'],
  ["impl<'a, T: Fn(u32) -> Vec<T>> Bar<'a> for Foo<T> where T: Clone", 'Bar for Foo'],
  ['unsafe impl<T: ?Sized> Send for Foo<T>', 'Send for Foo'],
  ['impl !Send for Foo', 'Send for Foo'],
  ['impl<S> tower::Service<Request<Body>> for Timeout<S>', 'Service for Timeout'],
  ['impl<T: Read + ?Sized> ReadExt for T', 'ReadExt for T (blanket)'],
  ['impl<const N: usize> From<[u8; N]> for Key<N>', 'From for Key'],
  ["impl<F> Handler for F where F: for<'a> Fn(&'a str)", 'Handler for F (blanket)'],
  ['impl Iterator for &mut Foo', 'Iterator for ?'],
  ['impl<A, B> Pair for (A, B)', 'Pair for ?'],
  ['impl Foo // of the shop\n    where Foo: Sized', 'inherent for Foo'],
  ['impl r#type', 'inherent for type'],
  ['impl $name', 'not readable'],
  ['Debug', 'not readable'],
])('%s', (text, expected) => {
  expect(draw(text)).toBe(expected);
});

test('any text is read or refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'impl for<>(),:& T\n'.split('')) }), text => {
      expect(draw(text)).toEqual(expect.any(String));
      expect(draw(`impl${text}`)).toEqual(expect.any(String));
    }),
  );
});
