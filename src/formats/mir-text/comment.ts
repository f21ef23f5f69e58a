import type { SpanRef } from '#model/mir.ts';
import { endOfLine } from './margin.ts';
import type { Reader } from './reader.ts';

/**
 * Reads what follows a statement, terminator or declaration: `;`, padding, and `// scope 1 at src/a.rs:1:2: 3:4`
 * (declarations: `// in scope …`, `// return place in scope …`). Returns the span's place in the body's text, -1 where
 * the dump has no spans, and null when no `;` stands here.
 */
export function readEnd(reader: Reader): SpanRef | null {
  const { text, end } = reader;
  if (reader.at >= end || text.charCodeAt(reader.at) !== 0x3b) return null;
  let at = reader.at + 1;
  while (at < end && text.charCodeAt(at) === 0x20) at++;
  if (at >= end || (text.charCodeAt(at) === 0x0d && at + 1 === end)) return -1;
  return spanOfScopeComment(reader, at);
}

/** The span of a scope comment that starts at `from`; null when something else stands there. */
export function spanOfScopeComment(reader: Reader, from: number): SpanRef | null {
  const { text, end } = reader;
  const lead = leadOf(text.charCodeAt(from + 3));
  if (!text.startsWith(lead, from)) return text.startsWith('//', from) ? -1 : null;
  let at = from + lead.length;
  while (at < end && text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x39) at++;
  if (!text.startsWith(' at ', at) || at + 4 >= end) return -1;
  return at + 4 - reader.bodyStart;
}

function leadOf(code: number): string {
  return code === 0x73 ? '// scope ' : code === 0x69 ? '// in scope ' : '// return place in scope ';
}

/** Whether the line that starts at `lineStart` opens the comment block of a constant. */
export function isConstOperandComment(text: string, lineStart: number): boolean {
  const at = commentOfLine(text, lineStart);
  return at >= 0 && text.startsWith('// mir::Const', at);
}

/**
 * The span of a call's callee: the comment block of its constant follows the terminator,
 *
 * ```text
 * // mir::ConstOperand
 * // + span: src/main.rs:20:88: 20:92
 * // + const_: Const { ty: fn(&T) -> U {path::of::callee}, val: Value(path::of::callee) }
 * ```
 *
 * and so do those of its constant arguments. -1 where there is no block, or none of this callee. The lines that were
 * looked at are done with: `reader.end` is the end of the last one.
 */
export function calleeSpanAfter(reader: Reader, callee: string): SpanRef {
  const { text } = reader;
  let span: SpanRef = -1;
  for (;;) {
    const at = commentOfLine(text, reader.end + 1);
    if (at < 0) return -1;
    const lineEnd = endOfLine(text, at);
    reader.end = lineEnd;
    if (text.startsWith('// + span: ', at)) span = at + 11 - reader.bodyStart;
    else if (text.startsWith('// + const_: ', at) && span >= 0 && namesCallee(text, at, lineEnd, callee)) {
      return span;
    }
  }
}

function namesCallee(text: string, from: number, lineEnd: number, callee: string): boolean {
  // How the line ends for a function item; newer and older compilers write the value in other ways, and then the
  // type says it.
  if (text.startsWith(`(${callee}) }`, lineEnd - callee.length - 4)) return true;
  return text.slice(from, lineEnd).includes(`{${callee}}`);
}

/**
 * Whether a line is one of such a block. Half of a dump is, so it is told by the columns that rustc prints it in
 * (`ALIGN` of pretty.rs) before anything is walked through; a statement starts in column 8, and a scope's comment reads
 * otherwise. False for one in other columns, which is then found to be a comment like any other.
 */
export function isAlignedConstComment(text: string, lineStart: number, lineEnd: number): boolean {
  if (lineEnd - lineStart < commentColumn + 4 || text.charCodeAt(lineStart + 8) !== 0x20) return false;
  if (text.charCodeAt(lineStart + commentColumn) !== 0x2f) return false;
  const first = text.charCodeAt(lineStart + commentColumn + 3);
  return (first === 0x2b || first === 0x6d) && text.charCodeAt(lineStart + commentColumn - 1) === 0x20;
}

const commentColumn = 41;

/** Index of the `//` that a line starts with after its indent; -1 when something else is there. */
function commentOfLine(text: string, lineStart: number): number {
  let at = lineStart;
  while (text.charCodeAt(at) === 0x20) at++;
  return text.charCodeAt(at) === 0x2f && text.charCodeAt(at + 1) === 0x2f ? at : -1;
}
