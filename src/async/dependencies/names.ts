/**
 * The names by which a crate's functions and futures are known to other crates. A crate prints a method by the place of
 * its impl and its own paths as they are defined; another crate prints the path of the type, and paths as they are
 * re-exported. So a function has its whole path as a name, and besides one that is left of it behind any re-export: the
 * crate, the type and the method.
 */
import { parseCallee } from '#mir/callee.ts';
import type { FunctionNode } from '#mir/function-node.ts';
import { lastSegment } from '#mir/type-contains.ts';
import { qualifyPath } from '#mir/type-shapes.ts';

/** Of a function, or of the closures and futures in it, which have the function's names with `::{closure#0}` behind. */
export function namesOfNode({ name, scope, impl }: FunctionNode): string[] {
  const { around, inside } = withoutClosures(name);
  const named = (own: readonly string[]) => own.map(text => text + inside);
  if (impl === null) {
    const path = qualifyPath(around, scope);
    return named([path, `fn ${crateOf(path)} ${lastSegment(path)}`]);
  }
  const method = lastSegment(around);
  const type = impl.selfPath ?? (impl.selfName === null ? null : `${scope.prefix}::${impl.selfName}`);
  // A blanket impl is of any type, and what a macro wrote may be of any trait.
  if (type === null || impl.blanket || impl.trait === undefined) return [];
  const tail = `${crateOf(type)} ${lastSegment(type)}`;
  if (impl.trait !== null) return named([`impl ${tail} as ${impl.trait} ${method}`]);
  return named([`${type}::${method}`, `method ${tail} ${method}`]);
}

/** Of what another crate calls: a `CallSite.path`, or what it prints a future's function as. From the surest on. */
export function namesOfPath(path: string): string[] {
  const callee = parseCallee(path);
  if (callee.kind === 'trait') {
    const { self } = callee;
    if (self.kind !== 'path') return [];
    return [
      `impl ${crateOf(self.path)} ${lastSegment(self.path)} as ${lastSegment(callee.trait)} ${callee.method}`,
    ];
  }
  if (callee.kind !== 'path') return [];
  const segments = callee.path.split('::');
  const [crate = '', ...rest] = segments;
  const last = rest.at(-1);
  const owner = rest.at(-2);
  if (last === undefined) return [];
  const isOfType = owner !== undefined && /^[A-Z]/.test(owner);
  return [callee.path, isOfType ? `method ${crate} ${owner} ${last}` : `fn ${crate} ${last}`];
}

/** Of a future's type by its key: `tiny::Client::get` of an `async fn`, `tiny::get::{closure#0}` of a block. */
export function namesOfFuture(key: string): string[] {
  const { around, inside } = withoutClosures(key.replace(/^@/, ''));
  if (key.startsWith('@') && inside === '') return [];
  return namesOfPath(around).map(name => name + (inside === '' ? firstClosure : inside));
}

/** The body of an `async fn` is the first closure in it. */
export const firstClosure = '::{closure#0}';

/** First segment; empty where there is none. */
export function crateOf(path: string): string {
  const cut = path.indexOf('::');
  return cut < 0 ? '' : path.slice(0, cut);
}

function withoutClosures(name: string): { around: string; inside: string } {
  const inside = /(?:::\{closure#\d+\})*$/.exec(name)?.[0] ?? '';
  return { around: name.slice(0, name.length - inside.length), inside };
}
