/**
 * Where the workspace drops futures before they are done and goes on: arms of a `select!` in a loop, and timeouts in a
 * loop. What a shutdown drops once, with everything that it worked on, loses nothing that anybody misses.
 *
 * Seen are futures of the workspace by their printed type. An arm that is `&mut future` goes on in the next round and is
 * no such place; an arm behind `impl Future` or `dyn Future` is not seen.
 */
import { closureKeysIn } from '#mir/closure-keys.ts';
import { controlFlowOf } from '#mir/control-flow.ts';
import type { FunctionId, FunctionNode } from '#mir/function-node.ts';
import type { Ty } from '#mir/type-parser.ts';
import type { Location } from '#model/location.ts';
import type { BlockIndex } from '#model/mir.ts';
import type { Program } from './program.ts';
import { runEdgesOf } from './reach.ts';
import { isInWorkspace, type Subject } from './subject.ts';

export interface CancelledFuture {
  /** Key of the future's type. */
  readonly key: string;
  /** Where the future is made. */
  readonly at: Location;
  readonly how: 'select' | 'timeout';
}

/** Futures that this body makes anew in each round of a loop, and drops when something else is done first. */
export function cancelledFuturesOf(subject: Subject, program: Program): CancelledFuture[] {
  const { body, node, scope, shapes } = subject;
  const wrapped: { ty: Ty; how: CancelledFuture['how'] }[] = [];
  const isSelect = body.locals.some(({ ty }) => /PollFn<\{closure@[^{}]*\/macros\/select\.rs:/.test(ty));
  for (const [local, { ty: printed }] of body.locals.entries()) {
    if (!printed.includes('{')) continue;
    const name = body.debugInfo.find(
      ({ place }) => place?.local === local && place.projection.length === 0,
    )?.name;
    if (isSelect && name === 'futures') {
      const ty = shapes.qualify(printed, scope);
      if (ty.kind === 'tuple') for (const item of ty.items) wrapped.push({ ty: item, how: 'select' });
    } else if (/^tokio::time::(timeout::)?Timeout</.test(printed)) {
      wrapped.push({ ty: shapes.qualify(printed, scope), how: 'timeout' });
    }
  }
  if (wrapped.length === 0) return [];
  const again = blocksInLoops(subject);
  const cancelled = new Map<string, CancelledFuture>();
  for (const { ty, how } of wrapped) {
    if (ty.kind === 'ref') continue;
    for (const key of closureKeysIn(ty)) {
      const made = whereMade(program, node, key);
      if (made !== null && again.has(made.block) && !cancelled.has(key))
        cancelled.set(key, { key, at: made.at, how });
    }
  }
  return [...cancelled.values()];
}

/** Blocks that can run again after the body was suspended, in whichever way the await ended. */
function blocksInLoops({ body }: Subject): Set<BlockIndex> {
  const flow = controlFlowOf(body);
  const seen = new Set<BlockIndex>();
  const pending = flow.reversePostorder.filter(block => body.blocks[block]?.terminator.kind === 'yield');
  for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
    for (const edge of flow.successors[block] ?? []) {
      if (edge.kind === 'cancel' || seen.has(edge.target)) continue;
      seen.add(edge.target);
      pending.push(edge.target);
    }
  }
  // Of these, the ones from which themselves can be reached again.
  return new Set([...seen].filter(block => reaches(flow.successors, block, block)));
}

function reaches(
  successors: readonly (readonly { target: BlockIndex; kind: string }[])[],
  from: BlockIndex,
  to: BlockIndex,
): boolean {
  const seen = new Set<BlockIndex>();
  const pending = [from];
  for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
    for (const edge of successors[block] ?? []) {
      if (edge.kind === 'cancel' || seen.has(edge.target)) continue;
      if (edge.target === to) return true;
      seen.add(edge.target);
      pending.push(edge.target);
    }
  }
  return false;
}

/** The call that makes a future of this type: of an `async fn` itself, or one that is given the async block. */
function whereMade(
  program: Program,
  node: FunctionNode,
  key: string,
): { block: BlockIndex; at: Location } | null {
  for (const call of node.calls) {
    if (call.kind === 'poll' || call.at === null || !isInWorkspace(call.at)) continue;
    const { graph } = program;
    const makes = graph
      .resolve(node, call)
      .targets.some(id =>
        graph.futuresIn(graph.nodes[id] as FunctionNode).some(future => future.closureKey === key),
      );
    if (makes) return { block: call.block, at: call.at };
  }
  return null;
}

/**
 * The futures that end with these: themselves, and what they await. Each with the place where the first of them is made;
 * of several places the first in the order of files and lines.
 */
export function endWith(
  program: Program,
  cancelled: readonly { from: FunctionNode; future: CancelledFuture }[],
): ReadonlyMap<FunctionId, CancelledFuture> {
  const byNode = new Map<FunctionId, CancelledFuture>();
  const sorted = [...cancelled].sort((a, b) => (placeOf(a.future) < placeOf(b.future) ? -1 : 1));
  for (const { from, future } of sorted) {
    const start = program.graph.closure(from, future.key);
    const pending = start === null ? [] : [start];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (byNode.has(node.id)) continue;
      byNode.set(node.id, future);
      for (const edge of runEdgesOf(program, node)) {
        const target = program.graph.nodes[edge.target];
        if (edge.how === 'poll' && target?.coroutine === true) pending.push(target);
      }
    }
  }
  return byNode;
}

function placeOf({ at }: CancelledFuture): string {
  return `${at.file} ${String(at.startLine).padStart(8, '0')} ${String(at.startColumn).padStart(8, '0')}`;
}
