import type { CallGraph } from '#mir/call-graph.ts';
import type { CallSite, FunctionId, FunctionNode } from '#mir/function-node.ts';

/**
 * The bodies of the futures that a function makes: its async blocks, and its own when it is an `async fn`. rustc prints
 * the second by the place of the function's block where it is made, and by the function's path where it is used.
 */
export function futuresMadeBy(graph: CallGraph, node: FunctionNode): FunctionId[] {
  const keyed = coroutinesOf(graph, node, node.makes);
  if (keyed.length > 0 || node.makes.length === 0) return keyed;
  const own = graph.node(node.unit, `${node.name}::{closure#0}`);
  return own?.coroutine === true ? [own.id] : [];
}

/** The futures that a call of a workspace function may return. */
export function futuresReturnedBy(graph: CallGraph, node: FunctionNode, call: CallSite): FunctionId[] {
  if (call.kind === 'poll') return [];
  return graph.resolve(node, call).targets.flatMap(id => {
    const target = graph.nodes[id];
    if (target === undefined || target.coroutine || !returnsFuture(target)) return [];
    return futuresMadeBy(graph, target);
  });
}

export function returnsFuture(node: FunctionNode): boolean {
  return /\bFuture\b|\{async /.test(node.returns);
}

export function coroutinesOf(graph: CallGraph, node: FunctionNode, keys: readonly string[]): FunctionId[] {
  return keys.flatMap(key => {
    const body = graph.closure(node, key);
    return body?.coroutine === true ? [body.id] : [];
  });
}
