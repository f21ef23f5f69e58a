import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TypeSize } from '#model/type-size.ts';
import { parseTypeSizes } from './parse.ts';

const fixture = (compiler: string) =>
  readFileSync(
    new URL(`../../../tests/fixtures/type-sizes/harbour.${compiler}.txt`, import.meta.url),
    'utf8',
  );

/** `type: size align`, then a line per variant with its fields. */
function draw(types: readonly TypeSize[]): string {
  return types
    .flatMap(({ ty, sizeBytes, alignBytes, variants }) => [
      `${ty}: ${sizeBytes} align ${alignBytes}`,
      ...variants.map(({ name, sizeBytes, fields }) => {
        const parts = fields.map(
          field =>
            `${field.kind} ${field.name} ${field.sizeBytes}${field.ty === null ? '' : `: ${field.ty}`}`,
        );
        return `  ${[`${name} ${sizeBytes}`, ...parts].join(', ')}`;
      }),
    ])
    .join('\n');
}

test('futures, their suspend points and what is kept in them', () => {
  const { value, problems } = parseTypeSizes(fixture('stable'));
  expect(problems).toEqual([]);
  const futures = value.filter(({ ty }) => /^\{async fn body of (unload|both|Dock<u64>::moor)\(/.test(ty));
  expect(draw(futures)).toMatchInlineSnapshot(`
    "{async fn body of both()}: 16040 align 4
      Unresumed 0
      Suspend0 16039, local .coroutine_field4 1: bool, local .coroutine_field5 1: bool, local second 8016, local __awaitee 8016: {async fn body of unload()}
      Suspend1 8023, local .coroutine_field1 4: u32, local .coroutine_field4 1: bool, local .coroutine_field5 1: bool, local __awaitee 8016: {async fn body of unload()}
      Returned 0
      Panicked 0
    {async fn body of unload()}: 8016 align 4
      Unresumed 2000, upvar ship 2000
      Suspend0 8015, upvar ship 2000, local ship 2000, local manifest 4000, local __awaitee 8: {async fn body of tide()}
      Suspend1 8015, upvar ship 2000, local ship 2000, local .coroutine_field2 4: u32, local __awaitee 8: {async fn body of tide()}
      Returned 2000, upvar ship 2000
      Panicked 2000, upvar ship 2000
    {async fn body of Dock<u64>::moor()}: 640 align 8
      Unresumed 312, upvar cargo 304, upvar self 8
      Suspend0 632, upvar cargo 304, upvar self 8, local self 8, local cargo 304, local __awaitee 8: {async fn body of tide()}
      Returned 312, upvar cargo 304, upvar self 8
      Panicked 312, upvar cargo 304, upvar self 8"
  `);
});

test('what is printed of an enum and of a struct', () => {
  const { value } = parseTypeSizes(fixture('stable'));
  const others = value.filter(({ ty }) => /^(Cargo|Dock<u64>|std::pin::Pin<std::boxed::Box<dyn)/.test(ty));
  expect(draw(others)).toMatchInlineSnapshot(`
    "Cargo: 304 align 8
      Crates 300, field 0 300
      Named 15, field weight 8
      Empty 0"
  `);
});

test('both compilers say the same', () => {
  expect(parseTypeSizes(fixture('nightly'))).toEqual(parseTypeSizes(fixture('stable')));
});

test('other output between the lines is not its business; what begins like it and is not understood is a problem', () => {
  const text = [
    'native-static-libs: -lc',
    'print-type-size type: `A`: 8 bytes, alignment: 8 bytes',
    'print-type-size     variant `B`: 7 bytes',
    'print-type-size         field `.0`: 7 bytes, offset: 0 bytes, alignment: 1 bytes',
    'print-type-size     gap: 1 bytes',
    'print-type-size type: `C`: many bytes',
    'print-type-size',
  ].join('\r\n');
  const { value, problems } = parseTypeSizes(text);
  expect(draw(value)).toMatchInlineSnapshot(`
    "A: 8 align 8
      B 7, field 0 7"
  `);
  expect(problems.map(problem => problem.line)).toEqual([5, 6]);
});

test('a cut or garbled text gives what was whole, and no exception', () => {
  const text = fixture('stable');
  const whole = parseTypeSizes(text).value;
  fc.assert(
    fc.property(fc.nat(text.length), fc.nat(40), fc.string(), (from, length, rubbish) => {
      const { value } = parseTypeSizes(text.slice(0, from) + rubbish + text.slice(from + length));
      // The sections that end before the place are untouched.
      const untouched = text.slice(0, from).split('print-type-size type: ').length - 2;
      expect(value.slice(0, Math.max(0, untouched))).toEqual(whole.slice(0, Math.max(0, untouched)));
    }),
  );
});
