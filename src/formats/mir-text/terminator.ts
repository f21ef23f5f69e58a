import type { BlockIndex } from '#model/mir.ts';
import type { BlockDraft } from './block-draft.ts';
import { findOutsideBrackets, stopAtParen, stopAtSemicolon } from './bracketed-text.ts';
import { readEnd } from './comment.ts';
import { blockOrNull, readEdges, skipUnwindAction } from './edges.ts';
import {
  readCopyOrMove,
  readListedOperand,
  readOperandList,
  startsCopyOrMove,
  startsPath,
} from './operand.ts';
import { readPlace } from './place.ts';
import { intern, type Reader, readBlockIndex, skip, skipCode } from './reader.ts';

/**
 * Reads a terminator that assigns nothing (calls and yields are in assignment.ts) and gives it to the block. False when
 * the line is none, or not as rustc prints it.
 */
export function readTerminator(reader: Reader, block: BlockDraft): boolean {
  switch (reader.text.charCodeAt(reader.at)) {
    case 0x67:
      return readGoto(reader, block);
    case 0x73:
      return readSwitch(reader, block);
    case 0x72:
      if (skip(reader, 'return')) return readBare(reader, 'return', block);
      return skip(reader, 'resume') && readBare(reader, 'resume', block);
    case 0x64:
      return skip(reader, 'drop(') && readDrop(reader, block);
    case 0x61:
      if (skip(reader, 'assert(')) return readAssert(reader, block);
      if (skip(reader, 'async drop(')) return readDrop(reader, block);
      if (skip(reader, 'asm!(')) return readInlineAsm(reader, block);
      return skip(reader, 'abort') && readBare(reader, 'terminate', block);
    case 0x66:
      return readFalseEdge(reader, block);
    case 0x75:
      return skip(reader, 'unreachable') && readBare(reader, 'unreachable', block);
    case 0x63:
      return skip(reader, 'coroutine_drop') && readBare(reader, 'coroutine-drop', block);
    case 0x6e:
      return skip(reader, 'naked_asm!(') && readInlineAsm(reader, block);
    case 0x74:
      if (skip(reader, 'tailcall ')) return readTailCall(reader, block);
      if (!skip(reader, 'terminate(')) return false;
      if (!skip(reader, 'cleanup)') && !skip(reader, 'abi)')) return false;
      return readBare(reader, 'terminate', block);
    default:
      return false;
  }
}

function readBare(
  reader: Reader,
  kind: 'return' | 'resume' | 'terminate' | 'unreachable' | 'coroutine-drop',
  block: BlockDraft,
): boolean {
  const span = readEnd(reader);
  if (span === null) return false;
  block.terminator = { kind, span };
  return true;
}

function readGoto(reader: Reader, block: BlockDraft): boolean {
  if (!skip(reader, 'goto -> ')) return false;
  const target = readBlockIndex(reader);
  const span = readEnd(reader);
  if (target < 0 || span === null) return false;
  block.terminator = { kind: 'goto', target, span };
  return true;
}

/** `switchInt(move _2) -> [0: bb1, 1: bb2, otherwise: bb3]` */
function readSwitch(reader: Reader, block: BlockDraft): boolean {
  if (!skip(reader, 'switchInt(')) return false;
  const operand = readListedOperand(reader);
  if (operand === null || !skip(reader, ') -> ')) return false;
  const { text, end } = reader;
  const targets: { value: string; target: BlockIndex }[] = [];
  let otherwise: BlockIndex | null = null;
  if (!skipCode(reader, 0x5b)) {
    // Without values only `otherwise` is left, and a single successor has no label.
    otherwise = readBlockIndex(reader);
    if (otherwise < 0) return false;
  } else {
    for (;;) {
      const from = reader.at;
      // A value is a number; a quoted char may be a colon itself.
      let colon = text.charCodeAt(from) === 0x27 ? from + 2 : from;
      while (colon < end && text.charCodeAt(colon) !== 0x3a) colon++;
      reader.at = colon + 2;
      const target = readBlockIndex(reader);
      if (target < 0 || colon >= end || colon === from) return false;
      if (text.startsWith('otherwise', from)) otherwise = target;
      else targets.push({ value: intern(reader, from, colon), target });
      if (skipCode(reader, 0x5d)) break;
      if (!skip(reader, ', ')) return false;
    }
  }
  const span = readEnd(reader);
  if (span === null) return false;
  block.terminator = { kind: 'switch', operand, targets, otherwise, span };
  return true;
}

/**
 * `drop(_3) -> [return: bb1, unwind: bb2]`. An async drop polls a future (`async drop(_3; poll=_5)`) and has a third
 * successor, `drop`, as a yield has.
 */
function readDrop(reader: Reader, block: BlockDraft): boolean {
  const place = readPlace(reader);
  if (place === null) return false;
  if (skip(reader, '; poll=') && readPlace(reader) === null) return false;
  if (!skipCode(reader, 0x29) || !readEdges(reader)) return false;
  const { edges } = reader;
  const target = edges.to >= 0 ? edges.to : edges.only;
  const span = readEnd(reader);
  if (target < 0 || span === null) return false;
  const unwind = blockOrNull(edges.unwind);
  block.terminator =
    edges.drop < 0
      ? { kind: 'drop', place, target, unwind, span }
      : { kind: 'drop', place, target, unwind, drop: edges.drop, span };
  return true;
}

