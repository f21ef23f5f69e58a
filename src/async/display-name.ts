import type { CallGraph } from '#mir/call-graph.ts';
import type { FunctionNode } from '#mir/function-node.ts';
import { unqualified } from '#mir/type-shapes.ts';

/**
 * The crate-qualified name of a function for people. rustc names a method's body by the place of its impl (`<impl at
 * src/a.rs:3:1: 3:10>::go::{closure#0}`), the type of an `async fn`'s future by its path (`<S as Svc>::go`): the second
 * is used where there is one, for the blocks and closures inside it too. Other methods get the path of their type.
 */
export function displayNameOf(node: FunctionNode, graph: CallGraph, crateName: string): string {
  const own = futureName(node);
  if (own !== null) return withCrate(own, node, crateName);
  let outer = node.name;
  for (let cut = outer.lastIndexOf('::{'); cut > 0; cut = outer.lastIndexOf('::{')) {
    outer = outer.slice(0, cut);
    const around = graph.node(node.unit, outer);
    const known = around === null ? null : futureName(around);
    if (known !== null) return withCrate(known + node.name.slice(cut), node, crateName);
  }
  return withCrate(withImpl(node), node, crateName);
}

function futureName({ coroutine, closureKey }: FunctionNode): string | null {
  return coroutine && closureKey !== null && closureKey !== '' && !closureKey.startsWith('@')
    ? closureKey
    : null;
}

/** `a::<impl at src/a.rs:1:1: 1:9>::go` as `a::Foo::go`, `<a::Foo as Bar>::go`, or `a::<impl in src/a.rs>::go`. */
function withImpl({ name, impl }: FunctionNode): string {
  const match = /^(.*?)<impl at (.*?):\d+:\d+: \d+:\d+>(.*)$/s.exec(name);
  if (match === null) return name;
  const [, module = '', file = '', rest = ''] = match;
  const self = impl?.selfPath ?? (impl?.selfName == null ? null : `${module}${impl.selfName}`);
  if (self === null) return `${module}<impl in ${file}>${rest}`;
  return impl?.trait == null ? `${self}${rest}` : `<${self} as ${impl.trait}>${rest}`;
}

function withCrate(name: string, { scope }: FunctionNode, crateName: string): string {
  const plain = name.startsWith(`${scope.prefix}::`) ? name.slice(scope.prefix.length + 2) : name;
  return `${crateName}::${unqualified(plain).replaceAll(`${scope.prefix}::`, '')}`;
}
