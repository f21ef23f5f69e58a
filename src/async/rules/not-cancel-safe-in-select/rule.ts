import type { FindingEvidence, Step } from '#model/finding.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { defineAsyncRule } from '../../async-rule.ts';
import { cancelFactsOf, type PositionFact } from '../../cancel-facts.ts';
import { type FutureSafety, nameOf } from '../../future-safety.ts';
import { type LostArm, lostBy } from '../../lost-arm.ts';
import { messages } from './messages.ts';
import { unknownsOf } from './unknowns.ts';

/** One finding per arm that loses something when it is dropped, where the program goes on afterwards. */
export const notCancelSafeInSelect = defineAsyncRule({
  name: 'async/not-cancel-safe-in-select',
  since: '0.1.0',
  levels: ['error', 'warning', 'note'],
  summary:
    'A future that loses data when it is dropped is an arm of `select!`, or under a timeout, and its stream is used again.',
  why: `\`select!\` drops the futures of all arms but the first one to be ready; a timeout drops the future that it ran out on.
A future that has read half a message, or that owns a message which it could not yet send, takes that with it. The next
round begins in the middle: the stream is out of step, or a message is gone, and only under load.

oxidecomputer/omicron#3356 lost bytes of a serial console so (a \`select!\` loop with \`SinkExt::send\`);
josehu07/summerset#11 found every read and write of its TCP connections in \`select!\` affected; bug-ops/mcpls#451 and
vnvo/pgwire-replication#5 read frames with \`read_exact\` in an arm and took the rest of one for the length of the next.

A future that is polled by reference (\`&mut future\`) is not dropped by the \`select!\` and is resumed in the next round.`,
  whenToAllow:
    'When the other arms end the use of the stream in a way that Assay cannot see, or when what is lost does not matter (a progress message, a ping).',
  cannotSee: `- Futures of crates that the table of cancel safety does not have, and boxed futures whose maker is not known: they are
  counted as unknown and never reported.
- What a caller does with a stream after the function that lost its place in it has returned.
- A stream that is shared through a lock: which value is behind the guard is not followed.
- \`select_all\`, \`select_ok\` and \`try_select\` of the futures crate, and tasks that are aborted: a task's state is its own.
- What a body has taken and holds at an await: that is \`async/lost-on-cancel\`.
- Precedence: a \`biased;\` or a precondition (\`, if …\`) that makes the loss impossible.`,
  needs: ['async-bodies', 'call-graph', 'packages'],
  messages,
  start(program) {
    const facts = cancelFactsOf(program);
    return {
      wants: node => facts.wants(node),
      visit: subject => facts.visit(subject),
      finish(report) {
        const safety = facts.safety();
        for (const fact of facts.positions()) for (const draft of draftsOf(fact, safety)) report(draft);
      },
      unknowns: () => unknownsOf(facts),
    };
  },
});

function draftsOf(fact: PositionFact, safety: FutureSafety): FindingDraft[] {
  return fact.position.arms.flatMap((arm, index) => {
    if (!arm.owned) return [];
    const lost = lostBy(fact, index, safety.of(arm.value, fact.node));
    return lost === null ? [] : [draftOf(fact, lost)];
  });
}

function draftOf(fact: PositionFact, lost: LostArm): FindingDraft {
  const { position } = fact;
  const { loss, use, after } = lost;
  const arm = position.arms[lost.arm];
  const value = arm?.value ?? null;
  const name = value === null ? 'the future' : nameOf(value);
  const winner = after.outcome.winner === null ? null : position.arms[after.outcome.winner];
  const of = loss.of?.input.name ?? null;
  // Where a comment that allows it stands.
  const steps: Step[] = position.inside === null ? [] : [{ location: position.at, message: messages.drops }];
  for (const { at, name: inner } of loss.way) steps.push({ location: at, message: messages.awaits(inner) });
  if (winner?.value.at != null)
    steps.push({ location: winner.value.at, message: messages.wins(nameOf(winner.value)) });
  if (use?.at != null && !(value?.at != null && sameLine(use.at, value.at)))
    steps.push({ location: use.at, message: messages.usedAgain(use.method, of) });
  const evidence: FindingEvidence[] = [
    { kind: 'mir', what: `${position.name} polls \`${value?.ty.text ?? ''}\` and drops it` },
  ];
  if (loss.row !== null)
    evidence.push({
      kind: 'table',
      what: `cancel-safety: ${loss.row.path}, ${loss.row.basis}: ${loss.row.source}`,
    });
  return {
    severity: lost.severity,
    confidence: lost.confidence,
    message: messages.message(name, position, loss),
    function: fact.displayName,
    package: fact.package,
    location: value?.at ?? position.at,
    label: messages.label(position, winner === null || winner === undefined ? null : nameOf(winner.value)),
    steps,
    notes: messages.notes(loss, use, of),
    help: messages.help(loss, position),
    evidence,
  };
}

function sameLine(a: Step['location'], b: Step['location']): boolean {
  return a.file === b.file && a.startLine === b.startLine && a.startColumn === b.startColumn;
}
