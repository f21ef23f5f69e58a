/**
 * What the page's `target` says of a unit, in the model's words. cargo writes nothing for a library that is built, else
 *
 * - up to 1.94: ` bin "shop"`, ` test "it" (test)`, ` lib (check)`, ` build script`, ` build script (run)`
 * - from 1.95: ` shop "bin"`, ` it "test" (test)`, ` (check)`, ` build-script`, ` build-script (run)`
 *
 * A library's crate type is not in the label: a procedural macro is a `lib` here.
 */
export function parseTargetLabel(
  label: string,
  mode: string | null,
  packageName: string,
): { readonly name: string; readonly kind: string; readonly mode: string } {
  const suffix = / \(([^()]+)\)$/.exec(label);
  const rest = (suffix === null ? label : label.slice(0, suffix.index)).trim();
  return {
    ...parseTarget(rest, packageName),
    mode: mode === 'run-custom-build' ? mode : (modes.get(suffix?.[1] ?? '') ?? 'unknown'),
  };
}

function parseTarget(text: string, packageName: string): { readonly name: string; readonly kind: string } {
  const libraryName = packageName.replaceAll('-', '_');
  if (text === '' || text === 'lib') return { name: libraryName, kind: 'lib' };
  if (text === 'build script' || text === 'build-script')
    return { name: 'build-script-build', kind: 'custom-build' };
  const quoted = /^(.+) "([^"]+)"$/.exec(text);
  const [first, second] = [quoted?.[1] ?? '', quoted?.[2] ?? ''];
  if (kinds.has(second)) return { name: first, kind: second };
  if (kinds.has(first)) return { name: second, kind: first };
  return { name: text, kind: 'unknown' };
}

const kinds: ReadonlySet<string> = new Set(['lib', 'bin', 'test', 'bench', 'example']);

const modes: ReadonlyMap<string, string> = new Map([
  ['', 'build'],
  ['run', 'run-custom-build'],
  ['check', 'check'],
  ['check-test', 'check'],
  ['test', 'test'],
  ['doc', 'doc'],
  ['doc test', 'doctest'],
  ['doc scrape', 'docscrape'],
]);
