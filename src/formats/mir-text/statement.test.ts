import { expect, test } from 'vitest';
import { drawStatement, drawTerminator } from '../../../tests/mir-text/draw-body.ts';
import { parseMirText } from './parse.ts';

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
