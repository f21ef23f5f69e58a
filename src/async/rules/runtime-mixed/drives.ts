/** Which future a call gives to an executor of another runtime. */
import type { CallSite, FunctionId, FunctionNode } from '#mir/function-node.ts';
import { printedTypeOf } from '#mir/place.ts';
import { originOf } from '#mir/value-origin.ts';
import type { Operand } from '#model/mir.ts';
import {
  type Executor,
  executorOf,
  isBridge,
  isTransparent,
  neededByFutureOf,
} from '../../knowledge/runtimes.ts';
import { coroutinesOf, futuresReturnedBy } from '../../made-futures.ts';
import type { Program } from '../../program.ts';
import type { Subject } from '../../subject.ts';
import { type Need, placed } from './needs.ts';

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
  subject: Subject,
  call: CallSite,
  isOfWorkspace: (crate: string) => boolean,
): FunctionId[] {
  const { body, node } = subject;
  const { graph } = program;
  const given = givenTo(subject, call, isOfWorkspace);
  if (given === null) return [];
  const direct = coroutinesOf(graph, node, call.passes);
  if (direct.length > 0) return direct;
  // What was wrapped and then boxed does not show its wrapper.
  if (node.calls.some(isBridge)) return [];
  for (const arg of given) {
    const made = originOf(body, arg);
    const maker = node.calls.find(other => other.callee === made?.callee);
    const bodies = maker === undefined ? [] : futuresReturnedBy(graph, node, maker);
    if (bodies.length === 1 && !isMadeBesideBridge(program, bodies[0] as FunctionId)) return bodies;
  }
  return [];
}

/** What a call gives to an executor that needs tokio as it is: `smol::block_on(reqwest::get(url))`. */
export function drivenNeed(
  { graph }: Program,
  subject: Subject,
  call: CallSite,
  isOfWorkspace: (crate: string) => boolean,
): Need | null {
  const { body, node } = subject;
  if (node.calls.some(isBridge)) return null;
  for (const arg of givenTo(subject, call, isOfWorkspace) ?? []) {
    const made = originOf(body, arg);
    const maker = made === null ? undefined : node.calls.find(({ callee }) => callee === made.callee);
    if (maker === undefined || graph.resolve(node, maker).targets.length > 0) continue;
    const need = neededByFutureOf(maker.path);
    if (need !== null) return { need, block: call.block, at: placed(maker.at) ?? placed(call.at) };
  }
  return null;
}

/**
 * Whether the function around a future's body brings a context: where only `impl Future` or `dyn Future` of its result is
 * seen, it may have wrapped the future.
 */
export function isMadeBesideBridge({ graph }: Program, future: FunctionId): boolean {
  const { unit, name } = graph.nodes[future] as FunctionNode;
  const around = graph.node(unit, name.replace(/::\{closure#\d+\}$/, ''));
  return around?.calls.some(isBridge) === true;
}

/** What a call gets; null where something that is not known is around a future. */
function givenTo(
  { body, shapes, scope }: Subject,
  call: CallSite,
  isOfWorkspace: (crate: string) => boolean,
): readonly (Operand & { kind: 'move' })[] | null {
  const terminator = body.blocks[call.block]?.terminator;
  if (terminator?.kind !== 'call') return null;
  const given = terminator.args.filter((arg): arg is Operand & { kind: 'move' } => arg.kind === 'move');
  const isKnown = given.every(arg => {
    const printed = printedTypeOf(body, arg.place);
    return printed === null || isTransparent(shapes.qualify(printed, scope), isOfWorkspace);
  });
  return isKnown ? given : null;
}

/** By the first segment of qualified paths. */
export function workspaceCrates({ graph }: Program): (crate: string) => boolean {
  const crates = new Set(graph.nodes.map(node => node.scope.prefix));
  return crate => crates.has(crate);
}
