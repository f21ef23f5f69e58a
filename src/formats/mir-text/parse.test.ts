import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { drawBody, drawStatement, drawTerminator } from '../../../tests/mir-text/draw-body.ts';
import { statementsOf } from '../../../tests/mir-text/rustc-notation.ts';
import { parseMirText } from './parse.ts';

const fixtures = ['orchard.stable', 'orchard.nightly', 'nursery.nightly'];

function fixture(name: string): string {
  return readFileSync(new URL(`../../../tests/fixtures/mir-text/${name}.mir`, import.meta.url), 'utf8');
}

/** One body of a fixture, drawn. */
function drawn(from: string, name: string, pass: string): string {
  const body = parseMirText(fixture(from)).value.find(found => found.name === name && found.pass === pass);
  if (body === undefined) throw new Error(`no ${name} ${pass} in ${from}`);
  return drawBody(body);
}

/** Lines of one block between a body's braces, parsed and drawn again; problems behind it. */
function check(...lines: string[]): string {
  const text = `// MIR for \`f\` after built\n\nfn f(_1: u8) -> () {\n    let mut _0: ();\n\n    bb0: {\n${lines
    .map(line => `        ${line}\n`)
    .join('')}    }\n}\n`;
  const { value, problems } = parseMirText(text);
  const block = value[0]?.blocks[0];
  if (block === undefined) throw new Error('no block');
  const statements = block.statements.map(
    statement =>
      `${statement.kind === 'assign' ? statement.rvalue.kind : statement.kind}: ${drawStatement(statement)}`,
  );
  const terminator = `${block.terminator.kind}: ${drawTerminator(block.terminator)}`;
  const told = problems
    .filter(problem => !/not there|without a declaration/.test(problem.what))
    .map(problem => `! line ${problem.line}: ${problem.what}`);
  return [...statements, terminator, ...told].join('\n');
}

