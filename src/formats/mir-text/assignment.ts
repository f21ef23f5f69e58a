import type { Operand, Place, Rvalue } from '#model/mir.ts';
import type { BlockDraft } from './block-draft.ts';
import {
  closingBracket,
  findOutsideBrackets,
  stopAtParen,
  stopAtSemicolon,
  stopAtSpace,
} from './bracketed-text.ts';
import { calleeSpanAfter, isConstOperandComment, readEnd } from './comment.ts';
import { blockOrNull, readEdges } from './edges.ts';
import {
  readCopyOrMove,
  readListedOperand,
  readOperandList,
  startsCopyOrMove,
  startsPath,
} from './operand.ts';
import { intern, type Reader, skip, skipCode } from './reader.ts';
import {
  aggregate,
  readArray,
  readDerefCopy,
  readDiscriminant,
  readNamedFields,
  readRawPointer,
  readReference,
  readTuple,
  readUnlistedOperation,
  shapeOf,
  unlistedOperators,
  useOrCast,
} from './rvalue.ts';

/**
 * Reads what stands right of `place = `: an rvalue, a call or a `yield`, and adds it to the block. False when it is
 * none of these.
 */
export function readAssigned(reader: Reader, place: Place, block: BlockDraft): boolean {
  const { text } = reader;
  // Newer compilers say of a use whether it is a retag of a reference, which is of no matter here.
  if (text.charCodeAt(reader.at) === 0x6e) skip(reader, 'no_retag ');
  const code = text.charCodeAt(reader.at);
  if (startsCopyOrMove(reader)) {
    const operand = readCopyOrMove(reader);
    if (operand === null) return false;
    if (skipCode(reader, 0x28)) return readPointerCall(reader, place, operand, block);
    return finish(reader, place, useOrCast(reader, operand), block);
  }
  switch (code) {
    case 0x26:
      return finish(reader, place, readReference(reader), block);
    case 0x28:
      return finish(reader, place, readTuple(reader), block);
    case 0x5b:
      return finish(reader, place, readArray(reader), block);
    case 0x2a:
      return finish(reader, place, readRawPointer(reader), block);
    case 0x63:
      if (text.startsWith('const ', reader.at)) return readConst(reader, place, block);
      break;
    case 0x64:
      if (skip(reader, 'discriminant(')) return finish(reader, place, readDiscriminant(reader), block);
      if (skip(reader, 'deref_copy ')) return finish(reader, place, readDerefCopy(reader), block);
      break;
    case 0x79:
      if (skip(reader, 'yield(')) return readYield(reader, place, block);
      break;
  }
  if (startsPath(code, text.charCodeAt(reader.at + 1))) return readPathValue(reader, place, block);
  return false;
}

/** The call of a function pointer, after the opening parenthesis of its arguments. */
function readPointerCall(reader: Reader, destination: Place, callee: Operand, block: BlockDraft): boolean {
  const args = readOperandList(reader, 0x29);
  return args !== null && readCallEdges(reader, destination, callee, args, block);
}

function readCallEdges(
  reader: Reader,
  destination: Place,
  callee: string | Operand,
  args: readonly Operand[],
  block: BlockDraft,
): boolean {
  if (!readEdges(reader)) return false;
  const { edges } = reader;
  // A call that does not return prints its only successor, the clean-up, without a label.
  const target = blockOrNull(edges.to);
  const unwind = blockOrNull(edges.unwind >= 0 ? edges.unwind : edges.only);
  const span = readEnd(reader);
  if (span === null) return false;
  const calleeSpan = typeof callee === 'string' ? calleeSpanAfter(reader, callee) : -1;
  block.terminator = { kind: 'call', destination, callee, args, target, unwind, span, calleeSpan };
  return true;
}

function readYield(reader: Reader, destination: Place, block: BlockDraft): boolean {
  const value = readListedOperand(reader);
  if (value === null || !skipCode(reader, 0x29) || !readEdges(reader)) return false;
  const { edges } = reader;
  const resume = edges.resume >= 0 ? edges.resume : edges.only;
  const span = readEnd(reader);
  if (span === null || resume < 0) return false;
  block.terminator = { kind: 'yield', value, destination, resume, drop: blockOrNull(edges.drop), span };
  return true;
}

