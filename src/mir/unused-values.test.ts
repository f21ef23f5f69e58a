import { expect, test } from 'vitest';
import { parseBodies } from '#formats/mir-text/parse.ts';
import type { Body } from '#model/mir.ts';
import { controlFlowOf } from './control-flow.ts';
import { unusedValuesOf } from './unused-values.ts';

/** The locals whose value is made and not used: `_2` dropped, `_2 by drop()` where `drop` is called on it. */
function unused(...blocks: readonly string[]): string[] {
  const printed = blocks.map((block, index) => `    bb${index}: {\n        ${block}\n    }\n`).join('\n');
  const lets = [2, 3, 4].map(local => `    let mut _${local}: T;\n`).join('');
  const text = `// MIR for \`f\` after built\n\nfn f(_1: T) -> T {\n    let mut _0: T;\n${lets}\n${printed}}\n`;
  const problems: { what: string }[] = [];
  const [body] = [...parseBodies(text, problems)] as [Body];
  expect(problems).toEqual([]);
  const fateOf = unusedValuesOf(body, controlFlowOf(body));
  return [2, 3, 4].flatMap(local => {
    const fate = fateOf(local);
    return fate === null ? [] : [fate.dropCall === null ? `_${local}` : `_${local} by drop()`];
  });
}

test('a value that is stored and dropped', () => {
  expect(
    unused(
      '_2 = make() -> [return: bb1, unwind continue];',
      'drop(_2) -> [return: bb2, unwind continue];',
      'return;',
    ),
  ).toEqual(['_2', '_3', '_4']);
});

test('moved on, and into a tuple or an Option, it has the fate of where it goes', () => {
  expect(
    unused('_3 = move _2; _4 = (move _3, const 1_u32); return;'.replaceAll('; ', ';\n        ')),
  ).toEqual(['_2', '_3', '_4']);
  expect(
    unused('_3 = std::option::Option::<T>::Some(move _2);\n        _0 = move _3;\n        return;'),
  ).toEqual(['_4']);
});

test('a borrow, a copy, a call, a part that is taken out, a write behind a reference: it is used', () => {
  expect(unused('_3 = &_2;\n        return;')).toEqual(['_3', '_4']);
  expect(unused('_3 = copy _2;\n        return;')).toEqual(['_3', '_4']);
  expect(unused('_3 = f(move _2) -> [return: bb1, unwind continue];', 'return;')).toEqual(['_3', '_4']);
  expect(unused('_3 = move (_2.0: T);\n        return;')).toEqual(['_3', '_4']);
  expect(unused('(*_3) = move _2;\n        return;')).toEqual(['_4']);
  expect(unused('_3 = shop::Holder { inner: move _2 };\n        return;')).toEqual(['_3', '_4']);
});

test('a call of `drop` is told', () => {
  const [made] = unused(
    '_3 = move _2;\n        _4 = std::mem::drop::<T>(move _3) -> [return: bb1, unwind continue];',
    'return;',
  );
  expect(made).toBe('_2 by drop()');
});

test('arguments and the return place are not asked about: others have made or will use them', () => {
  expect(unused('_0 = move _1;\n        _2 = move _1;\n        return;')).toEqual(['_2', '_3', '_4']);
  expect(unused('_0 = move _2;\n        return;')).toEqual(['_3', '_4']);
});
