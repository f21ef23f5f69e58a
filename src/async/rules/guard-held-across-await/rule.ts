import { isAsyncBody } from '../../async-body.ts';
import { defineAsyncRule, type RuleRun } from '../../async-rule.ts';
import { heldRun } from '../../held-guard-findings.ts';
import { heldTexts } from '../../held-steps.ts';
import { adviceFor } from './advice.ts';
import { guardsByKind, unknownsOf } from './section.ts';

export const guardHeldAcrossAwait = defineAsyncRule({
  name: 'async/guard-held-across-await',
  since: '0.1.0',
  levels: ['error', 'warning', 'note'],
  summary: 'A guard of a lock is still alive when the future suspends.',
  why: `While a future is suspended, its thread runs other tasks. A guard that lives across an \`.await\` keeps its lock for
all that time. With a blocking lock, a second task that asks for it on the same thread blocks that thread, and the future
that could release the lock never runs again.

It is an error where other tasks can meet the lock. It is a warning where \`block_on\` runs the future, and nothing that the
program spawns, selects or joins awaits it.`,
  whenToAllow: `The lock is never contended by design (a mutex that serialises tests), or the future is the only thing that
its thread runs.`,
  cannotSee: `- A guard inside a type of another crate that is not in the table of guards.
- A guard behind \`dyn Trait\` that was erased in another function.
- A guard in a value of a generic type, where no caller in the workspace brings one.
- That two conditions exclude each other: a guard dropped under \`if a\` counts as held under a later \`if !a\`.
- A guard that an un-awaited future has taken inside itself, once it was polled.
- Whether anything else takes the lock at all.`,
  needs: ['async-bodies', 'type-shapes', 'call-graph'],
  messages: heldTexts,
  start: program => {
    // What could not be looked into may hide a lock or a borrow; it is counted here for both rules.
    const unresolved = new Map<string, Set<string>>();
    let skipped = 0;
    const run = heldRun(program, 'lock', adviceFor, (subject, result, isInstance) => {
      if (!result.complete) skipped++;
      if (isInstance) return;
      for (const part of result.unresolved) {
        const where = unresolved.get(part.kind) ?? new Set();
        where.add(`${subject.displayName} ${part.ty.text}`);
        unresolved.set(part.kind, where);
      }
    });
    return {
      wants: node => program.guardCandidates.has(node.id),
      visit(subject, report) {
        if (isAsyncBody(subject)) run.visit(subject).forEach(report);
      },
      unknowns: () => unknownsOf(unresolved, skipped),
      blocks: () => (run.seen.size === 0 ? [] : [guardsByKind(run.seen)]),
    } satisfies RuleRun;
  },
});
