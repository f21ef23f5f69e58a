import { expect, test } from 'vitest';
import { parseBodies } from '#formats/mir-text/parse.ts';
import { TypeContains } from './type-contains.ts';
import { type TypeScope, TypeShapes } from './type-shapes.ts';

const externCrates = new Set(['other', 'shop']);

/** Bodies whose statements make or look into values; each is `locals => statements`. */
function shapesOf(
  ...crates: { prefix: string; lets: Record<string, string>; statements: readonly string[] }[]
): TypeShapes {
  const shapes = new TypeShapes();
  for (const { prefix, lets, statements } of crates) {
    const declarations = Object.entries(lets)
      .map(([name, ty]) => `    let mut ${name}: ${ty};\n`)
      .join('');
    const text = `// MIR for \`f\` after built\n\nfn f() -> () {\n    let mut _0: ();\n${declarations}\n    bb0: {\n${statements.map(line => `        ${line}\n`).join('')}        return;\n    }\n}\n`;
    for (const body of parseBodies(text, [])) shapes.collect(body, { prefix, externCrates });
  }
  return shapes;
}

/** Each guard in the type with the way to it, then what could not be looked into. */
function check(
  shapes: TypeShapes,
  ty: string,
  mode: 'owned' | 'reachable' = 'owned',
  prefix = 'shop',
): string[] {
  const contains = new TypeContains(
    shapes,
    path => (path === 'std::sync::MutexGuard' ? 'guard' : null),
    mode,
  );
  const scope: TypeScope = { prefix, externCrates };
  const { found, unresolved } = contains.contentsOf(shapes.qualify(ty, scope));
  return [
    ...found.map(item => {
      const marks = [
        item.certainty,
        item.shared ? 'shared' : '',
        item.poisoned ? 'poisoned' : '',
        item.inFuture ? 'in a future' : '',
      ];
      return `${item.ty.text} via ${item.route.join(', ') || 'itself'} (${marks.filter(mark => mark !== '').join(', ')})`;
    }),
    ...unresolved.map(part => `? ${part.kind} ${part.ty.text}`),
  ];
}

const guard = "std::sync::MutexGuard<'_, u32>";
const none = shapesOf();

test('the standard library’s types', () => {
  expect(check(none, guard)).toMatchInlineSnapshot(`
    [
      "std::sync::MutexGuard<u32> via itself (exact)",
    ]
  `);
  expect(check(none, `std::option::Option<(u8, ${guard})>`)).toMatchInlineSnapshot(`
    [
      "std::sync::MutexGuard<u32> via variant \`Some\` of \`Option\`, element 1 of a tuple (exact)",
    ]
  `);
  expect(check(none, `std::result::Result<u8, std::sync::PoisonError<${guard}>>`)).toMatchInlineSnapshot(`
    [
      "std::sync::MutexGuard<u32> via variant \`Err\` of \`Result\`, \`PoisonError\` (exact, poisoned)",
    ]
  `);
  expect(check(none, `std::vec::Vec<std::boxed::Box<[${guard}; 2]>>`)).toMatchInlineSnapshot(`
    [
      "std::sync::MutexGuard<u32> via \`Vec\`, \`Box\`, an array (exact)",
    ]
  `);
  expect(check(none, `std::sync::Arc<std::cell::RefCell<${guard}>>`)).toMatchInlineSnapshot(`
    [
      "std::sync::MutexGuard<u32> via \`Arc\`, \`RefCell\` (exact, shared)",
    ]
  `);
  expect(check(none, `std::iter::Map<std::vec::IntoIter<${guard}>, u8>`)).toMatchInlineSnapshot(`
    [
      "std::sync::MutexGuard<u32> via \`Map\`, \`IntoIter\` (exact)",
    ]
  `);
});

test('what names a guard and owns none', () => {
  for (const ty of [
    `&${guard}`,
    `*mut ${guard}`,
    `std::marker::PhantomData<${guard}>`,
    `std::slice::Iter<'_, ${guard}>`,
    `fn(u8) -> ${guard}`,
    `std::rc::Weak<${guard}>`,
    'std::sync::Mutex<u32>',
  ]) {
    expect(check(none, ty)).toEqual([]);
  }
});

