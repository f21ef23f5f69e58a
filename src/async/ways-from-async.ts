/**
 * How async code reaches a function: the shortest chain of calls from each body that an executor polls, with no other
 * such body in between. What a future awaits is another future's own matter.
 */
import type { CallSite, FunctionId, FunctionNode } from '#mir/function-node.ts';
import type { Location } from '#model/location.ts';
import type { BlockIndex } from '#model/mir.ts';
import type { Program } from './program.ts';
import { runEdgesOf } from './reach.ts';

/** One step: `from` runs `to`. */
export interface Hop {
  readonly from: FunctionNode;
  readonly to: FunctionNode;
  readonly block: BlockIndex;
  readonly at: Location | null;
  readonly how: 'call' | 'poll' | 'closure' | 'drop';
  /** The callee's last segment, or the name of what is dropped. */
  readonly name: string;
  /** False where what is dropped may be without what `to` belongs to. */
  readonly certain: boolean;
}

export interface Way {
  readonly root: FunctionNode;
  /** From the root on; empty where the function is the root. */
  readonly hops: readonly Hop[];
}

/** A future's body, and a function that is polled by hand: it returns `Poll`. */
export function isPolled(node: FunctionNode): boolean {
  return node.coroutine || /^(?:\w+::)*Poll</.test(node.returns);
}

/** `more`: steps that the call graph has not, such as drops. The answer does not depend on the order of bodies. */
export function waysFromAsync(program: Program, more: readonly Hop[]): (node: FunctionNode) => Way[] {
  const { graph, units } = program;
  const nameOf = (node: FunctionNode) => `${units[node.unit]?.key} ${node.name}`;
  const into = new Map<FunctionId, Hop[]>();
  const add = (hop: Hop) => {
    const known = into.get(hop.to.id);
    if (known === undefined) into.set(hop.to.id, [hop]);
    else known.push(hop);
  };
  for (const from of graph.nodes) {
    for (const { call, target, how } of runEdgesOf(program, from)) {
      const to = graph.nodes[target] as FunctionNode;
      if (!isPolled(to))
        add({ from, to, block: call.block, at: call.at, how, name: nameOfCall(call), certain: true });
    }
  }
  for (const hop of more) add(hop);
  for (const hops of into.values()) {
    hops.sort((a, b) => compare(nameOf(a.from), nameOf(b.from)) || a.block - b.block);
  }

  return node => {
    if (isPolled(node)) return [{ root: node, hops: [] }];
    const ways: Way[] = [];
    const behind = new Map<FunctionId, readonly Hop[]>([[node.id, []]]);
    let edge: FunctionNode[] = [node];
    while (edge.length > 0) {
      const next: FunctionNode[] = [];
      for (const to of edge) {
        const rest = behind.get(to.id) as readonly Hop[];
        for (const hop of into.get(to.id) ?? []) {
          // A root may reach the function from several places, which may differ in when they run.
          if (isPolled(hop.from)) ways.push({ root: hop.from, hops: [hop, ...rest] });
          else if (!behind.has(hop.from.id)) {
            behind.set(hop.from.id, [hop, ...rest]);
            next.push(hop.from);
          }
        }
      }
      edge = next.sort((a, b) => compare(nameOf(a), nameOf(b)));
    }
    return ways;
  };
}

function nameOfCall(call: CallSite): string {
  return call.method === '' ? 'a function pointer' : call.method;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
