import type { FunctionId, FunctionNode } from '#mir/function-node.ts';
import type { BlockIndex } from '#model/mir.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { defineAsyncRule, type RuleRun } from '../../async-rule.ts';
import type { Program } from '../../program.ts';
import { isInWorkspace, type Subject } from '../../subject.ts';
import { type DroppedWaiter, droppedWaitersOf } from './dropped-waiters.ts';
import { isPollType, onlyHandedTo, type PollReading, readPoll, type UnwokenPending } from './unwoken.ts';

export const pollContract = defineAsyncRule({
  name: 'async/poll-contract',
  since: '0.1.0',
  levels: ['warning', 'note'],
  summary: 'A hand-written `poll` returns `Pending` and has told nobody whom to wake.',
  why: `Who returns \`Pending\` promises that the task will be woken once it is worth asking again: it stores the waker of its
context, wakes it at once, or hands the context to something that does. On a way where it did none of this the task sleeps,
and nothing of what it waits for can wake it. That is seldom seen in a test, where something else wakes the task in time.
Delta Chat's event loop stopped so after a few events: a \`poll\` ignored its context (chatmail/core#1922).

A future that a \`poll\` makes, asks once and drops is no such thing, where it stands in a queue of waiters itself: events of
thirtyfour's streams woke nobody because of one (stevepryde/thirtyfour#321).

The waker must be kept at each poll and not only at the first: the future may have moved to another task meanwhile, whose
waker is another one (Matthias247/futures-intrusive#19, engula/engula#1019).

A function that yields once and wakes nobody is a note: as a building block that says so it has its uses. Elsewhere it hangs,
as \`yield_io\` did inside \`FuturesUnordered\` (Azure/kimojio-rs#37).`,
  whenToAllow: `Something that was polled before by the same task is sure to wake it, or the future is meant to stay pending until
it is dropped.`,
  cannotSee: `- A way without a use in a function that uses its context elsewhere: in that state it may be meant to stay pending, as a
  fused future or a timer that is set to never, or the state may never occur.
- Functions that hand their context on, as those do that poll another future. Of futures that are made, polled once and
  dropped, those of tokio's locks, channels and sockets are known.
- Whether the event that the waker was kept for ever wakes it.
- \`poll\` functions of other traits than those of std, futures, tokio, tower and http-body. Of functions that belong to no
  trait, those that ignore their context and are called by polls that do nothing with theirs but hand it to them.
- A future that is polled again after it was ready, and pin projections that are not sound: neither can be told from
  one function with the certainty that a finding asks for.`,
  needs: ['bodies', 'call-graph'],
  messages: {
    unwoken: (name: string) => `\`${name}\` returns \`Pending\` and never looks at its context`,
    label: 'nobody knows whom to wake',
    stale: (name: string) => `\`${name}\` returns \`Pending\` and keeps the waker of an earlier poll`,
    staleLabel: 'who is woken is the task that polled before',
    use: 'on other ways the waker is kept, here',
    dropped: (name: string) => `\`${name}\` polls a future that it makes anew, and drops the waker with it`,
    droppedLabel: 'polled once, and dropped while it is pending',
    made: (by: string) => `\`${by}\` makes it here`,
  },
  start: program => {
    let skipped = 0;
    /** By function, the call that it hands its context to and nothing else. */
    const handing = new Map<FunctionId, BlockIndex>();
    const ofHelpers: { node: FunctionNode; draft: FindingDraft }[] = [];
    return {
      wants: node => isPoll(node) || isHelper(node),
      visit(subject, report) {
        const { node, body } = subject;
        const handedTo = onlyHandedTo(body);
        if (handedTo !== null) handing.set(node.id, handedTo);
        if (isPoll(node)) {
          for (const dropped of droppedWaitersOf(body)) {
            const draft = draftOfDropped(subject, dropped);
            if (draft !== null) report(draft);
          }
        }
        const reading = readPoll(body);
        if (!reading.complete) skipped++;
        for (const pending of reading.unwoken) {
          const draft = draftOf(subject, reading, pending);
          if (draft === null) continue;
          if (isPoll(node)) report(draft);
          else if (reading.use === null) ofHelpers.push({ node, draft });
        }
      },
      finish(report) {
        for (const { node, draft } of ofHelpers) if (isLeftToIt(program, handing, node)) report(draft);
      },
      unknowns: () =>
        skipped === 0
          ? []
          : [
              {
                area: 'async',
                what: '`poll` functions that are too large to analyse',
                why: 'a bound of the analysis was reached',
                count: skipped,
              },
            ],
    } satisfies RuleRun;
  },
});

