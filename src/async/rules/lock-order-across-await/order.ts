import type { Severity, Step } from '#model/finding.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { lockText } from '../../lock-identity.ts';
import type { OrderConflict } from '../../lock-orders.ts';
import type { LockPair } from '../../lock-pairs.ts';
import { chainOf, shortName } from '../../lock-story.ts';
import { isInWorkspace } from '../../subject.ts';
import type { Context } from './reentry.ts';

/** Null where no span lies in the workspace. */
export function orderDraft(
  { program, locks, messages }: Context,
  conflict: OrderConflict,
): FindingDraft | null {
  const { first, second, sameOwner, needsWriter } = conflict;
  const a = lockText(first.lock.lock, program.shapes);
  const b = lockText(first.taken.lock, program.shapes);
  const location = first.taken.at;
  if (location === null || !isInWorkspace(location)) return null;
  const node = locks.node(first.id);
  const notes = [
    `a task that holds \`${a}\` here and one that holds \`${b}\` in \`${shortName(program, locks, second.id)}\` wait for each other, and for good`,
  ];
  if (!sameOwner)
    notes.push(
      'that it is the same two locks in both functions is likely and not proved: both are named by their types',
    );
  if (needsWriter)
    notes.push('where both take a lock for reading, they wait only if a writer has asked for it in between');
  if (!first.held.definite || !second.held.definite)
    notes.push('the first lock is held on some of the paths that lead to the second');
  return {
    severity: severityOf(conflict),
    confidence: 'likely',
    message: messages.order(a, b),
    function: program.displayName(node),
    package: program.units[node.unit]?.package ?? '',
    location,
    label: `\`${b}\` is waited for with \`${a}\` held`,
    steps: [...stepsOf(first, a, b), ...stepsOf(second, b, a)],
    notes,
    help: ['take both in the same order everywhere, or release the first before the second is taken'],
    evidence: [
      {
        kind: 'mir',
        what: `a guard of \`${a}\` is alive where \`${b}\` is taken, and the reverse in ${program.displayName(locks.node(second.id))}`,
      },
    ],
  };

  function stepsOf(pair: LockPair, held: string, taken: string): Step[] {
    const steps: Step[] = [];
    const { at } = pair.held.acquisition;
    const where = shortName(program, locks, pair.id);
    if (at !== null && isInWorkspace(at))
      steps.push({ location: at, message: `\`${where}\` holds \`${held}\` from here on` });
    const chain = chainOf(program, locks, pair.taken, taken).steps;
    return [...steps, ...chain];
  }
}

function severityOf({ sameOwner, needsWriter, first, second }: OrderConflict): Severity {
  if (needsWriter) return 'note';
  if (!first.held.definite || !second.held.definite) return sameOwner ? 'warning' : 'note';
  return sameOwner ? 'error' : 'warning';
}
