import type { CallSite } from '#mir/function-node.ts';
import type { Ty } from '#mir/type-parser.ts';
import table from '../../../data/async/runtimes.json' with { type: 'json' };

/** What needs a tokio runtime in the context of its thread. Where the rows come from: data/async/PROVENANCE.md. */
export interface TokioNeed {
  /** The function. */
  readonly path: string;
  /** It panics in the call, or when its future is polled. */
  readonly when: 'call' | 'poll';
  /** What rustc prints of the future, without generics: its type, or the function of an `async fn`. */
  readonly future: string | null;
  /** The crate with which the panic was seen in a run. */
  readonly ran: string;
}

/** A function that runs the future which it is given, and that makes no tokio context for it. */
export interface Executor {
  readonly path: string;
  /** `own`: on the executor's threads; `caller`: on the thread that calls it, in whatever context that has. */
  readonly thread: 'own' | 'caller';
  /** `package/feature` with which it makes a context; null: there is none. */
  readonly context: string | null;
  /** The crate with which it was seen in a run that there is no context. */
  readonly ran: string;
}

export interface Runtime {
  readonly package: string;
  /** Whether its futures need the runtime of their own version around them. */
  readonly context: boolean;
  /** What two versions in one program mean. */
  readonly why: string;
}

const needs = table.needsTokio as readonly TokioNeed[];
const executors = table.executors as readonly Executor[];
const byCall = new Map(needs.filter(({ when }) => when === 'call').map(need => [need.path, need]));
const byPolledCall = new Map(needs.filter(({ when }) => when === 'poll').map(need => [need.path, need]));
const byFuture = new Map(needs.flatMap(need => (need.future === null ? [] : [[need.future, need]])));
const byExecutor = new Map(executors.map(executor => [executor.path, executor]));
const threads = new Set(table.threads);
const bridgeCalls = new Set(table.bridges.calls);
const bridgeTypes = new Set(table.bridges.types);

export const runtimes: readonly Runtime[] = table.runtimes;

/** First segments of the paths in the table. */
export function cratesOfRuntimes(): ReadonlySet<string> {
  const paths = [
    ...needs.map(({ path }) => path),
    ...executors.map(({ path }) => path.replace(/^</, '')),
    ...table.bridges.types,
    ...table.others,
  ];
  return new Set(paths.map(path => path.slice(0, path.indexOf('::'))));
}

/** A call that panics without a tokio context. */
export function neededByCall(call: CallSite): TokioNeed | null {
  return call.kind === 'poll' ? null : (byCall.get(call.path) ?? null);
}

/** A call that makes a future which panics when it is polled without one. */
export function neededByFutureOf(path: string): TokioNeed | null {
  return byPolledCall.get(path) ?? null;
}

/** By the future's type, or by the key of an `async fn`'s future. */
export function neededByFuture(name: string): TokioNeed | null {
  return (byFuture.get(name) as TokioNeed | undefined) ?? null;
}

export function executorOf(call: CallSite): Executor | null {
  const known = byExecutor.get(call.path);
  if (known !== undefined || !call.path.startsWith('<')) return known ?? null;
  // `<{async block} as pollster::FutureExt>::block_on`
  return byExecutor.get(withoutSelf(call.path)) ?? null;
}

/** A call that runs a closure on a thread without a tokio context. */
export function isPlainThread(call: CallSite): boolean {
  return threads.has(call.path);
}

/** A call that makes a tokio context, or asks whether there is one. */
export function isBridge(call: CallSite): boolean {
  return bridgeCalls.has(call.path) || bridgeCalls.has(withoutSelf(call.path));
}

/** Whether a future is in a wrapper that makes a tokio context for it. */
export function isBridged(ty: Ty): boolean {
  return pathsIn(ty).some(path => bridgeTypes.has(path));
}

/** A call into the reactor of another runtime. */
export function isOfOtherRuntime(call: CallSite): boolean {
  return table.others.some(path => call.path.startsWith(path) || call.path.startsWith(`<${path}`));
}

// Crates whose futures and adapters poll what they own and do nothing to the context of the thread.
const transparent = new Set(
  [
    'std core alloc futures futures_util futures_core futures_executor futures_lite pollster tracing tokio tokio_util',
    'smol async_std async_io async_executor async_global_executor',
  ].flatMap(names => names.split(' ')),
);

/** Whether all that is around the futures in a polled type is known to leave the context of the thread alone. */
export function isTransparent(ty: Ty, isOfWorkspace: (crate: string) => boolean): boolean {
  return (
    !isBridged(ty) &&
    pathsIn(ty).every(path => {
      const crate = path.slice(0, path.indexOf('::'));
      return transparent.has(crate) || isOfWorkspace(crate);
    })
  );
}

/** Paths of the types and futures around what a polled type owns; what an async function was given is not looked into. */
function pathsIn(ty: Ty): string[] {
  switch (ty.kind) {
    case 'path':
      return [ty.path, ...ty.args.flatMap(pathsIn)];
    case 'closure': {
      const given = ty.args.filter(arg => arg.kind === 'closure' && arg.coroutine);
      return [...(ty.key.startsWith('@') ? [] : [ty.key]), ...given.flatMap(pathsIn)];
    }
    case 'ref':
    case 'raw':
      return pathsIn(ty.inner);
    case 'tuple':
      return ty.items.flatMap(pathsIn);
    case 'array':
    case 'slice':
      return pathsIn(ty.element);
    default:
      return [];
  }
}

function withoutSelf(path: string): string {
  return path.replace(/^<.* as ([\w:]+)>::/s, '$1::');
}
