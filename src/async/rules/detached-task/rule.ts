import type { CallSite, FunctionId, FunctionNode } from '#mir/function-node.ts';
import { lastSegment } from '#mir/type-contains.ts';
import type { Ty } from '#mir/type-parser.ts';
import { unqualified } from '#mir/type-shapes.ts';
import type { Step } from '#model/finding.ts';
import type { Location } from '#model/location.ts';
import { defineAsyncRule, type Report, type RuleRun } from '../../async-rule.ts';
import type { Program } from '../../program.ts';
import { isInWorkspace, type Subject } from '../../subject.ts';
import { isPartOfMaking } from './constructor.ts';
import { type Ending, endingOf } from './ending.ts';
import { capturesOf, ownerOf, sharedWith } from './shared-state.ts';
import { candidatesOf, futureOf, handleOf, isSpawn } from './spawned.ts';

interface Spawn {
  readonly node: FunctionNode;
  readonly function: string;
  readonly package: string;
  readonly isLibrary: boolean;
  readonly location: Location;
  readonly callee: string;
  readonly future: FunctionId;
  readonly owner: (Ty & { kind: 'path' }) | null;
  readonly handle:
    | { readonly kind: 'dropped'; readonly name: string | null }
    | {
        readonly kind: 'field';
        readonly owner: string;
        readonly index: number;
        readonly name: string;
        readonly ty: Ty;
        readonly at: Location | null;
      };
}

interface Task {
  readonly ending: Ending;
  readonly gates: readonly (readonly FunctionId[])[];
  readonly captures: readonly Ty[];
}

export const detachedTask = defineAsyncRule({
  name: 'async/detached-task',
  since: '0.1.0',
  levels: ['warning', 'note'],
  summary: 'A task that never ends is started by a value, and outlives it.',
  why: `Dropping a \`tokio::task::JoinHandle\` does not stop the task: it detaches it. A task that loops for ever and
owns an \`Arc\` of the state of the value that started it keeps that state alive after the last user has dropped it, and
goes on working on it: memory, connections and wake-ups leak, one set for each value that was made. Each connection of
steam-vent left a task behind that sent heartbeats through its socket (icewind1991/steam-vent#16). A handle that is kept in a
field looks as if it would end the task; it does so only when somebody calls \`abort\`. matrix-rust-sdk kept handles of its
timelines' tasks for that, and had to have them aborted on drop (matrix-org/matrix-rust-sdk@98aceb40c).`,
  whenToAllow: 'The value lives as long as the program, or the runtime is shut down together with it.',
  cannotSee: `- Tasks whose loop has an exit: whether it is ever taken is not known. A closed channel, a cancellation token, a failed
  \`Weak::upgrade\` and an \`unwrap\` are exits.
- Futures that come from other crates, or that a function gets as an argument, and what a task waits for without a loop.
- Handles in collections, and fields that another crate reads.
- State that task and owner share by other means than an \`Arc\`, or a struct around one, of the same type.`,
  needs: ['async-bodies', 'bodies', 'call-graph', 'type-shapes'],
  messages: {
    dropped: (owner: string) => `the task that \`${owner}\` starts here never ends, and nothing can stop it`,
    field: (owner: string, field: string) =>
      `the task whose handle is kept in \`${owner}::${field}\` never ends, and nothing aborts it`,
    spawned: 'the task is started here',
    detached: 'its handle is put here, and nothing reads it',
    future: 'no path through this future returns',
  },
  start: program => {
    const spawnsByNode = new Map<FunctionId, CallSite[]>();
    for (const node of program.graph.nodes) {
      const calls = node.calls.filter(isSpawn);
      if (calls.length > 0) spawnsByNode.set(node.id, calls);
    }
    const tasks = tasksOf(program, spawnsByNode);
    const seen = new Map<FunctionId, Task>();
    const spawns: Spawn[] = [];
    return {
      wants: node => tasks.has(node.id) || spawnsByNode.has(node.id),
      visit(subject) {
        if (tasks.has(subject.node.id)) seen.set(subject.node.id, taskOf(program, subject));
        for (const call of spawnsByNode.get(subject.node.id) ?? []) {
          const spawn = spawnOf(program, subject, call);
          if (spawn !== null) spawns.push(spawn);
        }
      },
      finish(report) {
        for (const spawn of spawns) judge(program, seen, spawn, report);
      },
    } satisfies RuleRun;
  },
});

/** Futures that are spawned, and those that they wait for. */
function tasksOf(program: Program, spawns: ReadonlyMap<FunctionId, readonly CallSite[]>): Set<FunctionId> {
  const { graph } = program;
  const tasks = new Set<FunctionId>();
  const pending: FunctionId[] = [];
  for (const [id, calls] of spawns)
    for (const call of calls) pending.push(...candidatesOf(graph, graph.nodes[id] as FunctionNode, call));
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (tasks.has(id)) continue;
    tasks.add(id);
    const node = graph.nodes[id] as FunctionNode;
    for (const call of node.calls)
      if (call.kind === 'poll') pending.push(...graph.resolve(node, call).targets);
  }
  return tasks;
}

