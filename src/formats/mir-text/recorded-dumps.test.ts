import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
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

test.each(fixtures)('%s: no problem, and every statement is redrawn as rustc printed it', name => {
  const text = fixture(name);
  const { value, problems } = parseMirText(text);
  expect(problems).toEqual([]);
  const withoutConst = (line: string) => line.replace(/\bconst /g, '').replace(/^asm!.*/, 'asm!');
  const redrawn = value.flatMap(body =>
    body.blocks.flatMap(block => [...block.statements.map(drawStatement), drawTerminator(block.terminator)]),
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
