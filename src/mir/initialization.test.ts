import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBodies } from '#formats/mir-text/parse.ts';
import type { Body, Place } from '#model/mir.ts';
import { controlFlowOf } from './control-flow.ts';
import { analyzeInitialization } from './initialization.ts';
import type { PathTypes } from './path-building.ts';
import { type InitTree, standardVariants } from './type-contains.ts';
import { parseType } from './type-parser.ts';

const opt = 'std::option::Option<G>';

/** The state of the tracked locals before each block's terminator: `_3+` surely held, `_3?` on some path, `_3-` not. */
function check(lets: Record<string, string>, blocks: readonly string[], track: readonly number[]): string {
  const declarations = Object.entries(lets)
    .map(([name, ty]) => `    let mut ${name}: ${ty};\n`)
    .join('');
  const body = parse(declarations, blocks);
  const init = analyzeInitialization(body, controlFlowOf(body), track, typesOf(body));
  expect(init.complete).toBe(true);
  return body.blocks
    .map((_, block) => {
      const states = track.map(local => {
        const tree = init.treeBeforeTerminator(block, local);
        return tree === null ? 'unreached' : draw(`_${local}`, tree, stepsOf(init.paths.root(local) ?? 0));
      });
      return `bb${block}: ${[...new Set(states)].join(' ')}`;
    })
    .join('\n');

  function stepsOf(path: number): Steps {
    return [...init.paths.children(path)].map(([step, child]) => [step, stepsOf(child)] as const);
  }
}

type Steps = readonly (readonly [string, Steps])[];

function draw(name: string, tree: InitTree, steps: Steps): string {
  const sign = !tree.live ? '-' : tree.definite ? '+' : '?';
  const inside = steps.map(([step, below]) => draw(step, tree.child(step) as InitTree, below));
  return `${name}${sign}${inside.length > 0 ? `(${inside.join(' ')})` : ''}`;
}

function parse(declarations: string, blocks: readonly string[]): Body {
  const text = `// MIR for \`f\` after built\n\nfn f(_1: bool) -> () {\n    let mut _0: ();\n${declarations}\n${blocks
    .map(
      (block, index) =>
        `    bb${index}: {\n${block
          .split('\n')
          .map(line => `        ${line.trim()}\n`)
          .join('')}    }\n`,
    )
    .join('\n')}}\n`;
  const problems: { what: string }[] = [];
  const [body] = [...parseBodies(text, problems)] as [Body];
  expect(problems).toEqual([]);
  return body;
}

function typesOf(body: Body): PathTypes {
  return {
    localType: local => parseType(body.locals[local]?.ty ?? '?'),
    qualify: parseType,
    variantNames: ty =>
      ty.kind !== 'path'
        ? []
        : ty.path === 'E'
          ? ['A', 'B', 'C']
          : (standardVariants(ty) ?? []).flatMap(variant => variant.name ?? []),
  };
}

test('moves, drops, assignments and the end of storage', () => {
  expect(
    check(
      { _2: 'G', _3: 'G' },
      [
        'StorageLive(_2);\n_2 = g() -> [return: bb1, unwind continue];',
        '_3 = move _2;\ngoto -> bb2;',
        'drop(_3) -> [return: bb3, unwind continue];',
        '_2 = move _3;\nStorageDead(_2);\nreturn;',
      ],
      [2, 3],
    ),
  ).toMatchInlineSnapshot(`
    "bb0: _2- _3-
    bb1: _2- _3+
    bb2: _2- _3+
    bb3: _2- _3-"
  `);
});

test('one branch moves, the other does not', () => {
  expect(
    check(
      { _2: 'G' },
      [
        '_2 = g() -> [return: bb1, unwind continue];',
        'switchInt(copy _1) -> [0: bb2, otherwise: bb3];',
        'goto -> bb4;',
        '_0 = drop_it(move _2) -> [return: bb4, unwind continue];',
        'return;',
      ],
      [2],
    ),
  ).toMatchInlineSnapshot(`
    "bb0: _2-
    bb1: _2+
    bb2: _2+
    bb3: _2+
    bb4: _2?"
  `);
});

test('the discriminant says which variant is left on each edge', () => {
  expect(
    check(
      { _2: opt, _3: 'isize', _4: 'G' },
      [
        '_2 = g() -> [return: bb1, unwind continue];',
        '_3 = discriminant(_2);\nswitchInt(move _3) -> [0: bb2, 1: bb3, otherwise: bb4];',
        'goto -> bb5;',
        '_4 = move ((_2 as Some).0: G);\ndrop(_4) -> [return: bb5, unwind continue];',
        'unreachable;',
        'return;',
      ],
      [2],
    ),
  ).toMatchInlineSnapshot(`
    "bb0: _2-(as None- as Some-(.0-))
    bb1: _2+(as None? as Some?(.0?))
    bb2: _2+(as None+ as Some-(.0-))
    bb3: _2+(as None- as Some+(.0-))
    bb4: _2+(as None- as Some-(.0-))
    bb5: _2+(as None? as Some?(.0-))"
  `);
});

