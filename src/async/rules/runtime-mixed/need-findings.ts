/** What needs tokio and runs without, as findings: one for each function, executor and start. */
import type { FunctionNode } from '#mir/function-node.ts';
import type { Step } from '#model/finding.ts';
import type { Location } from '#model/location.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { type Executor, executorOf } from '../../knowledge/runtimes.ts';
import type { Program } from '../../program.ts';
import { isInWorkspace } from '../../subject.ts';
import { messages } from './messages.ts';
import type { Need } from './needs.ts';
import type { Hop, PlainRun } from './plain-threads.ts';

type Placed = Need & { readonly at: Location };

// Limit: further calls of one function that are shown as steps.
const othersShown = 3;

export function needDraft(program: Program, run: PlainRun, needs: readonly Need[]): FindingDraft | null {
  const placed = needs
    .filter((need): need is Placed => need.at !== null)
    .sort((a, b) => a.at.startLine - b.at.startLine || a.at.startColumn - b.at.startColumn);
  const [first, ...others] = placed;
  if (first === undefined) return null;
  const { need } = first;
  const executor = executorOn(run);
  const isSure = run.start !== 'caller';
  const function_ = program.displayName(run.node);
  return {
    // A test says nothing of how the program runs it.
    severity: isSure && run.start !== 'test' ? 'error' : 'note',
    confidence: isSure ? 'likely' : 'possible',
    message: messageOf(run, need.path, executor),
    function: function_,
    package: program.units[run.node.unit]?.package ?? '',
    location: first.at,
    label: isSure
      ? `panics${need.when === 'poll' ? ' when it is polled' : ''}: there is no reactor running`
      : 'panics where there is no tokio runtime',
    steps: [...stepsOf(run), ...otherSteps(first, others)],
    notes: notesOf(program, run, executor, others.length),
    help: helpOf(need.path, executor),
    evidence: [
      { kind: 'mir', what: drawWay(program, run) },
      {
        kind: 'table',
        what: `\`${need.path}\` panics without a tokio runtime (tried with ${need.ran})`,
      },
      ...(executor === null
        ? []
        : [
            {
              kind: 'table' as const,
              what: `\`${executor.path}\` makes no tokio context (tried with ${executor.ran})`,
            },
          ]),
    ],
  };
}

/** The executor that polls it: the last on the way. */
function executorOn({ hops }: PlainRun): Executor | null {
  const drive = hops.findLast(({ how }) => how === 'drive');
  if (drive === undefined) return null;
  const call = drive.from.calls.find(({ block }) => block === drive.block);
  return call === undefined ? null : executorOf(call);
}

function messageOf({ start, hops }: PlainRun, what: string, executor: Executor | null): string {
  if (executor !== null)
    return start === 'caller' ? messages.caller(what, executor.path) : messages.executor(what, executor.path);
  if (start === 'thread') return messages.thread(what, hops[0]?.name ?? '');
  return start === 'test' ? messages.test(what) : messages.program(what);
}

function stepsOf({ hops }: PlainRun): Step[] {
  return hops.flatMap(hop => {
    if (hop.at === null || !isInWorkspace(hop.at)) return [];
    return [{ location: hop.at, message: wordsFor(hop) }];
  });
}

function wordsFor({ how, name }: Hop): string {
  switch (how) {
    case 'drive':
      return `\`${name}\` runs it from here`;
    case 'thread':
      return 'the thread is started here';
    case 'poll':
      return 'awaited here';
    case 'closure':
      return 'the closure runs here';
    case 'call':
      return `\`${name}\` is called here`;
  }
}

function otherSteps(first: Placed, others: readonly Placed[]): Step[] {
  const seen = new Set([JSON.stringify(first.at)]);
  return others
    .flatMap(({ at }) => {
      const key = JSON.stringify(at);
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ location: at, message: 'needs it too' }];
    })
    .slice(0, othersShown);
}

function notesOf(program: Program, run: PlainRun, executor: Executor | null, otherCount: number): string[] {
  const notes: string[] = [];
  if (run.start === 'caller') {
    const caller = program.displayName(run.hops[0]?.from as FunctionNode);
    notes.push(
      `nothing that was seen calls \`${caller}\`: a thread has the context inside of a tokio runtime, in its \`spawn_blocking\`, and while a guard of \`Handle::enter\` is alive`,
    );
  } else if (executor?.thread === 'own') notes.push('the executor’s own threads have no tokio context');
  else if (executor !== null)
    notes.push(`no tokio runtime was entered on the way from ${beginning(program, run)}`);
  if (otherCount > othersShown) notes.push(`${otherCount - othersShown} more calls in this function need it`);
  return notes;
}

function beginning(program: Program, { start, node, hops }: PlainRun): string {
  const first = hops[0]?.from ?? node;
  if (start === 'thread') return `the thread that \`${hops[0]?.name}\` starts`;
  return `\`${program.displayName(first)}\``;
}

const counterparts: readonly (readonly [RegExp, string, string])[] = [
  [
    /::(sleep|sleep_until|interval|interval_at|timeout|timeout_at)$/,
    '`async_io::Timer`',
    '`async_std::task::sleep`, `async_std::future::timeout`',
  ],
  [/^tokio::net::/, '`async_net` (`smol::net`)', '`async_std::net`'],
  [/^tokio::fs::/, '`async_fs` (`smol::fs`)', '`async_std::fs`'],
  [/^tokio::process::/, '`async_process` (`smol::process`)', '`async_process`'],
  [/^tokio::(task::)?spawn$/, '`smol::spawn`', '`async_std::task::spawn`'],
  [/::spawn_blocking$/, '`blocking::unblock` (`smol::unblock`)', '`async_std::task::spawn_blocking`'],
];

function helpOf(what: string, executor: Executor | null): string[] {
  const isStd = executor?.path.startsWith('async_std::') === true;
  const [, ofSmol, ofStd] = counterparts.find(([pattern]) => pattern.test(what)) ?? [];
  const instead = isStd ? ofStd : ofSmol;
  return [
    ...(executor === null || instead === undefined ? [] : [`use what needs no runtime of tokio: ${instead}`]),
    ...(isStd ? ['or the feature `tokio1` of `async-std`, which brings a tokio runtime with it'] : []),
    ...(executor === null
      ? ['run it inside of a tokio runtime, or keep a guard of `Handle::enter` alive around it']
      : [
          'or wrap the future in `async_compat::Compat`, or run it in `#[tokio::main]` or `Runtime::block_on`',
        ]),
  ];
}

function drawWay(program: Program, run: PlainRun): string {
  const names = [run.hops[0]?.from ?? run.node, ...run.hops.map(({ to }) => to)];
  const unique = names.filter((node, index) => index === 0 || node !== names[index - 1]);
  return `runs on: ${unique.map(node => `\`${program.displayName(node)}\``).join(' → ')}`;
}
