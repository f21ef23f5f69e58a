/**
 * Sets a value in a TOML text and leaves every other byte as it is: comments, order, line ends, indentation.
 *
 * The text is parsed (toml-eslint-parser, TOML 1.1), and what changes is spliced at the positions that the parser gives. A table that
 * is not there is added at the end; one that was made by dotted keys or lies in an inline table is extended where it stands, since
 * TOML does not let a header open it again. Not supported: a value inside of an array of tables.
 */
import { type AST, parseTOML } from 'toml-eslint-parser';

export type TomlValue = string | number | boolean | readonly string[];

export interface TomlEdit {
  /** Path of the table: `['profile', 'dev', 'package', '*']`. */
  readonly table: readonly string[];
  readonly key: string;
  readonly value: TomlValue;
  /** Items are added to the list that is there, as cargo joins lists of several files. */
  readonly append?: boolean;
}

/** The text with the value set. `problem` where it cannot be: then nothing is changed. */
export type EditedToml =
  | { readonly text: string; readonly problem: null }
  | { readonly text: null; readonly problem: string };

export function editToml(text: string, edit: TomlEdit): EditedToml {
  let program: AST.TOMLProgram;
  try {
    program = parseTOML(text, { tomlVersion: '1.1' });
  } catch (error) {
    return refused(`it cannot be read as TOML: ${(error as Error).message}`);
  }
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const top = program.body[0];
  const path = [...edit.table, edit.key];
  const place = placeOf(top, path);
  if (place === null)
    return refused(`\`${path.join('.')}\` lies in a list of tables or in something that is no table`);
  const written = (value: TomlValue) => `${place.rest.map(keyText).join('.')} = ${valueText(value)}`;
  switch (place.kind) {
    case 'value':
      return replaceValue(text, place.value, edit);
    case 'inline':
      return done(insertInline(text, place.inside, written(edit.value)));
    case 'beside': {
      const at = lineEndAfter(text, place.after);
      const indent = indentOf(text, place.after);
      return done(splice(text, at, at, `${lineEnd}${indent}${written(edit.value)}`));
    }
    case 'new': {
      const gap =
        text === '' || text.endsWith(`${lineEnd}${lineEnd}`)
          ? ''
          : text.endsWith('\n')
            ? lineEnd
            : lineEnd + lineEnd;
      const header = `[${edit.table.map(keyText).join('.')}]`;
      return done(
        `${text}${gap}${header}${lineEnd}${keyText(edit.key)} = ${valueText(edit.value)}${lineEnd}`,
      );
    }
  }
}

type Place =
  | { readonly kind: 'value'; readonly value: AST.TOMLContentNode; readonly rest: readonly string[] }
  | { readonly kind: 'inline'; readonly inside: AST.TOMLInlineTable; readonly rest: readonly string[] }
  /** On a line of its own after what ends at `after`. */
  | { readonly kind: 'beside'; readonly after: number; readonly rest: readonly string[] }
  | { readonly kind: 'new'; readonly rest: readonly string[] };

/** `rest`: the keys that are written there. Null where something that is no table stands in the way. */
function placeOf(top: AST.TOMLTopLevelTable, path: readonly string[]): Place | null {
  const tables = top.body.filter(node => node.type === 'TOMLTable');
  const owners: { readonly at: readonly string[]; readonly node: AST.TOMLTable | AST.TOMLTopLevelTable }[] = [
    { at: [], node: top },
  ];
  for (const table of tables) {
    const at = namesOf(table.key);
    if (table.kind === 'array' || table.resolvedKey.some(key => typeof key === 'number')) {
      // A list of tables on the way: which of them is meant is not said.
      if (isPrefix(at, path.slice(0, -1))) return null;
      continue;
    }
    if (isPrefix(at, path.slice(0, -1))) owners.push({ at, node: table });
  }
  let best: Place | null = null;
  let depth = -1;
  for (const { at, node } of owners) {
    const entries = (node.body as readonly (AST.TOMLKeyValue | AST.TOMLTable)[]).filter(
      entry => entry.type === 'TOMLKeyValue',
    );
    const found = amongEntries(entries, path.slice(at.length));
    if (found === null) return null;
    if (found.place.kind === 'value') return found.place;
    // A dotted key that shares a part of the path has made that table, and so has a header of exactly the table.
    const shared = at.length + found.shared;
    if (found.shared > 0 && shared > depth) {
      best = found.place;
      depth = shared;
    }
    if (at.length === path.length - 1 && at.length > 0 && shared >= depth) {
      const last = entries.at(-1);
      const rest = path.slice(at.length);
      best = { kind: 'beside', after: last?.range[1] ?? (node as AST.TOMLTable).key.range[1], rest };
      depth = at.length;
    }
  }
  return best ?? { kind: 'new', rest: path.slice(-1) };
}

