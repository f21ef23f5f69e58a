import { readAssigned } from './assignment.ts';
import type { BlockDraft } from './block-draft.ts';
import { findOutsideBrackets, stopAtSemicolon } from './bracketed-text.ts';
import { readEnd } from './comment.ts';
import { readPlace } from './place.ts';
import { type Reader, readLocal, readNumber, skip, skipCode } from './reader.ts';
import { readTerminator } from './terminator.ts';

/**
 * Reads the statement or terminator that starts at `reader.at` into the block. False when it is not understood; the
 * block is then as it was.
 *
 * The grammar is what `StatementKind` and `TerminatorKind` print (rustc_middle/src/mir/pretty.rs and syntax.rs, rustc
 * 1.85 to 1.97).
 */
export function readStatement(reader: Reader, block: BlockDraft): boolean {
  const { text } = reader;
  const start = reader.at;
  switch (text.charCodeAt(start)) {
    case 0x5f:
    case 0x28:
      return readAssignment(reader, block);
    case 0x53:
      return readStorage(reader, block);
    case 0x64:
      if (skip(reader, 'discriminant(')) return readSetDiscriminant(reader, block);
      break;
    case 0x75:
      if (text.startsWith('unwrap_binder!(', start)) return readAssignment(reader, block);
      break;
  }
  if (readTerminator(reader, block)) return true;
  reader.at = start;
  return readWithoutEffect(reader, block);
}

function readAssignment(reader: Reader, block: BlockDraft): boolean {
  const place = readPlace(reader);
  return place !== null && skip(reader, ' = ') && readAssigned(reader, place, block);
}

function readStorage(reader: Reader, block: BlockDraft): boolean {
  const isLive = skip(reader, 'StorageLive(');
  if (!isLive && !skip(reader, 'StorageDead(')) return false;
  const local = readLocal(reader);
  if (local < 0 || !skipCode(reader, 0x29)) return false;
  const span = readEnd(reader);
  if (span === null) return false;
  block.statements.push({ kind: isLive ? 'storage-live' : 'storage-dead', local, span });
  return true;
}

/** `discriminant(_1) = 3`; the number may be named `variant#3`. */
function readSetDiscriminant(reader: Reader, block: BlockDraft): boolean {
  const place = readPlace(reader);
  if (place === null || !skip(reader, ') = ')) return false;
  const from = reader.at;
  skip(reader, 'variant#');
  if (readNumber(reader) < 0) return false;
  const variant = reader.text.slice(from, reader.at);
  const span = readEnd(reader);
  if (span === null) return false;
  block.statements.push({ kind: 'set-discriminant', place, variant, span });
  return true;
}

/** How the statements start that initialise nothing, move nothing and end nothing. */
const withoutEffect = [
  'PlaceMention(',
  'FakeRead(',
  'AscribeUserType(',
  'Coverage::',
  'nop',
  'Retag(',
  'ConstEvalCounter',
  'BackwardIncompatibleDropHint(',
  'assume(',
  'copy_nonoverlapping(',
  'Deinit(',
];

function readWithoutEffect(reader: Reader, block: BlockDraft): boolean {
  const from = reader.at;
  if (!withoutEffect.some(start => reader.text.startsWith(start, from))) return false;
  const to = findOutsideBrackets(reader.text, from, reader.end, stopAtSemicolon);
  reader.at = to;
  const span = readEnd(reader);
  if (span === null) return false;
  block.statements.push({ kind: 'other', text: reader.text.slice(from, to), span });
  return true;
}