function taskOf(program: Program, subject: Subject): Task {
  const { node } = subject;
  const polls = node.calls.filter(
    call => call.kind === 'poll' && program.graph.resolve(node, call).targets.length > 0,
  );
  const ending = endingOf(
    subject.body,
    polls.map(call => call.block),
  );
  const gates = polls
    .filter(call => ending.gates.includes(call.block))
    .map(call => program.graph.resolve(node, call).targets);
  return { ending, gates, captures: capturesOf(subject) };
}

function spawnOf(program: Program, subject: Subject, call: CallSite): Spawn | null {
  const terminator = subject.body.blocks[call.block]?.terminator;
  if (terminator?.kind !== 'call') return null;
  const handle = handleOf(subject, terminator);
  const future = handle === null ? null : futureOf(program.graph, subject, call, terminator);
  const location = subject.span(terminator.span);
  if (handle === null || future === null || location === null || !isInWorkspace(location)) return null;
  return {
    node: subject.node,
    function: subject.displayName,
    package: subject.krate.package,
    isLibrary: subject.krate.targetKind === 'lib' || subject.krate.targetKind === 'rlib',
    location,
    callee: call.path,
    future,
    owner: ownerOf(subject),
    handle: handle.kind === 'dropped' ? handle : { ...handle, at: subject.span(handle.span) },
  };
}

function judge(program: Program, tasks: ReadonlyMap<FunctionId, Task>, spawn: Spawn, report: Report): void {
  if (!isEndless(spawn.future, tasks)) return;
  const { messages } = detachedTask;
  const { handle, owner } = spawn;
  const task = tasks.get(spawn.future) as Task;
  const future = program.displayName(program.graph.nodes[spawn.future] as FunctionNode);
  const steps: Step[] = [{ location: spawn.location, message: messages.spawned }];
  const evidence = [
    { kind: 'mir' as const, what: `no \`return\` can be reached in ${future}, nor past what it awaits` },
    {
      kind: 'table' as const,
      what: `\`${spawn.callee}\` starts a task of its own, and dropping the handle that it returns detaches it`,
    },
  ];
  const common = {
    function: spawn.function,
    package: spawn.package,
    location: spawn.location,
    confidence: 'likely' as const,
  };
  if (handle.kind === 'field') {
    if (program.shapes.isFieldRead(handle.owner, handle.index, handle.ty)) return;
    if (handle.at !== null && isInWorkspace(handle.at))
      steps.push({ location: handle.at, message: messages.detached });
    const name = lastSegment(handle.owner);
    // A name with an underscore says that the field is there for its drop; without one others may read it.
    const isForDrop = handle.name.startsWith('_');
    report({
      ...common,
      severity: isForDrop && spawn.isLibrary ? 'warning' : 'note',
      message: messages.field(name, handle.name),
      label: 'loops for ever',
      steps,
      notes: [
        'dropping the handle detaches the task and does not stop it',
        ...(isForDrop
          ? []
          : ['no code of the workspace reads the field; code that uses it as a library may']),
      ],
      help: [
        `abort it when \`${name}\` is dropped: \`impl Drop\`, or \`tokio_util::task::AbortOnDropHandle\` as the field's type`,
        'or give the loop an end: a `CancellationToken`, a closed channel, a `Weak` that no longer upgrades',
      ],
      evidence: [
        ...evidence,
        {
          kind: 'mir',
          what: `no body of the workspace looks at field ${handle.index} of ${unqualified(handle.owner)}`,
        },
      ],
    });
    return;
  }
  const shared = owner === null ? null : sharedWith(owner, task.captures, program.shapes);
  if (owner === null || shared === null) return;
  const name = lastSegment(owner.path);
  const isMade = isPartOfMaking(program.graph, spawn.node, owner.path);
  report({
    ...common,
    severity: spawn.isLibrary && isMade ? 'warning' : 'note',
    message: messages.dropped(name),
    label:
      handle.name === null
        ? 'its handle is dropped at once'
        : `\`${handle.name}\` is dropped without an abort`,
    steps,
    notes: [
      `the task owns \`${unqualified(shared.text)}\`, which \`${name}\` owns too: after the last \`${name}\` is dropped, the task keeps it alive and goes on`,
    ],
    help: [
      `keep the handle in \`${name}\` and abort it in \`Drop\` (\`tokio_util::task::AbortOnDropHandle\` does that)`,
      'or let the task own a `Weak` and end when it does not upgrade, or wait for a `CancellationToken` too',
    ],
    evidence,
  });
}

function isEndless(
  id: FunctionId,
  tasks: ReadonlyMap<FunctionId, Task>,
  open: readonly FunctionId[] = [],
): boolean {
  const task = tasks.get(id);
  if (task === undefined || open.includes(id) || task.ending.mayPanic) return false;
  if (!task.ending.returns) return true;
  const path = [...open, id];
  return task.gates.some(
    targets => targets.length > 0 && targets.every(target => isEndless(target, tasks, path)),
  );
}
