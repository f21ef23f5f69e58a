/**
 * Small edits of a Rust source, as a developer makes them: a statement in a function's body, a new public function, an error.
 *
 * The source is read token by token (strings, raw strings, characters, lifetimes and nested comments are told apart), not
 * parsed. A body is taken only where that is enough: not in a macro, not below `#[cfg(test)]`, which a build leaves out.
 */

export interface RustEdit {
  readonly text: string;
  /** What was changed, for a reader: `fn parse`. */
  readonly what: string;
}

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A statement in the first function's body that changes with `number`; null where no body is found. */
export function editBody(source: string, number: number): RustEdit | null {
  return inBody(source, ` let _assay_edit = ${number}u32;`);
}

/** The same statement with a type error in it. */
export function breakBody(source: string, number: number): RustEdit | null {
  return inBody(source, ` let _assay_edit: () = ${number}u32;`);
}

/** A new public function at the end of the file. */
export function editApi(source: string, number: number): RustEdit {
  const name = `assay_edit_${number}`;
  const gap = source.endsWith('\n') || source === '' ? '' : '\n';
  return {
    text: `${source}${gap}#[doc(hidden)]\n#[allow(dead_code)]\npub fn ${name}() {}\n`,
    what: `a new pub fn`,
  };
}

function inBody(source: string, statement: string): RustEdit | null {
  const body = firstBody(tokensOf(source));
  if (body === null) return null;
  return {
    text: source.slice(0, body.at) + statement + source.slice(body.at),
    what: `the body of fn ${body.name}`,
  };
}

/** The place behind the brace of the first function that is surely compiled. */
function firstBody(tokens: readonly Token[]): { readonly at: number; readonly name: string } | null {
  for (let at = 0; at < tokens.length; at++) {
    const text = tokens[at]!.text;
    const next = tokens[at + 1]?.text;
    if (text === '#' && (next === '[' || next === '!')) {
      const from = next === '!' ? at + 2 : at + 1;
      const end = groupEnd(tokens, from);
      const words = tokens.slice(from + 1, end).map(token => token.text);
      at = end;
      if (next === '[' && words[0] === 'cfg' && words.includes('test') && !words.includes('not'))
        at = itemEnd(tokens, end + 1);
    } else if (next === '!' && /^\w/.test(text) && tokens[at + 2]?.text !== '=') {
      // `macro_rules! name { … }` or a call.
      const open = /^[([{]$/.test(tokens[at + 2]?.text ?? '') ? at + 2 : at + 3;
      if (/^[([{]$/.test(tokens[open]?.text ?? '')) at = groupEnd(tokens, open);
    } else if (text === 'fn' && next !== undefined && /^\w/.test(next)) {
      const open = bodyOf(tokens, at + 2);
      if (open === null) continue;
      const inner = tokens[open + 1]?.text === '#' && tokens[open + 2]?.text === '!';
      if (!inner) return { at: tokens[open]!.end, name: next };
    }
  }
  return null;
}

/** The brace that opens a function's body; null where a semicolon comes first. Braces of const generics follow `<`, `,` or `=`. */
function bodyOf(tokens: readonly Token[], from: number): number | null {
  for (let at = from; at < tokens.length; at++) {
    const text = tokens[at]!.text;
    if (text === ';') return null;
    if (text === '(' || text === '[') at = groupEnd(tokens, at);
    else if (text === '{') {
      if (!/^[<,=]$/.test(tokens[at - 1]?.text ?? '')) return at;
      at = groupEnd(tokens, at);
    }
  }
  return null;
}

/** The last token of an item: its closing brace or its semicolon, whichever comes first. */
function itemEnd(tokens: readonly Token[], from: number): number {
  for (let at = from; at < tokens.length; at++) {
    const text = tokens[at]!.text;
    if (text === ';') return at;
    if (text === '{') return groupEnd(tokens, at);
    if (text === '(' || text === '[') at = groupEnd(tokens, at);
  }
  return tokens.length;
}

/** The token that closes the bracket at `open`; the last token where nothing does. */
function groupEnd(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    const text = tokens[at]!.text;
    if (text === '(' || text === '[' || text === '{') depth++;
    else if (text === ')' || text === ']' || text === '}') depth--;
    if (depth <= 0) return at;
  }
  return tokens.length;
}

// In turn: comments of a line; raw strings; strings; characters; lifetimes and words; anything else.
const tokenPattern =
  /\/\/[^\n]*|\b[bc]?r(#*)"[\s\S]*?"\1|[bc]?"(?:[^"\\]|\\[\s\S])*"|b?'(?:[^'\\\n]|\\(?:x[0-9a-fA-F]{2}|u\{[^}]*\}|[^\n]))'|'?[\p{L}_][\p{L}\p{N}_]*|\d[\w.]*|\s+|[\s\S]/uy;

/** Words, numbers, strings and single characters of punctuation; no comments and no blanks. */
function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < source.length; ) {
    if (source.startsWith('/*', at)) {
      at = commentEnd(source, at);
      continue;
    }
    tokenPattern.lastIndex = at;
    const text = tokenPattern.exec(source)?.[0] ?? source[at]!;
    if (!text.startsWith('//') && text.trim() !== '') tokens.push({ text, start: at, end: at + text.length });
    at += text.length;
  }
  return tokens;
}

/** Comments of Rust nest. */
function commentEnd(source: string, start: number): number {
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    if (source.startsWith('/*', at)) {
      depth++;
      at++;
    } else if (source.startsWith('*/', at)) {
      depth--;
      at++;
      if (depth === 0) return at + 1;
    }
  }
  return source.length;
}
