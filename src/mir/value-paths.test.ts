import { expect, test } from 'vitest';
import { parseBodies } from '#formats/mir-text/parse.ts';
import { type TypeScope, TypeShapes } from './type-shapes.ts';
import { substituteValue, type Value, ValuePaths } from './value-paths.ts';

const scope: TypeScope = { prefix: 'shop', externCrates: new Set() };

/** The value of `_0` in a body, drawn. */
function returned(
  signature: string,
  lets: Record<string, string>,
  lines: readonly string[],
  behind = '',
): Value {
  const declarations = Object.entries(lets)
    .map(([name, ty]) => `    let mut ${name}: ${ty};\n`)
    .join('');
  const text = `// MIR for \`f\` after built\n\nfn f(${signature}) -> R {\n    let mut _0: R;\n${declarations}\n    bb0: {\n${lines.join('\n')}\n    }\n\n    bb1: {\n        return;\n    }\n}\n${behind}`;
  const [body] = [...parseBodies(text, [])];
  if (body === undefined) throw new Error('no body');
  return new ValuePaths(body, new TypeShapes(), scope).place({ local: 0, projection: [] });
}

function draw(value: Value): string {
  const { base } = value;
  const start = {
    argument: () => `_${base.kind === 'argument' ? base.local : ''}`,
    static: () => (base.kind === 'static' ? base.name : ''),
    local: () => 'made here',
    result: () => (base.kind === 'result' ? `call(${base.args.map(draw).join(', ')})` : ''),
    made: () => (base.kind === 'made' ? `{${base.parts.map(draw).join(', ')}}` : ''),
    unknown: () => '?',
  }[base.kind]();
  return `${start}${value.steps.map(({ step }) => step).join('')}${value.shared ? ' shared' : ''}`;
}

test('a field behind an Arc, through reborrows and a clone', () => {
  const value = returned(
    '_1: &Db',
    {
      _2: '&std::sync::Arc<Shared>',
      _3: 'std::sync::Arc<Shared>',
      _4: '&std::sync::Arc<Shared>',
      _5: '&Shared',
    },
    [
      '        _2 = &((*_1).2: std::sync::Arc<Shared>);',
      '        _3 = <std::sync::Arc<Shared> as std::clone::Clone>::clone(move _2) -> [return: bb1, unwind continue];',
      '    }',
      '    bb2: {',
      '        _4 = &_3;',
      '        _5 = <std::sync::Arc<Shared> as std::ops::Deref>::deref(move _4) -> [return: bb1, unwind continue];',
      '    }',
      '    bb3: {',
      '        _0 = &((*_5).1: tokio::sync::Mutex<u32>);',
      '        goto -> bb1;',
    ],
  );
  expect(draw(value)).toBe('_1.2.1 shared');
});

test('`Deref` by another name', () => {
  const value = returned('_1: &Pool', { _2: '&std::sync::Arc<Inner>', _3: '&Inner' }, [
    '        _2 = &((*_1).0: std::sync::Arc<Inner>);',
    '        _3 = <std::sync::Arc<Inner> as lazy_static::__Deref>::deref(move _2) -> [return: bb1, unwind continue];',
    '    }',
    '    bb2: {',
    '        _0 = &((*_3).2: std::sync::Mutex<u32>);',
    '        goto -> bb1;',
  ]);
  expect(draw(value)).toBe('_1.0.2 shared');
});

test('what a guard protects is not what the lock is', () => {
  const value = returned('_1: &mut std::sync::MutexGuard<Inner>', { _2: '&Inner' }, [
    '        _2 = <std::sync::MutexGuard<Inner> as std::ops::Deref>::deref(copy _1) -> [return: bb1, unwind continue];',
    '    }',
    '    bb2: {',
    '        _0 = &((*_2).0: M);',
    '        goto -> bb1;',
  ]);
  expect(draw(value)).toBe('call(_1).0');
});

test('a local with two definitions is not known', () => {
  const value = returned('_1: &Db, _2: &Db', { _3: '&Db' }, [
    '        _3 = copy _1;',
    '        _3 = copy _2;',
    '        _0 = &((*_3).0: M);',
    '        goto -> bb1;',
  ]);
  expect(draw(value)).toBe('?.0');
});

test('an element of a slice is some element', () => {
  const value = returned('_1: &[Db], _2: usize', {}, [
    '        _0 = &((*_1)[_2].0: M);',
    '        goto -> bb1;',
  ]);
  expect(draw(value)).toBe('_1[].0');
});

test('a field of a struct that was made here is what went into it', () => {
  const value = returned('_1: std::sync::Arc<Shared>', { _3: 'Ticket' }, [
    '        _3 = Ticket { port: const 1_u32, shared: move _1 };',
    '        _0 = &(_3.1: std::sync::Arc<Shared>);',
    '        goto -> bb1;',
  ]);
  expect(draw(value)).toBe('_1');
});

test('a static is named behind the body', () => {
  const value = returned(
    '',
    { _1: '&std::sync::Mutex<u32>' },
    ['        _1 = const {alloc3: &std::sync::Mutex<u32>};', '        _0 = &(*_1);', '        goto -> bb1;'],
    '\nalloc3 (static: registry::LOCK, size: 8, align: 4) { .. }\n',
  );
  expect(draw(value)).toBe('shop::registry::LOCK shared');
});

test('in the words of the caller', () => {
  const value = returned('_1: &Db', {}, ['        _0 = &((*_1).2: M);', '        goto -> bb1;']);
  const own: Value = {
    base: { kind: 'argument', local: 7, shared: true },
    steps: [{ step: '.4', owner: null }],
    shared: false,
    ty: null,
  };
  expect(draw(substituteValue(value, local => (local === 1 ? own : null)))).toBe('_7.4.2');
  expect(draw(substituteValue(value, () => null))).toBe('?.2');
});

test('what is taken out of a field is an element of it', () => {
  const value = returned(
    '_1: &mut Ticket',
    {
      _2: '&mut std::option::Option<std::sync::Arc<Db>>',
      _3: 'std::option::Option<std::sync::Arc<Db>>',
      _4: 'std::sync::Arc<Db>',
      _5: '&std::sync::Arc<Db>',
      _6: '&Db',
    },
    [
      '        _2 = &mut ((*_1).2: std::option::Option<std::sync::Arc<Db>>);',
      '        _3 = std::option::Option::<std::sync::Arc<Db>>::take(move _2) -> [return: bb1, unwind continue];',
      '    }',
      '    bb2: {',
      '        _4 = move ((_3 as Some).0: std::sync::Arc<Db>);',
      '        _5 = &_4;',
      '        _6 = <std::sync::Arc<Db> as std::ops::Deref>::deref(move _5) -> [return: bb1, unwind continue];',
      '    }',
      '    bb3: {',
      '        _0 = &((*_6).1: std::sync::Mutex<u32>);',
      '        goto -> bb1;',
    ],
  );
  expect(draw(value)).toBe('_1.2[].1 shared');
});
