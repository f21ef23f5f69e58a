/**
 * Code that works with several runtimes chooses between them: `match runtime { Tokio => tokio::time::sleep(d).await, Smol
 * => async_io::Timer::after(d).await }`. A call is such a choice where another way through the body, which excludes it,
 * goes to another runtime: whether it is taken depends on the runtime that there is.
 */
import { controlFlowOf } from '#mir/control-flow.ts';
import type { FunctionId, FunctionNode } from '#mir/function-node.ts';
import { summaries } from '#mir/summaries.ts';
import type { BlockIndex, Body } from '#model/mir.ts';
import { isOfOtherRuntime } from '../../knowledge/runtimes.ts';
import type { Program } from '../../program.ts';
import type { RunEdge } from '../../reach.ts';

export interface Choices {
  /** Whether the body must be shown to `learn`. */
  wants(node: FunctionNode): boolean;
  learn(node: FunctionNode, body: Body): void;
  isChoice(node: FunctionNode, block: BlockIndex): boolean;
}

/** `needs`: whether a function itself calls what needs tokio. */
export function choicesOf(
  { graph }: Program,
  edgesOf: (node: FunctionNode) => readonly RunEdge[],
  needs: (node: FunctionNode) => boolean,
): Choices {
  const { nodes } = graph;
  const reaches = (has: (node: FunctionNode) => boolean) => {
    const edges = nodes.map(node => [...new Set(edgesOf(node).map(({ target }) => target))]);
    return summaries<boolean>({
      count: nodes.length,
      successorsOf: id => edges[id] as number[],
      bottom: false,
      summarize: (id, summaryOf) => has(nodes[id] as FunctionNode) || (edges[id] as number[]).some(summaryOf),
      equal: (a, b) => a === b,
    }).of;
  };
  const needsTokio = reaches(needs);
  const usesOther = reaches(node => node.calls.some(isOfOtherRuntime));
  const chosen = new Map<FunctionId, ReadonlySet<BlockIndex>>();

  return {
    wants: ({ id }) => needsTokio(id) && usesOther(id),
    learn(node, body) {
      const toOther = new Set<BlockIndex>();
      for (const call of node.calls) if (isOfOtherRuntime(call)) toOther.add(call.block);
      for (const { call, target } of edgesOf(node))
        if (usesOther(target) && !needsTokio(target)) toOther.add(call.block);
      const after = blocksAfter(body);
      const choices = node.calls
        .map(({ block }) => block)
        .filter(block =>
          [...toOther].some(other => other !== block && !after(block).has(other) && !after(other).has(block)),
        );
      chosen.set(node.id, new Set(choices));
    },
    isChoice: (node, block) => chosen.get(node.id)?.has(block) === true,
  };
}

/**
 * Blocks that come after a block, within one round of the loops around it and behind them: the next round of a loop may
 * go the other way, and is no reason to think that both are gone.
 */
function blocksAfter(body: Body): (block: BlockIndex) => ReadonlySet<BlockIndex> {
  const { successors, predecessors, reversePostorder } = controlFlowOf(body);
  const order = new Map(reversePostorder.map((block, position) => [block, position]));
  const next = (block: BlockIndex) =>
    (successors[block] ?? []).filter(({ kind }) => kind !== 'cancel').map(({ target }) => target);
  const isBack = (from: BlockIndex, to: BlockIndex) => (order.get(to) ?? -1) <= (order.get(from) ?? -1);
  const memo = new Map<BlockIndex, ReadonlySet<BlockIndex>>();
  return from => {
    const known = memo.get(from);
    if (known !== undefined) return known;
    const after = new Set<BlockIndex>();
    const pending = [from];
    const add = (block: BlockIndex) => {
      if (after.has(block)) return;
      after.add(block);
      pending.push(block);
    };
    for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
      for (const target of next(block)) {
        if (isBack(block, target)) exitsOf(target, block).forEach(add);
        else add(target);
      }
    }
    memo.set(from, after);
    return after;
  };

  /** Where the loop is left that goes back from `last` to `head`. */
  function exitsOf(head: BlockIndex, last: BlockIndex): BlockIndex[] {
    const round = new Set([head, last]);
    const pending = last === head ? [] : [last];
    for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
      for (const before of predecessors[block] ?? []) {
        if (round.has(before) || !order.has(before)) continue;
        round.add(before);
        pending.push(before);
      }
    }
    return [...round].flatMap(block => next(block).filter(target => !round.has(target)));
  }
}
