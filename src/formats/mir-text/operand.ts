import type { Operand } from '#model/mir.ts';
import { findOutsideBrackets, stopAtComma, stopAtSemicolon, stopAtSpace } from './bracketed-text.ts';
import { readPlace } from './place.ts';
import { intern, type Reader, skip } from './reader.ts';

/** Reads `copy _1` or `move (*_2)`; null without a Problem when neither word stands here. */
export function readCopyOrMove(reader: Reader): Operand | null {
  const code = reader.text.charCodeAt(reader.at);
  if (code === 0x6d) {
    if (!skip(reader, 'move ')) return null;
    const place = readPlace(reader);
    return place === null ? null : { kind: 'move', place };
  }
  if (code === 0x63) {
    if (!skip(reader, 'copy ')) return null;
    const place = readPlace(reader);
    return place === null ? null : { kind: 'copy', place };
  }
  return null;
}

/** Whether the text here is a `copy` or `move` operand, well-formed or not. */
export function startsCopyOrMove(reader: Reader): boolean {
  return reader.text.startsWith('move ', reader.at) || reader.text.startsWith('copy ', reader.at);
}

/**
 * Reads one operand of a list. Function items are printed bare (`std::string::String::from`), and so are runtime
 * checks (`UbChecks`): both are constants.
 */
export function readListedOperand(reader: Reader): Operand | null {
  if (startsCopyOrMove(reader)) return readCopyOrMove(reader);
  const { text } = reader;
  const isConst = skip(reader, 'const ');
  const from = reader.at;
  if (!isConst && !startsPath(text.charCodeAt(from), text.charCodeAt(from + 1))) return null;
  const stops = isConst ? stopAtComma | stopAtSemicolon : stopAtComma | stopAtSemicolon | stopAtSpace;
  const stop = findOutsideBrackets(text, from, reader.end, stops);
  let to = stop;
  while (to > from && text.charCodeAt(to - 1) === 0x20) to--;
  if (to === from || stop >= reader.end) return null;
  reader.at = to;
  return { kind: 'const', text: intern(reader, from, to) };
}

/** Whether a path may start with these characters: a letter, `<` or `{`, or `_` that does not begin a local. */
export function startsPath(code: number, next: number): boolean {
  if (code === 0x5f) return next < 0x30 || next > 0x39;
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    code === 0x3c ||
    code === 0x7b ||
    code > 0x7f
  );
}

/** Reads `move _1, const 2_u8)` up to and with the bracket whose code is `closing`; a comma may stand before it. */
export function readOperandList(reader: Reader, closing: number): Operand[] | null {
  const operands: Operand[] = [];
  const { text } = reader;
  while (reader.at < reader.end) {
    if (text.charCodeAt(reader.at) === closing) {
      reader.at++;
      return operands;
    }
    const operand = readListedOperand(reader);
    if (operand === null) return null;
    operands.push(operand);
    if (text.charCodeAt(reader.at) === 0x2c) {
      reader.at++;
      if (text.charCodeAt(reader.at) === 0x20) reader.at++;
    } else if (text.charCodeAt(reader.at) !== closing) return null;
  }
  return null;
}
