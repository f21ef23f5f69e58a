import type { FunctionId } from '#mir/function-node.ts';
import { behindPointers } from '#mir/pointers.ts';
import type { Value } from '#mir/value-paths.ts';
import { defineAsyncRule, type RuleRun } from '../../async-rule.ts';
import { futuresInside } from '../../futures-inside.ts';
import { compareLocks, identityOf, lockClassOf } from '../../lock-identity.ts';
import { locksTakenOf, type Taken } from '../../locks-taken.ts';
import { mayLeaveFutures, type UnpolledFuture, unpolledFuturesOf } from '../../unpolled-futures.ts';
import { draftOf, type Stall } from './draft.ts';

export const futurelock = defineAsyncRule({
  name: 'async/futurelock',
  since: '0.1.0',
  levels: ['error', 'warning', 'note'],
  summary: 'A future that nobody polls any more may hold what the awaiting code waits for.',
  why: `\`select!\` on \`&mut fut\`, \`timeout\` on it and \`next\` on a stream of futures leave the future where it is when something
else is ready first. It is alive, it may hold a lock or stand first in the queue for one, and it goes on only when it is polled.
If the code that now runs awaits the same lock, nobody ever polls it again: a deadlock inside one task, in which no await is wrong
by itself. It stopped omicron's control plane (omicron#9259; Oxide RFD 609, "Futurelock").`,
  whenToAllow: `The future surely does not hold or wait for the lock at that point, or the lock that it takes belongs to another
object.`,
  cannotSee: `- Futures that a struct keeps in a field, and those behind a \`&mut\` argument.
- \`select!\` of the \`futures\` crate, and futures that are polled by hand.
- What a future does behind \`dyn Future\` or inside another crate; there the finding is a note.
- Locks that are not in the table of locks (data/async/locks.json).`,
  needs: ['async-bodies', 'bodies', 'call-graph', 'type-shapes'],
  messages: {
    surely: (future: string, lock: string) =>
      `${future} is not polled while this awaits \`${lock}\`, which it may hold or be next for`,
    maybe: (future: string, lock: string) =>
      `${future} is not polled while this awaits \`${lock}\`, which may be what it holds`,
    unpolled: (future: string) => `${future} is not polled while this awaits`,
  },
  start: program => {
    const locks = locksTakenOf(program);
    const unpolled = new Map<FunctionId, readonly UnpolledFuture[]>();
    return {
      wants: node =>
        locks.wants(node) ||
        (node.coroutine &&
          node.calls.some(call => call.kind === 'poll' && call.self !== null && mayLeaveFutures(call.self))),
      visit(subject) {
        locks.note(subject);
        if (!subject.node.coroutine) return;
        const found = unpolledFuturesOf(subject);
        if (found.length > 0) unpolled.set(subject.node.id, found);
      },
      finish(report) {
        for (const [id, futures] of unpolled) {
          for (const future of futures) {
            const draft = draftOf(program, locks, id, stallOf(id, future), futurelock.messages);
            if (draft !== null) report(draft);
          }
        }
      },
    } satisfies RuleRun;

    /** The gravest of a future's awaits. */
    function stallOf(id: FunctionId, future: UnpolledFuture): Stall {
      const inside = futuresInside(program, locks, id, behindPointers(future.ty), future.value);
      const held = inside.futures.flatMap(({ body, captures }) =>
        locks.takenByBody(body, captures, future.polledAt).map(taken => ({ body, taken })),
      );
      // A blocking lock that lives over an await is another rule's business; one that does not is free here.
      const own = held.filter(({ taken }) => taken.call.waits === 'await');
      const stalls: Stall[] = [];
      for (const at of future.awaits) {
        const point = locks.facts.get(id)?.points.find(({ block }) => block === at.block);
        const waited = point === undefined ? [] : locks.takenAt(id, point);
        for (const mine of waited) {
          for (const { body, taken } of own) {
            const severity = severityOf(mine, taken, at.inOtherArm);
            if (severity !== null) stalls.push({ future, at, severity, waits: mine, holds: { body, taken } });
          }
        }
      }
      const [first] = [...future.awaits].sort(
        (a, b) => Number(b.inOtherArm) - Number(a.inOtherArm) || a.block - b.block,
      );
      const rest: Stall = {
        future,
        at: first as UnpolledFuture['awaits'][number],
        severity: own.length > 0 || inside.open ? 'note' : null,
        waits: null,
        holds: own[0] ?? null,
      };
      return stalls.sort((a, b) => rank(a) - rank(b) || a.at.block - b.at.block)[0] ?? rest;
    }
  },
});

function severityOf(waits: Taken, holds: Taken, inOtherArm: boolean): 'error' | 'warning' | 'note' | null {
  if (waits.call.type !== holds.call.type || waits.call.lock !== holds.call.lock) return null;
  const relation = compareLocks(waits.lock, holds.lock);
  if (relation === 'different') return null;
  if (relation === 'unknown' && !isOneClass(waits.lock, holds.lock)) return null;
  // Two readers are in each other's way only with a writer between them.
  if (waits.call.mode === 'shared' && holds.call.mode === 'shared') return 'note';
  if (!inOtherArm) return 'note';
  // A function that is given two things is rarely given the same one twice.
  if (relation === 'unknown' && identityOf(waits.lock) !== null && identityOf(holds.lock) !== null)
    return 'note';
  const isCounted = waits.call.lock !== 'mutex' && waits.call.lock !== 'rwlock';
  return relation === 'same' && !isCounted ? 'error' : 'warning';
}

function isOneClass(a: Value, b: Value): boolean {
  return lockClassOf(a) !== null && lockClassOf(a) === lockClassOf(b);
}

function rank({ severity, waits, holds }: Stall): number {
  const depth = (waits?.depth ?? 0) + (holds?.taken.depth ?? 0);
  return (severity === 'error' ? 0 : severity === 'warning' ? 100 : 200) + Math.min(depth, 90);
}
