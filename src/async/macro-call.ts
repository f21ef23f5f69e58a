/**
 * Where a macro of another crate is called. rustc prints spans inside such a macro's own file and not the call's; the
 * arguments have spans of the workspace, and the call is what stands around them in the source.
 */
import type { Location } from '#model/location.ts';

export interface MacroCall {
  /** `tokio::select!`, as written. */
  readonly name: string;
  /** The name with its `!`. */
  readonly at: Location;
  /** From the opening bracket to behind the closing one. */
  readonly inside: Location;
}

/** The innermost call of one of these macros (by last segment) around a place; null where there is none. */
export function macroCallAround(
  source: string,
  location: Location,
  names: ReadonlySet<string>,
): MacroCall | null {
  const target = offsetOf(source, location.startLine, location.startColumn);
  if (target === null) return null;
  const open: { name: string | null; nameStart: number; bracket: number }[] = [];
  let at = 0;
  // Brackets before the place: what is still open there is around it.
  while (at < target) {
    const next = afterToken(source, at);
    const c = source[at] as string;
    if (next === at + 1 && '([{'.includes(c)) open.push({ ...macroNameBefore(source, at), bracket: at });
    else if (next === at + 1 && ')]}'.includes(c)) open.pop();
    at = next;
  }
  for (const { name, nameStart, bracket } of open.reverse()) {
    if (name === null || !names.has(name.replace(/^.*::/, ''))) continue;
    return {
      name: `${name}!`,
      at: rangeOf(source, location.file, nameStart, nameStart + name.length + 1),
      inside: rangeOf(source, location.file, bracket, closingOf(source, bracket)),
    };
  }
  return null;
}

/** Whether one place begins inside of another. */
export function beginsInside(inner: Location, outer: Location): boolean {
  if (inner.file !== outer.file) return false;
  const isAfter = (line: number, column: number, otherLine: number, otherColumn: number) =>
    line > otherLine || (line === otherLine && column >= otherColumn);
  return (
    isAfter(inner.startLine, inner.startColumn, outer.startLine, outer.startColumn) &&
    isAfter(outer.endLine, outer.endColumn, inner.startLine, inner.startColumn + 1)
  );
}

/** `tokio::select` of `tokio::select! {`, before an opening bracket. */
function macroNameBefore(source: string, bracket: number): { name: string | null; nameStart: number } {
  const before = source.slice(Math.max(0, bracket - 200), bracket);
  const match = /((?:\w+::)*\w+)!\s*$/.exec(before);
  if (match === null) return { name: null, nameStart: 0 };
  return { name: match[1] as string, nameStart: bracket - (before.length - match.index) };
}

function closingOf(source: string, bracket: number): number {
  let depth = 0;
  let at = bracket;
  while (at < source.length) {
    const next = afterToken(source, at);
    if (next === at + 1) {
      if ('([{'.includes(source[at] as string)) depth++;
      else if (')]}'.includes(source[at] as string) && --depth === 0) return next;
    }
    at = next;
  }
  return source.length;
}

/** The position behind the comment, the literal or the single character that begins here. */
function afterToken(source: string, at: number): number {
  const c = source[at];
  if (c === '/' && source[at + 1] === '/') return orEnd(source, source.indexOf('\n', at));
  if (c === '/' && source[at + 1] === '*') return afterBlockComment(source, at);
  if (c === '"') return afterString(source, at);
  if ((c === 'r' || c === 'b' || c === 'c') && !/\w/.test(source[at - 1] ?? '')) {
    const raw = /^(?:br|cr|r)(#*)"/.exec(source.slice(at, at + 260));
    if (raw !== null) {
      const end = source.indexOf(`"${raw[1]}`, at + raw[0].length);
      return end < 0 ? source.length : end + 1 + (raw[1] as string).length;
    }
  }
  if (c === "'") {
    // A character, or a lifetime.
    const character = /^'(?:\\(?:u\{[0-9a-fA-F_]*\}|x..|.)|[^\\'])'/su.exec(source.slice(at, at + 16));
    return character === null ? at + 1 : at + character[0].length;
  }
  return at + 1;
}

function afterString(source: string, at: number): number {
  for (let i = at + 1; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === '"') return i + 1;
  }
  return source.length;
}

function afterBlockComment(source: string, at: number): number {
  let depth = 0;
  for (let i = at; i < source.length; i++) {
    if (source.startsWith('/*', i)) {
      depth++;
      i++;
    } else if (source.startsWith('*/', i)) {
      depth--;
      i++;
      if (depth === 0) return i + 1;
    }
  }
  return source.length;
}

function orEnd(source: string, at: number): number {
  return at < 0 ? source.length : at;
}

/** Columns count characters; a character outside of the basic plane is two units of the string. */
function offsetOf(source: string, line: number, column: number): number | null {
  let start = 0;
  for (let i = 1; i < line; i++) {
    const end = source.indexOf('\n', start);
    if (end < 0) return null;
    start = end + 1;
  }
  let at = start;
  for (let i = 1; i < column; i++) at += (source.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}

function rangeOf(source: string, file: string, start: number, end: number): Location {
  const from = positionOf(source, start);
  const to = positionOf(source, end);
  return { file, startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column };
}

function positionOf(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: [...before.slice(lineStart)].length + 1 };
}
