import { expect, test } from 'vitest';
import { textPieces } from './text-pieces.ts';

const drawn = (text: string) =>
  textPieces(text)
    .map(piece => ({ text: piece.text, code: `<${piece.text}>`, control: `[${piece.text}]` })[piece.kind])
    .join('|');

test.each([
  ['the guard of `m.lock()` is held', 'the guard of |<m.lock()>| is held'],
  ['`a` and `b`', '<a>| and |<b>'],
  ['a stray ` stays', 'a stray |` stays'],
  ['', ''],
  ['a\u202eb `c\u2066d`', 'a|[U+202E]|b |<c>|[U+2066]|<d>'],
  ['العربية 👩‍🚀', 'العربية 👩‍🚀'],
  ['nul\0 tab\t', 'nul|[U+0000]| tab\t'],
])('%s', (text, pieces) => {
  expect(drawn(text)).toBe(pieces);
});
