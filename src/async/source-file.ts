/**
 * Macro calls in a source file, by its tokens (https://doc.rust-lang.org/reference/tokens.html). MIR prints what a
 * macro made at the place of the macro's own text, and a call is where a reader looks for it.
 *
 * A call is a path, `!` and a group in brackets. Names are not resolved, and what a macro expands to is not known.
 */
import type { Location } from '#model/location.ts';

export interface MacroCall {
  /** As written: `select`, `tokio::select`. */
  readonly path: string;
  /** The path and the `!`. */
  readonly head: Span;
  /** The group behind it with its brackets; to the end of the text where it is not closed. */
  readonly group: Span;
  /** `macro_rules! name { … }`: what stands in it is a macro's own text. */
  readonly isDefinition: boolean;
}

/** Code units of the text; the end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A source file as text with lines and columns, and the calls in it in the order of their heads. */
export interface SourceFile {
  readonly macroCalls: readonly MacroCall[];
  spanOf(location: Location): Span;
  locationOf(span: Span, file: string): Location;
}

export function sourceFileOf(text: string): SourceFile {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  const offsetAt = (line: number, column: number): number => {
    let at = lineStarts[line - 1] ?? text.length;
    // Columns count characters, and the text is indexed by code units.
    for (let i = 1; i < column && at < text.length; i++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    return at;
  };
  const positionAt = (offset: number): [line: number, column: number] => {
    let low = 0;
    let high = lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((lineStarts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return [low + 1, [...text.slice(lineStarts[low], offset)].length + 1];
  };
  return {
    macroCalls: macroCallsOf(text),
    spanOf: ({ startLine, startColumn, endLine, endColumn }) => ({
      start: offsetAt(startLine, startColumn),
      end: offsetAt(endLine, endColumn),
    }),
    locationOf({ start, end }, file) {
      const [startLine, startColumn] = positionAt(start);
      const [endLine, endColumn] = positionAt(end);
      return { file, startLine, startColumn, endLine, endColumn };
    },
  };
}

const token =
  /(?<comment>\/\/[^\n]*)|(?<block>\/\*)|(?<raw>[bc]?r(?<hashes>#*)")|(?<string>[bc]?")|(?<char>b?'(?:\\(?:x..|u\{[^}]{0,20}\}|.)|[^'\\])')|(?<lifetime>'[\p{ID_Start}_]\p{ID_Continue}*)|(?<word>(?:r#)?[\p{ID_Start}_]\p{ID_Continue}*)|(?<joint>::)|(?<open>[([{])|(?<close>[)\]}])|(?<bang>!(?!=))|(?<space>\s+)|(?<other>[\s\S])/guy;

/** Words before a `!` that negates. */
const keywords = new Set(
  'as async await box break const continue else for if in let loop match move mut ref return unsafe where while yield'.split(
    ' ',
  ),
);

function macroCallsOf(text: string): MacroCall[] {
  const calls: (MacroCall & { group: { start: number; end: number } })[] = [];
  const open: (number | null)[] = [];
  let path = null as Span | null;
  let head = null as Span | null;
  let isDefinition = false;
  token.lastIndex = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const {
      comment,
      block,
      raw,
      hashes,
      string,
      word,
      joint,
      open: opened,
      close,
      bang,
      space,
    } = match.groups ?? {};
    const end = token.lastIndex;
    if (comment !== undefined || space !== undefined) continue;
    if (block !== undefined) {
      token.lastIndex = endOfBlockComment(text, end);
      continue;
    }
    if (
      word !== undefined &&
      head !== null &&
      !isDefinition &&
      text.slice(head.start, head.end) === 'macro_rules!'
    ) {
      isDefinition = true;
      continue;
    }
    if (opened !== undefined) {
      if (head !== null) {
        const name = text.slice(head.start, head.end - 1);
        calls.push({ path: name, head, group: { start: match.index, end: text.length }, isDefinition });
      }
      open.push(head === null ? null : calls.length - 1);
    } else if (close !== undefined) {
      const call = calls[open.pop() ?? -1];
      if (call !== undefined) call.group.end = end;
    } else if (raw !== undefined) {
      const quote = text.indexOf(`"${hashes}`, end);
      token.lastIndex = quote < 0 ? text.length : quote + 1 + (hashes ?? '').length;
    } else if (string !== undefined) token.lastIndex = endOfString(text, end);
    isDefinition = false;
    head = bang !== undefined && path?.end === match.index ? { start: path.start, end } : null;
    if (joint === undefined && (word === undefined || keywords.has(word))) path = null;
    else path = { start: path?.end === match.index ? path.start : match.index, end };
  }
  return calls;
}

/** Block comments nest. */
function endOfBlockComment(text: string, from: number): number {
  let depth = 1;
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  for (let match = edge.exec(text); match !== null; match = edge.exec(text)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return text.length;
}

function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const c = text[at];
    if (c === '"') return at + 1;
    if (c === '\\') at++;
  }
  return text.length;
}
