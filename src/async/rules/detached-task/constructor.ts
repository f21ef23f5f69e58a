import type { CallGraph } from '#mir/call-graph.ts';
import type { FunctionNode } from '#mir/function-node.ts';
import { lastSegment } from '#mir/type-contains.ts';

/**
 * Whether making a value of the type starts what a function starts: the function returns the type, or one that does calls
 * it. A method that users call of their own will (`start`) is none.
 */
export function isPartOfMaking(graph: CallGraph, node: FunctionNode, owner: string): boolean {
  const name = new RegExp(`\\b${lastSegment(owner)}\\b`);
  const makes = ({ returns, impl }: FunctionNode) => impl !== null && name.test(returns);
  const outer = outermost(graph, node);
  if (makes(node) || makes(outer)) return true;
  const method = lastSegment(outer.name);
  return graph.nodes.some(
    caller =>
      (makes(caller) || makes(outermost(graph, caller))) &&
      caller.calls.some(
        call => call.method === method && graph.resolve(caller, call).targets.includes(outer.id),
      ),
  );
}

/** The function that a closure or an async body is written in. */
function outermost(graph: CallGraph, node: FunctionNode): FunctionNode {
  const name = node.name.replace(/(::\{closure#\d+\})+$/, '');
  return graph.node(node.unit, name) ?? node;
}
