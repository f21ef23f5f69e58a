import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stronglyConnected } from './strongly-connected.ts';
import { summaries } from './summaries.ts';

const graph = fc
  .integer({ min: 1, max: 9 })
  .chain(count =>
    fc.array(fc.uniqueArray(fc.nat(count - 1), { maxLength: 4 }), { minLength: count, maxLength: count }),
  );

/** All nodes that can be reached over one edge or more. */
function reachable(successors: readonly (readonly number[])[], from: number): Set<number> {
  const seen = new Set(successors[from]);
  for (const node of seen) for (const next of successors[node] ?? []) seen.add(next);
  return seen;
}

test('two nodes are in one component exactly when each reaches the other', () => {
  fc.assert(
    fc.property(graph, successors => {
      const components = stronglyConnected(successors.length, node => successors[node] ?? []);
      expect(components.flat().toSorted((a, b) => a - b)).toEqual(successors.map((_, node) => node));
      const componentOf = new Map(components.flatMap((nodes, index) => nodes.map(node => [node, index])));
      successors.forEach((_, a) => {
        for (let b = 0; b < successors.length; b++) {
          const together = a === b || (reachable(successors, a).has(b) && reachable(successors, b).has(a));
          expect(componentOf.get(a) === componentOf.get(b)).toBe(together);
        }
      });
    }),
  );
});

test('components come callees first', () => {
  fc.assert(
    fc.property(graph, successors => {
      const done = new Set<number>();
      for (const nodes of stronglyConnected(successors.length, node => successors[node] ?? [])) {
        for (const node of nodes) done.add(node);
        for (const node of nodes)
          for (const next of successors[node] ?? []) expect(done.has(next)).toBe(true);
      }
    }),
  );
});

test('a chain of a hundred thousand calls is no stack overflow', () => {
  const count = 100_000;
  const components = stronglyConnected(count, node => (node + 1 < count ? [node + 1] : []));
  expect(components.length).toBe(count);
  expect(components[0]).toEqual([count - 1]);
});

test('summaries of sets are what a walk over the graph collects', () => {
  fc.assert(
    fc.property(graph, fc.array(fc.nat(3), { minLength: 9, maxLength: 9 }), (successors, facts) => {
      const result = summaries<ReadonlySet<number>>({
        count: successors.length,
        successorsOf: node => successors[node] ?? [],
        bottom: new Set(),
        summarize: (node, of) =>
          new Set([facts[node] as number, ...(successors[node] ?? []).flatMap(next => [...of(next)])]),
        equal: (a, b) => a.size === b.size,
      });
      expect(result.converged).toBe(true);
      successors.forEach((_, node) => {
        const walked = new Set([node, ...reachable(successors, node)].map(other => facts[other] as number));
        expect([...result.of(node)].toSorted()).toEqual([...walked].toSorted());
      });
    }),
  );
});

test('a summary that never settles is given up and said', () => {
  const result = summaries<number>({
    count: 2,
    successorsOf: node => [1 - node],
    bottom: 0,
    summarize: (node, of) => of(1 - node) + 1,
    equal: (a, b) => a === b,
  });
  expect(result.converged).toBe(false);
});