describe('dumps of real compilers', () => {
  test.each(fixtures)('%s: no problem, and every statement is redrawn as rustc printed it', name => {
    const text = fixture(name);
    const { value, problems } = parseMirText(text);
    expect(problems).toEqual([]);
    const withoutConst = (line: string) => line.replace(/\bconst /g, '').replace(/^asm!.*/, 'asm!');
    const redrawn = value.flatMap(body =>
      body.blocks.flatMap(block => [
        ...block.statements.map(drawStatement),
        drawTerminator(block.terminator),
      ]),
    );
    // A function item has no `const` before it where rustc prints it.
    expect(redrawn.map(withoutConst)).toEqual(statementsOf(text).map(withoutConst));
  });

  test('both compilers print the same bodies', () => {
    const names = (from: string) =>
      parseMirText(fixture(from)).value.map(body => `${body.kind} ${body.name} ${body.pass}`);
    expect(names('orchard.nightly')).toEqual(names('orchard.stable'));
    expect(names('orchard.stable').filter(name => !name.startsWith('fn '))).toMatchInlineSnapshot(`
      [
        "const Bits::parts::{constant#0} built after",
        "static COUNT built after",
        "static GREETING built after",
        "const LIMIT built after",
        "const SLOT::__RUST_STD_INTERNAL_INIT built after",
        "static SLOT::{constant#0}::{closure#0}::__RUST_STD_INTERNAL_VAL StateTransform before",
        "static SLOT::{constant#0}::{closure#0}::__RUST_STD_INTERNAL_VAL built after",
        "static SLOT::{constant#0}::{closure#1}::__RUST_STD_INTERNAL_VAL StateTransform before",
        "static SLOT::{constant#0}::{closure#1}::__RUST_STD_INTERNAL_VAL built after",
        "const SLOT::{constant#0} built after",
        "const SLOT built after",
        "const arrays::{constant#0} built after",
        "const arrays::{constant#1} built after",
        "const arrays::{constant#2} built after",
        "const ascribed::{constant#0} built after",
        "const slices::{constant#0} built after",
      ]
    `);
  });

  test('a coroutine before its transformation, with yields and the cancellation path', () => {
    expect(drawn('orchard.stable', 'held::{closure#0}', 'StateTransform before')).toMatchInlineSnapshot(`
      "fn held::{closure#0} (StateTransform before) yields ()
        let mut _0: u32 @ orchard.rs:193:42: 197:2
        arg _1: {async fn body of held()}
        arg _2: std::future::ResumeTy
        let _3: &std::sync::Mutex<u32> @ orchard.rs:193:19: 193:20
        let _4: std::sync::MutexGuard<'_, u32> @ orchard.rs:194:9: 194:14
        let mut _5: std::result::Result<std::sync::MutexGuard<'_, u32>, std::sync::PoisonError<std::sync::MutexGuard<'_, u32>>> @ orchard.rs:194:17: 194:25
        let mut _6: &std::sync::Mutex<u32> @ orchard.rs:194:17: 194:18
        let _7: () @ orchard.rs:195:5: 195:18
        let mut _8: {async fn body of ripen()} @ orchard.rs:195:13: 195:18
        let mut _9: {async fn body of ripen()} @ orchard.rs:195:5: 195:12
        let mut _10: {async fn body of ripen()} @ orchard.rs:195:5: 195:18
        let mut _11: () @ orchard.rs:193:42: 197:2
        let _12: () @ orchard.rs:195:13: 195:18
        let mut _13: std::task::Poll<()> @ orchard.rs:195:13: 195:18
        let mut _14: std::pin::Pin<&mut {async fn body of ripen()}> @ orchard.rs:195:13: 195:18
        let mut _15: &mut {async fn body of ripen()} @ orchard.rs:195:13: 195:18
        let mut _16: &mut {async fn body of ripen()} @ orchard.rs:195:13: 195:18
        let mut _17: &mut std::task::Context<'_> @ orchard.rs:195:5: 195:18
        let mut _18: &mut std::task::Context<'_> @ orchard.rs:195:5: 195:18
        let mut _19: std::future::ResumeTy @ orchard.rs:195:13: 195:18
        let mut _20: isize @ orchard.rs:195:13: 195:18
        let _21: () @ orchard.rs:195:5: 195:18
        let mut _22: ! @ orchard.rs:195:5: 195:18
        let mut _23: std::future::ResumeTy @ orchard.rs:195:13: 195:18
        let mut _24: () @ orchard.rs:195:13: 195:18
        let mut _25: &u32 @ orchard.rs:196:5: 196:11
        let mut _26: &std::sync::MutexGuard<'_, u32> @ orchard.rs:196:6: 196:11
        debug _task_context => _2 @ orchard.rs:193:42: 197:2
        debug m => (_1.0: &std::sync::Mutex<u32>) @ orchard.rs:193:19: 193:20
        debug m => _3 @ orchard.rs:193:19: 193:20
        debug guard => _4 @ orchard.rs:194:9: 194:14
        debug __awaitee => _10 @ orchard.rs:195:5: 195:18
        debug result => _21 @ orchard.rs:195:5: 195:18
        bb0:
          StorageLive(_3) @ orchard.rs:193:19: 193:20
          _3 = copy (_1.0: &std::sync::Mutex<u32>) @ orchard.rs:193:19: 193:20
          StorageLive(_4) @ orchard.rs:194:9: 194:14
          StorageLive(_5) @ orchard.rs:194:17: 194:25
          StorageLive(_6) @ orchard.rs:194:17: 194:18
          _6 = &(*_3) @ orchard.rs:194:17: 194:18
          _5 = std::sync::Mutex::<u32>::lock(move _6) -> [return: bb1, unwind: bb34] @ orchard.rs:194:17: 194:25
            callee @ orchard.rs:194:19: 194:23
        bb1:
          StorageDead(_6) @ orchard.rs:194:24: 194:25
          _4 = std::result::Result::<std::sync::MutexGuard<'_, u32>, std::sync::PoisonError<std::sync::MutexGuard<'_, u32>>>::unwrap(move _5) -> [return: bb2, unwind: bb33] @ orchard.rs:194:17: 194:34
            callee @ orchard.rs:194:26: 194:32
        bb2:
          StorageDead(_5) @ orchard.rs:194:33: 194:34
          StorageLive(_7) @ orchard.rs:195:5: 195:18
          StorageLive(_8) @ orchard.rs:195:13: 195:18
          StorageLive(_9) @ orchard.rs:195:5: 195:12
          _9 = ripen() -> [return: bb3, unwind: bb30] @ orchard.rs:195:5: 195:12
            callee @ orchard.rs:195:5: 195:10
        bb3:
          _8 = <{async fn body of ripen()} as std::future::IntoFuture>::into_future(move _9) -> [return: bb4, unwind: bb29] @ orchard.rs:195:13: 195:18
            callee @ orchard.rs:195:13: 195:18
        bb4:
          StorageDead(_9) @ orchard.rs:195:17: 195:18
          PlaceMention(_8) @ orchard.rs:195:13: 195:18
          StorageLive(_10) @ orchard.rs:195:5: 195:18
          _10 = move _8 @ orchard.rs:195:5: 195:18
          goto -> bb5 @ orchard.rs:195:13: 195:18
        bb5:
          StorageLive(_12) @ orchard.rs:195:13: 195:18
          StorageLive(_13) @ orchard.rs:195:13: 195:18
          StorageLive(_14) @ orchard.rs:195:13: 195:18
          StorageLive(_15) @ orchard.rs:195:13: 195:18
          StorageLive(_16) @ orchard.rs:195:13: 195:18
          _16 = &mut _10 @ orchard.rs:195:13: 195:18
          _15 = &mut (*_16) @ orchard.rs:195:13: 195:18
          _14 = std::pin::Pin::<&mut {async fn body of ripen()}>::new_unchecked(move _15) -> [return: bb6, unwind: bb26] @ orchard.rs:195:13: 195:18
            callee @ orchard.rs:195:13: 195:18
        bb6:
          StorageDead(_15) @ orchard.rs:195:17: 195:18
          StorageLive(_17) @ orchard.rs:195:5: 195:18
          StorageLive(_18) @ orchard.rs:195:5: 195:18
          StorageLive(_19) @ orchard.rs:195:13: 195:18
          _19 = copy _2 @ orchard.rs:195:13: 195:18
          _18 = std::future::get_context::<'_, '_>(move _19) -> [return: bb7, unwind: bb24] @ orchard.rs:195:5: 195:18
            callee @ orchard.rs:195:5: 195:18
        bb7:
          _17 = &mut (*_18) @ orchard.rs:195:5: 195:18
          StorageDead(_19) @ orchard.rs:195:17: 195:18
          _13 = <{async fn body of ripen()} as std::future::Future>::poll(move _14, move _17) -> [return: bb8, unwind: bb25] @ orchard.rs:195:13: 195:18
            callee @ orchard.rs:195:13: 195:18
        bb8:
          StorageDead(_18) @ orchard.rs:195:17: 195:18
          StorageDead(_17) @ orchard.rs:195:17: 195:18
          StorageDead(_16) @ orchard.rs:195:17: 195:18
          StorageDead(_14) @ orchard.rs:195:17: 195:18
          PlaceMention(_13) @ orchard.rs:195:13: 195:18
          _20 = discriminant(_13) @ orchard.rs:195:13: 195:18
          switchInt(move _20) -> [0: bb11, 1: bb10, otherwise: bb9] @ orchard.rs:195:13: 195:18
        bb9:
          unreachable @ orchard.rs:195:13: 195:18
        bb10:
          _12 = const () @ orchard.rs:195:13: 195:18
          StorageDead(_13) @ orchard.rs:195:17: 195:18
          StorageDead(_12) @ orchard.rs:195:17: 195:18
          StorageLive(_23) @ orchard.rs:195:13: 195:18
          StorageLive(_24) @ orchard.rs:195:13: 195:18
          _24 = () @ orchard.rs:195:13: 195:18
          _23 = yield(move _24) -> [resume: bb12, drop: bb18] @ orchard.rs:195:13: 195:18
        bb11:
          StorageLive(_21) @ orchard.rs:195:5: 195:18
          _21 = copy ((_13 as Ready).0: ()) @ orchard.rs:195:5: 195:18
          _7 = copy _21 @ orchard.rs:195:5: 195:18
          StorageDead(_21) @ orchard.rs:195:17: 195:18
          StorageDead(_13) @ orchard.rs:195:17: 195:18
          StorageDead(_12) @ orchard.rs:195:17: 195:18
          drop(_10) -> [return: bb13, unwind: bb28] @ orchard.rs:195:17: 195:18
        bb12:
          StorageDead(_24) @ orchard.rs:195:17: 195:18
          _2 = move _23 @ orchard.rs:195:13: 195:18
          StorageDead(_23) @ orchard.rs:195:17: 195:18
          _11 = const () @ orchard.rs:195:13: 195:18
          goto -> bb5 @ orchard.rs:195:13: 195:18
        bb13:
          StorageDead(_10) @ orchard.rs:195:17: 195:18
          goto -> bb14 @ orchard.rs:195:18: 195:19
        bb14:
          StorageDead(_8) @ orchard.rs:195:18: 195:19
          StorageDead(_7) @ orchard.rs:195:18: 195:19
          StorageLive(_25) @ orchard.rs:196:5: 196:11
          StorageLive(_26) @ orchard.rs:196:6: 196:11
          _26 = &_4 @ orchard.rs:196:6: 196:11
          _25 = <std::sync::MutexGuard<'_, u32> as std::ops::Deref>::deref(move _26) -> [return: bb15, unwind: bb23] @ orchard.rs:196:5: 196:11
            callee @ orchard.rs:196:5: 196:11
        bb15:
          _0 = copy (*_25) @ orchard.rs:196:5: 196:11
          StorageDead(_26) @ orchard.rs:196:10: 196:11
          StorageDead(_25) @ orchard.rs:196:10: 196:11
          drop(_4) -> [return: bb16, unwind: bb36] @ orchard.rs:197:1: 197:2
        bb16:
          StorageDead(_4) @ orchard.rs:197:1: 197:2
          StorageDead(_3) @ orchard.rs:197:1: 197:2
          drop(_1) -> [return: bb17, unwind: bb37] @ orchard.rs:197:1: 197:2
        bb17:
          return @ orchard.rs:197:2: 197:2
        bb18:
          StorageDead(_24) @ orchard.rs:195:17: 195:18
          StorageDead(_23) @ orchard.rs:195:17: 195:18
          drop(_10) -> [return: bb19, unwind: bb38] @ orchard.rs:195:17: 195:18
        bb19:
          StorageDead(_10) @ orchard.rs:195:17: 195:18
          goto -> bb20 @ orchard.rs:195:18: 195:19
        bb20:
          StorageDead(_8) @ orchard.rs:195:18: 195:19
          StorageDead(_7) @ orchard.rs:195:18: 195:19
          drop(_4) -> [return: bb21, unwind: bb40] @ orchard.rs:197:1: 197:2
        bb21:
          StorageDead(_4) @ orchard.rs:197:1: 197:2
          StorageDead(_3) @ orchard.rs:197:1: 197:2
          drop(_1) -> [return: bb22, unwind: bb37] @ orchard.rs:197:1: 197:2
        bb22:
          coroutine_drop @ orchard.rs:193:42: 197:2
        bb23 (cleanup):
          StorageDead(_26) @ orchard.rs:196:10: 196:11
          StorageDead(_25) @ orchard.rs:196:10: 196:11
          goto -> bb32
        bb24 (cleanup):
          StorageDead(_19) @ orchard.rs:195:17: 195:18
          goto -> bb25
        bb25 (cleanup):
          StorageDead(_18) @ orchard.rs:195:17: 195:18
          StorageDead(_17) @ orchard.rs:195:17: 195:18
          goto -> bb27
        bb26 (cleanup):
          StorageDead(_15) @ orchard.rs:195:17: 195:18
          goto -> bb27
        bb27 (cleanup):
          StorageDead(_16) @ orchard.rs:195:17: 195:18
          StorageDead(_14) @ orchard.rs:195:17: 195:18
          StorageDead(_13) @ orchard.rs:195:17: 195:18
          StorageDead(_12) @ orchard.rs:195:17: 195:18
          drop(_10) -> [return: bb28] @ orchard.rs:195:17: 195:18
        bb28 (cleanup):
          StorageDead(_10) @ orchard.rs:195:17: 195:18
          goto -> bb31 @ orchard.rs:195:18: 195:19
        bb29 (cleanup):
          goto -> bb30 @ orchard.rs:195:17: 195:18
        bb30 (cleanup):
          StorageDead(_9) @ orchard.rs:195:17: 195:18
          goto -> bb31
        bb31 (cleanup):
          StorageDead(_8) @ orchard.rs:195:18: 195:19
          StorageDead(_7) @ orchard.rs:195:18: 195:19
          goto -> bb32
        bb32 (cleanup):
          drop(_4) -> [return: bb36] @ orchard.rs:197:1: 197:2
        bb33 (cleanup):
          goto -> bb35 @ orchard.rs:194:33: 194:34
        bb34 (cleanup):
          StorageDead(_6) @ orchard.rs:194:24: 194:25
          goto -> bb35
        bb35 (cleanup):
          StorageDead(_5) @ orchard.rs:194:33: 194:34
          goto -> bb36
        bb36 (cleanup):
          StorageDead(_4) @ orchard.rs:197:1: 197:2
          StorageDead(_3) @ orchard.rs:197:1: 197:2
          drop(_1) -> [return: bb37] @ orchard.rs:197:1: 197:2
        bb37 (cleanup):
          resume @ orchard.rs:193:42: 197:2
        bb38 (cleanup):
          StorageDead(_10) @ orchard.rs:195:17: 195:18
          goto -> bb39 @ orchard.rs:195:18: 195:19
        bb39 (cleanup):
          StorageDead(_8) @ orchard.rs:195:18: 195:19
          StorageDead(_7) @ orchard.rs:195:18: 195:19
          drop(_4) -> [return: bb40] @ orchard.rs:197:1: 197:2
        bb40 (cleanup):
          StorageDead(_4) @ orchard.rs:197:1: 197:2
          StorageDead(_3) @ orchard.rs:197:1: 197:2
          drop(_1) -> [return: bb37] @ orchard.rs:197:1: 197:2
      "
    `);
  });

  test('a body as built, with false edges and reads that are not real', () => {
    expect(drawn('orchard.stable', 'fruits', 'built after')).toMatchInlineSnapshot(`
      "fn fruits (built after)
        let mut _0: Fruit @ orchard.rs:37:26: 37:31
        arg _1: u32
        let mut _2: &u32 @ orchard.rs:38:11: 38:12
        let mut _3: bool @ orchard.rs:40:9: 40:14
        let mut _4: bool @ orchard.rs:40:9: 40:14
        let mut _5: u32 @ orchard.rs:40:30: 40:31
        let mut _6: bool @ orchard.rs:41:14: 41:21
        let mut _7: u32 @ orchard.rs:41:14: 41:15
        debug n => _1 @ orchard.rs:37:15: 37:16
        bb0:
          PlaceMention(_1) @ orchard.rs:38:11: 38:12
          switchInt(copy _1) -> [0: bb2, otherwise: bb4] @ orchard.rs:38:5: 38:12
        bb1:
          falseEdge -> [real: bb11, imaginary: bb9] @ orchard.rs:41:9: 41:10
        bb2:
          falseEdge -> [real: bb14, imaginary: bb4] @ orchard.rs:39:9: 39:10
        bb3:
          goto -> bb1 @ orchard.rs:38:5: 38:12
        bb4:
          _3 = Le(const 1_u32, copy _1) @ orchard.rs:40:9: 40:14
          switchInt(move _3) -> [0: bb5, otherwise: bb8] @ orchard.rs:40:9: 40:14
        bb5:
          goto -> bb1 @ orchard.rs:38:5: 38:12
        bb6:
          falseEdge -> [real: bb13, imaginary: bb1] @ orchard.rs:40:9: 40:14
        bb7:
          goto -> bb5 @ orchard.rs:38:5: 38:12
        bb8:
          _4 = Le(copy _1, const 9_u32) @ orchard.rs:40:9: 40:14
          switchInt(move _4) -> [0: bb5, otherwise: bb6] @ orchard.rs:40:9: 40:14
        bb9:
          _0 = Fruit::Plum { stones: const 0_u8, ripe: const false } @ orchard.rs:42:14: 42:52
          goto -> bb18 @ orchard.rs:42:14: 42:52
        bb10:
          FakeRead(ForMatchedPlace(None), _1) @ orchard.rs:38:11: 38:12
          unreachable @ orchard.rs:38:11: 38:12
        bb11:
          _2 = &fake shallow _1 @ orchard.rs:38:11: 38:12
          StorageLive(_6) @ orchard.rs:41:14: 41:21
          StorageLive(_7) @ orchard.rs:41:14: 41:15
          _7 = copy _1 @ orchard.rs:41:14: 41:15
          _6 = Gt(move _7, const 100_u32) @ orchard.rs:41:14: 41:21
          switchInt(move _6) -> [0: bb16, otherwise: bb15] @ orchard.rs:41:14: 41:21
        bb12:
          goto -> bb9 @ orchard.rs:41:9: 41:10
        bb13:
          StorageLive(_5) @ orchard.rs:40:30: 40:31
          _5 = copy _1 @ orchard.rs:40:30: 40:31
          _0 = Fruit::Pear(move _5) @ orchard.rs:40:18: 40:32
          StorageDead(_5) @ orchard.rs:40:31: 40:32
          goto -> bb18 @ orchard.rs:40:31: 40:32
        bb14:
          _0 = Fruit::Apple @ orchard.rs:39:14: 39:26
          goto -> bb18 @ orchard.rs:39:14: 39:26
        bb15:
          StorageDead(_7) @ orchard.rs:41:20: 41:21
          StorageDead(_6) @ orchard.rs:41:20: 41:21
          FakeRead(ForMatchGuard, _2) @ orchard.rs:41:20: 41:21
          _0 = Fruit::Plum { stones: const 1_u8, ripe: const true } @ orchard.rs:41:25: 41:62
          goto -> bb18 @ orchard.rs:41:25: 41:62
        bb16:
          goto -> bb17 @ orchard.rs:41:14: 41:21
        bb17:
          StorageDead(_7) @ orchard.rs:41:20: 41:21
          StorageDead(_6) @ orchard.rs:41:20: 41:21
          goto -> bb12 @ orchard.rs:41:14: 41:21
        bb18:
          return @ orchard.rs:44:2: 44:2
      "
    `);
  });

  test('literals with brackets, quotes and semicolons', () => {
    expect(drawn('orchard.stable', 'literals', 'built after')).toMatchInlineSnapshot(`
      "fn literals (built after)
        let mut _0: (char, char, char, &str, &[u8], i8, f64, u128) @ orchard.rs:54:22: 54:84
        let mut _1: &[u8] @ orchard.rs:55:49: 55:60
        let mut _2: &[u8; 4] @ orchard.rs:55:49: 55:60
        let _3: &[u8; 4] @ orchard.rs:55:49: 55:60
        bb0:
          StorageLive(_1) @ orchard.rs:55:49: 55:60
          StorageLive(_2) @ orchard.rs:55:49: 55:60
          StorageLive(_3) @ orchard.rs:55:49: 55:60
          _3 = const b"\\x00;)\\"" @ orchard.rs:55:49: 55:60
          _2 = &(*_3) @ orchard.rs:55:49: 55:60
          _1 = move _2 as &[u8] (PointerCoercion(Unsize, Implicit)) @ orchard.rs:55:49: 55:60
          StorageDead(_2) @ orchard.rs:55:59: 55:60
          _0 = (const '\\'', const '(', const '🍐', const "; -> [ ( { < \\" \\\\ \\n 🍎", move _1, const -1_i8, const -1.5000000000000001E+300f64, const core::num::<impl u128>::MAX) @ orchard.rs:55:5: 55:86
          StorageDead(_3) @ orchard.rs:55:85: 55:86
          StorageDead(_1) @ orchard.rs:55:85: 55:86
          return @ orchard.rs:56:2: 56:2
      "
    `);
  });

  test('an async drop has a third way out', () => {
    const text = drawn('nursery.nightly', 'plant::{closure#0}', 'StateTransform before');
    expect(text.split('\n').filter(line => line.includes('drop: bb'))).toMatchInlineSnapshot(`
      [
        "    _20 = yield(move _21) -> [resume: bb10, drop: bb15] @ nursery.rs:31:13: 31:18",
        "    drop(_7) -> [return: bb33, unwind: bb24, drop: bb16] @ nursery.rs:31:17: 31:18",
        "    drop(_3) -> [return: bb36, unwind: bb28, drop: bb18] @ nursery.rs:32:1: 32:2",
        "    drop(_1) -> [return: bb39, unwind: bb29, drop: bb19] @ nursery.rs:32:1: 32:2",
      ]
    `);
  });
});

