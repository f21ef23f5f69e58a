import type { CallSite, FunctionNode } from '#mir/function-node.ts';
import type { Unknown } from '#model/report.ts';
import { passedCodeOf } from '../../passed-code.ts';
import type { Program } from '../../program.ts';
import { runEdgesOf } from '../../reach.ts';
import { isPolled } from '../../ways-from-async.ts';

export interface OpenCall {
  readonly node: FunctionNode;
  readonly call: CallSite;
}

/** `open`: reads and writes of what is not known; `blocks`: whether a function reaches a blocking call. */
export function unknownsOf(
  program: Program,
  open: readonly OpenCall[],
  blocks: (node: FunctionNode) => boolean,
  unplaced: number,
): Unknown[] {
  const { graph } = program;
  const run = runByAsync(program);
  const blockingMethods = new Set<string>();
  for (const node of graph.nodes) {
    if (node.impl?.trait != null && blocks(node)) blockingMethods.add(`${node.impl.trait} ${methodOf(node)}`);
  }
  let openCalls = 0;
  let mayBlock = 0;
  let kept = 0;
  for (const node of graph.nodes) {
    if (!run.has(node.id)) continue;
    for (const call of node.calls) {
      if (call.kind === 'poll') continue;
      for (const { body, use } of passedCodeOf(program, node, call)) {
        if (use === 'unknown' && blocks(body)) kept++;
      }
      const reason = graph.resolve(node, call).open;
      if (reason === null || reason === 'foreign' || isOfStandardTrait(call)) continue;
      openCalls++;
      const trait = /\bas ([\w:]+)/.exec(call.path)?.[1];
      const name = trait?.slice(trait.lastIndexOf(':') + 1);
      if (blockingMethods.has(`${name} ${call.method}`)) mayBlock++;
    }
  }
  const unknown = (what: string, why: string, count: number): Unknown => ({
    area: 'async',
    what,
    why,
    count,
  });
  return [
    unknown(
      'calls in async code of a trait method that blocks in one of its implementations',
      'which implementation is called is not known statically',
      mayBlock,
    ),
    unknown(
      'calls in async code through trait objects, type parameters and function pointers, not looked into for blocking',
      'the function behind them is not known statically',
      openCalls - mayBlock,
    ),
    unknown(
      'reads and writes in async code of something that may block',
      'what is read or written is behind a trait object or a type parameter',
      open.filter(({ node }) => run.has(node.id)).length,
    ),
    unknown(
      'closures that block and that async code passes on',
      'whether the function that takes them runs them, and where, is not known',
      kept,
    ),
    unknown(
      'blocking calls without a place in the workspace',
      'a macro of another crate makes the call',
      unplaced,
    ),
  ].filter(({ count }) => count > 0);
}

/** Async bodies, and what runs in them. */
function runByAsync(program: Program): ReadonlySet<number> {
  const { nodes } = program.graph;
  const run = new Set(nodes.filter(isPolled).map(({ id }) => id));
  const stack = [...run];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    for (const { target } of runEdgesOf(program, nodes[id] as FunctionNode)) {
      if (run.has(target)) continue;
      run.add(target);
      stack.push(target);
    }
  }
  return run;
}

/** Cloning, comparing, formatting: what implements them seldom blocks, and there are thousands of them. */
function isOfStandardTrait({ path }: CallSite): boolean {
  return / as (?:std|core|alloc)::(?!ops::Fn|ops::AsyncFn)/.test(path);
}

function methodOf({ name }: FunctionNode): string {
  return name.slice(name.lastIndexOf('::') + 2);
}
