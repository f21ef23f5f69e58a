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
import type { BlockIndex } from '#model/mir.ts';
import type { AfterOutcome, CancelFacts, LocatedUse } from './cancel-facts.ts';
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
  /** Where what ends the work looks at the state again; null where anything else uses it, or nothing was seen to. */
  readonly endedAt: Location | null;
}

export interface CancelledFutures {
  /**
   * Where a body ends early, itself or with the future that awaits it; null where no such place was seen. State that is
   * `shared` is missed wherever the program goes on; what the future had for itself alone, only where that is used again,
   * and by what only ends the work (`shutdown`) only where that touches the same field.
   */
  of(
    id: FunctionId,
    state: { readonly shared: boolean; readonly field: string | null },
  ): CancelledFuture | null;
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
  abort: 'the task that runs this is aborted here, wherever it is',
};

/** What a finding cannot say of who drops the future. */
export function whoDrops(future: CancelledFuture | null): string[] {
  if (future === null) return ['no place in this workspace was seen to drop this future before it is done'];
  if (future.isUsedAgain) return [];
  return future.kind === 'abort'
    ? ['whether anybody uses the state again when the task is aborted was not seen']
    : ['whether the state is used again behind that place is up to the caller that lent it'];
}

/** How the work can be kept from being dropped midway. */
export function keepRunning(future: CancelledFuture | null): string {
  return future?.kind === 'abort'
    ? 'or ask the task to stop by a token (`CancellationToken`), which it looks at between two pieces of work, instead of an abort'
    : 'or let a task of its own do the work: a dropped `JoinHandle` does not stop it';
}

/** After the second reading. Of several places that drop a body the first in the order of files and lines is told. */
export function cancelledFuturesOf(program: Program, facts: CancelFacts): CancelledFutures {
  const used = new Map<FunctionId, CancelledFuture>();
  const lent = new Map<FunctionId, CancelledFuture>();
  const missed = new Map<FunctionId, CancelledFuture>();
  const ended = new Map<FunctionId, Ended[]>();
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
      const ends = after.flatMap(({ uses }) => endsOfInput(value, uses));
      if (!isMissed && !isLent && ends.length === 0) continue;
      const place = { at: value.at ?? fact.position.at, kind: fact.position.kind, endedAt: null };
      for (const body of bodiesOf(program, fact.node, value)) {
        if (isUsed) addWithAwaited(program, body, { ...place, isUsedAgain: true }, used);
        if (isBack) addWithAwaited(program, body, { ...place, isUsedAgain: false }, lent);
        if (isMissed) addWithAwaited(program, body, { ...place, isUsedAgain: true }, missed);
        if (isLent) addWithAwaited(program, body, { ...place, isUsedAgain: false }, lentShared);
        for (const { block, at } of ends) {
          const fields = fieldsOfCall(program, facts, fact.node, block);
          const future = { ...place, isUsedAgain: true, endedAt: at };
          for (const awaited of withAwaited(program, body))
            ended.set(awaited.id, [...(ended.get(awaited.id) ?? []), { future, fields }]);
        }
      }
    }
  }
  for (const { node, value, at, isUsedAgain } of facts.aborted()) {
    // What a task has is its own, or shared.
    for (const body of bodiesOf(program, node, value))
      addWithAwaited(
        program,
        body,
        { at, kind: 'abort', isUsedAgain, endedAt: null },
        isUsedAgain ? missed : lentShared,
      );
  }
  return {
    of: (id, { shared, field }) =>
      (shared ? missed.get(id) : used.get(id)) ??
      endedLooking(ended.get(id) ?? [], field) ??
      (shared ? lentShared.get(id) : lent.get(id)) ??
      null,
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

function usesInputOf(value: FutureValue, uses: AfterOutcome['uses']): boolean {
  return usesOfInputs(value, uses).some(({ ends }) => !ends);
}

function endsOfInput(value: FutureValue, uses: AfterOutcome['uses']): LocatedUse[] {
  return usesOfInputs(value, uses).filter(({ ends }) => ends);
}

function usesOfInputs(value: FutureValue, uses: AfterOutcome['uses']): LocatedUse[] {
  return ownParts(value).flatMap(({ inputs }) =>
    inputs.flatMap(({ root, access }) => (access === 'mut' ? (uses.get(drawRoot(root)) ?? []) : [])),
  );
}

/** A future that is dropped while what ends the work touches these fields. */
interface Ended {
  readonly future: CancelledFuture;
  readonly fields: ReadonlySet<string>;
}

function endedLooking(ended: readonly Ended[], field: string | null): CancelledFuture | undefined {
  return field === null ? undefined : ended.find(({ fields }) => fields.has(field))?.future;
}

function fieldsOfCall(
  { graph }: Program,
  facts: CancelFacts,
  from: FunctionNode,
  block: BlockIndex,
): ReadonlySet<string> {
  const call = from.calls.find(site => site.block === block);
  const targets = call === undefined ? [] : graph.resolve(from, call).targets;
  return new Set(targets.flatMap(id => [...facts.fields(id)]));
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

function addWithAwaited(
  program: Program,
  body: FunctionNode,
  future: CancelledFuture,
  byNode: Map<FunctionId, CancelledFuture>,
): void {
  for (const { id } of withAwaited(program, body)) if (!byNode.has(id)) byNode.set(id, future);
}

/** A body and, with it, the bodies that it awaits. */
function withAwaited(program: Program, body: FunctionNode): FunctionNode[] {
  const found = new Set([body]);
  for (const node of found) {
    for (const edge of runEdgesOf(program, node)) {
      const target = program.graph.nodes[edge.target];
      if (edge.how === 'poll' && target?.coroutine === true) found.add(target);
    }
  }
  return [...found];
}