describe('statements', () => {
  test('places', () => {
    expect(
      check(
        '_1 = copy (*_2);',
        '((*_1).2: std::vec::Vec<(A, B)>) = move ((_3 as Some).0: &dyn Fn(u8) -> [u8; 2]);',
        '_1[_2] = copy _3[1 of 2];',
        '_1 = copy (_2 as variant#3);',
        '_1 = &(*_2)[1:-1];',
        "_1 = copy (_2 as subtype for<'a> fn(&'a u8));",
        '_1 = move (_2 as impl A + B);',
        "_1 = copy unwrap_binder!((*_2); &'a T);",
        "(*(_1.0: &mut {closure@src/it's {here}/a.rs:1:2: 3:4})) = const false;",
        'return;',
      ),
    ).toMatchInlineSnapshot(`
      "use: _1 = copy (*_2)
      use: ((*_1).2: std::vec::Vec<(A, B)>) = move ((_3 as Some).0: &dyn Fn(u8) -> [u8; 2])
      use: _1[_2] = copy _3[1 of 2]
      use: _1 = copy (_2 as variant#3)
      ref: _1 = &(*_2)[1:-1]
      use: _1 = copy (_2 as subtype for<'a> fn(&'a u8))
      use: _1 = move (_2 as subtype impl A + B)
      use: _1 = copy ((*_2) as subtype &'a T)
      use: (*(_1.0: &mut {closure@src/it's {here}/a.rs:1:2: 3:4})) = const false
      return: return"
    `);
  });

  test('rvalues', () => {
    expect(
      check(
        '_1 = &fake shallow _2;',
        '_1 = &fake _2;',
        "_1 = &'a mut _2;",
        '_1 = &raw const (fake) (*_2);',
        '_1 = &/*tls*/ mut ROW;',
        '_1 = deref_copy (_2.0: &T);',
        '_1 = no_retag copy _2;',
        '_1 = move _5 as std::boxed::Box<dyn T> (PointerCoercion(Unsize, Implicit));',
        '_1 = const 1_u8 as fn() -> (A, B) (Transmute);',
        '_1 = std::string::String::from as fn(&str) -> T (PointerCoercion(ReifyFnPointer, Implicit));',
        '_1 = [const 0_u8; 32];',
        '_1 = [move _2, const "]; ["];',
        '_1 = [];',
        '_1 = ();',
        '_1 = (move _2,);',
        '_1 = std::option::Option::<(A, B)>::None;',
        "_1 = Holder::<'_> { name: const 1_u32, guard: move _2 };",
        '_1 = Wrapper(move _2, <u8 as std::convert::From<A>>::from);',
        '_1 = {closure@src/main.rs:8:5: 8:10 (#0)};',
        '_1 = {coroutine-closure@src/main.rs:8:5: 8:10} { m: move _2 };',
        '_1 = *const [u8] from (copy _2, copy _3);',
        '_1 = AddWithOverflow(copy _2, const 1_usize);',
        '_1 = Len((*_2));',
        '_1 = SizeOf(std::vec::Vec<u8>);',
        '_1 = OffsetOf(Pair, [(0, 1)]);',
        '_1 = UbChecks;',
        '_1 = UbChecks();',
        '_1 = ShallowInitBox(move _2, std::string::String);',
        "_1 = const ')';",
        "_1 = const '\\'';",
        "_1 = const Foo::<'a', '\\u{10ffff}'>;",
        '_1 = const <T as Trait<{ N + 1 }>>::LIMIT;',
        '_1 = const {alloc1<imm>: &[&str; 1]};',
        'unreachable;',
      ),
    ).toMatchInlineSnapshot(`
      "ref: _1 = &fake shallow _2
      ref: _1 = &fake shallow _2
      ref: _1 = &mut _2
      raw-ref: _1 = &raw const (*_2)
      operation: _1 = ThreadLocalRef()
      use: _1 = copy (_2.0: &T)
      use: _1 = copy _2
      cast: _1 = move _5 as std::boxed::Box<dyn T> (PointerCoercion(Unsize, Implicit))
      cast: _1 = const 1_u8 as fn() -> (A, B) (Transmute)
      cast: _1 = const std::string::String::from as fn(&str) -> T (PointerCoercion(ReifyFnPointer, Implicit))
      operation: _1 = Repeat(const 0_u8)
      aggregate: _1 = [move _2, const "]; ["]
      aggregate: _1 = []
      aggregate: _1 = ()
      aggregate: _1 = (move _2,)
      aggregate: _1 = std::option::Option::<(A, B)>::None
      aggregate: _1 = Holder::<'_> { name: const 1_u32, guard: move _2 }
      aggregate: _1 = Wrapper(move _2, const <u8 as std::convert::From<A>>::from)
      aggregate: _1 = {closure@src/main.rs:8:5: 8:10 (#0)}
      aggregate: _1 = {coroutine-closure@src/main.rs:8:5: 8:10} { m: move _2 }
      aggregate: _1 = *const [u8](copy _2, copy _3)
      operation: _1 = AddWithOverflow(copy _2, const 1_usize)
      operation: _1 = Len(copy (*_2))
      operation: _1 = SizeOf()
      operation: _1 = OffsetOf()
      use: _1 = const UbChecks
      operation: _1 = UbChecks()
      operation: _1 = ShallowInitBox(move _2)
      use: _1 = const ')'
      use: _1 = const '\\''
      use: _1 = const Foo::<'a', '\\u{10ffff}'>
      use: _1 = const <T as Trait<{ N + 1 }>>::LIMIT
      use: _1 = const {alloc1<imm>: &[&str; 1]}
      unreachable: unreachable"
    `);
  });

  test('a bare path is a function item where its constant is commented, and a unit struct where it is not', () => {
    const comment = '                                 // mir::ConstOperand';
    expect(check('_1 = garden::water;', comment, '_2 = garden::Seed;', 'return;')).toMatchInlineSnapshot(`
      "use: _1 = const garden::water
      aggregate: _2 = garden::Seed
      return: return"
    `);
  });

  test('statements without effect keep their text', () => {
    expect(
      check(
        'PlaceMention(_1);',
        'FakeRead(ForMatchedPlace(None), (_1.0: A));',
        'AscribeUserType(_1, o, UserTypeProjection { base: UserType(1), projs: [] });',
        'Coverage::VirtualCounter(bcb0);',
        'Retag([2phase] _1);',
        'BackwardIncompatibleDropHint(_1);',
        'assume(copy _1);',
        'copy_nonoverlapping(dst = copy _1, src = copy _2, count = copy _3);',
        'ConstEvalCounter;',
        'nop;',
        'discriminant((*_1)) = 3;',
        'resume;',
      ),
    ).toMatchInlineSnapshot(`
      "other: PlaceMention(_1)
      other: FakeRead(ForMatchedPlace(None), (_1.0: A))
      other: AscribeUserType(_1, o, UserTypeProjection { base: UserType(1), projs: [] })
      other: Coverage::VirtualCounter(bcb0)
      other: Retag([2phase] _1)
      other: BackwardIncompatibleDropHint(_1)
      other: assume(copy _1)
      other: copy_nonoverlapping(dst = copy _1, src = copy _2, count = copy _3)
      other: ConstEvalCounter
      other: nop
      set-discriminant: discriminant((*_1)) = 3
      resume: resume"
    `);
  });

  test('terminators', () => {
    const lines = [
      'goto -> bb3;',
      'switchInt(copy (_1.0: bool)) -> [0: bb1, otherwise: bb2];',
      "switchInt(move _1) -> [':': bb1, -1: bb2];",
      'drop(((*_1).0: T)) -> [return: bb1, unwind continue];',
      'drop(_1) -> [return: bb1, unwind: bb2, drop: bb3];',
      'async drop(_1; poll=_5) -> [return: bb1, unwind: bb2, drop: bb3];',
      '_1 = <T as Trait<(A, B)>>::f(move _2) -> [return: bb1, unwind: bb2];',
      '_1 = <fn(A) -> B as Fn<(A,)>>::call(copy _2, const "->") -> [return: bb1, unwind unreachable];',
      '_1 = f::<{closure@a (b)/x.rs:1:2: 3:4}>() -> [return: bb1, unwind terminate(cleanup)];',
      '_1 = <impl at src/a > b.rs:8:1: 8:15>::new(const 1_u8) -> [return: bb1, unwind: bb2];',
      '_1 = core::panicking::panic(const "x") -> unwind continue;',
      '_1 = core::panicking::panic(const "x") -> bb7;',
      '_1 = move (_2.0: fn(u8) -> u8)(const 1_u8) -> [return: bb1, unwind continue];',
      '_1 = const FUNCTIONS(move _2) -> [return: bb1, unwind continue];',
      '_1 = Add(move _2) -> [return: bb1, unwind continue];',
      'tailcall <T as A>::countdown(move _2);',
      'assert(!move (_3.1: bool), "attempt to `{} + {}`", move _1, const 1_u8) -> [success: bb1, unwind: bb2];',
      '_1 = yield(move _2) -> [resume: bb1, drop: bb2];',
      '_1 = yield(const ()) -> bb1;',
      'coroutine_drop;',
      'falseEdge -> [real: bb2, imaginary: bb5];',
      'falseUnwind -> [real: bb2, unwind continue];',
      'terminate(cleanup);',
      'asm!("mov {0}, 1; // x", out(reg) _1, options((pure))) -> [return: bb1, label: bb2, unwind: bb3];',
      'asm!("ud2", options((noreturn))) -> unwind continue;',
    ];
    expect(lines.map(line => check(line)).join('\n')).toMatchInlineSnapshot(`
      "goto: goto -> bb3
      switch: switchInt(copy (_1.0: bool)) -> [0: bb1, otherwise: bb2]
      switch: switchInt(move _1) -> [':': bb1, -1: bb2]
      drop: drop(((*_1).0: T)) -> [return: bb1]
      drop: drop(_1) -> [return: bb1, unwind: bb2, drop: bb3]
      drop: drop(_1) -> [return: bb1, unwind: bb2, drop: bb3]
      call: _1 = <T as Trait<(A, B)>>::f(move _2) -> [return: bb1, unwind: bb2]
      call: _1 = <fn(A) -> B as Fn<(A,)>>::call(copy _2, const "->") -> [return: bb1]
      call: _1 = f::<{closure@a (b)/x.rs:1:2: 3:4}>() -> [return: bb1]
      call: _1 = <impl at src/a > b.rs:8:1: 8:15>::new(const 1_u8) -> [return: bb1, unwind: bb2]
      call: _1 = core::panicking::panic(const "x") -> []
      call: _1 = core::panicking::panic(const "x") -> [unwind: bb7]
      call: _1 = move (_2.0: fn(u8) -> u8)(const 1_u8) -> [return: bb1]
      call: _1 = const FUNCTIONS(move _2) -> [return: bb1]
      call: _1 = Add(move _2) -> [return: bb1]
      tail-call: tailcall <T as A>::countdown(move _2)
      assert: assert(move (_3.1: bool), …) -> [success: bb1, unwind: bb2]
      yield: _1 = yield(move _2) -> [resume: bb1, drop: bb2]
      yield: _1 = yield(const ()) -> [resume: bb1]
      coroutine-drop: coroutine_drop
      false-edge: falseEdge -> [real: bb2, imaginary: bb5]
      false-unwind: falseUnwind -> [real: bb2]
      terminate: terminate(…)
      inline-asm: asm!(…) -> [bb1, bb2, unwind: bb3]
      inline-asm: asm!(…) -> []"
    `);
  });

  test('what is not known is kept as text, told of once, and hides nothing behind it', () => {
    expect(
      check(
        '_1 = reborrow_of_tomorrow _2;',
        'Prefetch(_1);',
        '_1 = mvoe _2;',
        '_ = copy _2;',
        '_1 = Add(move _2, _3);',
        'StorageLive(_4);',
        'branchTable(move _1) -> [red: bb1, green: bb2];',
      ),
    ).toMatchInlineSnapshot(`
      "other: _1 = ? reborrow_of_tomorrow _2
      other: Prefetch(_1)
      other: _1 = ? mvoe _2
      other: _ = copy _2
      other: _1 = ? Add(move _2, _3)
      storage-live: StorageLive(_4)
      other: ? branchTable(move _1) -> [red: bb1, green: bb2] -> {bb1, bb2}
      ! line 7: not understood: _1 = reborrow_of_tomorrow _2;
      ! line 8: not understood: Prefetch(_1);
      ! line 9: not understood: _1 = mvoe _2;
      ! line 10: not understood: _ = copy _2;
      ! line 11: not understood: _1 = Add(move _2, _3);
      ! line 13: not understood: branchTable(move _1) -> [red: bb1, green: bb2];"
    `);
    expect(check('nop;', 'explode_terminator;')).toMatchInlineSnapshot(`
      "other: nop
      other: ? explode_terminator -> {}
      ! line 8: not understood: explode_terminator;"
    `);
  });
});

describe('files', () => {
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
});
