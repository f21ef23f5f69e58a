import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sourceFileOf } from './source-file.ts';

/** Each call's path with the text of its group, definitions marked. */
function check(text: string): string[] {
  return sourceFileOf(text).macroCalls.map(
    ({ path, head, group, isDefinition }) =>
      `${isDefinition ? 'definition ' : ''}${path} (${text.slice(head.start, head.end)}) ${text.slice(group.start, group.end)}`,
  );
}

test('calls with each kind of bracket, inside each other', () => {
  expect(check('f(); tokio::select! { x = vec![1] => a::b!(c), } m!();')).toEqual([
    'tokio::select (tokio::select!) { x = vec![1] => a::b!(c), }',
    'vec (vec!) [1]',
    'a::b (a::b!) (c)',
    'm (m!) ()',
  ]);
  expect(check('::tokio::join!(a)')).toEqual(['::tokio::join (::tokio::join!) (a)']);
  expect(check('macro_rules! locked { ($m:expr) => {{ wait!($m) }} } locked!(m);')).toEqual([
    'definition macro_rules (macro_rules!) { ($m:expr) => {{ wait!($m) }} }',
    'wait (wait!) ($m)',
    'locked (locked!) (m)',
  ]);
});

test('what looks like a call and is none', () => {
  expect(check('if a != (b) { return !(c); } #![allow(x)] let y = !{ z }; fn f() -> ! { g() }')).toEqual([]);
  expect(check('// m!(\n/* m!( /* m!( */ m!( */ "m!(" r#"m!("#  b"\\"m!(" \'"\' f::<\'a>(x)')).toEqual([]);
});

test('a bracket in a string, a character or a comment closes nothing', () => {
  const group = `(")", ')', b'\\'', r#")"#, '\\u{29}', /* ) */ 'a)`;
  expect(check(`m!${group} n!(1)`)).toEqual([`m (m!) ${group}`, 'n (n!) (1)']);
});

test('lines and columns count characters', () => {
  const text = 'a\n  🍐 m!(é)\n';
  const { macroCalls, locationOf, spanOf } = sourceFileOf(text);
  const location = locationOf(macroCalls[0]!.head, 'a.rs');
  expect(location).toEqual({ file: 'a.rs', startLine: 2, startColumn: 5, endLine: 2, endColumn: 7 });
  expect(spanOf(location)).toEqual(macroCalls[0]!.head);
});

test('any text has calls that lie in it, properly nested', () => {
  const piece = fc.constantFrom(
    ...[
      'm!',
      'a::',
      'x',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      "'a",
      "'('",
      'r#"',
      '"#',
      '//',
      '\n',
      '/*',
      '*/',
    ],
    ...['macro_rules! m', '!', '\\', ' ', '🍐', '=', '$x'],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), pieces => {
      const text = pieces.join('');
      const { macroCalls, locationOf, spanOf } = sourceFileOf(text);
      for (const { head, group } of macroCalls) {
        expect(head.end).toBeLessThanOrEqual(group.start);
        expect(group.start).toBeLessThan(group.end);
        expect(group.end).toBeLessThanOrEqual(text.length);
        expect(spanOf(locationOf(group, 'a.rs'))).toEqual(group);
        for (const other of macroCalls) {
          const overlaps = other.group.start > group.start && other.group.start < group.end;
          if (overlaps) expect(other.group.end).toBeLessThanOrEqual(group.end);
        }
      }
    }),
  );
});
