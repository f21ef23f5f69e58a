/** Calls of the workspace that block, by the table, before it is asked who reaches them. */
import type { CallSite, FunctionNode } from '#mir/function-node.ts';
import { type Blocking, type BlockingAnswer, blockingOf } from '../../knowledge/blocking.ts';
import type { Program } from '../../program.ts';

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
      if (call.kind === 'poll') continue;
      const key = `${node.unit} ${call.callee}`;
      let answer = answers.get(key);
      if (answer === undefined) {
        answer = blockingOf(call, ty => shapes.isParameter(ty));
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
