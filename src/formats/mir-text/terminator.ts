import type { BlockIndex } from '#model/mir.ts';
import type { BlockDraft } from './block-draft.ts';
import { findOutsideBrackets, stopAtParen, stopAtSemicolon } from './bracketed-text.ts';
import { readEnd } from './comment.ts';
import { blockOrNull, readEdges, skipUnwindAction } from './edges.ts';
import { endOfLine } from './margin.ts';
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
  const stop = endOfInlineAsm(reader, start);
  if (stop < 0) return false;
  // The rest of the terminator stands on the line with its end: only the template is printed with line breaks.
  const lastLine = Math.max(start, text.lastIndexOf('\n', stop));
  const tail = text.slice(lastLine, stop);
  reader.end = endOfLine(text, stop);
  const arrow = tail.lastIndexOf(') -> ');
  reader.at = arrow < 0 ? stop : lastLine + arrow + ') -> '.length;
  const edges = arrow < 0 ? noAsmEdges : readAsmEdges(reader);
  const span = edges === null || !(arrow >= 0 || tail.endsWith(')')) ? null : readEnd(reader);
  if (edges === null || span === null) {
    reader.asmRefused = stop;
    return false;
  }
  block.terminator = { kind: 'inline-asm', ...edges, span };
  return true;
}

interface AsmEdges {
  readonly targets: readonly BlockIndex[];
  readonly unwind: BlockIndex | null;
}

const noAsmEdges: AsmEdges = { targets: [], unwind: null };

/** `[return: bb1, label: bb2, unwind: bb3]`, `unwind continue`, `bb1` */
function readAsmEdges(reader: Reader): AsmEdges | null {
  if (skipUnwindAction(reader)) return noAsmEdges;
  if (!skipCode(reader, 0x5b)) {
    const only = readBlockIndex(reader);
    return only < 0 ? null : { targets: [only], unwind: null };
  }
  const targets: BlockIndex[] = [];
  let unwind: BlockIndex = -1;
  for (;;) {
    if (skip(reader, 'unwind: ')) {
      unwind = readBlockIndex(reader);
      if (unwind < 0) return null;
    } else if (!skipUnwindAction(reader)) {
      if (!skip(reader, 'return: ') && !skip(reader, 'label: ')) return null;
      const target = readBlockIndex(reader);
      if (target < 0) return null;
      targets.push(target);
    }
    if (skipCode(reader, 0x5d)) return { targets, unwind: blockOrNull(unwind) };
    if (!skip(reader, ', ')) return null;
  }
}

// Limit: 64 KiB of assembly in one terminator.
const asmLengthMax = 65_536;

/**
 * Index of the `;` that ends the terminator: the first before a scope comment or, without spans, the block's end. -1
 * when there is none, or when the terminator that ends there was refused before.
 *
 * Invariant: there is no such end from where one was looked for last up to `reader.asmSought`, so that garbage full of
 * `asm!(` is not walked through again from each.
 */
function endOfInlineAsm(reader: Reader, from: number): number {
  const { text } = reader;
  const limit = Math.min(text.length, from + asmLengthMax);
  for (let at = Math.max(from, reader.asmSought); at < limit; at++) {
    if (text.charCodeAt(at) !== 0x3b) continue;
    let next = at + 1;
    while (text.charCodeAt(next) === 0x20) next++;
    if (text.startsWith('// scope ', next) || text.startsWith('\n    }', next)) {
      reader.asmSought = at;
      return at === reader.asmRefused ? -1 : at;
    }
  }
  reader.asmSought = Math.max(limit, reader.asmSought);
  return -1;
}
