/** What runs when a function runs: the edges over which facts travel from callees to callers. */
import type { CallSite, FunctionId, FunctionNode } from '#mir/function-node.ts';
import { passedCodeOf } from './passed-code.ts';
import type { Program } from './program.ts';

export interface RunEdge {
  readonly call: CallSite;
  readonly target: FunctionId;
  /**
   * `call`: a plain call; `poll`: an await, or a poll by hand; `closure`: a closure that is passed to the call and runs
   * in it.
   */
  readonly how: 'call' | 'poll' | 'closure';
}

/**
 * What may run on this thread while `node` runs, in the order of its calls. Left out are closures that a call sends
 * elsewhere or keeps, and a future that is only made and passed on: it runs where it is polled.
 */
export function runEdgesOf(program: Program, node: FunctionNode): readonly RunEdge[] {
  const known = memo.get(node);
  if (known !== undefined) return known;
  const edges = edgesOf(program, node);
  memo.set(node, edges);
  return edges;
}

// Several rules walk the whole program over them. A node is of one program.
const memo = new WeakMap<FunctionNode, readonly RunEdge[]>();

function edgesOf(program: Program, node: FunctionNode): RunEdge[] {
  const { graph } = program;
  const edges: RunEdge[] = [];
  for (const call of node.calls) {
    for (const target of graph.resolve(node, call).targets) edges.push({ call, target, how: call.kind });
    for (const { body, use } of passedCodeOf(program, node, call)) {
      if (use !== 'runs' || edges.some(edge => edge.call === call && edge.target === body.id)) continue;
      edges.push({ call, target: body.id, how: 'closure' });
    }
  }
  return edges;
}
