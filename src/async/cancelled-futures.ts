/**
 * Where the workspace drops futures before they are done and goes on: arms of a `select!` in a loop, timeouts in a loop,
 * and timeouts of work on what outlives the body that sets them. What a shutdown drops once, with everything that it
 * worked on, loses nothing that anybody misses.
 *
 * Seen are futures of the workspace by their printed type. An arm that is `&mut future` goes on in the next round and is
 * no such place; an arm behind `impl Future` or `dyn Future` is not seen.
 */
import { closureKeysIn } from '#mir/closure-keys.ts';
import { controlFlowOf } from '#mir/control-flow.ts';
import type { FunctionId, FunctionNode } from '#mir/function-node.ts';
import type { Ty } from '#mir/type-parser.ts';
import type { Location } from '#model/location.ts';
import type { BlockIndex, Operand } from '#model/mir.ts';
import { outsideStateOf } from './outside-state.ts';
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

/** Futures that this body drops when something else is done first, while what they worked on is used again. */
export function cancelledFuturesOf(subject: Subject, program: Program): CancelledFuture[] {
  const { body, scope, shapes } = subject;
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
      const made = whereMade(program, subject, key);
      if (made === null || cancelled.has(key)) continue;
      const isUsedAgain = again.has(made.block) || (how === 'timeout' && made.inputs.some(outlives));
      if (isUsedAgain) cancelled.set(key, { key, at: made.at, how });
    }
  }
  return [...cancelled.values()];

  function outlives(input: Operand): boolean {
    return outsideStateOf(subject, input) !== null;
  }
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

interface Made {
  readonly block: BlockIndex;
  readonly at: Location;
  /** What the future was given: arguments of the call, captures of the block. */
  readonly inputs: readonly Operand[];
}

/** Where a future of this type is made: the call of its `async fn`, or the async block. */
function whereMade(program: Program, subject: Subject, key: string): Made | null {
  const { body, node, shapes, scope } = subject;
  const { graph } = program;
  for (const call of node.calls) {
    if (call.kind === 'poll' || call.at === null || !isInWorkspace(call.at)) continue;
    const makes = graph
      .resolve(node, call)
      .targets.some(id =>
        graph.futuresIn(graph.nodes[id] as FunctionNode).some(future => future.closureKey === key),
      );
    const terminator = body.blocks[call.block]?.terminator;
    if (makes)
      return { block: call.block, at: call.at, inputs: terminator?.kind === 'call' ? terminator.args : [] };
  }
  for (const [block, { cleanup, statements }] of body.blocks.entries()) {
    if (cleanup) continue;
    for (const statement of statements) {
      if (statement.kind !== 'assign' || statement.rvalue.kind !== 'aggregate') continue;
      const { shape, name, fields } = statement.rvalue;
      const ty = shape === 'closure' ? shapes.qualify(name, scope) : null;
      const at = subject.span(statement.span);
      if (ty?.kind !== 'closure' || ty.key !== key || at === null || !isInWorkspace(at)) continue;
      return { block, at, inputs: fields.map(field => field.operand) };
    }
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
