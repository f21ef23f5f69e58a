import type { BasicBlock, BlockIndex, Body, DebugInfo, LocalDecl } from '#model/mir.ts';
import { type BlockDraft, missingBlock, missingTerminator } from './block-draft.ts';
import { isAlignedConstComment, readEnd } from './comment.ts';
import { readDeclaration } from './declaration.ts';
import { endOfLine, startsHeader, startsSignature } from './margin.ts';
import { readPlace } from './place.ts';
import { isPlausible, type Reader, readBlockIndex, skip } from './reader.ts';
import { readSignature } from './signature.ts';
import { readStatement } from './statement.ts';

/** Tells of something at an index of the whole text. */
export type Report = (what: string, at: number) => void;

/**
 * Reads the body that the reader was set to by startBody. Afterwards
 * `reader.at` is the start of the line behind it.
 *
 * Invariant: every local and block that the body names is in `locals` and `blocks`. Where the dump does not have it
 * (it was cut off), a local has the type '' and a block nothing but a terminator of kind `other` without targets.
 */
export function readBody(reader: Reader, pass: string, report: Report): Body {
  const { text } = reader;
  const start = reader.at;
  const signature = readSignature(reader);
  if (!signature.understood) report('a signature that is not understood', start);
  const draft: Draft = {
    locals: [undefined, ...signature.parameters],
    debugInfo: [],
    blocks: [],
    block: null,
    blockIndex: 0,
    unknownAtEnd: false,
  };
  const closed = readLines(reader, draft, report);
  const end = Math.min(reader.at, text.length);
  const statics = staticsBehind(text, end, text.slice(start, end).includes('{alloc'));
  if (draft.block !== null) closeBlock(draft, end, report);
  if (!closed) report(`the body of ${signature.name} is cut off`, end);
  return {
    name: signature.name,
    pass,
    kind: signature.kind,
    yields: signature.yields,
    argCount: signature.parameters.length,
    locals: completeLocals(draft.locals, reader.localMax, end, report),
    debugInfo: draft.debugInfo,
    blocks: completeBlocks(draft.blocks, reader.blockMax, end, report),
    statics,
    text: text.slice(reader.bodyStart, end),
  };
}

const noStatics: ReadonlyMap<string, string> = new Map();

/** `alloc1 (static: COUNTER, size: 4, align: 4) { .. }`, between a body and the next dump. */
function staticsBehind(text: string, from: number, isNamed: boolean): ReadonlyMap<string, string> {
  if (!isNamed) return noStatics;
  const next = text.indexOf('\n// MIR for ', from);
  const statics = new Map<string, string>();
  for (const [, allocation = '', name = ''] of text
    .slice(from, next < 0 ? undefined : next)
    .matchAll(/^(alloc\d+) \(static: (.+?)(?:, size: \d+, align: \d+)?\)/gm))
    statics.set(allocation, name);
  return statics;
}

interface Draft {
  readonly locals: (LocalDecl | undefined)[];
  readonly debugInfo: DebugInfo[];
  readonly blocks: (BasicBlock | undefined)[];
  /** The block that is open. */
  block: BlockDraft | null;
  blockIndex: BlockIndex;
  /** Whether the open block's last line was not understood: it may be a terminator that is new. */
  unknownAtEnd: boolean;
}

/** Reads lines up to the body's closing brace; false when something else begins, or the text ends, before it. */
function readLines(reader: Reader, draft: Draft, report: Report): boolean {
  const { text } = reader;
  while (reader.at < text.length) {
    const lineStart = reader.at;
    const lineEnd = endOfLine(text, lineStart);
    if (draft.block !== null && isAlignedConstComment(text, lineStart, lineEnd)) {
      reader.at = lineEnd + 1;
      continue;
    }
    let at = lineStart;
    while (text.charCodeAt(at) === 0x20) at++;
    const code = text.charCodeAt(at);
    reader.at = at;
    reader.end = lineEnd;
    if (at >= lineEnd || code === 0x0d) {
      // A blank line.
    } else if (code === 0x7d) {
      if (at === lineStart) {
        reader.at = lineEnd + 1;
        return true;
      }
      if (draft.block !== null) closeBlock(draft, at, report);
    } else if (code === 0x2f && text.charCodeAt(at + 1) === 0x2f) {
      if (at === lineStart && startsHeader(text, at)) {
        reader.at = lineStart;
        return false;
      }
    } else if (at === lineStart && startsSignature(text, at)) {
      reader.at = lineStart;
      return false;
    } else if (code === 0x62 && openBlock(reader, draft, report)) {
      // The line was a block's first.
    } else if (draft.block === null) {
      if (!readDeclaration(reader, draft.locals, draft.debugInfo)) {
        report(`a declaration that is not understood: ${excerpt(text, at, lineEnd)}`, at);
      }
    } else readStatementLine(reader, draft, draft.block, report);
    // Inline assembly and calls may have taken more lines than this one.
    reader.at = reader.end + 1;
  }
  return false;
}

