/** Pairs of locks that one function takes in one order and another in the other, from the pairs of lock-pairs.ts. */
import type { Value } from '#mir/value-paths.ts';
import type { LockCall } from './knowledge/locks.ts';
import { compareLocks, isExclusive, lockClassOf } from './lock-identity.ts';
import type { LockPair } from './lock-pairs.ts';

export interface OrderConflict {
  /** Takes B while A is held. */
  readonly first: LockPair;
  /** Takes A while B is held. */
  readonly second: LockPair;
  /** Both locks are parts of one thing in the same way in both functions, or statics. */
  readonly sameOwner: boolean;
  /** Only a writer that waits in between makes them wait for each other. */
  readonly needsWriter: boolean;
}

interface Edge {
  readonly pair: LockPair;
  readonly from: string;
  readonly to: string;
  /** How the one lock lies from the other; null where nothing ties them. */
  readonly tie: readonly [string, string] | null;
}

/** One conflict per two classes of locks, the surest one. */
export function orderConflictsOf(pairs: readonly LockPair[]): OrderConflict[] {
  const byOrder = new Map<string, Edge[]>();
  for (const pair of pairs) {
    const edge = edgeOf(pair);
    if (edge === null) continue;
    const key = `${edge.from} > ${edge.to}`;
    const known = byOrder.get(key);
    if (known === undefined) byOrder.set(key, [edge]);
    else known.push(edge);
  }
  const conflicts: OrderConflict[] = [];
  for (const edges of byOrder.values()) {
    const { from, to } = edges[0] as Edge;
    if (from >= to) continue;
    const found = edges.flatMap(first =>
      (byOrder.get(`${to} > ${from}`) ?? []).flatMap(second => conflictOf(first, second)),
    );
    const [best] = found.sort((a, b) => rank(a) - rank(b));
    if (best !== undefined) conflicts.push(best);
  }
  return conflicts;
}

function edgeOf(pair: LockPair): Edge | null {
  const { lock: held } = pair.lock;
  const { lock: taken } = pair.taken;
  const [from, to] = [lockClassOf(held), lockClassOf(taken)];
  if (from === null || to === null || from === to) return null;
  if (!isAsyncLock(pair.lock.call) || !isAsyncLock(pair.taken.call)) return null;
  // Nobody else can be at a lock that is reached through `&mut`.
  if (isExclusive(held) || isExclusive(taken)) return null;
  return { pair, from, to, tie: tieOf(held, taken) };
}

/** Semaphores and pools have more than one permit, and then an order is no conflict. */
function isAsyncLock({ lock, type }: LockCall): boolean {
  return (lock === 'mutex' || lock === 'rwlock') && !/^(?:std|lock_api|parking_lot|spin)::/.test(type);
}

function conflictOf(first: Edge, second: Edge): OrderConflict[] {
  if (isGated(first.pair, second.pair)) return [];
  const { pair: a } = first;
  const { pair: b } = second;
  const bothRead = (x: LockCall, y: LockCall) => x.mode === 'shared' && y.mode === 'shared';
  const needsWriter = bothRead(a.lock.call, b.taken.call) || bothRead(b.lock.call, a.taken.call);
  const sameOwner =
    first.tie !== null &&
    second.tie !== null &&
    first.tie[0] === second.tie[1] &&
    first.tie[1] === second.tie[0];
  return [{ first: a, second: b, sameOwner, needsWriter }];
}

/** A third lock that both hold keeps them from running at once. */
function isGated(a: LockPair, b: LockPair): boolean {
  const gates = (pair: LockPair) =>
    pair.others
      .filter(other => other.index !== pair.held.index && other.definite)
      .flatMap(other =>
        other.locks.filter(({ call }) => call.mode === 'exclusive').map(({ lock }) => lockClassOf(lock)),
      );
  const mine = new Set(gates(a).filter(name => name !== null));
  return gates(b).some(name => name !== null && mine.has(name));
}

/** `self.shared.a` and `self.shared.b` are `.a` and `.b` of one thing. */
function tieOf(a: Value, b: Value): readonly [string, string] | null {
  if (a.base.kind === 'static' && b.base.kind === 'static') {
    return [lockClassOf(a) ?? '', lockClassOf(b) ?? ''];
  }
  const probe = (value: Value): Value => ({ ...value, steps: [] });
  if (compareLocks(probe(a), probe(b)) !== 'same') return null;
  const steps = (value: Value) => value.steps.map(({ step }) => step);
  const [x, y] = [steps(a), steps(b)];
  if (x.includes('[]') || y.includes('[]')) return null;
  let common = 0;
  while (common < x.length && common < y.length && x[common] === y[common]) common++;
  return [x.slice(common).join(''), y.slice(common).join('')];
}

function rank({ sameOwner, needsWriter, first, second }: OrderConflict): number {
  const depth = Math.min(first.taken.depth + second.taken.depth, 50);
  return (sameOwner ? 0 : 200) + (needsWriter ? 100 : 0) + depth;
}
