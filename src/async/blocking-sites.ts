/**
 * Calls of the workspace that block, by the table or by what was read of another crate, before it is asked who reaches
 * them.
 */
import { closureKeysIn } from '#mir/closure-keys.ts';
import type { CallSite, FunctionNode } from '#mir/function-node.ts';
import type { FoundBlocking } from './dependencies/dependencies.ts';
import { type Blocking, type BlockingAnswer, blockingOf } from './knowledge/blocking.ts';
import type { Program } from './program.ts';

export interface Site {
  readonly node: FunctionNode;
  readonly call: CallSite;
  readonly blocking: Blocking;
}

export interface Sites {
  readonly sites: readonly Site[];
  /** Reads and writes of something behind a type parameter or a trait object. */
  readonly open: readonly { readonly node: FunctionNode; readonly call: CallSite }[];
}

export function blockingSitesOf(program: Program): Sites {
  const { graph, shapes } = program;
  const called = new Set<string>();
  for (const node of graph.nodes) for (const call of node.calls) called.add(call.path).add(call.method);
  const answers = new Map<string, BlockingAnswer>();
  const sites: Site[] = [];
  const open: { node: FunctionNode; call: CallSite }[] = [];
  for (const node of graph.nodes) {
    for (const call of node.calls) {
      const key = `${node.unit} ${call.callee}`;
      let answer = answers.get(key);
      if (answer === undefined) {
        answer =
          (call.kind === 'poll' ? null : blockingOf(call, ty => shapes.isParameter(ty))) ??
          inDependency(program, node, call);
        answers.set(key, answer);
      }
      if (answer === null || graph.resolve(node, call).targets.length > 0) continue;
      if (answer === 'open') open.push({ node, call });
      else if (doesBlock(answer, node)) sites.push({ node, call, blocking: answer });
    }
  }
  return { sites, open };

  function doesBlock({ kind, unless, when }: Blocking, node: FunctionNode): boolean {
    if (unless.some(name => called.has(name))) return false;
    if (when.length > 0 && !when.some(path => called.has(path))) return false;
    // A thread that has finished is joined at once.
    return kind !== 'join' || !node.calls.some(call => call.method === 'is_finished');
  }
}

/** Of a function or a future of another crate whose MIR was read. */
function inDependency({ dependencies }: Program, from: FunctionNode, call: CallSite): Blocking | null {
  if (dependencies.count === 0) return null;
  if (call.kind !== 'poll') return asBlocking(dependencies.blocking(from, call.path), call.method);
  const keys = call.self === null ? [] : closureKeysIn(call.self);
  for (const key of keys) {
    const found = asBlocking(dependencies.blockingOfFuture(from, key), key.replace(/^.*::(?=\w+$)/, ''));
    if (found !== null) return found;
  }
  return null;
}

function asBlocking(found: FoundBlocking | null, callee: string): Blocking | null {
  if (found === null) return null;
  const { level, kind, what, seen, source, package: named, way } = found;
  return {
    // Whether it gets there at all is up to the other crate: it may have asked where it runs.
    level: level === 'forbidden' ? 'long' : level,
    kind,
    what,
    crate: named.replace(/ .*$/, '').replaceAll('-', '_'),
    unless: [],
    when: [],
    instead: null,
    seen,
    source,
    within: { callee, package: named, way },
  };
}
