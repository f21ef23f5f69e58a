import type { FunctionNode } from '#mir/function-node.ts';
import { defineAsyncRule, type RuleRun } from '../../async-rule.ts';
import { isInWorkspace, type Subject } from '../../subject.ts';
import { type PollReading, readPoll } from './unwoken.ts';

export const pollContract = defineAsyncRule({
  name: 'async/poll-contract',
  since: '0.1.0',
  levels: ['warning'],
  summary: 'A hand-written `poll` returns `Pending` and has told nobody whom to wake.',
  why: `Who returns \`Pending\` promises that the task will be woken once it is worth asking again: it stores the waker of its
context, wakes it at once, or hands the context to something that does. On a way where it did none of this the task sleeps,
and nothing of what it waits for can wake it. That is seldom seen in a test, where something else wakes the task in time.

The waker must be kept at each poll and not only at the first: the future may have moved to another task meanwhile, whose
waker is another one.`,
  whenToAllow: `Something that was polled before by the same task is sure to wake it, or the future is meant to stay pending until
it is dropped.`,
  cannotSee: `- Functions that hand their context on, as those do that poll another future: in a state in which there is nothing to poll
  they may be meant to stay pending, or the state may never occur.
- Whether the event that the waker was kept for ever wakes it.
- \`poll\` functions of other traits than those of std, futures, tokio, tower and http-body.
- A future that is polled again after it was ready, and pin projections that are not sound: neither can be told from
  one function with the certainty that a finding asks for.`,
  needs: ['bodies', 'call-graph'],
  messages: {
    unwoken: (name: string) => `\`${name}\` can return \`Pending\` without having kept or woken its waker`,
    label: 'nobody knows whom to wake',
    use: 'on other ways the context is used, first here',
  },
  start: () => {
    let skipped = 0;
    return {
      wants: isPoll,
      visit(subject, report) {
        const reading = readPoll(subject.body);
        if (!reading.complete) skipped++;
        for (const { span } of reading.unwoken) {
          const draft = draftOf(subject, reading, span);
          if (draft !== null) report(draft);
        }
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
  if (node.coroutine || !/^(?:std|core)::task::Poll</.test(node.returns)) return false;
  if (/\{closure#\d+\}$/.test(node.name)) return true;
  const trait = node.impl?.trait;
  return typeof trait === 'string' && traits.has(trait) && /::poll\w*$/.test(node.name);
}

function draftOf(subject: Subject, { use }: PollReading, span: number) {
  const { messages } = pollContract;
  const location = subject.span(span);
  if (location === null || !isInWorkspace(location)) return null;
  const used = use === null ? null : subject.span(use);
  return {
    severity: 'warning' as const,
    confidence: 'likely' as const,
    message: messages.unwoken(subject.displayName),
    function: subject.displayName,
    package: subject.krate.package,
    location,
    label: messages.label,
    steps: used === null || !isInWorkspace(used) ? [] : [{ location: used, message: messages.use }],
    notes: [
      'whoever returns `Pending` promises that the task is woken when it is worth asking again; on this way nothing got the context',
    ],
    help: [
      'keep `cx.waker().clone()` where the event can find it, at each poll, before this is returned',
      'or poll something that does, or call `cx.waker().wake_by_ref()` to be asked again at once',
    ],
    evidence: [
      {
        kind: 'mir' as const,
        what: `a way through ${subject.body.name} returns this \`Pending\` and uses its context nowhere`,
      },
    ],
  };
}