test('a variant that an aggregate made, and one moved on', () => {
  expect(
    check(
      { _2: opt, _3: opt, _4: 'G' },
      [
        `_2 = std::option::Option::<G>::None;\n_3 = move _2;\ngoto -> bb1;`,
        '_4 = g() -> [return: bb2, unwind continue];',
        '_2 = std::option::Option::<G>::Some(move _4);\nreturn;',
      ],
      [2, 3],
    ),
  ).toMatchInlineSnapshot(`
    "bb0: _2-(as None- as Some-) _3+(as None+ as Some-)
    bb1: _2-(as None- as Some-) _3+(as None+ as Some-)
    bb2: _2+(as None- as Some+) _3+(as None+ as Some-)"
  `);
});

test('take and replace leave None, another mutable borrow leaves anything', () => {
  expect(
    check(
      { _2: opt, _3: `&mut ${opt}`, _4: opt, _5: `&mut ${opt}`, _6: '()' },
      [
        '_2 = g() -> [return: bb1, unwind continue];',
        `_3 = &mut _2;\n_4 = std::option::Option::<G>::take(move _3) -> [return: bb2, unwind continue];`,
        'goto -> bb3;',
        '_5 = &mut _2;\n_6 = fill(move _5) -> [return: bb4, unwind continue];',
        'return;',
      ],
      [2, 4],
    ),
  ).toMatchInlineSnapshot(`
    "bb0: _2-(as None- as Some-) _4-(as None- as Some-)
    bb1: _2+(as None? as Some?) _4-(as None- as Some-)
    bb2: _2+(as None+ as Some-) _4+(as None? as Some?)
    bb3: _2+(as None? as Some?) _4+(as None? as Some?)
    bb4: _2+(as None? as Some?) _4+(as None? as Some?)"
  `);
});

test('a container is empty until something reaches it', () => {
  const vec = 'std::vec::Vec<G>';
  expect(
    check(
      { _2: vec, _3: `&mut ${vec}`, _4: '()', _5: `&mut ${vec}` },
      [
        '_2 = std::vec::Vec::<G>::new() -> [return: bb1, unwind continue];',
        `_3 = &mut _2;\n_4 = std::vec::Vec::<G>::push(move _3, const 1_u8) -> [return: bb2, unwind continue];`,
        `_5 = &mut _2;\n_4 = std::vec::Vec::<G>::clear(move _5) -> [return: bb3, unwind continue];`,
        'return;',
      ],
      [2],
    ),
  ).toMatchInlineSnapshot(`
    "bb0: _2-([]-)
    bb1: _2+([]?)
    bb2: _2+([]?)
    bb3: _2+([]-)"
  `);
});

test('a field moved out of a struct, and put back', () => {
  expect(
    check(
      { _2: 'S', _3: 'G' },
      [
        '_2 = g() -> [return: bb1, unwind continue];',
        '_3 = move (_2.1: G);\ngoto -> bb2;',
        '(_2.1: G) = move _3;\nreturn;',
      ],
      [2],
    ),
  ).toMatchInlineSnapshot(`
    "bb0: _2-(.1-)
    bb1: _2+(.1-)
    bb2: _2+(.1+)"
  `);
});

test('variants of an own enum get their values from the arms that look into them', () => {
  expect(
    check(
      { _2: 'E', _3: 'isize', _4: 'G', _5: 'u8' },
      [
        '_2 = g() -> [return: bb1, unwind continue];',
        '_3 = discriminant(_2);\nswitchInt(move _3) -> [0: bb2, 1: bb3, 2: bb4, otherwise: bb5];',
        '_4 = move ((_2 as A).0: G);\nreturn;',
        '_5 = copy ((_2 as B).0: u8);\nreturn;',
        'return;',
        'unreachable;',
      ],
      [2],
    ),
  ).toMatchInlineSnapshot(`
    "bb0: _2-(as A-(.0-) as B-(.0-) as C-)
    bb1: _2+(as A?(.0?) as B?(.0?) as C?)
    bb2: _2+(as A+(.0-) as B-(.0-) as C-)
    bb3: _2+(as A-(.0-) as B+(.0+) as C-)
    bb4: _2+(as A-(.0-) as B-(.0-) as C?)
    bb5: _2+(as A-(.0-) as B-(.0-) as C?)"
  `);
});

test('a call that asks whether an option is empty is a test of it', () => {
  expect(
    check(
      { _2: opt, _3: `&${opt}`, _4: 'bool' },
      [
        '_2 = g() -> [return: bb1, unwind continue];',
        `_3 = &_2;\n_4 = std::option::Option::<G>::is_none(move _3) -> [return: bb2, unwind continue];`,
        'switchInt(move _4) -> [0: bb3, otherwise: bb4];',
        'return;',
        'return;',
      ],
      [2],
    ),
  ).toMatchInlineSnapshot(`
    "bb0: _2-(as None- as Some-)
    bb1: _2+(as None? as Some?)
    bb2: _2+(as None? as Some?)
    bb3: _2+(as None- as Some+)
    bb4: _2+(as None? as Some-)"
  `);
});

