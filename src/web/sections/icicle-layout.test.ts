import { expect, test } from 'vitest';
import type { TreeNode } from '#model/section.ts';
import { isIcicle, slabsOf } from './icicle-layout.ts';

const node = (label: string, value: number, ...children: readonly TreeNode[]): TreeNode => ({
  ...{ label, value, unit: 's' as const, children },
});

const roots = [
  node('core', 2, node('types', 0.5), node('codegen', 1.5)),
  node('app', 6, node('codegen', 5), node('types', 1)),
  ...['a', 'b', 'c'].map(name => node(name, 0.01)),
];

/** Forty columns a line, one line a depth. */
const drawn = (slabs: ReturnType<typeof slabsOf>): readonly string[] =>
  [0, 1].map(depth => {
    const cells = Array.from({ length: 40 }, () => ' ');
    for (const { label, from, to, depth: at } of slabs) {
      if (at !== depth) continue;
      const [start, end] = [Math.round(from * 40), Math.round(to * 40)];
      [...label.padEnd(end - start, '-').slice(0, end - start)].forEach((char, index) => {
        cells[start + index] = char;
      });
      if (end > start) cells[end - 1] = '|';
    }
    return cells.join('').trimEnd();
  });

test('as wide as their share, the largest first, the small ones as one', () => {
  const slabs = slabsOf(roots, null);
  expect(drawn(slabs)).toMatchInlineSnapshot(`
    [
      "app--------------------------|core-----|",
      "codegen-----------------|type|codege|ty|",
    ]
  `);
  expect(slabs.filter(({ root }) => root === null).map(({ label }) => label)).toEqual(['3 more']);
});

test('one root alone has the whole width', () => {
  expect(drawn(slabsOf(roots, 0))).toMatchInlineSnapshot(`
    [
      "core-----------------------------------|",
      "codegen----------------------|types----|",
    ]
  `);
});

test('a tree whose parts are more than the whole, or no times, is no icicle', () => {
  expect(isIcicle(roots)).toBe(true);
  expect(isIcicle([node('a', 1, node('b', 2)), node('c', 1)])).toBe(false);
  expect(
    isIcicle([
      { label: 'serde', children: [] },
      { label: 'log', children: [] },
    ]),
  ).toBe(false);
});
