/**
 * Names of functions, as one crate's `-Zdump-mono-stats` prints them, made the same in all crates: rustc leaves out the
 * name of the crate that it compiles, and calls the standard library by the crate that the path was seen through.
 *
 * What a path is of is guessed from its text. A path is the crate's own where its first segment is no crate of the build, so a
 * module that is named like one is taken for it; a name alone is a type of the crate, unless it looks like a type parameter.
 */

/** The standard library, and the crates that it brings along. */
export const standardCrates: readonly string[] = [
  ...['std', 'core', 'alloc', 'proc_macro', 'test', 'std_detect', 'panic_unwind', 'panic_abort', 'unwind'],
  ...[
    'compiler_builtins',
    'hashbrown',
    'gimli',
    'addr2line',
    'object',
    'miniz_oxide',
    'rustc_demangle',
    'memchr',
  ],
];

const standard = new Set(['std', 'core', 'alloc']);
const words = new Set(['as', 'impl', 'dyn', 'mut', 'const', 'for', 'fn', 'unsafe', 'extern', 'where', 'in']);
const primitives = /^(?:[iu](?:8|16|32|64|128|size)|f(?:16|32|64|128)|bool|char|str)$/;
const parameters = /^(?:[A-Z][A-Z0-9]?|Self|Idx|Item|Fut|Args|Rhs|Iter|Func|Output|Ret|Key|Value)$/;
// Not behind a colon (a later segment), nor a lifetime, nor `{closure#0}`.
const path = /(?<![\w:'{])[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*/g;

/** With the crate's own paths spelled from its name on, and one name for the standard library. */
export function globalName(printed: string, crateName: string, crateNames: ReadonlySet<string>): string {
  return printed.replace(path, found => {
    const [first = '', ...rest] = found.split('::');
    if (rest.length === 0 && (words.has(first) || primitives.test(first) || parameters.test(first)))
      return found;
    if (rest.length === 0 || !crateNames.has(first)) return `${crateName}::${found}`;
    return standard.has(first) ? ['std', ...rest].join('::') : found;
  });
}

/**
 * The crate that a function of such a name is defined in. An impl stands in the crate of its type or of its trait, so of
 * two crates of which one is the standard library it is the other; else it is taken to be the type's.
 */
export function definingCrate(name: string): string {
  const crates = [...name.matchAll(path)]
    .map(([found]) => found.split('::'))
    .filter(({ length }) => length > 1);
  const roots = crates.map(([first = '']) => first);
  return roots.find(first => !standard.has(first)) ?? roots[0] ?? name;
}
