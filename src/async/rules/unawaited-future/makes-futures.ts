import type { FunctionNode } from '#mir/function-node.ts';
import { futuresMadeBy, futuresReturnedBy, returnsFuture } from '../../made-futures.ts';
import type { Program } from '../../program.ts';

/**
 * Whether a function makes a future of the workspace: an async block, a call of an async function, or a closure passed to
 * a call that returns one.
 */
export function makesFutures({ graph }: Program, node: FunctionNode): boolean {
  if (futuresMadeBy(graph, node).length > 0) return true;
  return node.calls.some(call => {
    const returnsOne = call.passes.some(key => {
      const closure = graph.closure(node, key);
      return closure !== null && returnsFuture(closure);
    });
    return returnsOne || futuresReturnedBy(graph, node, call).length > 0;
  });
}

/** Whether a function calls one that it was passed: what that returns may be a type parameter. */
export function callsParameter(node: FunctionNode): boolean {
  return node.calls.some(({ method }) => /^call(?:_mut|_once)?$/.test(method));
}
