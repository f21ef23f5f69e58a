/**
 * How many terminal columns text takes, and text made safe to print.
 *
 * Width is decided per character as rustc does it, not per grapheme cluster: terminals disagree about clusters, so
 * joiners are dropped and every part of a family emoji stands alone. Wide are the characters whose East_Asian_Width is
 * W or F (Unicode 14, EastAsianWidth.txt; unassigned code points inside a block count with the block) and those with
 * default emoji presentation. Ambiguous width counts as narrow.
 */

/** First and last code point of each range of wide characters other than emoji. */
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x3247],
  [0x3250, 0x4dbf],
  [0x4e00, 0xa4c6],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6b],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x1b2fb],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
];

// Hangul vowels and finals (U+1160..U+11FF) join the syllable before them.
const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]$/u;
const emoji = /^\p{Emoji_Presentation}$/u;
// Controls that would move the cursor or reorder the line: C1, line and paragraph separators, and those of
// bidirectional text, which can make source read other than it compiles (CVE-2021-42574).
const unprintable = /^[\u0080-\u009f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\p{Surrogate}]$/u;

/** One character as it is printed: tabs are four spaces, controls are their pictures, bidirectional controls `�`. */
function visibleCharacter(character: string): string {
  const code = character.codePointAt(0)!;
  if (code >= 0x20 && code < 0x7f) return character;
  if (character === '\t') return '    ';
  if (character === '\u200d') return '';
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return unprintable.test(character) ? '\ufffd' : character;
}

function characterWidth(character: string): 0 | 1 | 2 {
  const code = character.codePointAt(0)!;
  if (code < 0x300) return code === 0xad ? 0 : 1;
  if (zeroWidth.test(character)) return 0;
  if (emoji.test(character)) return 2;
  return wideRanges.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

/** Text on one line, without anything that a terminal would obey. Line breaks become spaces. */
export function visibleText(text: string): string {
  let visible = '';
  for (const character of text.replace(/\r\n|[\r\n]/g, ' ')) visible += visibleCharacter(character);
  return visible;
}

/** Columns that `text` takes after `visibleText`. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Columns of the widest of `texts`; 0 of none. */
export function widestOf(texts: readonly string[]): number {
  return texts.reduce((widest, text) => Math.max(widest, displayWidth(text)), 0);
}

/** `text` cut to `width` columns, the last of them `…` where something was cut. */
export function cutToWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let cut = '';
  let used = 0;
  for (const character of text) {
    const characterColumns = characterWidth(character);
    if (used + characterColumns > width - 1) break;
    cut += character;
    used += characterColumns;
  }
  return width < 1 ? '' : `${cut}…`;
}

/** `text` padded with spaces to `width` columns. */
export function padToWidth(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const padding = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return side === 'left' ? text + padding : padding + text;
}

/** A source line laid out on a grid of terminal columns. */
export interface DisplayLine {
  /** One entry per column; the second column of a wide character is empty, a combining mark shares its base's entry. */
  readonly cells: readonly string[];
  /** Column of each character, 0-based by character; one entry more than there are characters: the line's end. */
  readonly columnOf: readonly number[];
}

export function displayLine(line: string): DisplayLine {
  const cells: string[] = [];
  const columnOf: number[] = [];
  for (const character of line) {
    columnOf.push(cells.length);
    for (const visible of visibleCharacter(character)) {
      const width = characterWidth(visible);
      if (width === 0) {
        if (cells.length === 0) cells.push(` ${visible}`);
        else cells[lastFilled(cells)] += visible;
      } else {
        cells.push(visible);
        if (width === 2) cells.push('');
      }
    }
  }
  columnOf.push(cells.length);
  return { cells, columnOf };
}

function lastFilled(cells: readonly string[]): number {
  return cells.at(-1) === '' ? cells.length - 2 : cells.length - 1;
}
