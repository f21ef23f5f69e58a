import type { Step } from '#model/finding.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { defineAsyncRule } from '../../async-rule.ts';
import { type Mark, marksOf } from '../../cancel-marks.ts';
import { type InBody, startCancelRun } from '../../cancel-run.ts';
import { type CancelledFuture, droppedWhen, keepRunning, whoDrops } from '../../cancelled-futures.ts';
import type { Change } from '../../outside-writes.ts';
import { isInWorkspace } from '../../subject.ts';

// Limit: awaits shown as steps of their own.
const awaitsShown = 3;

export const halfDoneOnCancel = defineAsyncRule({
  name: 'async/half-done-on-cancel',
  since: '0.1.0',
  levels: ['warning', 'note'],
  summary:
    'State is marked before an await and set back behind it, and stays marked when the future is dropped there.',
  why: `A future can be dropped at any of its awaits: by \`select!\` when another arm is done first, by a timeout, by an abort.
What stands behind the await does not run then. A flag that says "busy", a status, a counter of what is going on, an entry in
a set of pending work stay as they are, and nobody is left to set them back. matrix-rust-sdk's paginator was set to
"fetching" before a request; when the task was cancelled it stayed there, and every later call was refused (fix 1f2459478f).`,
  whenToAllow: `Whoever drops the future drops the state with it, or sets it back.`,
  cannotSee: `- Futures that are dropped by code outside the workspace: such a body is a note at most.
- Marks that a function other than the one with the await sets or takes back.
- Marks that some normal path leaves in place: they may be meant to stay.
- An effect that is awaited and booked only afterwards.
- A guard that takes the mark back and whose type belongs to another crate, but for those of \`scopeguard\`; a guard of the
  workspace is believed to take it back.
- Aborts of tasks whose handle is passed on, or kept otherwise than in a field of a struct; what a runtime drops when it ends.`,
  needs: ['async-bodies', 'type-shapes', 'call-graph'],
  messages: {
    left: (state: string, change: Change) => {
      switch (change.kind) {
        case 'count':
          return `\`${state}\` stays counted ${change.way} when this future is dropped at an await`;
        case 'member':
          return `what is put into \`${state}\` stays there when this future is dropped at an await`;
        default:
          return isSetter(change)
            ? `${drawValue(change)} on \`${state}\` is not taken back when this future is dropped at an await`
            : `\`${state}\` stays ${drawValue(change)} when this future is dropped at an await`;
      }
    },
    before: (change: Change) => {
      switch (change.kind) {
        case 'count':
          return `counted ${change.way} here`;
        case 'member':
          return `\`${change.method}\` puts it in here`;
        default:
          return isSetter(change) ? 'called here' : `set to ${drawValue(change)} here`;
      }
    },
    dropped: 'a future that is dropped here leaves it so',
    more: (count: number) =>
      `so does one that is dropped at ${count} more await${count === 1 ? '' : 's'} from here on`,
    back: (change: Change) => {
      switch (change.kind) {
        case 'count':
          return `on the normal path it is counted ${change.way} again here`;
        case 'member':
          return `on the normal path \`${change.method}\` takes it out here`;
        case 'saved':
          return 'on the normal path it gets its old value back here';
        default:
          return isSetter(change)
            ? `on the normal path ${drawValue(change)} is called here`
            : `on the normal path it is set to ${drawValue(change)} here`;
      }
    },
    refused: 'a later call that finds it so goes no further than this',
  },
  start: program =>
    startCancelRun(program, { find: marksOf, stateOf: ({ shared }) => ({ shared, field: null }), draftOf }),
});

function draftOf(item: InBody<Mark>, future: CancelledFuture | null): FindingDraft | null {
  const { messages } = halfDoneOnCancel;
  const { found: mark } = item;
  if (!isInWorkspace(mark.at)) return null;
  const steps: Step[] = [];
  const push = (location: Step['location'] | undefined, message: string) => {
    if (location !== undefined && isInWorkspace(location)) steps.push({ location, message });
  };
  if (future !== null) push(future.at, droppedWhen[future.kind]);
  for (const at of mark.awaits.slice(0, awaitsShown)) push(at, messages.dropped);
  const rest = mark.awaits.slice(awaitsShown);
  push(rest[0], messages.more(rest.length));
  push(mark.back.at, messages.back(mark.back.change));
  if (mark.refusedAt !== null) push(mark.refusedAt, messages.refused);
  return {
    severity: future?.isUsedAgain === true ? 'warning' : 'note',
    confidence: future?.isUsedAgain === true ? 'likely' : 'possible',
    message: messages.left(mark.state, mark.change),
    function: item.displayName,
    package: item.package,
    location: mark.at,
    label: messages.before(mark.change),
    steps,
    notes: [
      ...(mark.shared
        ? ['others can reach this state while the future is suspended and after it is gone']
        : []),
      ...whoDrops(future),
    ],
    help: [
      'set it back in the `Drop` of a guard that lives across the await (`scopeguard::guard`, or a small type of your own)',
      keepRunning(future),
    ],
    evidence: [
      {
        kind: 'mir',
        what: `every normal path from the await to the end of ${item.body} writes the place again; the drop edge of its yield does not`,
      },
    ],
  };
}

function isSetter(change: Change): boolean {
  return change.kind === 'value' && change.setter !== null;
}

/** `true`, `3`, `set_state(Busy)` */
function drawValue(change: Change): string {
  if (change.kind !== 'value') return 'as it is';
  const value = change.value.replace(/^(\d+)_\w+$/, '$1');
  return change.setter === null ? `\`${value}\`` : `\`${change.setter}(${value})\``;
}