/** Traits whose documentation asks that the waker of the last poll is woken. Others may mean something else by it. */
const traits = new Set([
  'AsyncBufRead',
  'AsyncIterator',
  'AsyncRead',
  'AsyncSeek',
  'AsyncWrite',
  'Body',
  'Future',
  'FusedFuture',
  'Service',
  'Sink',
  'Stream',
  'TryFuture',
  'TryStream',
]);

/** `poll…` of those traits, and closures such as `poll_fn` takes. */
function isPoll(node: FunctionNode): boolean {
  if (node.coroutine || !isPollType(node.returns)) return false;
  if (/\{closure#\d+\}$/.test(node.name)) return true;
  const trait = node.impl?.trait;
  return typeof trait === 'string' && traits.has(trait) && /::poll\w*$/.test(node.name);
}

/** A function of its own that a `poll` may leave all to: `fn poll_inner(&mut self, cx: &mut Context<'_>)`. */
function isHelper(node: FunctionNode): boolean {
  if (node.coroutine || !isPollType(node.returns) || isPoll(node)) return false;
  return (node.impl === null || node.impl.trait === null) && /poll\w*$/.test(node.name);
}

/** Whether all who call it are polls that do nothing else with their context than to hand it to this call. */
function isLeftToIt(
  { graph }: Program,
  handing: ReadonlyMap<FunctionId, BlockIndex>,
  node: FunctionNode,
): boolean {
  const method = node.name.slice(node.name.lastIndexOf(':') + 1);
  let callers = 0;
  for (const caller of graph.nodes) {
    for (const call of caller.calls) {
      if (call.method !== method || !graph.resolve(caller, call).targets.includes(node.id)) continue;
      if (handing.get(caller.id) !== call.block) return false;
      callers++;
    }
  }
  return callers > 0;
}

function draftOf(
  subject: Subject,
  { use }: PollReading,
  { span, kind }: UnwokenPending,
): FindingDraft | null {
  const { messages } = pollContract;
  const location = subject.span(span);
  if (location === null || !isInWorkspace(location)) return null;
  const used = use === null ? null : subject.span(use);
  return {
    severity: kind === 'once' ? 'note' : 'warning',
    confidence: 'likely',
    message: kind === 'stale' ? messages.stale(subject.displayName) : messages.unwoken(subject.displayName),
    function: subject.displayName,
    package: subject.krate.package,
    location,
    label: kind === 'stale' ? messages.staleLabel : messages.label,
    steps: used === null || !isInWorkspace(used) ? [] : [{ location: used, message: messages.use }],
    notes: [notes[kind]],
    help:
      kind === 'stale'
        ? [
            'keep the waker anew where it would wake another task: `if !waker.will_wake(cx.waker()) { … }`, or `clone_from`',
          ]
        : [
            'keep `cx.waker().clone()` where the event can find it, at each poll, before this is returned',
            'or poll something that does, or call `cx.waker().wake_by_ref()` to be asked again at once',
          ],
    evidence: [
      {
        kind: 'mir',
        what: `a way through ${subject.body.name} returns this \`Pending\` and uses its context nowhere`,
      },
    ],
  };
}

function draftOfDropped(subject: Subject, { span, made, by }: DroppedWaiter): FindingDraft | null {
  const { messages } = pollContract;
  const location = subject.span(span);
  if (location === null || !isInWorkspace(location)) return null;
  const at = subject.span(made);
  return {
    severity: 'warning',
    confidence: 'likely',
    message: messages.dropped(subject.displayName),
    function: subject.displayName,
    package: subject.krate.package,
    location,
    label: messages.droppedLabel,
    steps: at === null || !isInWorkspace(at) ? [] : [{ location: at, message: messages.made(by) }],
    notes: [
      'such a future stands in a queue of waiters by itself, and its drop takes it out: nobody is left to wake',
    ],
    help: [
      'keep the future from poll to poll, in a `Pin<Box<…>>` or a wrapper that does (`tokio_stream::wrappers`, `PollSender`, `PollSemaphore`)',
    ],
    evidence: [
      {
        kind: 'mir',
        what: `${subject.body.name} makes the future, polls it, and returns where it is pending; nothing else gets it`,
      },
    ],
  };
}

const notes: Record<UnwokenPending['kind'], string> = {
  unused:
    'whoever returns `Pending` promises that the task is woken when it is worth asking again; this function gives its waker to nobody',
  once: 'it yields once and wakes nobody: its task goes on only where something else wakes it, as `yield_now` would see to',
  stale:
    'the future may have moved to another task since, whose waker is another one; then that task is never woken',
};
