import type { FunctionId } from '#mir/function-node.ts';
import type { Program } from './program.ts';

/** The body of the future that an `async fn` returns; null for other functions. */
export function futureOf({ graph }: Program, id: FunctionId): FunctionId | null {
  const node = graph.nodes[id];
  if (node === undefined || node.coroutine || !node.returns.includes('impl ')) return null;
  const future = graph.node(node.unit, `${node.name}::{closure#0}`);
  // That of `fn f() -> impl Future { async {} }` has the key of its place.
  return future?.coroutine === true && future.closureKey?.startsWith('@') === false ? future.id : null;
}
