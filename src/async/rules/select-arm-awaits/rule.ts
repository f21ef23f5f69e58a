import { unqualified } from '#mir/type-shapes.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { defineAsyncRule } from '../../async-rule.ts';
import { cancelFactsOf, type PositionFact } from '../../cancel-facts.ts';
import { nameOf } from '../../future-safety.ts';
import { type KeptArm, keptByReference } from '../../kept-arms.ts';

/** One note per arm whose body awaits while a future of another arm is kept by reference and polled by nobody. */
export const selectArmAwaits = defineAsyncRule({
  name: 'async/select-arm-awaits',
  since: '0.1.0',
  levels: ['note'],
  summary:
    'The body of an arm of `select!` awaits while another arm’s future is kept unfinished and is not polled.',
  why: `An arm that is \`&mut future\` is not dropped when another arm is first: it stays where it was, with the locks, permits and
buffer slots that it has been given, and nobody polls it until the \`select!\` comes round again. When the other arm's body
awaits one of these, the task waits for itself. Oxide call it futurelock (RFD 609): oxidecomputer/omicron#9259 stopped so,
with a \`select!\` on \`&mut\` and an await of a connection pool in the other arm.

It is a note: whether the two meet at one resource is not decided here. It is one of the two clauses that reviewers write
above a \`select!\` by hand: all arms are cancel-safe, and no arm's body awaits.`,
  whenToAllow: 'When the future that is kept cannot hold anything that the body of the other arm waits for.',
  cannotSee: `- Awaits in functions of other crates that the body calls without \`.await\`.
- Futures kept by reference by other means than \`select!\`, and bodies behind a \`select\` function.
- Whether the future holds anything at that time.`,
  needs: ['async-bodies'],
  messages: {
    message: (kept: string, macro: string) =>
      `an arm of this \`${macro}\` awaits while \`${kept}\` is kept unfinished and is not polled`,
    label: 'the task waits here',
    kept: 'kept by reference, and not polled meanwhile',
    winner: 'when this arm is first',
    note: 'a lock or permit that the kept future has been given stays taken: what waits for it here waits for ever',
    helpAfter: 'await after the `select!`, or poll the kept future there too',
    helpTask: 'or give one of the two to a task of its own (`tokio::spawn`)',
  },
  start(program) {
    const facts = cancelFactsOf(program);
    return {
      wants: node => facts.wants(node),
      visit: subject => facts.visit(subject),
      finish(report) {
        for (const fact of facts.positions())
          for (const kept of keptByReference(fact, facts.safety())) {
            const draft = draftOf(fact, kept);
            if (draft !== null) report(draft);
          }
      },
    };
  },
});

function draftOf(fact: PositionFact, kept: KeptArm): FindingDraft | null {
  const { messages } = selectArmAwaits;
  const [first] = kept.awaits;
  if (first === undefined) return null;
  const { position } = fact;
  const { givenAt } = kept.arm.value;
  const winner = kept.winner.value.givenAt ?? kept.winner.value.at;
  return {
    severity: 'note',
    confidence: 'possible',
    message: messages.message(nameOf(kept.arm.value), position.name),
    function: fact.displayName,
    package: fact.package,
    location: first,
    label: messages.label,
    steps: [
      ...(givenAt === null ? [] : [{ location: givenAt, message: messages.kept }]),
      ...(winner === null ? [] : [{ location: winner, message: messages.winner }]),
    ],
    notes: [messages.note],
    help: [messages.helpAfter, messages.helpTask],
    evidence: [
      {
        kind: 'mir',
        what: `${position.name} polls \`${unqualified(kept.arm.value.ty.text)}\` and does not own it`,
      },
    ],
  };
}