test('reachable follows references too', () => {
  expect(check(none, `&std::option::Option<&mut ${guard}>`, 'reachable')).toMatchInlineSnapshot(`
    [
      "std::sync::MutexGuard<u32> via a reference, variant \`Some\` of \`Option\`, a reference (exact)",
    ]
  `);
});

test('what cannot be looked into is named', () => {
  expect(check(none, 'std::boxed::Box<dyn std::fmt::Debug>')).toMatchInlineSnapshot(`
    [
      "? dyn dyn std::fmt::Debug",
    ]
  `);
  expect(check(none, "(T, other::Thing<'_>, other::Owned)")).toMatchInlineSnapshot(`
    [
      "? parameter shop::T",
      "? foreign other::Thing",
    ]
  `);
  expect(check(none, `other::Thing<${guard}>`)).toMatchInlineSnapshot(`
    [
      "? foreign other::Thing<std::sync::MutexGuard<u32>>",
    ]
  `);
  expect(check(none, `{async block@other::Thing<${guard}>::run::{closure#0}}`)).toMatchInlineSnapshot(`
    [
      "? foreign {async block@other::Thing::run::{closure#0}<std::sync::MutexGuard<u32>>}",
    ]
  `);
});

const holder = {
  prefix: 'shop',
  lets: { _1: "net::Holder<'_>", _2: guard },
  statements: ["_1 = net::Holder::<'_> { name: const 1_u32, guard: move _2 };"],
};

test('fields of a type that a body makes', () => {
  expect(check(shapesOf(holder), "net::Holder<'_>")).toMatchInlineSnapshot(`
    [
      "std::sync::MutexGuard<u32> via field \`guard\` of \`Holder\` (exact)",
    ]
  `);
  expect(check(shapesOf(holder), "std::option::Option<net::Holder<'_>>")).toMatchInlineSnapshot(`
    [
      "std::sync::MutexGuard<u32> via variant \`Some\` of \`Option\`, field \`guard\` of \`Holder\` (exact)",
    ]
  `);
});

test('another crate’s type of the same name is another type', () => {
  expect(check(shapesOf(holder), "net::Holder<'_>", 'owned', 'bin:shop')).toMatchInlineSnapshot(`
    [
      "? foreign bin:shop::net::Holder",
    ]
  `);
  expect(check(shapesOf(holder), "shop::net::Holder<'_>", 'owned', 'bin:shop')).toMatchInlineSnapshot(`
    [
      "std::sync::MutexGuard<u32> via field \`guard\` of \`Holder\` (exact)",
    ]
  `);
});

test('a re-export is followed where one type of that name was made', () => {
  const shapes = shapesOf({ ...holder, prefix: 'other' });
  expect(check(shapes, "other::Holder<'_>")).toMatchInlineSnapshot(`
    [
      "std::sync::MutexGuard<u32> via field \`guard\` of \`Holder\` (inexact)",
    ]
  `);
});

test('a generic definition holds for every instance, another instance only likely', () => {
  const generic = {
    prefix: 'shop',
    lets: { _1: 'Gen<T>', _2: 'T' },
    statements: ['_1 = Gen::<T> { inner: move _2 };'],
  };
  expect(check(shapesOf(generic), `Gen<${guard}>`)).toMatchInlineSnapshot(`
    [
      "std::sync::MutexGuard<u32> via field \`inner\` of \`Gen\` (exact)",
    ]
  `);
  expect(check(shapesOf(generic), 'Gen<u8>')).toEqual([]);
  const instance = {
    prefix: 'shop',
    lets: { _1: 'Gen<u8>', _2: 'u8' },
    statements: ['_1 = Gen::<u8> { inner: move _2 };'],
  };
  expect(check(shapesOf(instance), `Gen<${guard}>`)).toMatchInlineSnapshot(`
    [
      "std::sync::MutexGuard<u32> via field \`inner\` of \`Gen\` (inexact)",
    ]
  `);
});

