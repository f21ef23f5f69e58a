/** What a call that starts a task is given, and what becomes of the handle that it returns. */
import type { CallGraph } from '#mir/call-graph.ts';
import { controlFlowOf } from '#mir/control-flow.ts';
import type { CallSite, FunctionId, FunctionNode } from '#mir/function-node.ts';
import { isStandardPath } from '#mir/type-contains.ts';
import { parsePath, type Ty } from '#mir/type-parser.ts';
import { unusedValuesOf } from '#mir/unused-values.ts';
import { originOf } from '#mir/value-origin.ts';
import type { Body, Operand, SpanRef, Terminator } from '#model/mir.ts';
import { spawnOf } from '../../knowledge/spawns.ts';
import { coroutinesOf, futuresReturnedBy } from '../../made-futures.ts';
import type { Subject } from '../../subject.ts';

type Call = Terminator & { kind: 'call' };

export type Handle =
  /** Dropped at once, or at the end of its scope, without having been looked at. */
  | { readonly kind: 'dropped'; readonly name: string | null }
  /** Put into a field of a struct of the workspace that this body makes. */
  | {
      readonly kind: 'field';
      readonly owner: string;
      readonly index: number;
      readonly name: string;
      readonly ty: Ty;
      readonly span: SpanRef;
    };

/** Handles whose drop lets the task go on. Those of `smol` and `async-executor` cancel it. */
const detaching = new Set([
  'tokio::task::JoinHandle',
  'async_std::task::JoinHandle',
  'actix_rt::task::JoinHandle',
]);

/** Calls that start a task of its own; a runtime that is shut down, or a set of tasks that is dropped, ends its tasks. */
export function isSpawn(call: CallSite): boolean {
  return (
    spawnOf(call.path) === 'task' &&
    !/(^|::)(Runtime|JoinSet|LocalSet|TaskTracker|Executor|LocalExecutor)::\w+$/.test(call.path)
  );
}

/** The bodies of the futures that a spawned value may be; more than those where the types do not tell. */
export function candidatesOf(graph: CallGraph, node: FunctionNode, spawn: CallSite): FunctionId[] {
  const direct = coroutinesOf(graph, node, spawn.passes);
  if (direct.length > 0) return direct;
  return [...new Set(node.calls.flatMap(call => futuresReturnedBy(graph, node, call)))];
}

/** The body of the future that `spawn` is given, followed back to where it was made; null where that is not known. */
export function futureOf(
  graph: CallGraph,
  { body, node }: Subject,
  spawn: CallSite,
  terminator: Call,
): FunctionId | null {
  const direct = coroutinesOf(graph, node, spawn.passes);
  if (direct.length > 0) return direct.length === 1 ? (direct[0] as FunctionId) : null;
  let operand: Operand | undefined = terminator.args.find(arg => arg.kind === 'move');
  // Limit: wrappers around a future (`instrument`, `in_current_span`).
  for (let step = 0; step < 6 && operand !== undefined; step++) {
    const made = originOf(body, operand);
    if (made === null || typeof made.callee !== 'string') return null;
    const call = node.calls.find(other => other.callee === made.callee);
    const bodies = call === undefined ? [] : futuresReturnedBy(graph, node, call);
    if (bodies.length > 0) return bodies.length === 1 ? (bodies[0] as FunctionId) : null;
    operand = made.args.find(arg => arg.kind === 'move');
  }
  return null;
}

export function handleOf(subject: Subject, terminator: Call): Handle | null {
  const { body } = subject;
  const { local, projection } = terminator.destination;
  const printed = body.locals[local]?.ty ?? '';
  if (projection.length > 0 || !isDetaching(subject.shapes.qualify(printed, subject.scope))) return null;
  const unused = unusedValuesOf(body, controlFlowOf(body))(local);
  if (unused !== null) {
    const debug = body.debugInfo.find(
      ({ place }) => place !== null && place.projection.length === 0 && unused.locals.includes(place.local),
    );
    return { kind: 'dropped', name: debug?.name ?? null };
  }
  return fieldThatGets(subject, terminator);
}

function fieldThatGets(subject: Subject, spawn: Call): Handle | null {
  const { body, shapes, scope } = subject;
  for (const block of body.blocks) {
    if (block.cleanup) continue;
    for (const statement of block.statements) {
      if (statement.kind !== 'assign' || statement.rvalue.kind !== 'aggregate') continue;
      const { rvalue } = statement;
      if (rvalue.shape !== 'adt' || isStandardPath(parsePath(rvalue.name)?.path ?? 'std::')) continue;
      for (const [index, field] of rvalue.fields.entries()) {
        if (field.operand.kind === 'const' || field.name === null) continue;
        const ty = shapes.qualify(body.locals[field.operand.place.local]?.ty ?? '', scope);
        if (!holdsDetaching(ty) || originOf(body, field.operand) !== spawn) continue;
        const owner = ownerOf(body, statement.place.local, subject);
        if (owner !== null)
          return { kind: 'field', owner, index, name: field.name, ty, span: statement.span };
      }
    }
  }
  return null;
}

function ownerOf(body: Body, local: number, { shapes, scope }: Subject): string | null {
  const ty = shapes.qualify(body.locals[local]?.ty ?? '', scope);
  return ty.kind === 'path' ? ty.path : null;
}

function isDetaching(ty: Ty): boolean {
  return ty.kind === 'path' && detaching.has(ty.path);
}

/** The handle itself, or in an `Option`, `Arc` or `Mutex` of the standard library. */
function holdsDetaching(ty: Ty): boolean {
  if (isDetaching(ty)) return true;
  return (
    ty.kind === 'path' && isStandardPath(ty.path) && ty.args.length === 1 && holdsDetaching(ty.args[0] as Ty)
  );
}
