/** How a function comes to take a lock, in steps for people. */

import type { FunctionId } from '#mir/function-node.ts';
import type { Step } from '#model/finding.ts';
import type { Location } from '#model/location.ts';
import type { LocksTaken, Taken } from './locks-taken.ts';
import type { Program } from './program.ts';
import { isInWorkspace } from './subject.ts';

// Limit: calls shown between the start and the lock; what lies deeper is in the functions that are named.
const stepsMax = 6;

export interface Chain {
  readonly steps: readonly Step[];
  /** The function that takes the lock itself. */
  readonly taker: FunctionId | null;
}

/** From the call or poll `taken` to the lock itself; the lock's own text stands in the last step. */
export function chainOf(program: Program, locks: LocksTaken, taken: Taken, lock: string): Chain {
  const steps: Step[] = [];
  let at: Taken = taken;
  let taker: FunctionId | null = null;
  for (let i = 0; at.via !== null && i < stepsMax; i++) {
    const { callee, key } = at.via;
    taker = callee;
    push(
      at.at,
      `${locks.node(callee).coroutine ? 'awaits' : 'calls'} \`${shortName(program, locks, callee)}\``,
    );
    const next = locks.takenBy(callee).get(key);
    if (next === undefined) return { steps, taker };
    at = next;
  }
  push(at.at, `${waitsFor(taken)} \`${lock}\` here`);
  return { steps, taker };

  function push(location: Location | null, message: string): void {
    if (location !== null && isInWorkspace(location)) steps.push({ location, message });
  }
}

function waitsFor({ call }: Taken): string {
  switch (call.lock) {
    case 'semaphore':
      return 'asks for a permit of';
    case 'channel':
      return 'asks for room in';
    case 'pool':
      return 'asks for a connection of';
    default:
      return 'locks';
  }
}

/** `Db::bump` of `shop::store::Db::bump::{closure#0}`. */
export function shortName(program: Program, locks: LocksTaken, id: FunctionId): string {
  const name = program.displayName(locks.node(id));
  return name.replace(/::\{closure#0\}$/, '');
}