function readStatementLine(reader: Reader, draft: Draft, block: BlockDraft, report: Report): void {
  const { at, end } = reader;
  const previous = block.terminator;
  if (readStatement(reader, block)) draft.unknownAtEnd = false;
  else {
    reader.at = at;
    reader.end = end;
    report(`not understood: ${excerpt(reader.text, at, end)}`, at);
    readUnknown(reader, draft, block);
  }
  if (previous !== null) report('a line behind the terminator of its block', at);
}

/**
 * A line that the grammar does not know: with successors it is a terminator; with a place and ` = ` an assignment of
 * something unknown; else a statement.
 */
function readUnknown(reader: Reader, draft: Draft, block: BlockDraft): void {
  const from = reader.at;
  const line = reader.text.slice(from, reader.end);
  const comment = line.lastIndexOf('; // scope ');
  const padded = comment >= 0 ? comment : line.search(/; +\/\/ scope /);
  const semicolon = padded >= 0 ? padded : line.trimEnd().endsWith(';') ? line.lastIndexOf(';') : -1;
  const content = semicolon >= 0 ? line.slice(0, semicolon) : line;
  reader.at = from + semicolon;
  const span = semicolon >= 0 ? (readEnd(reader) ?? -1) : -1;
  if (content.includes(' -> ')) {
    block.terminator = { kind: 'other', text: content, targets: blocksNamed(reader, content), span };
    draft.unknownAtEnd = false;
    return;
  }
  reader.at = from;
  const place = readPlace(reader);
  if (place !== null && semicolon >= 0 && skip(reader, ' = ')) {
    const text = content.slice(reader.at - from);
    block.statements.push({ kind: 'assign', place, rvalue: { kind: 'other', text }, span });
    draft.unknownAtEnd = false;
    return;
  }
  block.statements.push({ kind: 'other', text: content, span });
  draft.unknownAtEnd = true;
}

function blocksNamed(reader: Reader, content: string): BlockIndex[] {
  const targets = new Set<BlockIndex>();
  for (const match of content.matchAll(/\bbb(\d{1,9})\b/g)) {
    const target = Number(match[1]);
    if (!isPlausible(reader, target)) continue;
    if (target > reader.blockMax) reader.blockMax = target;
    targets.add(target);
  }
  return [...targets];
}

/** `bb0: {`, `bb1 (cleanup): {` */
function openBlock(reader: Reader, draft: Draft, report: Report): boolean {
  const { at } = reader;
  const blockIndex = readBlockIndex(reader);
  const cleanup = blockIndex >= 0 && skip(reader, ' (cleanup)');
  if (blockIndex < 0 || !skip(reader, ': {')) {
    reader.at = at;
    return false;
  }
  if (draft.block !== null) closeBlock(draft, at, report);
  draft.block = { cleanup, statements: [], terminator: null };
  draft.blockIndex = blockIndex;
  draft.unknownAtEnd = false;
  return true;
}

function closeBlock(draft: Draft, at: number, report: Report): void {
  const { block, blockIndex } = draft;
  if (block === null) return;
  draft.block = null;
  const { cleanup, statements } = block;
  let { terminator } = block;
  if (terminator === null) {
    const last = draft.unknownAtEnd ? statements.pop() : undefined;
    if (last?.kind === 'other') {
      terminator = { kind: 'other', text: last.text, targets: [], span: last.span };
    } else {
      report(`bb${blockIndex} has no terminator`, at);
      terminator = missingTerminator;
    }
  }
  if (draft.blocks[blockIndex] !== undefined) report(`bb${blockIndex} is there twice`, at);
  else draft.blocks[blockIndex] = { cleanup, statements, terminator };
}

const missingLocal: LocalDecl = { mutable: false, ty: '', span: -1 };

function completeLocals(
  drafts: readonly (LocalDecl | undefined)[],
  localMax: number,
  at: number,
  report: Report,
): LocalDecl[] {
  const locals: LocalDecl[] = [];
  let missing = 0;
  const count = Math.max(drafts.length, localMax + 1);
  for (let local = 0; local < count; local++) {
    const decl = drafts[local];
    if (decl === undefined) missing++;
    locals.push(decl ?? missingLocal);
  }
  if (missing > 0) report(`locals without a declaration: ${missing}`, at);
  return locals;
}

function completeBlocks(
  drafts: readonly (BasicBlock | undefined)[],
  blockMax: number,
  at: number,
  report: Report,
): BasicBlock[] {
  const blocks: BasicBlock[] = [];
  let missing = 0;
  const count = Math.max(drafts.length, blockMax + 1);
  for (let index = 0; index < count; index++) {
    const block = drafts[index];
    if (block === undefined) missing++;
    blocks.push(block ?? missingBlock);
  }
  if (missing > 0) report(`blocks that are named and not there: ${missing}`, at);
  return blocks;
}

function excerpt(text: string, from: number, to: number): string {
  const lengthMax = 100;
  return to - from <= lengthMax ? text.slice(from, to).trimEnd() : `${text.slice(from, from + lengthMax)}…`;
}
