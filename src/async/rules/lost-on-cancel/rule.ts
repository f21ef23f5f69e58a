import type { FunctionNode } from '#mir/function-node.ts';
import { unqualified } from '#mir/type-shapes.ts';
import type { Step } from '#model/finding.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { defineAsyncRule } from '../../async-rule.ts';
import { cancelFactsOf } from '../../cancel-facts.ts';
import { type Loss, lossesOf } from '../../cancel-losses.ts';
import { type CancelledFuture, cancelledFuturesOf, droppedWhen, whoDrops } from '../../cancelled-futures.ts';
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
- Tasks that are aborted: what they held is not looked at.
- Values that are taken in one function and held across an await in another.`,
  needs: ['async-bodies', 'type-shapes', 'call-graph'],
  messages: {
    lost: (value: string, from: string) =>
      `${value} is lost when this future is dropped: it was taken from \`${from}\``,
    made: (value: string, from: string) =>
      `${value} is lost when this future is dropped: it was made of what was taken from \`${from}\``,
    operation: { taken: 'taken here', removed: 'removed here', received: 'received here' },
    unnamed: { drained: 'what was not yet drained', future: 'what is awaited', value: 'a value' },
    dropped: 'a future that is dropped here drops it too',
    restored: 'on the normal path it is put back here',
  },
  start: program => {
    const hasDrop = dropImplsOf(program);
    const kept: Kept[] = [];
    const facts = cancelFactsOf(program);
    return {
      wants: node => node.coroutine || facts.wants(node),
      visit(subject) {
        const { node, displayName, krate, body } = subject;
        if (facts.wants(node)) facts.visit(subject);
        for (const loss of lossesOf(subject, hasDrop))
          kept.push({ node, displayName, package: krate.package, body: body.name, loss });
      },
      finish(report) {
        const cancelled = cancelledFuturesOf(program, facts);
        for (const item of kept) {
          const draft = draftOf(item, cancelled.of(item.node.id, item.loss.shared));
          if (draft !== null) report(draft);
        }
      },
    };
  },
});

function draftOf(item: Kept, future: CancelledFuture | null): FindingDraft | null {
  const { messages } = lostOnCancel;
  const { loss } = item;
  // Taken to be worked on, and nobody is seen to drop the work: this is how queues are worked off. What is put back, or
  // is itself what is waited for, was meant to be there for the next call.
  if (future === null && loss.restored === null && !(loss.kind === 'taken' && loss.isAwaitedItself))
    return null;
  const location = loss.operation;
  if (location === null || !isInWorkspace(location)) return null;
  const steps: Step[] = [];
  const push = (at: Step['location'] | null, message: string) => {
    if (at !== null && isInWorkspace(at)) steps.push({ location: at, message });
  };
  if (future !== null) push(future.at, droppedWhen[future.kind]);
  push(loss.awaits[0] ?? null, messages.dropped);
  push(loss.restored, messages.restored);
  const value = loss.variable === null ? messages.unnamed[unnamedKind(loss)] : `\`${loss.variable}\``;
  return {
    severity: future?.isUsedAgain === true ? 'warning' : 'note',
    confidence: future?.isUsedAgain === true ? 'likely' : 'possible',
    message: (loss.isMadeOf ? messages.made : messages.lost)(value, loss.from),
    function: item.displayName,
    package: item.package,
    location,
    label: messages.operation[loss.kind],
    steps,
    notes: [
      `a \`${unqualified(loss.ty)}\` is in the future while it is suspended at ${loss.awaits.length === 1 ? 'one await' : `${loss.awaits.length} awaits`}`,
      ...whoDrops(future),
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

function unnamedKind(loss: Loss): keyof typeof lostOnCancel.messages.unnamed {
  if (loss.method === 'drain') return 'drained';
  return loss.isAwaitedItself ? 'future' : 'value';
}
