import { unqualified } from '#mir/type-shapes.ts';
import type { Step } from '#model/finding.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { defineAsyncRule } from '../../async-rule.ts';
import { type Loss, lossesOf, lossesThrough } from '../../cancel-losses.ts';
import { type InBody, startCancelRun } from '../../cancel-run.ts';
import { type CancelledFuture, droppedWhen, keepRunning, whoDrops } from '../../cancelled-futures.ts';
import { isInWorkspace } from '../../subject.ts';

export const lostOnCancel = defineAsyncRule({
  name: 'async/lost-on-cancel',
  since: '0.1.0',
  levels: ['warning', 'note'],
  summary: 'A value was taken out of shared state and is lost when the future is dropped at an await.',
  why: `A future can be dropped at any of its awaits: by \`select!\` when another arm is done first, by a timeout, by an abort.
What it holds is dropped with it. A value that it has taken out of \`self\`, out of a queue or out of a channel is then gone:
nobody works on it and nobody can take it again. neon's \`BatchQueue::call\` removed jobs from its queue and was cancelled
before it had run them (neondatabase/neon#12345); its walreceiver took a connection out of
its field and waited for the connection's task to end, and the shutdown that dropped it found no connection to stop
(neondatabase/neon#7235).`,
  whenToAllow: `The value is worth nothing once the future is dropped, or whoever drops the future drops the state with it.`,
  cannotSee: `- Futures that are dropped by code outside the workspace: such a body is a note at most.
- Values that are taken by a function of another crate, or through a reference that is made in several places.
- That a value's own \`Drop\` puts it back, where the type belongs to another crate.
- Aborts of tasks whose handle is passed on, or kept otherwise than in a field of a struct; what a runtime drops when it
  ends.
- Values that an \`async fn\` has taken and returns, or a function that calls another to take them.`,
  needs: ['async-bodies', 'type-shapes', 'call-graph'],
  messages: {
    lost: (value: string, from: string) =>
      `${value} is lost when this future is dropped: it was taken from \`${from}\``,
    made: (value: string, from: string) =>
      `${value} is lost when this future is dropped: it was made of what was taken from \`${from}\``,
    operation: { taken: 'taken here', removed: 'removed here', received: 'received here' },
    unnamed: { drained: 'what was not yet drained', future: 'what is awaited', value: 'a value' },
    dropped: 'a future that is dropped here drops it too',
    ended: 'what ends the work looks into the same place afterwards, where it is missing',
    restored: 'on the normal path there is a value in its place again from here on',
  },
  start: program =>
    startCancelRun(program, {
      find: lossesOf,
      findThrough: (subject, hasDrop, blocks) =>
        lossesThrough(subject, hasDrop, blocks).map(({ block, loss }) => ({ block, found: loss })),
      // What is left of a queue may be meant to be thrown away at the end; a place that was emptied was looked for.
      stateOf: ({ shared, field, kind }) => ({ shared, field: kind === 'taken' ? field : null }),
      draftOf,
    }),
});

function draftOf(item: InBody<Loss>, future: CancelledFuture | null): FindingDraft | null {
  const { messages } = lostOnCancel;
  const { found: loss } = item;
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
  push(future?.endedAt ?? null, messages.ended);
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
      keepRunning(future),
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
