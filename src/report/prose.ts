import { displayWidth, visibleText } from './display-width.ts';

// Limit: lines beyond this are hard to read, however wide the terminal.
export const proseWidthMax = 100;
// Limit: in fewer columns words stand alone or are cut anyway; the terminal breaks the line where it will.
const proseWidthMin = 20;

/** Words filled into lines of at most `width` columns, each after `indent`; a longer word has a line of its own. */
export function wrapText(text: string, indent: string, width: number): readonly string[] {
  const lines: string[] = [];
  const room = Math.min(width, proseWidthMax);
  let line = '';
  for (const word of visibleText(text).split(/ +/)) {
    if (word === '') continue;
    if (line !== '' && displayWidth(indent) + displayWidth(line) + 1 + displayWidth(word) > room) {
      lines.push(indent + line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  if (line !== '') lines.push(indent + line);
  return lines;
}

/** The same for what a program may read too: one line where the output is no terminal. At least one line. */
export function filledLines(text: string, width: number): readonly [string, ...string[]] {
  if (!Number.isFinite(width) || width < proseWidthMin) return [visibleText(text)];
  const [first = '', ...rest] = wrapText(text, '', width);
  return [first, ...rest];
}
