import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Bitset } from '#base/bitset.ts';
import type { ControlFlow, Edge } from './control-flow.ts';
import { solveDataflow } from './dataflow.ts';

const width = 6;

/** A graph, and for each block the bits that it removes and then adds. */
const program = fc.integer({ min: 1, max: 8 }).chain(blockCount =>
  fc.record({
    targets: fc.array(fc.array(fc.nat(blockCount - 1), { maxLength: 3 }), {
      minLength: blockCount,
      maxLength: blockCount,
    }),
    kill: fc.array(fc.uniqueArray(fc.nat(width - 1)), { minLength: blockCount, maxLength: blockCount }),
    gen: fc.array(fc.uniqueArray(fc.nat(width - 1)), { minLength: blockCount, maxLength: blockCount }),
  }),
);
type Program = typeof program extends fc.Arbitrary<infer T> ? T : never;

function flowOf({ targets }: Program, order: (blocks: number[]) => number[]): ControlFlow {
  const successors: Edge[][] = targets.map(list => list.map(target => ({ target, kind: 'normal' })));
  const reached = new Set([0]);
  for (const block of reached) for (const edge of successors[block] ?? []) reached.add(edge.target);
  const predecessors: number[][] = targets.map(() => []);
  for (const block of reached)
    for (const edge of successors[block] ?? []) predecessors[edge.target]?.push(block);
  return { successors, predecessors, reversePostorder: order([...reached]) };
}

function solve(
  subject: Program,
  join: 'union' | 'intersection',
  order = (blocks: number[]) => blocks,
): (number[] | null)[] {
  const result = solveDataflow(flowOf(subject, order), {
    direction: 'forward',
    join,
    width,
    boundary: Bitset.of(width, [0]),
    transfer: (block, state) => {
      for (const bit of subject.kill[block] ?? []) state.delete(bit);
      for (const bit of subject.gen[block] ?? []) state.add(bit);
    },
  });
  expect(result.converged).toBe(true);
  return result.entry.map(state => state?.members() ?? null);
}

/** Every state in which a path from the entry reaches a block: the meaning of the analysis, by enumeration. */
function statesByPaths({ targets, kill, gen }: Program): Set<number>[] {
  const states: Set<number>[] = targets.map(() => new Set());
  const pending: [number, number][] = [[0, 1]];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const [block, state] = at;
    if (states[block]?.has(state)) continue;
    states[block]?.add(state);
    let after = state;
    for (const bit of kill[block] ?? []) after &= ~(1 << bit);
    for (const bit of gen[block] ?? []) after |= 1 << bit;
    for (const target of targets[block] ?? []) pending.push([target, after]);
  }
  return states;
}

function bitsOf(mask: number): number[] {
  return Array.from({ length: width }, (_, bit) => bit).filter(bit => (mask & (1 << bit)) !== 0);
}

test('union is what holds on some path, intersection what holds on every path', () => {
  fc.assert(
    fc.property(program, subject => {
      const states = statesByPaths(subject);
      const some = states.map(set => (set.size === 0 ? null : bitsOf([...set].reduce((a, b) => a | b))));
      const every = states.map(set => (set.size === 0 ? null : bitsOf([...set].reduce((a, b) => a & b))));
      expect(solve(subject, 'union')).toEqual(some);
      expect(solve(subject, 'intersection')).toEqual(every);
    }),
    { numRuns: 500 },
  );
});

test('the fixpoint does not depend on the order of visits', () => {
  fc.assert(
    fc.property(program, fc.infiniteStream(fc.nat()), (subject, numbers) => {
      const shuffled = (blocks: number[]) =>
        blocks
          .map(block => ({ block, key: numbers.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ block }) => block);
      expect(solve(subject, 'union', shuffled)).toEqual(solve(subject, 'union'));
      expect(solve(subject, 'intersection', blocks => blocks.reverse())).toEqual(
        solve(subject, 'intersection'),
      );
    }),
  );
});

test('backward: a bit that is added at an exit is seen wherever the exit can be reached from', () => {
  // 0 -> 1 -> 2, 1 -> 1, 0 -> 3; 2 and 3 are exits.
  const subject: Program = {
    targets: [[1, 3], [1, 2], [], []],
    kill: [[], [], [], []],
    gen: [[], [], [4], []],
  };
  const result = solveDataflow(
    flowOf(subject, blocks => blocks),
    {
      direction: 'backward',
      join: 'union',
      width,
      boundary: new Bitset(width),
      transfer: (block, state) => {
        for (const bit of subject.gen[block] ?? []) state.add(bit);
      },
    },
  );
  expect(result.entry.map(state => state?.members())).toEqual([[4], [4], [], []]);
});

test('an analysis that needs more visits than it is given says that it did not settle', () => {
  const subject: Program = { targets: [[1], [2], [0]], kill: [[], [], []], gen: [[1], [2], [3]] };
  const problem = {
    direction: 'forward' as const,
    join: 'union' as const,
    width,
    boundary: new Bitset(width),
    transfer: (block: number, state: Bitset) => {
      for (const bit of subject.gen[block] ?? []) state.add(bit);
    },
  };
  const flow = flowOf(subject, blocks => blocks);
  expect(solveDataflow(flow, { ...problem, visitsPerBlockMax: 1 }).converged).toBe(false);
  expect(solveDataflow(flow, { ...problem, visitsPerBlockMax: 2 }).converged).toBe(true);
});
