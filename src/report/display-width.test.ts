import { expect, test } from 'vitest';
import { cutToWidth, displayLine, displayWidth, padToWidth, visibleText } from './display-width.ts';

test('columns that characters take', () => {
  const widths = ['a', 'é', 'e\u0301', '日本', 'ｶﾅ', 'Ａ', '👍', '각', '\u1100\u1161', '─', '…'].map(
    text => `${text} ${displayWidth(text)}`,
  );
  expect(widths.join(', ')).toMatchInlineSnapshot(
    `"a 1, é 1, é 1, 日本 4, ｶﾅ 2, Ａ 2, 👍 2, 각 2, 가 2, ─ 1, … 1"`,
  );
});

test('what a terminal would obey is made visible', () => {
  expect(visibleText('a\tb\u001b[2J\u0000\u007f\u009b\u202e\u2066\u200d\ud800|\r\n|')).toMatchInlineSnapshot(
    `"a    b␛[2J␀␡����| |"`,
  );
});

test('text is cut and padded by columns, not by characters', () => {
  expect(cutToWidth('日本日本', 5)).toBe('日本…');
  expect(cutToWidth('日本日本', 8)).toBe('日本日本');
  expect(cutToWidth('日本日本', 0)).toBe('');
  expect(`${padToWidth('日本', 6)}|`).toBe('日本  |');
  expect(`${padToWidth('日本', 6, 'right')}|`).toBe('  日本|');
});

test('a line on the grid of columns', () => {
  expect(displayLine('a\t日e\u0301z')).toEqual({
    cells: ['a', ' ', ' ', ' ', ' ', '日', '', 'e\u0301', 'z'],
    columnOf: [0, 1, 5, 7, 8, 8, 9],
  });
});
