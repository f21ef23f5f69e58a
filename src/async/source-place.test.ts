import { expect, test } from 'vitest';
import type { Problem } from '#base/parsed.ts';
import { parseBodies } from '#formats/mir-text/parse.ts';
import { spanAt } from '#formats/mir-text/span.ts';
import type { Body, SpanRef } from '#model/mir.ts';
import { sourceFileOf } from './source-file.ts';
import { sourcePlacesOf } from './source-place.ts';

/** `_3 = copy _8 @ src/a.rs:2:14-18` as rustc prints it. */
function printed(line: string, scope: string): string {
  const [, code, file, row, from, to] = /^(.*) @ (.*):(\d+):(\d+)-(\d+)$/.exec(line) ?? [];
  return `${code}; // ${scope} 0 at ${file}:${row}:${from}: ${row}:${to}\n`;
}

/** A body with one block of these lines, and one that returns in line 9 of src/a.rs. */
function bodyOf(lines: readonly string[], variables: readonly string[]): Body {
  const text = [
    '// MIR for `f` after built\n\nfn f() -> T {\n    let mut _0: T;\n',
    ...[1, 2, 3, 4, 5, 6, 7, 8].map(local => `    let mut _${local}: T;\n`),
    ...variables.map(line => `    ${printed(line, 'in scope')}`),
    '\n    bb0: {\n',
    ...lines.map(line => `        ${printed(line, 'scope')}`),
    `    }\n\n    bb1: {\n        ${printed('return @ src/a.rs:9:1-2', 'scope')}    }\n}\n`,
  ].join('');
  const problems: Problem[] = [];
  const [body] = [...parseBodies(text, problems)];
  expect(problems).toEqual([]);
  return body as Body;
}

/** The place of each line; `source` is the text of src/a.rs. */
function check(source: string | null, lines: readonly string[], variables: readonly string[] = []): string[] {
  const body = bodyOf(lines, variables);
  const file = source === null ? null : sourceFileOf(source);
  const places = sourcePlacesOf({
    body,
    span: (ref: SpanRef) => spanAt(body, ref),
    sourceFile: name => (name === 'src/a.rs' ? file : null),
  });
  return lines.map((_, index) => {
    const place = places.placeOf(0, index === lines.length - 1 ? null : index);
    if (place === null) return 'nowhere';
    const { location, macro, inMacro } = place;
    const at = `${location.startLine}:${location.startColumn}-${location.endColumn}`;
    return inMacro ? `${at} in ${macro === null ? 'a macro' : `${macro.path}!`}` : at;
  });
}

const dropped = (local: string, at: string) => `drop(${local}) -> [return: bb1, unwind continue] @ ${at}`;

test('what a macro makes is in the call around what it makes it of', () => {
  const source = 'let g =\n    m::take!(f(a), b);\n';
  expect(
    check(source, [
      '_3 = copy _8 @ src/a.rs:2:14-18',
      '_4 = &mut _3 @ /m.rs:7:1-2',
      '_5 = m::lock(move _4) -> bb1 @ /m.rs:7:3-9',
    ]),
  ).toEqual(['2:14-18', '2:14-18 in m::take!', '2:14-18 in m::take!']);
  expect(
    check(source, [
      '_3 = copy _8 @ src/a.rs:2:14-18',
      '_4 = copy _7 @ src/a.rs:2:20-21',
      '_5 = (move _3, move _4) @ /m.rs:7:1-2',
      dropped('_5', '/m.rs:8:1-2'),
    ]),
  ).toEqual(['2:14-18', '2:20-21', '2:14-21 in m::take!', '2:14-21 in m::take!']);
});

test('without the source the macro has no name', () => {
  expect(check(null, ['_3 = copy _8 @ src/a.rs:2:14-18', dropped('_3', '/m.rs:8:1-2')])).toEqual([
    '2:14-18',
    '2:14-18 in a macro',
  ]);
});

test('the way back ends at a variable that the macro does not declare', () => {
  const source = 'let a =\n    one!(x);\ntwo!();\n';
  const lines = ['_3 = copy _8 @ src/a.rs:2:10-11', dropped('_3', '/two.rs:7:1-2')];
  expect(check(source, lines, ['debug x => _3 @ /two.rs:6:1-2'])).toEqual(['2:10-11', '2:10-11 in one!']);
  // What stands last before is given to a macro: to the one that is looked for, or to another.
  expect(check(source, lines, ['debug x => _3 @ src/a.rs:2:10-11'])).toEqual(['2:10-11', 'nowhere']);
  expect(check(source, lines, ['debug x => _3 @ /one.rs:6:1-2'])).toEqual(['2:10-11', 'nowhere']);
});

test('a macro of the standard library is not the one, and the text of a macro is no place', () => {
  const lines = ['_3 = copy _8 @ src/a.rs:2:14-15', dropped('_3', '/m.rs:8:1-2')];
  expect(check('let g =\n    m!(  vec![x]);\n', lines)).toEqual(['2:14-15', '2:14-15 in m!']);
  expect(check('macro_rules! m {\n    () => (   x) }\nm!();\n', lines)).toEqual(['2:14-15', 'nowhere']);
});

test('a macro that is given nothing is between what stands before and behind, if it is alone there', () => {
  const lines = ['_3 = copy _8 @ src/a.rs:1:1-2', dropped('_4', '/m.rs:8:1-2')];
  const behind = '\n\n\n\n\n\n\n}\n';
  expect(check(`x;\nprintln!(); wait!();${behind}`, lines)).toEqual(['1:1-2', '2:13-18 in wait!']);
  expect(check(`x;\nwait!(); wait!();${behind}`, lines)).toEqual(['1:1-2', 'nowhere']);
  expect(check(`x;\n${behind}wait!();`, lines)).toEqual(['1:1-2', 'nowhere']);
});

test('what a procedural macro makes has its whole call for its place', () => {
  expect(check('m!(a);\n', [dropped('_4', 'src/a.rs:1:1-6')])).toEqual(['1:1-3 in m!']);
});
