import { expect, test } from 'vitest';
import { parseBodies } from '#formats/mir-text/parse.ts';
import type { Body } from '#model/mir.ts';
import { controlFlowOf } from './control-flow.ts';
import { followOutcome } from './known-outcome.ts';

/** Blocks that are reached when `_1` has this discriminant; `bb` blocks are given as their lines. */
function reached(ty: string, value: string, blocks: readonly string[], lets = ''): number[] {
  const text = `// MIR for \`f\` after built\n\nfn f(_1: ${ty}) -> () {\n    let mut _0: ();\n    let mut _2: isize;\n    let mut _3: bool;\n${lets}\n${blocks
    .map((block, index) => `    bb${index}: {\n${block.replace(/^\s*/gm, '        ')}\n    }\n`)
    .join('\n')}}\n`;
  const problems: { what: string }[] = [];
  const [body] = [...parseBodies(text, problems)] as [Body];
  expect(problems).toEqual([]);
  const entered = new Set<number>();
  const { complete } = followOutcome(body, controlFlowOf(body), 0, new Map([['_1', value]]), block => {
    entered.add(block);
    return true;
  });
  expect(complete).toBe(true);
  return [...entered].sort((a, b) => a - b);
}

const result = 'std::result::Result<u32, u8>';
const test1 = [
  '_2 = discriminant(_1);\nswitchInt(move _2) -> [0: bb1, 1: bb2, otherwise: bb3];',
  'return;',
  'return;',
  'unreachable;',
];

test('a switch on the discriminant has one way', () => {
  expect(reached(result, '0', test1)).toEqual([0, 1]);
  expect(reached(result, '1', test1)).toEqual([0, 2]);
  expect(reached(result, '7', test1)).toEqual([0, 3]);
});

test('a move takes what is known along, a write ends it', () => {
  const lets = `    let mut _4: ${result};\n`;
  const blocks = (middle: string) => [
    `${middle}\n_2 = discriminant(_4);\nswitchInt(move _2) -> [0: bb1, otherwise: bb2];`,
    'return;',
    'return;',
  ];
  expect(reached(result, '1', blocks('_4 = move _1;'), lets)).toEqual([0, 2]);
  expect(
    reached(
      result,
      '1',
      blocks('_4 = move _1;\n_4 = g::<u8>();'.replace('_4 = g::<u8>();', '_4 = const K;')),
      lets,
    ),
  ).toEqual([0, 1, 2]);
});

test('calls of the standard library whose result follows', () => {
  const call = (callee: string, to: string, ref = false) => [
    `${ref ? '_5 = &_1;\n' : ''}_4 = ${callee}(${ref ? 'copy _5' : 'move _1'}) -> [return: bb1, unwind continue];`,
    to === 'bool'
      ? 'switchInt(copy _4) -> [0: bb2, otherwise: bb3];'
      : '_2 = discriminant(_4);\nswitchInt(move _2) -> [0: bb2, otherwise: bb3];',
    'return;',
    'return;',
  ];
  const lets = (ty: string) => `    let mut _4: ${ty};\n    let mut _5: &${result};\n`;
  const isErr = call('std::result::Result::<u32, u8>::is_err', 'bool', true);
  expect(reached(result, '1', isErr, lets('bool'))).toEqual([0, 1, 3]);
  expect(reached(result, '0', isErr, lets('bool'))).toEqual([0, 1, 2]);
  const branch = call(`<${result} as std::ops::Try>::branch`, 'enum');
  expect(reached(result, '0', branch, lets('std::ops::ControlFlow<u8, u32>'))).toEqual([0, 1, 2]);
  expect(reached(result, '1', branch, lets('std::ops::ControlFlow<u8, u32>'))).toEqual([0, 1, 3]);
  const ok = call('std::result::Result::<u32, u8>::ok', 'enum');
  expect(reached(result, '1', ok, lets('std::option::Option<u32>'))).toEqual([0, 1, 2]);
  const unwrap = call('std::result::Result::<u32, u8>::unwrap', 'enum');
  expect(reached(result, '1', unwrap, lets('u32'))).toEqual([0]);
  const other = call('app::look', 'enum');
  expect(reached(result, '1', other, lets(result))).toEqual([0, 1, 2, 3]);
});

test('a loop ends, and `enter` can end a way', () => {
  const blocks = [
    'goto -> bb1;',
    '_2 = discriminant(_1);\nswitchInt(move _2) -> [0: bb0, otherwise: bb2];',
    'return;',
  ];
  expect(reached(result, '0', blocks)).toEqual([0, 1]);
});
