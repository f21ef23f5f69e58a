/**
 * Futures of the workspace that it drops before they are done while what they worked on is used again: in the next round
 * of a loop, behind the timeout, or by whoever lent it. What a shutdown drops for good, with everything that it worked
 * on, loses nothing that anybody misses.
 *
 * A task that is spawned does not end with its handle. An arm that is `&mut future` goes on in the next round.
 */
import type { FunctionId, FunctionNode } from '#mir/function-node.ts';
import { calleePath } from '#mir/known-calls.ts';
import { drawRoot } from '#mir/value-source.ts';
import type { Location } from '#model/location.ts';
import type { CancelFacts } from './cancel-facts.ts';
import type { FutureValue } from './future-value.ts';
import type { PositionKind } from './knowledge/combinators.ts';
import { spawnOf } from './knowledge/spawns.ts';
import type { Program } from './program.ts';
import { runEdgesOf } from './reach.ts';

export interface CancelledFuture {
  /** Where the future is made, or named. */
  readonly at: Location;
  readonly kind: PositionKind;
  /**
   * False where the state was only lent to the body around the place, by a caller that has it back then: the caller may
   * go on with it, or drop it because of the error.
   */
  readonly isUsedAgain: boolean;
}

export interface CancelledFutures {
  /**
   * Where a body ends early, itself or with the future that awaits it; null where no such place was seen. State that is
   * `shared` is missed wherever the program goes on; what the future had for itself alone, only where that is used again.
   */
  of(id: FunctionId, shared: boolean): CancelledFuture | null;
}

/** When it is dropped, for people. */
export const droppedWhen: Record<PositionKind, string> = {
  select: 'this future is dropped when another arm of the `select!` is done first',
  timeout: 'this future is dropped when the time is over',
  'until-cancelled': 'this future is dropped when the token is cancelled first',
  'try-join': 'this future is dropped when another one fails',
  race: 'this future is dropped when another one is done first',
  'now-or-never': 'this future is dropped when it is not ready at once',
  abortable: 'this future is dropped when it is aborted',
};

/** What a finding cannot say of who drops the future. */
export function whoDrops(future: CancelledFuture | null): string[] {
  if (future === null) return ['no place in this workspace was seen to drop this future before it is done'];
  return future.isUsedAgain
    ? []
    : ['whether the state is used again behind that place is up to the caller that lent it'];
}

/** After the second reading. Of several places that drop a body the first in the order of files and lines is told. */
export function cancelledFuturesOf(program: Program, facts: CancelFacts): CancelledFutures {
  const used = new Map<FunctionId, CancelledFuture>();
  const lent = new Map<FunctionId, CancelledFuture>();
  const missed = new Map<FunctionId, CancelledFuture>();
  const lentShared = new Map<FunctionId, CancelledFuture>();
  for (const fact of facts.positions()) {
    for (const [index, arm] of fact.position.arms.entries()) {
      const value = arm.owned ? arm.value : (arm.behind?.value ?? null);
      if (value === null) continue;
      const after = fact.after.filter(
        ({ outcome, complete, givenUp }) =>
          complete && (arm.owned ? outcome.cancels.includes(index) : givenUp.includes(index)),
      );
      const isUsed = after.some(({ uses }) => usesInputOf(value, uses));
      const isLent = after.length > 0 && isLentByCaller(value);
      const isBack = isLent && endsOnePiece.has(fact.position.kind);
      const isMissed = isUsed || isBack || after.some(({ again }) => again);
      if (!isMissed && !isLent) continue;
      const place = { at: value.at ?? fact.position.at, kind: fact.position.kind };
      for (const body of bodiesOf(program, fact.node, value)) {
        if (isUsed) addWithAwaited(program, body, { ...place, isUsedAgain: true }, used);
        if (isBack) addWithAwaited(program, body, { ...place, isUsedAgain: false }, lent);
        if (isMissed) addWithAwaited(program, body, { ...place, isUsedAgain: true }, missed);
        if (isLent) addWithAwaited(program, body, { ...place, isUsedAgain: false }, lentShared);
      }
    }
  }
  return {
    of: (id, shared) =>
      (shared ? (missed.get(id) ?? lentShared.get(id)) : (used.get(id) ?? lent.get(id))) ?? null,
  };
}

/** Kinds that end one piece of work, behind which the function goes on or returns to its caller. */
const endsOnePiece: ReadonlySet<PositionKind> = new Set(['timeout', 'try-join', 'now-or-never']);

/** Lent by the caller of the body around the position, who has it back when that returns. */
function isLentByCaller(value: FutureValue): boolean {
  return ownParts(value).some(({ inputs }) =>
    inputs.some(({ root, access }) => access !== 'copied' && root.local === 1 && root.path.includes('*')),
  );
}

function usesInputOf(value: FutureValue, uses: ReadonlyMap<string, readonly unknown[]>): boolean {
  return ownParts(value).some(({ inputs }) =>
    inputs.some(({ root, access }) => access === 'mut' && (uses.get(drawRoot(root)) ?? []).length > 0),
  );
}

/** The futures that a future is made of and that end with it; a task goes on without its handle. */
function ownParts(value: FutureValue): FutureValue[] {
  if (value.call !== null && spawnOf(calleePath(value.call.callee)) !== null) return [];
  return [value, ...value.inputs.flatMap(({ future }) => (future === null ? [] : ownParts(future)))];
}

function bodiesOf({ graph }: Program, from: FunctionNode, value: FutureValue): FunctionNode[] {
  return ownParts(value).flatMap(({ ty, call }) => {
    if (ty.kind === 'closure') {
      const body = graph.closure(from, ty.key);
      return body?.coroutine === true ? [body] : [];
    }
    // `impl Future` and boxed futures are known by the function that made them.
    const site = call === null ? undefined : from.calls.find(({ block }) => block === call.block);
    if (site === undefined) return [];
    return graph.resolve(from, site).targets.flatMap(id => graph.futuresIn(graph.nodes[id] as FunctionNode));
  });
}

/** A body and, with it, the bodies that it awaits. */
function addWithAwaited(
  program: Program,
  body: FunctionNode,
  future: CancelledFuture,
  byNode: Map<FunctionId, CancelledFuture>,
): void {
  const pending = [body];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (byNode.has(node.id)) continue;
    byNode.set(node.id, future);
    for (const edge of runEdgesOf(program, node)) {
      const target = program.graph.nodes[edge.target];
      if (edge.how === 'poll' && target?.coroutine === true) pending.push(target);
    }
  }
}
