import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Problem } from '#base/parsed.ts';
import type { Body, Operand, Place, Projection, Rvalue, Statement, Terminator } from '#model/mir.ts';
import { drawBody, drawStatement, drawTerminator } from '../../../tests/mir-text/draw-body.ts';
import { parseBodies, parseMirText } from './parse.ts';

function fixture(name: string): string {
  return readFileSync(new URL(`../../../tests/fixtures/mir-text/${name}.mir`, import.meta.url), 'utf8');
}

const orchard = fixture('orchard.stable');
/** Some bodies of each kind, so that a run of many inputs stays quick. */
const sample = `${orchard.slice(0, 40_000)}${fixture('nursery.nightly').slice(0, 20_000)}`;

/** What a reader of the model may rely on, whatever the text was. */
function checkTotal(text: string): void {
  const problems: Problem[] = [];
  const wrong: string[] = [];
  let length = 0;
  for (const body of parseBodies(text, problems)) {
    if (!isClosed(body)) wrong.push(`${body.name} names what is not there`);
    if (text.indexOf(body.text, length) < 0) wrong.push(`${body.name} has a text from elsewhere`);
    length += body.text.length;
    drawBody(body);
  }
  if (length > text.length) wrong.push('bodies overlap');
  const lineCount = text.split('\n').length;
  for (const { line = 1, what } of problems) {
    if (line < 1 || line > lineCount) wrong.push(`${what} is said of line ${line} of ${lineCount}`);
  }
  expect(wrong).toEqual([]);
}

/** Whether every block and local that is named is there. */
function isClosed(body: Body): boolean {
  const blocks = body.blocks.every(({ terminator }) =>
    successorsOf(terminator).every(target => body.blocks[target] !== undefined),
  );
  return blocks && localsOf(body.blocks).every(local => body.locals[local] !== undefined);
}

/** Every `local: 3` anywhere in a value. A loop, since nothing of the model nests as deep as the text. */
function localsOf(value: unknown): number[] {
  const locals: number[] = [];
  const pending: unknown[] = [value];
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    if (typeof item !== 'object' || item === null) continue;
    for (const [key, child] of Object.entries(item)) {
      if (key === 'local' && typeof child === 'number') locals.push(child);
      else if (child !== undefined) pending.push(child);
    }
  }
  return locals;
}

function successorsOf(terminator: Terminator): number[] {
  const named = Object.entries(terminator).flatMap(([key, value]) =>
    ['target', 'unwind', 'drop', 'resume', 'real', 'imaginary', 'otherwise'].includes(key) &&
    typeof value === 'number'
      ? [value]
      : [],
  );
  const listed = 'targets' in terminator ? terminator.targets : [];
  return [...named, ...listed.map(target => (typeof target === 'number' ? target : target.target))];
}