test('a drop flag that is false', () => {
  expect(
    check(
      { _2: 'G', _3: 'bool' },
      [
        '_2 = g() -> [return: bb1, unwind continue];',
        'switchInt(copy _3) -> [0: bb2, otherwise: bb3];',
        'goto -> bb4;',
        'drop(_2) -> [return: bb4, unwind continue];',
        'return;',
      ],
      [2],
    ),
  ).toMatchInlineSnapshot(`
    "bb0: _2-
    bb1: _2+
    bb2: _2-
    bb3: _2+
    bb4: _2-"
  `);
});

/** Random bodies over three locals of a moved type and their two fields, against an enumeration of their paths. */
const place = fc.constantFrom<Place>(
  ...[2, 3, 4].flatMap(local => [
    { local, projection: [] },
    { local, projection: [{ kind: 'field' as const, index: 0, ty: 'G' }] },
    { local, projection: [{ kind: 'field' as const, index: 1, ty: 'G' }] },
  ]),
);
const action = fc.oneof(
  place.map(target => ({ kind: 'make' as const, target })),
  place.map(target => ({ kind: 'move' as const, target })),
  fc
    .constantFrom(2, 3, 4)
    .map(local => ({ kind: 'dead' as const, target: { local, projection: [] } as Place })),
);
const randomBody = fc.integer({ min: 1, max: 6 }).chain(count =>
  fc.array(
    fc.record({
      actions: fc.array(action, { maxLength: 4 }),
      targets: fc.array(fc.nat(count - 1), { maxLength: 2 }),
    }),
    {
      minLength: count,
      maxLength: count,
    },
  ),
);

test('on random bodies the answer is that of walking every path', () => {
  fc.assert(
    fc.property(randomBody, blocks => {
      const body: Body = {
        name: 'f',
        pass: '',
        kind: 'fn',
        yields: null,
        argCount: 0,
        statics: new Map(),
        locals: ['()', '()', '(G, G)', '(G, G)', '(G, G)', 'G', '()'].map(ty => ({
          mutable: true,
          ty,
          span: -1,
        })),
        debugInfo: [],
        blocks: blocks.map(({ actions, targets }) => ({
          cleanup: false,
          statements: actions.map(({ kind, target }) => {
            if (kind === 'dead') return { kind: 'storage-dead', local: target.local, span: -1 };
            if (kind === 'make')
              return { kind: 'assign', place: target, rvalue: { kind: 'other', text: 'made' }, span: -1 };
            return {
              kind: 'assign',
              place: { local: 5, projection: [] },
              rvalue: { kind: 'use', operand: { kind: 'move', place: target } },
              span: -1,
            };
          }),
          terminator: { kind: 'other', text: '', targets, span: -1 },
        })),
        text: '',
      };
      const tracked = [2, 3, 4];
      const init = analyzeInitialization(body, controlFlowOf(body), tracked, typesOf(body));
      const states = walk(blocks);
      for (const [block, seen] of states.entries()) {
        for (const [index, local] of tracked.entries()) {
          const tree = init.treeBeforeTerminator(block, local);
          if (seen.size === 0) {
            expect(tree).toBe(null);
            continue;
          }
          const parts = [0, 1].map(field => {
            const part = tree?.child(`.${field}`) ?? tree;
            return `${part?.live} ${part?.definite}`;
          });
          const bits = [...seen].map(state => (state >> (index * 2)) & 3);
          const truth = [1, 2].map(
            bit => `${bits.some(b => (b & bit) !== 0)} ${bits.every(b => (b & bit) !== 0)}`,
          );
          expect(parts).toEqual(truth);
        }
      }
    }),
    { numRuns: 500 },
  );
});

/** States after each block's statements: two bits per local, one per field. */
function walk(
  blocks: readonly { actions: readonly { kind: string; target: Place }[]; targets: readonly number[] }[],
): Set<number>[] {
  const entered: Set<number>[] = blocks.map(() => new Set());
  const left: Set<number>[] = blocks.map(() => new Set());
  const pending: [number, number][] = [[0, 0]];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const [block, state] = at;
    if (entered[block]?.has(state)) continue;
    entered[block]?.add(state);
    let after = state;
    for (const { kind, target } of blocks[block]?.actions ?? []) {
      const [projection] = target.projection;
      const fields = projection?.kind === 'field' ? 1 << projection.index : 3;
      const mask = fields << ((target.local - 2) * 2);
      after = kind === 'make' ? after | mask : after & ~mask;
    }
    left[block]?.add(after);
    for (const next of blocks[block]?.targets ?? []) pending.push([next, after]);
  }
  return left;
}
