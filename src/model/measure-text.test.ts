import { expect, test } from 'vitest';
import { cellText, measureText } from './measure-text.ts';

test.each([
  [0, 's', '0.00 s'],
  [9.994, 's', '9.99 s'],
  [9.996, 's', '10.0 s'],
  [59.96, 's', '1 min 00 s'],
  [205.2, 's', '3 min 25 s'],
  [3599.6, 's', '1 h 00 min'],
  [7322, 's', '2 h 02 min'],
  [-1.5, 's', '-1.50 s'],
  [1204, 'count', '1,204'],
  [-1234567, 'count', '-1,234,567'],
  [1234.5678, 'count', '1,234.57'],
  [1e21, 'count', '1e+21'],
  [1023, 'bytes', '1,023 B'],
  [1_048_575, 'bytes', '1.0 MiB'],
  [1_610_612_736, 'bytes', '1.5 GiB'],
  [1.637, 'ratio', '1.64'],
  [Number.NaN, 'ratio', '–'],
  [Number.NaN, 's', '–'],
] as const)('%d %s is %s', (value, unit, text) => {
  expect(measureText(value, unit)).toBe(text);
});

test('a cell is a word, a number in its column’s unit, or unknown', () => {
  expect([
    cellText('tokio', 's'),
    cellText(1.5, 's'),
    cellText(1204, undefined),
    cellText(null, 's'),
  ]).toEqual(['tokio', '1.50 s', '1,204', '–']);
});
