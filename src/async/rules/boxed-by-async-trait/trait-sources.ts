/**
 * Traits with the attribute `#[async_trait]`, read off the workspace's sources. MIR has no trait definitions, and what the
 * macro makes of a method does not name it. The text is looked at without name resolution: a trait is known by its name,
 * and every doubt (a trait of the same name elsewhere, `dyn` in a comment) counts as a use of `dyn`.
 */
import type { Location } from '#model/location.ts';
import type { SourceText } from '#rules/suppression.ts';

export interface AsyncTrait {
  readonly name: string;
  /** Of the name in the definition. */
  readonly location: Location;
  readonly isPublic: boolean;
  /** Names of its async methods. */
  readonly methods: readonly string[];
  /** A method that cannot be called through `dyn`, because it is generic; null where none was seen. */
  readonly genericMethod: string | null;
  /** Whether the futures are made `Send`, as they are but for `#[async_trait(?Send)]`. */
  readonly isSend: boolean;
}

const attribute = /^\s*#\[(?:async_trait::)?async_trait(?:\(([^)]*)\))?\]\s*$/;
const header = /^\s*(pub(?:\([^)]*\))?\s+)?(?:unsafe\s+)?trait\s+(\w+)/;
// Limit: lines of other attributes and comments between the attribute and the trait.
const linesBetweenMax = 40;

export function asyncTraitsOf(sources: readonly SourceText[]): AsyncTrait[] {
  const traits: AsyncTrait[] = [];
  for (const { file, text } of sources) {
    if (!text.includes('async_trait')) continue;
    const lines = text.split('\n');
    lines.forEach((line, index) => {
      const marked = attribute.exec(line);
      if (marked === null) return;
      let at = index + 1;
      while (at - index < linesBetweenMax && /^\s*(#!?\[.*\]\s*|\/\/.*|)$/.test(lines[at] ?? 'end')) at++;
      const found = header.exec(lines[at] ?? '');
      const name = found?.[2];
      if (found === null || name === undefined) return;
      const body = bodyOf(lines.slice(at).join('\n'));
      const methods = [...body.matchAll(/\basync\s+(?:unsafe\s+)?fn\s+(\w+)/g)].map(match => match[1] ?? '');
      if (methods.length === 0) return;
      const startColumn = found[0].length - name.length + 1;
      traits.push({
        name,
        location: {
          file,
          startLine: at + 1,
          startColumn,
          endLine: at + 1,
          endColumn: startColumn + name.length,
        },
        isPublic: found[1]?.trim() === 'pub',
        methods,
        genericMethod: genericMethodOf(body),
        isSend: !/\?\s*Send/.test(marked[1] ?? ''),
      });
    });
  }
  return traits;
}

/** Names of the traits that are used as `dyn`, themselves or as a supertrait of one that is. */
export function dynTraitsOf(sources: readonly SourceText[], names: readonly string[]): Set<string> {
  const supertraits = new Map<string, string[]>();
  const words = new Set<string>();
  for (const { text } of sources) {
    for (const match of text.matchAll(/\bdyn\s+([^;{}=]{0,200})/g))
      for (const word of (match[1] ?? '').match(/\w+/g) ?? []) words.add(word);
    for (const match of text.matchAll(/\btrait\s+(\w+)[^{;]*?:([^{;]*)/g)) {
      const known = supertraits.get(match[1] ?? '') ?? [];
      supertraits.set(match[1] ?? '', [...known, ...((match[2] ?? '').match(/\w+/g) ?? [])]);
    }
  }
  const used = new Set<string>();
  const pending = [...words];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (used.has(name)) continue;
    used.add(name);
    pending.push(...(supertraits.get(name) ?? []));
  }
  return new Set(names.filter(name => used.has(name)));
}

/** What is between the braces, without comments and strings. `text` begins with the trait's header. */
function bodyOf(text: string): string {
  const open = text.indexOf('{');
  if (open < 0) return '';
  const plain = text.slice(open).replace(/\/\/[^\n]*|"(?:[^"\\]|\\.)*"|'[{}]'/g, '');
  let depth = 0;
  let end = 0;
  for (; end < plain.length; end++) {
    if (plain[end] === '{') depth++;
    else if (plain[end] === '}' && --depth === 0) break;
  }
  return plain.slice(0, end);
}

/** With `where Self: Sized` somewhere in the trait nothing is said. */
function genericMethodOf(body: string): string | null {
  if (/\bSelf\s*:\s*(?:\?\s*)?Sized\b/.test(body)) return null;
  for (const match of body.matchAll(/\bfn\s+(\w+)\s*<([^>]*)/g)) {
    const parameters = (match[2] ?? '').split(',').map(parameter => parameter.trim());
    if (parameters.some(parameter => parameter !== '' && !parameter.startsWith("'"))) return match[1] ?? null;
  }
  return null;
}
