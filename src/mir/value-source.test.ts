import { expect, test } from 'vitest';
import { parseBodies } from '#formats/mir-text/parse.ts';
import type { Body, Operand } from '#model/mir.ts';
import { drawRoot, rootOf, sourceOf } from './value-source.ts';

function bodyOf(lets: readonly string[], lines: readonly string[]): Body {
  const text = `// MIR for \`f\` after built\n\nfn f(_1: &mut app::Connection) -> () {\n    let mut _0: ();\n${lets
    .map(line => `    let mut ${line};\n`)
    .join('')}\n${lines.map((line, index) => `    bb${index}: {\n        ${line}\n    }\n`).join('\n')}}\n`;
  const problems: { what: string }[] = [];
  const [body] = [...parseBodies(text, problems)] as [Body];
  expect(problems).toEqual([]);
  return body;
}

const move = (local: number): Operand => ({ kind: 'move', place: { local, projection: [] } });
const behind = (local: number) => ({ local, projection: [{ kind: 'deref' as const }] });

test('a value is followed through moves, tuples and into_future to the call that made it', () => {
  const body = bodyOf(
    ['_2: app::F', '_3: (app::F,)', '_4: app::F', '_5: app::F'],
    [
      '_2 = app::make() -> [return: bb1, unwind continue];',
      '_3 = (move _2,); goto -> bb2;'.replace('; goto', ';\n        goto'),
      '_4 = move (_3.0: app::F);\n        goto -> bb3;',
      '_5 = <app::F as std::future::IntoFuture>::into_future(move _4) -> [return: bb4, unwind continue];',
      'return;',
    ],
  );
  const source = sourceOf(body, move(5));
  expect(source.kind === 'call' ? source.call.callee : source.kind).toBe('app::make');
});

test('a variable with two definitions is its own source', () => {
  const body = bodyOf(
    ['_2: app::F'],
    [
      '_2 = app::make() -> [return: bb1, unwind continue];',
      '_2 = app::make() -> [return: bb2, unwind continue];',
      'return;',
    ],
  );
  expect(sourceOf(body, move(2)).kind).toBe('place');
});

test('a reference stands for the place that it is into', () => {
  const body = bodyOf(
    ['_2: &mut app::Stream', '_3: &mut app::Stream', '_4: &mut app::Inner'],
    [
      '_2 = &mut ((*_1).2: app::Stream);\n        _3 = &mut (*_2);\n        _4 = app::Stream::inner(move _3) -> [return: bb1, unwind continue];',
      'return;',
    ],
  );
  expect(drawRoot(rootOf(body, behind(3)))).toBe('_1 * .2');
  expect(rootOf(body, behind(3)).exact).toBe(true);
  // What a call returns lies somewhere in what it was given.
  expect(drawRoot(rootOf(body, behind(4)))).toBe('_1 * .2');
  expect(rootOf(body, behind(4)).exact).toBe(false);
});
