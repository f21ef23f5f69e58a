import type { FunctionNode } from '#mir/function-node.ts';
import { unqualified } from '#mir/type-shapes.ts';
import type { Step } from '#model/finding.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { defineAsyncRule } from '../../async-rule.ts';
import { type Loss, lossesOf } from '../../cancel-losses.ts';
import { type CancelledFuture, cancelledFuturesOf, endWith } from '../../cancelled-futures.ts';
import { dropImplsOf } from '../../drop-impls.ts';
import { isInWorkspace } from '../../subject.ts';

interface Kept {
  readonly node: FunctionNode;
  readonly displayName: string;
  readonly package: string;
  readonly body: string;
  readonly loss: Loss;
}

export const lostOnCancel = defineAsyncRule({
  name: 'async/lost-on-cancel',
  since: '0.1.0',
  levels: ['warning', 'note'],
  summary: 'A value was taken out of shared state and is lost when the future is dropped at an await.',
  why: `A future can be dropped at any of its awaits: by \`select!\` when another arm is done first, by a timeout, by an abort.
What it holds is dropped with it. A value that it has taken out of \`self\`, out of a queue or out of a channel is then gone:
nobody works on it and nobody can take it again. neon's \`BatchQueue::call\` removed jobs from its queue and was cancelled
before it had run them (neondatabase/neon#12345); crucible's \`consume_req\` popped a request and then waited for locks, in a
\`select!\` (oxidecomputer/crucible#804).`,
  whenToAllow: `The value is worth nothing once the future is dropped, or whoever drops the future drops the state with it.`,
  cannotSee: `- Futures that are dropped by code outside the workspace: such a body is a note at most.
- Values that are taken by a function of another crate, or through a reference that is made in several places.
- That a value's own \`Drop\` puts it back, where the type belongs to another crate.
- Arms of \`select!\` behind \`impl Future\` or \`dyn Future\`.`,
  needs: ['async-bodies', 'type-shapes', 'call-graph'],
  messages: {
    lost: (value: string, from: string) =>
      `${value} is lost when this future is dropped: it was taken from \`${from}\``,
    operation: { taken: 'taken here', removed: 'removed here', received: 'received here' },
    dropped: 'a future that is dropped here drops it too',
    restored: 'on the normal path it is put back here',
    cancelled: {
      select: 'this future is dropped when another arm of the `select!` is done first',
      timeout: 'this future is dropped when the time is over',
    },
  },
  start: program => {
    const hasDrop = dropImplsOf(program);
    const kept: Kept[] = [];
    const cancelled: { from: FunctionNode; future: CancelledFuture }[] = [];
    return {
      wants: node => node.coroutine,
      visit(subject) {
        const { node, displayName, krate, body } = subject;
        for (const future of cancelledFuturesOf(subject, program)) cancelled.push({ from: node, future });
        for (const loss of lossesOf(subject, hasDrop))
          kept.push({ node, displayName, package: krate.package, body: body.name, loss });
      },
      finish(report) {
        const ends = endWith(program, cancelled);
        for (const item of kept) {
          const draft = draftOf(item, ends.get(item.node.id) ?? null);
          if (draft !== null) report(draft);
        }
      },
    };
  },
});

function draftOf(item: Kept, future: CancelledFuture | null): FindingDraft | null {
  const { messages } = lostOnCancel;
  const { loss } = item;
  // Handed to the work on it, and nobody is seen to drop that: this is how queues are worked off.
  if (future === null && loss.restored === null && loss.onlyInAwaited) return null;
  const location = loss.operation;
  if (location === null || !isInWorkspace(location)) return null;
  const steps: Step[] = [];
  const push = (at: Step['location'] | null, message: string) => {
    if (at !== null && isInWorkspace(at)) steps.push({ location: at, message });
  };
  if (future !== null) push(future.at, messages.cancelled[future.how]);
  push(loss.awaits[0] ?? null, messages.dropped);
  push(loss.restored, messages.restored);
  const value = loss.variable === null ? 'a value' : `\`${loss.variable}\``;
  return {
    severity: future === null ? 'note' : 'warning',
    confidence: future === null ? 'possible' : 'likely',
    message: messages.lost(value, loss.from),
    function: item.displayName,
    package: item.package,
    location,
    label: messages.operation[loss.kind],
    steps,
    notes: [
      `a \`${unqualified(loss.ty)}\` is in the future while it is suspended at ${loss.awaits.length === 1 ? 'one await' : `${loss.awaits.length} awaits`}`,
      ...(future === null
        ? ['no place in this workspace was seen to drop this future before it is done']
        : []),
    ],
    help: [
      loss.kind === 'received'
        ? 'receive and work in separate steps: let the loop own the message, and do the awaits outside of the arm'
        : 'look at the value first and take it out after the last await, or hold it in a guard whose `Drop` puts it back',
      'or let a task of its own do the work: a dropped `JoinHandle` does not stop it',
    ],
    evidence: [
      {
        kind: 'mir',
        what: `\`${loss.method}\` takes it through a reference; it is initialised at a yield of ${item.body}, whose drop edge drops it`,
      },
    ],
  };
}