/** Where `path` stands or belongs among the entries of one table. `shared`: how much of it is there. Null: something is in the way. */
function amongEntries(
  entries: readonly AST.TOMLKeyValue[],
  path: readonly string[],
): { readonly place: Place; readonly shared: number } | null {
  let place: Place = { kind: 'new', rest: path };
  let shared = 0;
  for (const entry of entries) {
    const names = namesOf(entry.key);
    if (isPrefix(names, path)) {
      if (names.length === path.length)
        return { place: { kind: 'value', value: entry.value, rest: path }, shared: path.length };
      if (entry.value.type !== 'TOMLInlineTable') return null;
      const inner = amongEntries(entry.value.body, path.slice(names.length));
      if (inner === null || inner.place.kind === 'value') return inner;
      // A dotted key of an inline table may be followed by another one.
      const deeper = inner.place.kind === 'inline' ? inner.place : null;
      return {
        place: deeper ?? { kind: 'inline', inside: entry.value, rest: path.slice(names.length) },
        shared: names.length,
      };
    }
    let common = 0;
    while (common < names.length - 1 && common < path.length - 1 && names[common] === path[common]) common++;
    if (common > 0 && common >= shared) {
      place = { kind: 'beside', after: entry.range[1], rest: path };
      shared = common;
    }
  }
  return { place, shared };
}

function replaceValue(text: string, node: AST.TOMLContentNode, { value, append }: TomlEdit): EditedToml {
  if (append !== true) return done(splice(text, node.range[0], node.range[1], valueText(value)));
  const items = value as readonly string[];
  if (node.type === 'TOMLArray') {
    const last = node.elements.at(-1);
    const added = items.map(valueText).join(', ');
    const at = last?.range[1] ?? node.range[0] + 1;
    return done(splice(text, at, at, last === undefined ? added : `, ${added}`));
  }
  // cargo takes one text with spaces for a list.
  if (node.type === 'TOMLValue' && typeof node.value === 'string')
    return done(splice(text, node.range[0], node.range[1], valueText([node.value, ...items].join(' '))));
  return refused('what is there is no list');
}

function insertInline(text: string, table: AST.TOMLInlineTable, entry: string): string {
  const last = table.body.at(-1);
  if (last === undefined) return splice(text, table.range[0] + 1, table.range[1] - 1, ` ${entry} `);
  return splice(text, last.range[1], last.range[1], `, ${entry}`);
}

function namesOf(key: AST.TOMLKey): readonly string[] {
  return key.keys.map(one => (one.type === 'TOMLBare' ? one.name : one.value));
}

function isPrefix(prefix: readonly string[], of: readonly string[]): boolean {
  return prefix.length <= of.length && prefix.every((name, index) => name === of[index]);
}

function keyText(key: string): string {
  return /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
}

function valueText(value: TomlValue): string {
  return typeof value === 'object' ? `[${value.map(valueText).join(', ')}]` : JSON.stringify(value);
}

function splice(text: string, from: number, to: number, put: string): string {
  return text.slice(0, from) + put + text.slice(to);
}

/** The end of the line, before its line end, so that a comment behind a value stays with it. */
function lineEndAfter(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  if (end === -1) return text.length;
  return text[end - 1] === '\r' ? end - 1 : end;
}

function indentOf(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start))![0];
}

function done(text: string): EditedToml {
  return { text, problem: null };
}

function refused(problem: string): EditedToml {
  return { text: null, problem };
}
