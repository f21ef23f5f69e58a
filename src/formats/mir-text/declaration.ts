import type { DebugInfo, LocalDecl } from '#model/mir.ts';
import { findOutsideBrackets, stopAtSemicolon } from './bracketed-text.ts';
import { readEnd } from './comment.ts';
import { readPlace } from './place.ts';
import { intern, type Reader, readLocal, skip } from './reader.ts';

/**
 * Reads a line of a body's head into `locals` or `debugInfo`: `let mut _1: Ty;`, `debug x => _1;`. The lines of nested
 * scopes are read alike, so `scope 1 {` holds nothing by itself. False when the line is not understood.
 */
export function readDeclaration(
  reader: Reader,
  locals: (LocalDecl | undefined)[],
  debugInfo: DebugInfo[],
): boolean {
  if (skip(reader, 'let ')) return readLet(reader, locals);
  if (skip(reader, 'debug ')) return readDebug(reader, debugInfo);
  return reader.text.startsWith('scope ', reader.at);
}

function readLet(reader: Reader, locals: (LocalDecl | undefined)[]): boolean {
  const mutable = skip(reader, 'mut ');
  const local = readLocal(reader);
  if (local < 0 || !skip(reader, ': ')) return false;
  const from = reader.at;
  const to = findOutsideBrackets(reader.text, from, reader.end, stopAtSemicolon);
  reader.at = to;
  const span = readEnd(reader);
  if (span === null || to === from) return false;
  locals[local] ??= { mutable, ty: intern(reader, from, endOfType(reader.text, from, to)), span };
  return true;
}

/**
 * `let x: T = …` of the source keeps its annotation up to borrow checking, behind the type:
 * `T as UserTypeProjection { base: UserType(0), projs: [] }`, once for each part of a pattern.
 */
function endOfType(text: string, from: number, to: number): number {
  if (text.charCodeAt(to - 1) !== 0x7d) return to;
  const at = text.slice(from, to).indexOf(' as UserTypeProjection {');
  return at < 0 ? to : from + at;
}

/** `debug guard => _4;`, `debug x => const 5_u32;`, `debug ((pair: (A, B)).0: A) => _4;` of a part of a variable. */
function readDebug(reader: Reader, debugInfo: DebugInfo[]): boolean {
  const { text, end } = reader;
  const from = reader.at;
  let arrow = from;
  while (arrow < end && !(text.charCodeAt(arrow) === 0x3d && text.startsWith(' => ', arrow - 1))) arrow++;
  if (arrow >= end) return false;
  const name = intern(reader, from, arrow - 1);
  const value = arrow + 3;
  reader.at = value;
  let place = readPlace(reader);
  if (place === null || text.charCodeAt(reader.at) !== 0x3b) {
    place = null;
    reader.at = findOutsideBrackets(text, value, end, stopAtSemicolon);
  }
  // A part of a variable is not the variable.
  if (text.charCodeAt(from) === 0x28) place = null;
  const span = readEnd(reader);
  if (span === null) return false;
  debugInfo.push({ name, place, span });
  return true;
}