function finish(reader: Reader, place: Place, rvalue: Rvalue | null, block: BlockDraft): boolean {
  if (rvalue === null) return false;
  const span = readEnd(reader);
  if (span === null) return false;
  block.statements.push({ kind: 'assign', place, rvalue, span });
  return true;
}

/** `const …`: a use, a cast, or the call of a function pointer that is a constant. */
function readConst(reader: Reader, place: Place, block: BlockDraft): boolean {
  const { text, end } = reader;
  const from = reader.at + 6;
  let lastParen = -1;
  let at = from;
  for (;;) {
    at = findOutsideBrackets(text, at, end, stopAtSpace | stopAtSemicolon | stopAtParen);
    if (at >= end) return false;
    const code = text.charCodeAt(at);
    if (code === 0x28) {
      lastParen = at;
      at = closingBracket(text, at, end);
    } else if (code === 0x20 && !text.startsWith(' as ', at)) {
      if (lastParen > from && text.startsWith(' -> ', at)) {
        reader.at = lastParen + 1;
        const callee: Operand = { kind: 'const', text: intern(reader, from, lastParen) };
        return readPointerCall(reader, place, callee, block);
      }
    } else break;
    at++;
  }
  const code = text.charCodeAt(at);
  if (at === from || (code !== 0x20 && code !== 0x3b)) return false;
  reader.at = at;
  const operand: Operand = { kind: 'const', text: intern(reader, from, at) };
  return finish(reader, place, useOrCast(reader, operand), block);
}

/**
 * Everything that starts with a path: a call, an aggregate of any form, an operation, a function item. Which one shows
 * behind the path only.
 */
function readPathValue(reader: Reader, place: Place, block: BlockDraft): boolean {
  const { text, end } = reader;
  const from = reader.at;
  const stop = findOutsideBrackets(text, from, end, stopAtParen | stopAtSpace | stopAtSemicolon);
  if (stop >= end || stop === from) return false;
  reader.at = stop;
  switch (text.charCodeAt(stop)) {
    case 0x28:
      return readAfterPathParen(reader, place, intern(reader, from, stop), block);
    case 0x3b: {
      const name = intern(reader, from, stop);
      // A function item is a constant and has its comment block; a unit struct or variant has none.
      const rvalue: Rvalue =
        runtimeChecks.has(name) || isConstOperandComment(text, end + 1)
          ? { kind: 'use', operand: { kind: 'const', text: name } }
          : aggregate(shapeOf(name), name, []);
      return finish(reader, place, rvalue, block);
    }
    case 0x20: {
      const name = intern(reader, from, stop);
      if (text.startsWith(' as ', stop)) {
        return finish(reader, place, useOrCast(reader, { kind: 'const', text: name }), block);
      }
      return finish(reader, place, readNamedFields(reader, name), block);
    }
    default:
      return false;
  }
}

/**
 * Behind `path(`. A tuple struct of the crate's root that is named like an operator is taken for the operator: they are
 * printed alike.
 */
function readAfterPathParen(reader: Reader, place: Place, name: string, block: BlockDraft): boolean {
  reader.at++;
  if (unlistedOperators.has(name)) {
    const start = reader.at;
    const operation = readUnlistedOperation(reader, name);
    if (operation !== null) return finish(reader, place, operation, block);
    reader.at = start;
  }
  const operands = readOperandList(reader, 0x29);
  if (operands === null) return false;
  if (reader.text.charCodeAt(reader.at) === 0x20) return readCallEdges(reader, place, name, operands, block);
  const rvalue: Rvalue = operators.has(name)
    ? { kind: 'operation', operator: name, operands }
    : aggregate(shapeOf(name), name, operands);
  return finish(reader, place, rvalue, block);
}

const runtimeChecks: ReadonlySet<string> = new Set(['UbChecks', 'ContractChecks', 'OverflowChecks']);

/** `BinOp` and `UnOp` of rustc_middle/src/mir/syntax.rs, the nullary operations without operands, and older names. */
const operators: ReadonlySet<string> = new Set(
  (
    'Add AddUnchecked AddWithOverflow CheckedAdd Sub SubUnchecked SubWithOverflow CheckedSub Mul MulUnchecked ' +
    'MulWithOverflow CheckedMul Div Rem BitXor BitAnd BitOr Shl ShlUnchecked Shr ShrUnchecked Eq Lt Le Ne Ge Gt Cmp ' +
    'Offset Not Neg PtrMetadata UbChecks ContractChecks OverflowChecks'
  ).split(' '),
);