describe('any input', () => {
  test('real dumps cut anywhere', () => {
    fc.assert(
      fc.property(fc.nat(sample.length), fc.nat(sample.length), (from, to) => {
        checkTotal(sample.slice(Math.min(from, to), Math.max(from, to)));
      }),
      { numRuns: 150 },
    );
  });

  test('real dumps with bytes changed, taken out and put in', () => {
    const garble = fc.record({
      at: fc.nat(sample.length),
      taken: fc.nat(40),
      put: fc.oneof(
        fc.constantFrom(
          '',
          '\n',
          '(',
          ')',
          '<',
          '>',
          '{',
          '}',
          '[',
          ']',
          '"',
          "'",
          ';',
          ':',
          ' ',
          '->',
          '@',
          '\\',
        ),
        fc.constantFrom(
          'bb99999999',
          '_4294967296',
          '\n}\n',
          '\nfn f(',
          '\n// MIR for `',
          'asm!(',
          '/*',
          ' as ',
          'const ',
        ),
        fc.string({ unit: 'binary', maxLength: 3 }),
      ),
    });
    fc.assert(
      fc.property(
        fc.nat(sample.length - 12_000),
        fc.array(garble, { minLength: 1, maxLength: 30 }),
        (from, garbles) => {
          let text = sample.slice(from, from + 12_000);
          for (const { at, taken, put } of garbles) {
            const place = at % text.length;
            text = text.slice(0, place) + put + text.slice(place + taken);
          }
          checkTotal(text);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('lines in any order', () => {
    const lines = sample.slice(0, 12_000).split('\n');
    fc.assert(
      fc.property(fc.shuffledSubarray(lines), shuffled => checkTotal(shuffled.join('\n'))),
      { numRuns: 100 },
    );
  });

  test('arbitrary strings, also where a statement or a type is expected', () => {
    const word = fc.constantFrom(
      ...[
        '_1',
        ' = ',
        'copy ',
        'move ',
        'const ',
        '(*',
        '(',
        ')',
        '.0: ',
        '[',
        ']',
        '{',
        '}',
        '<',
        '>',
        '->',
        '; ',
        ';',
      ],
      ...[
        'bb1',
        ' as ',
        '&',
        '&mut ',
        '"',
        "'",
        "'a",
        '@',
        '::',
        'drop',
        'assert(',
        'asm!(',
        'yield(',
        ' -> [',
        'return: ',
      ],
      ...[
        'unwind: ',
        'switchInt(',
        '0: ',
        ', ',
        'T',
        '\n',
        '// scope 0 at a.rs:1:1: 1:2',
        'unwrap_binder!(',
        '!',
        '🍐',
      ],
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word, { maxLength: 30 }).map(words => words.join('')),
    );
    fc.assert(
      fc.property(text, garbage => {
        checkTotal(garbage);
        checkTotal(
          `fn f(_1: ${garbage}) -> ${garbage} {\n    let _2: ${garbage};\n    debug x => ${garbage};\n`,
        );
        checkTotal(
          `fn f() {\n    bb0: {\n        ${garbage};\n        _1 = ${garbage}; // scope 0 at ${garbage}\n`,
        );
        checkTotal(
          `${garbage}\nfn f() {\n    bb0: {\n        _0 = f(${garbage}) -> [${garbage}];\n    }\n}\n`,
        );
      }),
      { numRuns: 2_000 },
    );
  });

  // Each would overflow the stack if brackets were read by recursion, or never end if anything were read quadratically.
  test.each([
    '(',
    '(*',
    '[',
    '<',
    '{',
    '((',
    '_1[',
    '_1 = (',
    '_1 = copy (',
    'copy ',
    '{@',
    '@',
    '<impl at ',
    '"',
    "'",
    ';',
    ' -> ',
    '_1 = f(',
    '/*\n',
    'asm!(',
    'asm!(\n',
    ';\n',
    '// MIR for `a`\n',
    'fn f(\n',
    'fn f() {\n_99\n',
    'bb0: {\n',
    'bb9: {\n',
    ' as ',
    'const ',
    'unwrap_binder!(',
    ': ',
    '= {\n',
    'yields \n',
    'let _1: ',
    '_1 = A { ',
    'goto -> bb99;\n',
  ])('%j, very often', token => {
    const many = token.repeat(100_000);
    checkTotal(many);
    checkTotal(
      `fn f(_1: ${many}) -> ${many} {\n    let _2: ${many};\n    bb0: {\n        ${many}\n        _1 = ${many};\n`,
    );
  });

  test('deep brackets that are closed keep their meaning', () => {
    const depth = 100_000;
    const place = `${'(*'.repeat(depth)}_1${')'.repeat(depth)}`;
    const ty = `${'A<'.repeat(depth)}u8${'>'.repeat(depth)}`;
    const text = `fn f(_1: ${ty}) -> () {\n    let mut _0: ();\n    bb0: {\n        _0 = copy ${place};\n        return;\n    }\n}\n`;
    const { value, problems } = parseMirText(text);
    expect(problems).toEqual([]);
    expect(value[0]?.locals[1]?.ty.length).toBe(ty.length);
    const statement = value[0]?.blocks[0]?.statements[0];
    expect(statement?.kind === 'assign' && drawStatement(statement).length).toBe(
      place.length + '_0 = copy '.length,
    );
  });
});

const type = fc.constantFrom(
  'u8',
  '()',
  '!',
  "&'a mut std::vec::Vec<(A, [u8; 4])>",
  'fn(A, B) -> (C, D)',
  "for<'a> fn(&'a str) -> Box<dyn Fn(&'a T) -> U + 'a>",
  "{async fn body of garden::water<'_>()}",
  "{closure@src/my garden/it's.rs:1:2: 3:4}",
  "{async block@garden::Bed<'_, A>::water<[B; 2]>::{closure#0}}",
  '{closure@<A as garden::Tree<B>>::grow::{closure#0}::{closure#1}}',
  'impl std::future::Future<Output = Result<T, <U as Tree>::Error>> + Send',
  "<<A as B<'c'>>::D as E<{ N + 1 }>>::F",
);
const path = fc.constantFrom(
  'f',
  'std::option::Option::<(A, B)>::Some',
  '<T as Trait<fn(A) -> B>>::f::<{closure@a/b.rs:1:2: 3:4}>',
  '<impl at src/a.rs:8:1: 8:15>::new',
  'a::{closure#0}::{impl#1}::g',
  'core::num::<impl u8>::max',
);
const constant = fc.oneof(
  fc.constantFrom(
    '()',
    '-1_i32',
    "'\\''",
    "')'",
    'b"\\x00;"',
    '<T as A>::B',
    '{alloc1<imm>: &T}',
    '1.5f64',
    'A {{ b: 1_u8 }}',
  ),
  fc
    .string({
      unit: fc.constantFrom('a', ' ', ';', '(', ')', '>', '{', '\\"', '\\\\', '->', '🍐', ' as ', '// scope'),
    })
    .map(text => `"${text}"`),
);
const number = fc.nat(20);
const projection: fc.Arbitrary<Projection> = fc.oneof(
  fc.constant<Projection>({ kind: 'deref' }),
  fc.record({ kind: fc.constant('field' as const), index: number, ty: type }),
  fc.record({
    kind: fc.constant('downcast' as const),
    variant: fc.constantFrom('Some', 'variant#3', 'r#type'),
  }),
  fc.record({ kind: fc.constant('index' as const), local: number }),
  fc.record({
    kind: fc.constant('elements' as const),
    text: fc.constantFrom('1 of 4', '-1 of 4', '1:', '1:-1', '0..2'),
  }),
  fc.record({ kind: fc.constant('cast' as const), ty: type }),
);
const place: fc.Arbitrary<Place> = fc.record({
  local: number,
  projection: fc.array(projection, { maxLength: 5 }),
});
const operand: fc.Arbitrary<Operand> = fc.oneof(
  fc.record({ kind: fc.constantFrom('copy' as const, 'move' as const), place }),
  fc.record({ kind: fc.constant('const' as const), text: constant }),
);
const operands = fc.array(operand, { maxLength: 4 });
const positional = operands.map(list => list.map(item => ({ name: null, operand: item })));
const named = fc
  .array(operand, { minLength: 1, maxLength: 4 })
  .map(list => list.map((item, index) => ({ name: ['a', 'r#type', 'é', '__0'][index]!, operand: item })));
const rvalue: fc.Arbitrary<Rvalue> = fc.oneof(
  fc.record({ kind: fc.constant('use' as const), operand }),
  fc.record({
    kind: fc.constant('ref' as const),
    mutability: fc.constantFrom('shared' as const, 'mut' as const, 'fake' as const),
    place,
  }),
  fc.record({
    kind: fc.constant('raw-ref' as const),
    mutability: fc.constantFrom('const' as const, 'mut' as const),
    place,
  }),
  fc.record({
    kind: fc.constant('cast' as const),
    operand,
    ty: type,
    how: fc.constantFrom(
      'IntToInt',
      'PointerCoercion(Unsize, Implicit)',
      'PointerCoercion(ReifyFnPointer(Safe), AsCast)',
    ),
  }),
  fc.record({ kind: fc.constant('discriminant' as const), place }),
  fc.record({
    kind: fc.constant('aggregate' as const),
    shape: fc.constantFrom('tuple' as const, 'array' as const),
    name: fc.constant(''),
    fields: positional,
  }),
  fc.record({
    kind: fc.constant('aggregate' as const),
    shape: fc.constant('adt' as const),
    name: path,
    fields: fc.oneof(positional, named),
  }),
  fc.record({
    kind: fc.constant('aggregate' as const),
    shape: fc.constant('closure' as const),
    name: fc.constantFrom('{closure@a b/x.rs:1:2: 3:4}', '{coroutine@x.rs:1:2: 3:4 (#0)}'),
    fields: fc.oneof(fc.constant([]), named),
  }),
  fc.record({
    kind: fc.constant('operation' as const),
    operator: fc.constantFrom('Add', 'Eq', 'Neg', 'PtrMetadata'),
    operands,
  }),
);
const span = fc.constant(-1);
const statement: fc.Arbitrary<Statement> = fc.oneof(
  fc.record({ kind: fc.constant('assign' as const), place, rvalue, span }),
  fc.record({ kind: fc.constantFrom('storage-live' as const, 'storage-dead' as const), local: number, span }),
  fc.record({
    kind: fc.constant('set-discriminant' as const),
    place,
    variant: fc.constantFrom('0', '17'),
    span,
  }),
);
const block = number;
const blockOrNull = fc.option(number);
const terminator: fc.Arbitrary<Terminator> = fc.oneof(
  fc.record({
    kind: fc.constantFrom(
      'return' as const,
      'resume' as const,
      'unreachable' as const,
      'coroutine-drop' as const,
    ),
    span,
  }),
  fc.record({ kind: fc.constant('goto' as const), target: block, span }),
  fc.record({
    kind: fc.constant('switch' as const),
    operand,
    targets: fc.array(
      fc.record({
        value: fc.constantFrom('0', '-1', "':'", '340282366920938463463374607431768211455'),
        target: block,
      }),
      { minLength: 1 },
    ),
    otherwise: blockOrNull,
    span,
  }),
  fc.record({
    kind: fc.constant('drop' as const),
    place,
    target: block,
    unwind: blockOrNull,
    drop: block,
    span,
  }),
  fc.record({ kind: fc.constant('drop' as const), place, target: block, unwind: blockOrNull, span }),
  fc.record({
    kind: fc.constant('call' as const),
    destination: place,
    callee: fc.oneof(path, fc.record({ kind: fc.constant('move' as const), place })),
    args: operands,
    target: blockOrNull,
    unwind: blockOrNull,
    span,
    calleeSpan: span,
  }),
  fc.record({ kind: fc.constant('tail-call' as const), callee: path, args: operands, span }),
  fc.record({
    kind: fc.constant('assert' as const),
    condition: operand,
    target: block,
    unwind: blockOrNull,
    span,
  }),
  fc.record({
    kind: fc.constant('yield' as const),
    value: operand,
    destination: place,
    resume: block,
    drop: blockOrNull,
    span,
  }),
  fc.record({ kind: fc.constant('false-edge' as const), real: block, imaginary: block, span }),
  fc.record({ kind: fc.constant('false-unwind' as const), real: block, unwind: blockOrNull, span }),
);

test('what is drawn in rustc’s notation is read as what was drawn', () => {
  fc.assert(
    fc.property(
      fc.array(statement, { maxLength: 6 }),
      terminator,
      fc.boolean(),
      (statements, last, withSpans) => {
        const end = withSpans ? '; // scope 3 at src/my garden/a.rs:1:2: 3:4\n' : ';\n';
        const lines = [
          ...statements.map(drawStatement),
          drawTerminator(last).replace(/ -> \[\]$/, ' -> unwind continue'),
        ];
        const body = lines.map(line => `        ${line}${end}`).join('');
        const locals = Array.from({ length: 21 }, (_, local) => `    let mut _${local}: T;\n`).join('');
        const others = Array.from(
          { length: 20 },
          (_, index) => `    bb${index + 1}: {\n        return;\n    }\n`,
        ).join('');
        const text = `fn f() -> T {\n${locals}    bb0: {\n${body}    }\n${others}}\n`;
        const { value, problems } = parseMirText(text);
        expect(problems).toEqual([]);
        const read = value[0]?.blocks[0];
        const withoutSpans = <T extends Statement | Terminator>(line: T) => ({ ...line, span: -1 });
        expect(read?.statements.map(withoutSpans)).toEqual(statements);
        expect(read && withoutSpans(read.terminator)).toEqual(last);
      },
    ),
    { numRuns: 1_500 },
  );
});
