/**
 * What a program does before it has started a task: the future that `block_on` runs, and those that it awaits, up to the
 * first spawn. Nothing else waits for the thread yet.
 */
import { controlFlowOf } from '#mir/control-flow.ts';
import type { FunctionId, FunctionNode } from '#mir/function-node.ts';
import { summaries } from '#mir/summaries.ts';
import type { BlockIndex, Body } from '#model/mir.ts';
import { runsAloneHere } from '../../alone.ts';
import { spawnOf } from '../../knowledge/spawns.ts';
import type { Program } from '../../program.ts';
import { runEdgesOf } from '../../reach.ts';

export interface Startup {
  /** Whether the body of this future must be shown to `learn`. */
  wants(node: FunctionNode): boolean;
  learn(node: FunctionNode, body: Body): void;
  /** Whether a block of a future runs before any task is started; after all bodies were learned. */
  isBefore(node: FunctionNode, block: BlockIndex): boolean;
}

export function startupOf(program: Program): Startup {
  const spawns = spawningFunctionsOf(program);
  /** For futures that run alone: the blocks that a spawn may come before. */
  const late = new Map<FunctionId, ReadonlySet<BlockIndex>>();
  let awaited: ReadonlyMap<FunctionId, { node: FunctionNode; block: BlockIndex }[]> | null = null;
  const memo = new Map<FunctionId, boolean>();

  return {
    wants: node => node.coroutine && runsAloneHere(program, node),
    learn(node, body) {
      late.set(node.id, blocksAfterSpawn(node, body));
    },
    isBefore,
  };

  function isBefore(node: FunctionNode, block: BlockIndex): boolean {
    return late.get(node.id)?.has(block) === false && beginsEarly(node);
  }

  function beginsEarly(node: FunctionNode): boolean {
    const known = memo.get(node.id);
    if (known !== undefined) return known;
    // A future that awaits itself is nothing that a startup does.
    memo.set(node.id, false);
    awaited ??= awaitsIn(program, id => late.has(id));
    const early = (awaited.get(node.id) ?? []).every(from => isBefore(from.node, from.block));
    memo.set(node.id, early);
    return early;
  }

  function blocksAfterSpawn(node: FunctionNode, body: Body): Set<BlockIndex> {
    const { successors } = controlFlowOf(body);
    const reached = new Set<BlockIndex>();
    const isSpawn = (block: BlockIndex) =>
      node.calls.some(call => call.block === block && spawnOf(call.path) === 'task') ||
      runEdgesOf(program, node).some(edge => edge.call.block === block && spawns(edge.target));
    const stack = node.calls.map(call => call.block).filter(isSpawn);
    for (let block = stack.pop(); block !== undefined; block = stack.pop()) {
      for (const { target, kind } of successors[block] ?? []) {
        // The loop that polls one future over and over is no second start of it.
        if (kind === 'resume' || reached.has(target)) continue;
        reached.add(target);
        stack.push(target);
      }
    }
    return reached;
  }
}

function spawningFunctionsOf(program: Program): (id: FunctionId) => boolean {
  const { nodes } = program.graph;
  const edges = nodes.map(node => [...new Set(runEdgesOf(program, node).map(({ target }) => target))]);
  const { of } = summaries<boolean>({
    count: nodes.length,
    successorsOf: id => edges[id] as number[],
    bottom: false,
    summarize: (id, summaryOf) =>
      (nodes[id] as FunctionNode).calls.some(call => spawnOf(call.path) === 'task') ||
      (edges[id] as number[]).some(summaryOf),
    equal: (a, b) => a === b,
  });
  return of;
}

function awaitsIn({ graph }: Program, isOf: (id: FunctionId) => boolean) {
  const awaited = new Map<FunctionId, { node: FunctionNode; block: BlockIndex }[]>();
  for (const node of graph.nodes) {
    if (!isOf(node.id)) continue;
    for (const call of node.calls) {
      if (call.kind !== 'poll') continue;
      for (const target of graph.resolve(node, call).targets) {
        awaited.set(target, [...(awaited.get(target) ?? []), { node, block: call.block }]);
      }
    }
  }
  return awaited;
}
