/** What runs when a function runs: the edges over which facts travel from callees to callers. */
import type { CallSite, FunctionId, FunctionNode } from '#mir/function-node.ts';
import { spawnOf } from './knowledge/spawns.ts';
import type { Program } from './program.ts';

export interface RunEdge {
  readonly call: CallSite;
  readonly target: FunctionId;
  /**
   * `call`: a plain call; `poll`: an await, or a poll by hand; `closure`: a closure that is passed to the call, and runs
   * in it unless the callee keeps it.
   */
  readonly how: 'call' | 'poll' | 'closure';
}

/**
 * What may run on this thread while `node` runs, in the order of its calls. Left out is what a call of the table of spawns
 * sends elsewhere, and a future that is only made and passed on: it runs where it is polled.
 */
export function runEdgesOf(program: Program, node: FunctionNode): RunEdge[] {
  const { graph } = program;
  const edges: RunEdge[] = [];
  for (const call of node.calls) {
    for (const target of graph.resolve(node, call).targets) edges.push({ call, target, how: call.kind });
    if (call.kind === 'poll' || spawnOf(call.path) !== null) continue;
    for (const key of call.passes) {
      const body = graph.closure(node, key);
      if (body === null || body.coroutine) continue;
      if (!edges.some(edge => edge.call === call && edge.target === body.id))
        edges.push({ call, target: body.id, how: 'closure' });
    }
  }
  return edges;
}
