/**
 * Where the functions of a Rust source file begin and end, by its tokens
 * (https://doc.rust-lang.org/reference/tokens.html). Names are not resolved and macros are not expanded: a function that
 * a macro writes is not seen. A body in a const generic argument of a signature is taken for the function's own.
 */

/** Both are part of it; counted from 1. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** From behind what stands before it, so with its comments and attributes, to its closing brace. */
export interface FunctionLines extends LineRange {
  readonly name: string;
}

/** The innermost function around `line`; null where the line is in none. */
export function functionAround(functions: readonly FunctionLines[], line: number): FunctionLines | null {
  const around = functions.filter(({ first, last }) => first <= line && line <= last);
  return around.reduce<FunctionLines | null>(
    (inner, func) => (inner === null || func.last - func.first < inner.last - inner.first ? func : inner),
    null,
  );
}

/** Those that have a body, in the order in which they end. */
export function functionLines(source: string): FunctionLines[] {
  const functions: FunctionLines[] = [];
  const open: ({ name: string; first: number; atBrace: number } | null)[] = [];
  let pending: { name: string; first: number; depth: number } | null = null;
  let itemStart: number | null = null;
  let depth = 0;
  let previous = '';
  let previousLine = 0;
  for (const { text, line } of tokensOf(source)) {
    itemStart ??= Math.min(previousLine + 1, line);
    if (previous === 'fn' && /^[\p{XID_Start}_]/u.test(text))
      pending = { name: text, first: itemStart, depth };
    if (text === '(' || text === '[') depth++;
    if (text === ')' || text === ']') depth--;
    if (text === '{') {
      const isBody: boolean = pending !== null && pending.depth === depth;
      open.push(isBody && pending !== null ? { ...pending, atBrace: depth } : null);
      if (isBody) pending = null;
      itemStart = null;
    }
    if (text === '}') {
      const closed = open.pop();
      if (closed !== undefined && closed !== null)
        functions.push({ name: closed.name, first: closed.first, last: line });
      itemStart = null;
    }
    if (text === ';') {
      if (pending?.depth === depth) pending = null;
      itemStart = null;
    }
    previous = text;
    previousLine = line + linesIn(text);
  }
  return functions;
}

/** Words, strings and single characters; comments and white space left out. */
function* tokensOf(source: string): Generator<{ text: string; line: number }> {
  const token =
    /\/\/[^\n]*|\s+|(?:[bc]?r)(#*)"[\s\S]*?"\1|[bc]?"(?:[^"\\]|\\[\s\S])*"|b?'(?:[^'\\\n]|\\[^\n]{1,12}?)'|'[\p{XID_Start}_][\p{XID_Continue}]*|[\p{XID_Start}_][\p{XID_Continue}]*|[\s\S]/uy;
  let line = 1;
  for (let at = 0; at < source.length; ) {
    if (source.startsWith('/*', at)) {
      const end = endOfBlockComment(source, at);
      line += linesIn(source.slice(at, end));
      at = end;
      continue;
    }
    token.lastIndex = at;
    const text = token.exec(source)?.[0] ?? source[at]!;
    if (!/^(\/\/|\s)/.test(text)) yield { text, line };
    line += linesIn(text);
    at += text.length;
  }
}

/** Block comments of Rust nest. */
function endOfBlockComment(source: string, start: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let depth = 0;
  for (let match = mark.exec(source); match !== null; match = mark.exec(source)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return source.length;
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}
