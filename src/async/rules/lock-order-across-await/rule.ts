import type { Unknown } from '#model/report.ts';
import { defineAsyncRule, type RuleRun } from '../../async-rule.ts';
import { orderConflictsOf } from '../../lock-orders.ts';
import { type LockPair, lockPairsOf } from '../../lock-pairs.ts';
import { locksTakenOf } from '../../locks-taken.ts';
import { orderDraft } from './order.ts';
import { againDraft, reentriesOf } from './reentry.ts';

export const lockOrderAcrossAwait = defineAsyncRule({
  name: 'async/lock-order-across-await',
  since: '0.1.0',
  levels: ['error', 'warning', 'note'],
  summary: 'A lock is waited for while it, or one that somebody else holds the other way round, is held.',
  why: `A lock that is asked for again by the code that holds it is never given: the await does not end, and nobody else
gets the lock either. Async locks are held across awaits by design, so the second request is often in another function,
behind several awaits. Two locks that are taken in two orders wait for each other as soon as two tasks meet between them.
Neither shows in a test with one task. In wasmCloud one handler took \`actors\` and then \`links\`, another \`links\` and then
\`actors\` (wasmCloud#813); rustfs hung when its status was asked for during a reload, for the same reason (rustfs#4421).`,
  whenToAllow: `The two orders cannot run at the same time (start-up and service), or the two locks that look like one belong
to different objects.`,
  cannotSee: `- Locks behind collections and raw pointers: two elements of a \`Vec\` cannot be told apart.
- Calls through \`dyn Trait\`, function pointers and type parameters.
- That two conditions exclude each other: a lock taken again under a flag that says whether it is held.
- A task that is spawned under a lock, needs it, and is then joined.`,
  needs: ['async-bodies', 'bodies', 'call-graph', 'type-shapes'],
  messages: {
    again: (lock: string) => `\`${lock}\` is locked again while it is held`,
    againInCall: (lock: string, callee: string) => `\`${lock}\` is held while \`${callee}\` locks it again`,
    read: (lock: string) => `\`${lock}\` is read-locked again while it is read-locked`,
    permit: (lock: string) => `a permit of \`${lock}\` is held while another one is waited for`,
    order: (a: string, b: string) => `\`${a}\` and \`${b}\` are locked in both orders`,
  },
  start: program => {
    const locks = locksTakenOf(program);
    return {
      wants: node => locks.wants(node),
      visit: subject => locks.note(subject),
      finish(report) {
        const pairs: readonly LockPair[] = lockPairsOf(program, locks);
        const context = { program, locks, messages: lockOrderAcrossAwait.messages };
        for (const pair of reentriesOf(pairs)) {
          const draft = againDraft(context, pair);
          if (draft !== null) report(draft);
        }
        for (const conflict of orderConflictsOf(pairs)) {
          const draft = orderDraft(context, conflict);
          if (draft !== null) report(draft);
        }
      },
      unknowns() {
        const skipped = [...locks.facts.values()].filter(facts => !facts.complete).length;
        const untold = new Set(
          lockPairsOf(program, locks)
            .filter(
              ({ relation, lock, taken }) => relation === 'unknown' && lock.call.type === taken.call.type,
            )
            .map(({ id, held, point }) => `${id} ${held.index} ${point.block}`),
        ).size;
        const unknowns: Unknown[] = [];
        if (untold > 0) {
          unknowns.push({
            area: 'async',
            what: 'locks that are taken while one of their kind is held',
            why: 'whether they are the same lock is not known: the path to one of them leads through a collection or another crate',
            count: untold,
          });
        }
        if (skipped > 0) {
          unknowns.push({
            area: 'async',
            what: 'functions that take locks and are too large to analyse',
            why: 'a bound of the analysis was reached',
            count: skipped,
          });
        }
        return unknowns;
      },
    } satisfies RuleRun;
  },
});