test('variants, and a field that only a projection shows', () => {
  const shapes = shapesOf({
    prefix: 'shop',
    lets: { _1: "State<'_>", _2: guard, _3: "Pair<'_>" },
    statements: [
      "_1 = State::<'_>::Busy(move _2);",
      "_1 = State::<'_>::Idle;",
      `_2 = move (_3.1: ${guard});`,
    ],
  });
  expect(check(shapes, "State<'_>")).toMatchInlineSnapshot(`
    [
      "std::sync::MutexGuard<u32> via variant \`Busy\` of \`State\` (exact)",
    ]
  `);
  expect(check(shapes, "Pair<'_>")).toMatchInlineSnapshot(`
    [
      "std::sync::MutexGuard<u32> via field 1 of \`Pair\` (exact)",
    ]
  `);
});

test('captures of closures and futures', () => {
  const shapes = shapesOf({
    prefix: 'shop',
    lets: { _1: '{async block@src/a.rs:1:2: 1:9}', _2: guard, _3: '{closure@src/a.rs:3:2: 3:9}' },
    statements: [
      '_1 = {coroutine@src/a.rs:1:2: 1:9 (#0)} { g: move _2 };',
      '_3 = {closure@src/a.rs:3:2: 3:9} { g: move _2 };',
    ],
  });
  expect(check(shapes, '{async block@src/a.rs:1:2: 1:9}')).toMatchInlineSnapshot(`
    [
      "std::sync::MutexGuard<u32> via \`g\` captured by a future (exact, in a future)",
    ]
  `);
  expect(check(shapes, '{closure@src/a.rs:3:2: 3:9}')).toMatchInlineSnapshot(`
    [
      "std::sync::MutexGuard<u32> via \`g\` captured by a closure (exact)",
    ]
  `);
});

test('a recursive type ends', () => {
  const shapes = shapesOf({
    prefix: 'shop',
    lets: { _1: "List<'_>", _2: guard, _3: "std::option::Option<std::boxed::Box<List<'_>>>" },
    statements: ["_1 = List::<'_> { guard: move _2, next: move _3 };"],
  });
  expect(check(shapes, "List<'_>")).toMatchInlineSnapshot(`
    [
      "std::sync::MutexGuard<u32> via field \`guard\` of \`List\` (exact)",
    ]
  `);
});

test('types that all refer to each other are each looked into once', () => {
  const names = Array.from({ length: 12 }, (_, index) => `Node${index}`);
  const shapes = shapesOf({
    prefix: 'shop',
    lets: {
      ...Object.fromEntries(names.map((name, index) => [`_${index + 1}`, name])),
      ...Object.fromEntries(names.map((name, index) => [`_${index + 101}`, `std::sync::Arc<${name}>`])),
      _200: guard,
      _201: 'std::boxed::Box<dyn std::fmt::Debug>',
    },
    statements: names.map((name, index) => {
      const others = names.map((_, other) => `f${other}: move _${other + 101}`);
      const own = index === names.length - 1 ? ['guard: move _200', 'log: move _201'] : [];
      return `_${index + 1} = ${name} { ${[...others, ...own].join(', ')} };`;
    }),
  });
  expect(check(shapes, 'Node0')).toMatchInlineSnapshot(`
    [
      "std::sync::MutexGuard<u32> via field \`f1\` of \`Node0\`, \`Arc\`, field \`f2\` of \`Node1\`, \`Arc\`, field \`f3\` of \`Node2\`, \`Arc\`, field \`f4\` of \`Node3\`, \`Arc\`, field \`f5\` of \`Node4\`, \`Arc\`, field \`f6\` of \`Node5\`, \`Arc\`, field \`f7\` of \`Node6\`, \`Arc\`, field \`f8\` of \`Node7\`, \`Arc\`, field \`f9\` of \`Node8\`, \`Arc\`, field \`f10\` of \`Node9\`, \`Arc\`, field \`f11\` of \`Node10\`, \`Arc\`, field \`guard\` of \`Node11\` (exact, shared)",
      "? dyn dyn std::fmt::Debug",
    ]
  `);
  expect(check(shapes, '(Node11, Node0)')).toMatchInlineSnapshot(`
    [
      "std::sync::MutexGuard<u32> via element 0 of a tuple, field \`guard\` of \`Node11\` (exact)",
      "? dyn dyn std::fmt::Debug",
    ]
  `);
});
