/** Every place where a lock is taken while another, or the same, is held. */
import type { FunctionId } from '#mir/function-node.ts';
import type { Value } from '#mir/value-paths.ts';
import type { LockCall } from './knowledge/locks.ts';
import type { Point } from './lock-facts.ts';
import { compareLocks } from './lock-identity.ts';
import type { HeldLock, LocksTaken, Taken } from './locks-taken.ts';
import type { Program } from './program.ts';

export interface LockPair {
  readonly id: FunctionId;
  readonly point: Point;
  readonly held: HeldLock;
  readonly lock: { readonly lock: Value; readonly call: LockCall };
  readonly taken: Taken;
  readonly relation: ReturnType<typeof compareLocks>;
  /** All that is held there. */
  readonly others: readonly HeldLock[];
}

const memo = new WeakMap<LocksTaken, readonly LockPair[]>();

/** In an order that does not depend on that of the bodies. */
export function lockPairsOf(program: Program, locks: LocksTaken): readonly LockPair[] {
  const known = memo.get(locks);
  if (known !== undefined) return known;
  const pairs: LockPair[] = [];
  const named = [...locks.facts.keys()].map(id => ({ id, name: program.displayName(locks.node(id)) }));
  for (const { id } of named.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id - b.id))) {
    for (const point of locks.facts.get(id)?.points ?? []) {
      if (point.held.length === 0) continue;
      const taken = locks.takenAt(id, point);
      if (taken.length === 0) continue;
      const held = locks.heldAt(id, point.held);
      for (const one of held)
        for (const lock of one.locks)
          for (const other of taken)
            pairs.push({
              id,
              point,
              held: one,
              lock,
              taken: other,
              relation: compareLocks(lock.lock, other.lock),
              others: held,
            });
    }
  }
  memo.set(locks, pairs);
  return pairs;
}
