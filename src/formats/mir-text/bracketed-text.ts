/**
 * Scanning of types, paths and constants as rustc prints them, without giving them a tree: brackets of all four kinds
 * are counted together, and what may hold unbalanced brackets is stepped over (string and char literals, `->`, the
 * file paths inside `{closure@…}` and `<impl at …>`). One loop, no recursion, so the depth of nesting is of no matter.
 */

export const stopAtComma = 1;
export const stopAtSpace = 2;
export const stopAtSemicolon = 4;
export const stopAtParen = 8;
export const stopAtColon = 16;

/**
 * Index of the first character outside of all brackets that is one of `stops`, or of the closing bracket that was not
 * opened here, whichever comes first; `end` when there is neither. Since it returns outside of all brackets, a caller
 * may go on from there.
 */
export function findOutsideBrackets(text: string, from: number, end: number, stops: number): number {
  let depth = 0;
  // Up to here no file path ends in the bracket: looked for once, so that garbage full of `@` stays linear.
  let noBrace = 0;
  let noAngle = 0;
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    const role = code < 128 ? roles[code]! : plain;
    if (role === plain) continue;
    if (role < open) {
      if (depth === 0 && (role & stops) !== 0) return at;
      continue;
    }
    switch (role) {
      case openParen:
        if (depth === 0 && (stops & stopAtParen) !== 0) return at;
        depth++;
        break;
      case open:
        depth++;
        break;
      case openAngle:
        depth++;
        if (text.charCodeAt(at + 1) === 0x69 && text.startsWith('impl at ', at + 1)) {
          const last = lastOfPath(text, Math.max(at, noAngle), end, 0x3e);
          if (last < end) at = last;
          else noAngle = end;
        }
        break;
      case closeAngle:
        // `->` of a function pointer is no bracket.
        if (text.charCodeAt(at - 1) === 0x2d) break;
        if (depth === 0) return at;
        depth--;
        break;
      case close:
        if (depth === 0) return at;
        depth--;
        break;
      case doubleQuote:
        at = lastOfString(text, at, end);
        break;
      case singleQuote:
        at = lastOfChar(text, at);
        break;
      case atSign:
        if (depth > 0 && !isDefinitionPath(text, at + 1)) {
          const last = lastOfPath(text, Math.max(at, noBrace), end, 0x7d);
          if (last < end) at = last;
          else noBrace = end;
        }
        break;
    }
  }
  return end;
}

/** Index of the bracket that closes the one at `at`; `end` when none does. */
export function closingBracket(text: string, at: number, end: number): number {
  return findOutsideBrackets(text, at + 1, end, 0);
}

const plain = 0;
// Roles below `open` are the stop bits themselves.
const open = 32;
const openParen = 33;
const openAngle = 34;
const close = 35;
const closeAngle = 36;
const doubleQuote = 37;
const singleQuote = 38;
const atSign = 39;

const roles = new Uint8Array(128);
for (const [characters, role] of [
  [',', stopAtComma],
  [' ', stopAtSpace],
  [';', stopAtSemicolon],
  [':', stopAtColon],
  ['[{', open],
  ['(', openParen],
  ['<', openAngle],
  [')]}', close],
  ['>', closeAngle],
  ['"', doubleQuote],
  ["'", singleQuote],
  ['@', atSign],
] as const) {
  for (const character of characters) roles[character.charCodeAt(0)] = role;
}

/** Index of the quote that ends the string literal whose first quote is at `at`; `end` when it is not ended. */
function lastOfString(text: string, at: number, end: number): number {
  for (let i = at + 1; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) return i;
    if (code === 0x5c) i++;
  }
  return end;
}

/** Index of the last quote of the char literal that starts at `at`, or `at` itself when a lifetime stands there. */
function lastOfChar(text: string, at: number): number {
  const first = text.charCodeAt(at + 1);
  if (first === 0x5c) {
    // Limit: the longest escape is `'\u{10ffff}'`.
    for (let i = at + 3; i < at + 13; i++) if (text.charCodeAt(i) === 0x27) return i;
    return at;
  }
  if (text.charCodeAt(at + 2) === 0x27) return at + 2;
  if (first >= 0xd800 && first < 0xdc00 && text.charCodeAt(at + 3) === 0x27) return at + 3;
  return at;
}

/**
 * A closure of another crate is named by its definition and not by a file: `{closure@tokio_stream::keys::{closure#0}}`,
 * `{closure@<T as Trait>::f::{closure#0}}`. Its brackets are counted as any others.
 */
function isDefinitionPath(text: string, from: number): boolean {
  let at = from;
  if (text.charCodeAt(at) === 0x3c) return true;
  while (isIdentifierPart(text.charCodeAt(at))) at++;
  return at > from && text.charCodeAt(at) === 0x3a && text.charCodeAt(at + 1) === 0x3a;
}

function isIdentifierPart(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code >= 0x80
  );
}

/**
 * A file path with a span stands here: `@src/it's.rs:1:2: 3:4}` or `<impl at …:1:2: 3:4>`. Returns the index before
 * the bracket that ends it: the first one that follows a digit, or the `)` of ` (#3)`. `end` when there is none.
 */
function lastOfPath(text: string, at: number, end: number, bracket: number): number {
  for (let i = at + 1; i < end; i++) {
    if (text.charCodeAt(i) !== bracket) continue;
    const before = text.charCodeAt(i - 1);
    if ((before >= 0x30 && before <= 0x39) || before === 0x29) return i - 1;
  }
  return end;
}
