import fc from 'fast-check';
import { expect, test } from 'vitest';
import { methodOf, parseCallee } from './callee.ts';

function draw(text: string): string {
  const callee = parseCallee(text);
  switch (callee.kind) {
    case 'path':
      return `path ${callee.path} (${methodOf(callee)})`;
    case 'trait':
      return `${callee.method} of ${callee.trait} for ${callee.self.kind} ${callee.self.text}`;
    case 'self':
      return `${callee.method} of ${callee.self.kind} ${callee.self.text}`;
    case 'unknown':
      return 'unknown';
  }
}

test.each([
  ['std::thread::sleep', 'path std::thread::sleep (sleep)'],
  ['run', 'path run (run)'],
  ['std::sync::Mutex::<u32>::lock', 'path std::sync::Mutex::lock (lock)'],
  ["<Foo<'_, u8> as Bar<T>>::go::<U>", 'go of Bar for path Foo<u8>'],
  ['<dyn Fn(u32) -> u32 as std::ops::Fn<(u32,)>>::call', 'call of std::ops::Fn for dyn dyn Fn(u32) -> u32'],
  [
    '<{async fn body of leaf()} as std::future::Future>::poll',
    'poll of std::future::Future for closure {async fn body of leaf()}',
  ],
  ['<<T as Deref>::Target as Bar>::go', 'go of Bar for projection <T as Deref>::Target'],
  ['<&mut W as std::io::Write>::flush', 'flush of std::io::Write for ref &mut W'],
  ['<[T]>::len', 'len of slice [T]'],
  ['<Foo as', 'unknown'],
  ['<', 'unknown'],
])('%s', (text, expected) => {
  expect(draw(text)).toBe(expected);
});

test('any text is taken apart or refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'<>as T:{}(),&'.split('')) }), text => {
      expect(draw(text)).toEqual(expect.any(String));
    }),
  );
});
