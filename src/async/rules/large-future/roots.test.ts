import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Holding, rootsOf } from './roots.ts';

/** `name: own bytes + held + held`, a future per line; those that it holds stand above it. */
function roots(drawing: string, thresholdBytes: number): string {
  const names: string[] = [];
  const holdings = new Map<number, Holding>();
  for (const line of drawing.trim().split('\n')) {
    const [name = '', rest = ''] = line.trim().split(': ');
    const [own, ...held] = rest.split(' + ');
    const parts = held.map(other => {
      const future = names.indexOf(other);
      return { sizeBytes: holdings.get(future)?.sizeBytes ?? 0, futures: [future] };
    });
    const sizeBytes = Number(own) + parts.reduce((sum, part) => sum + part.sizeBytes, 0);
    holdings.set(names.length, { sizeBytes, parts });
    names.push(name);
  }
  return [...rootsOf(holdings, thresholdBytes).roots].map(future => names[future]).join(' ');
}

test('the innermost future that is large answers for those above it', () => {
  expect(
    roots(
      `buffer: 100
       caller: 10 + buffer
       main: 10 + caller`,
      100,
    ),
  ).toBe('buffer');
});

test('what has as much of its own answers for that too', () => {
  expect(
    roots(
      `buffer: 100
       caller: 120 + buffer
       main: 10 + caller`,
      100,
    ),
  ).toBe('buffer caller');
});

test('small parts are told of where they first add up, and then again from nothing', () => {
  expect(
    roots(
      `a: 40
       b: 40 + a
       c: 40 + b
       d: 40 + c
       e: 40 + d
       f: 40 + e`,
      100,
    ),
  ).toBe('c f');
});

test('two large ones side by side', () => {
  expect(
    roots(
      `a: 100
       b: 100
       join: 20 + a + b`,
      100,
    ),
  ).toBe('a b');
});

test('one that holds itself, as no compiler says, is no endless loop', () => {
  const holdings = new Map<number, Holding>([
    [0, { sizeBytes: 200, parts: [{ sizeBytes: 200, futures: [1] }] }],
    [1, { sizeBytes: 200, parts: [{ sizeBytes: 200, futures: [0] }] }],
  ]);
  expect(rootsOf(holdings, 100).roots.size).toBeGreaterThan(0);
});

test('every large future is a root or holds one', () => {
  const tree = fc.array(fc.tuple(fc.nat(60), fc.array(fc.nat(20), { maxLength: 3 })), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(tree, fc.integer({ min: 1, max: 200 }), (futures, thresholdBytes) => {
      const holdings = new Map<number, Holding>();
      for (const [index, [own, held]] of futures.entries()) {
        const parts = (index === 0 ? [] : held).map(other => {
          const future = other % index;
          return { sizeBytes: holdings.get(future)?.sizeBytes ?? 0, futures: [future] };
        });
        const sizeBytes = own + parts.reduce((sum, part) => sum + part.sizeBytes, 0);
        holdings.set(index, { sizeBytes, parts });
      }
      const { roots } = rootsOf(holdings, thresholdBytes);
      const answered = (future: number): boolean =>
        roots.has(future) || (holdings.get(future)?.parts.some(part => part.futures.some(answered)) ?? false);
      for (const [future, { sizeBytes }] of holdings) {
        if (sizeBytes >= thresholdBytes) expect(answered(future)).toBe(true);
        else expect(roots.has(future)).toBe(false);
      }
    }),
  );
});