/** `assert(!move (_3.1: bool), "attempt to …", copy _1) -> [success: bb1, unwind: bb2]` */
function readAssert(reader: Reader, block: BlockDraft): boolean {
  skipCode(reader, 0x21);
  const condition = readListedOperand(reader);
  if (condition === null) return false;
  const close = findOutsideBrackets(reader.text, reader.at, reader.end, stopAtSemicolon);
  if (reader.text.charCodeAt(close) !== 0x29) return false;
  reader.at = close + 1;
  if (!readEdges(reader)) return false;
  const { edges } = reader;
  const target = edges.to >= 0 ? edges.to : edges.only;
  const span = readEnd(reader);
  if (target < 0 || span === null) return false;
  block.terminator = { kind: 'assert', condition, target, unwind: blockOrNull(edges.unwind), span };
  return true;
}

function readFalseEdge(reader: Reader, block: BlockDraft): boolean {
  const isUnwind = skip(reader, 'falseUnwind');
  if (!isUnwind && !skip(reader, 'falseEdge')) return false;
  if (!readEdges(reader)) return false;
  const { real, imaginary, unwind, only } = reader.edges;
  const span = readEnd(reader);
  if (span === null) return false;
  if (isUnwind) {
    const target = real >= 0 ? real : only;
    if (target < 0) return false;
    block.terminator = { kind: 'false-unwind', real: target, unwind: blockOrNull(unwind), span };
    return true;
  }
  if (real < 0 || imaginary < 0) return false;
  block.terminator = { kind: 'false-edge', real, imaginary, span };
  return true;
}

function readTailCall(reader: Reader, block: BlockDraft): boolean {
  const callee = startsCopyOrMove(reader) ? readCopyOrMove(reader) : readCalleePath(reader);
  if (callee === null || !skipCode(reader, 0x28)) return false;
  const args = readOperandList(reader, 0x29);
  const span = readEnd(reader);
  if (args === null || span === null) return false;
  block.terminator = { kind: 'tail-call', callee, args, span };
  return true;
}

function readCalleePath(reader: Reader): string | null {
  const { text } = reader;
  const from = reader.at;
  if (!startsPath(text.charCodeAt(from), text.charCodeAt(from + 1))) return null;
  const to = findOutsideBrackets(text, from, reader.end, stopAtParen);
  if (to >= reader.end || to === from) return null;
  reader.at = to;
  return intern(reader, from, to);
}

/**
 * `asm!("…", in(reg) copy _1, options((empty))) -> [return: bb1, label: bb2, unwind: bb3]`. The template is printed
 * raw, with its quotes and line breaks, so the end is looked for: the last ` -> ` before the scope comment. The operands
 * are not kept.
 */
function readInlineAsm(reader: Reader, block: BlockDraft): boolean {
  const { text } = reader;
  const start = reader.at;
  const stop = endOfInlineAsm(text, start);
  const whole = text.slice(start, stop + 1);
  const arrow = whole.lastIndexOf(') -> ');
  const targets: BlockIndex[] = [];
  let unwind: BlockIndex = -1;
  // The template may span lines: what is left of the last one is read as any other line.
  let lineEnd = text.indexOf('\n', stop);
  if (lineEnd < 0) lineEnd = text.length;
  reader.end = lineEnd;
  if (arrow >= 0) {
    reader.at = start + arrow + 5;
    if (text.charCodeAt(reader.at) === 0x75) {
      if (!skipUnwindAction(reader)) return false;
    } else if (!skipCode(reader, 0x5b)) {
      const only = readBlockIndex(reader);
      if (only < 0) return false;
      targets.push(only);
    } else {
      for (;;) {
        if (skip(reader, 'unwind: ')) {
          unwind = readBlockIndex(reader);
          if (unwind < 0) return false;
        } else if (!skipUnwindAction(reader)) {
          if (!skip(reader, 'return: ') && !skip(reader, 'label: ')) return false;
          const target = readBlockIndex(reader);
          if (target < 0) return false;
          targets.push(target);
        }
        if (skipCode(reader, 0x5d)) break;
        if (!skip(reader, ', ')) return false;
      }
    }
  } else if (whole.endsWith(');')) reader.at = stop;
  else return false;
  const span = readEnd(reader);
  if (span === null) return false;
  block.terminator = { kind: 'inline-asm', targets, unwind: blockOrNull(unwind), span };
  return true;
}

// Limit: 64 KiB of assembly in one terminator, so that garbage full of `asm!(` does not make this quadratic.
const asmLengthMax = 65_536;

/** Index of the `;` that ends the terminator: the first before a scope comment or, without spans, the block's end. */
function endOfInlineAsm(text: string, from: number): number {
  const limit = Math.min(text.length, from + asmLengthMax);
  for (let at = from; at < limit; at++) {
    if (text.charCodeAt(at) !== 0x3b) continue;
    let next = at + 1;
    while (text.charCodeAt(next) === 0x20) next++;
    if (text.startsWith('// scope ', next) || text.startsWith('\n    }', next)) return at;
  }
  return limit;
}
