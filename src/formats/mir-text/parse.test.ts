import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { drawBody } from '../../../tests/mir-text/draw-body.ts';
import { parseMirText } from './parse.ts';

function fixture(name: string): string {
  return readFileSync(new URL(`../../../tests/fixtures/mir-text/${name}.mir`, import.meta.url), 'utf8');
}

test('a call finds its own callee among the constants', () => {
  const text = [
    'fn f() -> () {',
    '    let mut _0: ();                      // return place in scope 0 at src/a.rs:1:1: 1:9',
    '',
    '    bb0: {',
    '        _0 = std::iter::map(move _0, ToString::to_string) -> [return: bb1, unwind continue]; // scope 0 at src/a.rs:2:1: 2:9',
    '                                         // mir::ConstOperand',
    '                                         // + span: src/a.rs:2:7: 2:8',
    '                                         // + const_: Const { ty: fn() {ToString::to_string}, val: Value(ToString::to_string) }',
    '                                         // mir::ConstOperand',
    '                                         // + span: src/a.rs:2:4: 2:5',
    '                                         // + const_: Const { ty: fn() {std::iter::map}, val: Value(<ZST>) }',
    '    }',
    '',
    '    bb1: {',
    '        return;                          // scope 0 at src/a.rs:1:9: 1:9',
    '    }',
    '}',
  ].join('\n');
  const { value, problems } = parseMirText(text);
  expect(problems).toEqual([]);
  expect(drawBody(value[0]!)).toMatchInlineSnapshot(`
    "fn f ()
      let mut _0: () @ src/a.rs:1:1: 1:9
      bb0:
        _0 = std::iter::map(move _0, const ToString::to_string) -> [return: bb1] @ src/a.rs:2:1: 2:9
          callee @ src/a.rs:2:4: 2:5
      bb1:
        return @ src/a.rs:1:9: 1:9
    "
  `);
});

test('what stands between bodies is stepped over', () => {
  const text = [
    '// MIR for `a` 0 coroutine_post-transform',
    '/* coroutine_layout = CoroutineLayout {',
    'fn not_a_body() {',
    '} */',
    '',
    '| User Type Annotations',
    '| 0: user_ty: Canonical { value: Ty(u8) }, span: src/a.rs:1:1: 1:2, inferred_ty: u8',
    '|',
    'fn a() -> ! {',
    '    let mut _0: !;',
    '    scope 1 (inlined b) {',
    '        debug x => const 5_u32;',
    '        debug ((pair: (A, B)).0: A) => _0;',
    '    }',
    '    bb0: {',
    '        unreachable;',
    '    }',
    '}',
    '',
    'alloc1 (size: 4, align: 1) {',
    '    c0 01 0a 00                                     │ ....',
    '}',
    '// MIR for `b::{constant#0}` after built',
    '',
    'b::{constant#0}: usize = {',
    '    let mut _0: usize;',
    '    bb0: {',
    '        return;',
    '    }',
    '}',
    '// MIR for `C` after built',
    'static mut C: fn(A) -> [u8; 2] = {',
    '    let mut _0: fn(A) -> [u8; 2];',
    '    bb0: {',
    '        return;',
    '    }',
    '}',
    '',
  ];
  const shown = parseMirText(text.join('\n'));
  expect(shown.problems).toEqual([]);
  expect(shown.value.map(drawBody).join('')).toMatchInlineSnapshot(`
    "fn a (coroutine_post-transform 0)
      let mut _0: !
      debug x => …
      debug ((pair: (A, B)).0: A) => …
      bb0:
        unreachable
    const b::{constant#0} (built after)
      let mut _0: usize
      bb0:
        return
    static C (built after)
      let mut _0: fn(A) -> [u8; 2]
      bb0:
        return
    "
  `);
  expect(parseMirText(text.join('\r\n')).value.map(drawBody)).toEqual(shown.value.map(drawBody));
});

test('a file that was cut off gives what was there, and the next one is whole', () => {
  const whole = fixture('orchard.stable');
  const start = whole.indexOf('fn held::{closure#0}(');
  const header = whole.lastIndexOf('// MIR for', start);
  const cut = whole.slice(header, whole.indexOf('bb2: {', start) + 60);
  const { value, problems } = parseMirText(
    `${cut}\n// MIR for \`f\` after built\nfn f() -> ! {\n    bb0: {\n        unreachable;\n    }\n}\n`,
  );
  expect(
    value.map(body => `${body.name}: ${body.blocks.map(block => block.terminator.kind)}`),
  ).toMatchInlineSnapshot(`
    [
      "held::{closure#0}: call,call,other,other,other,other,other,other,other,other,other,other,other,other,other,other,other,other,other,other,other,other,other,other,other,other,other,other,other,other,other,other,other,other,other",
      "f: unreachable",
    ]
  `);
  expect(problems.map(problem => `${problem.line}: ${problem.what}`)).toMatchInlineSnapshot(`
    [
      "69: bb2 has no terminator",
      "69: the body of held::{closure#0} is cut off",
      "69: blocks that are named and not there: 32",
      "75: locals without a declaration: 1",
    ]
  `);
});

test('a text without MIR says so, an empty one does not', () => {
  expect(parseMirText('')).toEqual({ value: [], problems: [] });
  expect(parseMirText('error: no such file\n').problems).toEqual([{ what: 'no MIR in the text', line: 1 }]);
  expect(parseMirText('\n// MIR for `a` after built\n').problems).toEqual([
    { what: 'a dump without a body', line: 2 },
  ]);
});

/** The types of a body's locals from `_1` on, as read from lines between its declarations. */
function localTypes(...types: string[]): string[] {
  const text = [
    'fn f() -> () {',
    '    let mut _0: ();                      // return place in scope 0 at src/a.rs:1:1: 1:9',
    ...types.map((ty, index) => `    let mut _${index + 1}: ${ty}; // in scope 0 at src/a.rs:1:1: 1:9`),
    '',
    '    bb0: {',
    '        return;                          // scope 0 at src/a.rs:1:9: 1:9',
    '    }',
    '}',
  ].join('\n');
  const { value, problems } = parseMirText(text);
  expect(problems).toEqual([]);
  return value[0]!.locals.slice(1).map(local => local.ty);
}

test('a closure of another crate is named by its definition, with brackets of its own', () => {
  const types = [
    "std::iter::Map<std::iter::Map<std::slice::Iter<'_, (u8, u8)>, {closure@tokio_stream::StreamMap<u8, u8>::keys::{closure#0}}>, {closure@src/a.rs:2:1: 2:9}>",
    '{async block@hyper::client::conn::http2::Builder<Exec>::handshake<T, [u8; 4]>::{closure#0}}',
    "(u8, {closure@<garden::Bed<'_> as garden::Water>::pour::{closure#1}}, {closure@src/{a}/b.rs:2:1: 2:9})",
  ];
  expect(localTypes(...types)).toEqual(types);
});

test('what the source annotates a variable with is no part of its type', () => {
  expect(
    localTypes(
      'std::option::Option<u8> as UserTypeProjection { base: UserType(2), projs: [] }',
      '&std::pin::Pin<A> as UserTypeProjection { base: UserType(0), projs: [Field(0, ())] } as UserTypeProjection { base: UserType(1), projs: [Deref] }',
      '{async fn body of garden::water()}',
    ),
  ).toEqual(['std::option::Option<u8>', '&std::pin::Pin<A>', '{async fn body of garden::water()}']);
});
