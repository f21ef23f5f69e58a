/** Which future a call gives to an executor of another runtime. */
import type { CallSite, FunctionId } from '#mir/function-node.ts';
import { printedTypeOf } from '#mir/place.ts';
import { originOf } from '#mir/value-origin.ts';
import type { Operand } from '#model/mir.ts';
import { type Executor, executorOf, isTransparent } from '../../knowledge/runtimes.ts';
import { coroutinesOf, futuresReturnedBy } from '../../made-futures.ts';
import type { Program } from '../../program.ts';
import type { Subject } from '../../subject.ts';

/** Executors that make no context with the features that the workspace resolved. */
export function plainExecutorOf({ workspace }: Program, call: CallSite): Executor | null {
  const executor = executorOf(call);
  if (executor === null || executor.context === null) return executor;
  const [name, feature = ''] = executor.context.split('/');
  const hasContext = workspace?.packages.some(
    krate => krate.name === name && workspace.resolved.get(krate.id)?.features.includes(feature) === true,
  );
  return hasContext === true ? null : executor;
}

/**
 * The bodies that run when the call runs what it is given. Empty where it comes from an argument, a field or a wrapper
 * that is not known.
 */
export function drivenFutures(
  program: Program,
  { body, node, shapes, scope }: Subject,
  call: CallSite,
  isOfWorkspace: (crate: string) => boolean,
): FunctionId[] {
  const { graph } = program;
  const terminator = body.blocks[call.block]?.terminator;
  if (terminator?.kind !== 'call') return [];
  const given = terminator.args.filter((arg): arg is Operand & { kind: 'move' } => arg.kind === 'move');
  for (const arg of given) {
    const printed = printedTypeOf(body, arg.place);
    if (printed !== null && !isTransparent(shapes.qualify(printed, scope), isOfWorkspace)) return [];
  }
  const direct = coroutinesOf(graph, node, call.passes);
  if (direct.length > 0) return direct;
  for (const arg of given) {
    const made = originOf(body, arg);
    const maker = node.calls.find(other => other.callee === made?.callee);
    const bodies = maker === undefined ? [] : futuresReturnedBy(graph, node, maker);
    if (bodies.length === 1) return bodies;
  }
  return [];
}

/** By the first segment of qualified paths. */
export function workspaceCrates({ graph }: Program): (crate: string) => boolean {
  const crates = new Set(graph.nodes.map(node => node.scope.prefix));
  return crate => crates.has(crate);
}
