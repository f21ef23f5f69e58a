import { expect, test } from 'vitest';
import type { MeasureUnit } from '#model/section.ts';
import { cellText, measureText } from './measure-text.ts';

test.each<[number, MeasureUnit | undefined, string]>([
  [0, 's', '0.00 s'],
  [0.84, 's', '0.84 s'],
  [9.996, 's', '10.0 s'],
  [59.94, 's', '59.9 s'],
  [59.96, 's', '1 min 00 s'],
  [192.4, 's', '3 min 12 s'],
  [3599.6, 's', '1 h 00 min'],
  [7325, 's', '2 h 02 min'],
  [-2, 's', '-2.00 s'],
  [Number.NaN, 's', '–'],
  [1_048_575, 'bytes', '1.0 MiB'],
  [1204, 'count', '1,204'],
  [1204, undefined, '1,204'],
  [512, 'bytes', '512 B'],
  [12_900_000, 'bytes', '12.3 MiB'],
  [3.2, 'ratio', '3.20'],
])('%d %s is written %s', (value, unit, text) => {
  expect(measureText(value, unit)).toBe(text);
});

test('a column keeps its decimals', () => {
  expect([0.5, 12, 192.345].map(value => cellText(value, 's'))).toEqual(['0.50', '12.00', '192.34']);
});
