import { isAsyncBody } from '../../async-body.ts';
import { defineAsyncRule, type RuleRun } from '../../async-rule.ts';
import { heldRun } from '../../held-guard-findings.ts';
import { heldTexts } from '../../held-steps.ts';
import { adviceFor } from './advice.ts';

export const borrowHeldAcrossAwait = defineAsyncRule({
  name: 'async/borrow-held-across-await',
  since: '0.1.0',
  levels: ['error', 'warning', 'note'],
  summary: 'A borrow, an entered span or a setting of the thread is still alive when the future suspends.',
  why: `While a future is suspended, its thread runs other tasks, and it may itself go on on another thread. Nobody waits for a
borrow that it keeps meanwhile, as one does for a lock. Instead the others go wrong:

- With a \`RefCell\`, the next task that borrows it panics. In Deno \`Deno.emit\` crashed with a \`BorrowMutError\` so
  (denoland/deno#12453), and \`receiveMessageOnPort\` did (denoland/deno#23362).
- With a \`tracing\` span, what other tasks log is recorded under it, and the future may leave it on a thread that never entered
  it (vectordotdev/vector#25482).
- A subscriber, a context or a runtime that is set for the thread is set for the tasks that it runs meanwhile.
- While an epoch is pinned no garbage is freed.

It is an error where other tasks can meet it. It is a warning where \`block_on\` runs the future, and nothing that the program
spawns, selects or joins awaits it.`,
  whenToAllow: `The future is the only thing that its thread runs, or nothing else borrows the cell while it is suspended.`,
  cannotSee: `- A borrow inside a type of another crate that is not in the table of guards.
- A borrow behind \`dyn Trait\` that was erased in another function.
- That two conditions exclude each other: a borrow dropped under \`if a\` counts as held under a later \`if !a\`.
- Whether anything else borrows the cell while the future is suspended.`,
  needs: ['async-bodies', 'type-shapes', 'call-graph'],
  messages: heldTexts,
  start: program => {
    const run = heldRun(program, 'borrow', adviceFor);
    return {
      wants: node => program.guardCandidates.has(node.id),
      visit(subject, report) {
        if (isAsyncBody(subject)) run.visit(subject).forEach(report);
      },
      blocks: () =>
        run.seen.size === 0
          ? []
          : [
              {
                kind: 'table',
                title: 'Borrows held across an await, by kind',
                columns: [{ title: 'kind' }, { title: 'borrows', unit: 'count' }],
                rows: [...run.seen].sort(([a], [b]) => (a < b ? -1 : 1)),
              },
            ],
    } satisfies RuleRun;
  },
});
