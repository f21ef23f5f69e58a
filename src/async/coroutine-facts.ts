/** What a coroutine body does at its awaits, kept without the body: the ground of `future-safety.ts`. */
import { type Await, awaitsOf } from '#mir/awaits.ts';
import { type ControlFlow, controlFlowOf } from '#mir/control-flow.ts';
import type { FunctionNode } from '#mir/function-node.ts';
import { calleePath } from '#mir/known-calls.ts';
import { printedTypeOf } from '#mir/place.ts';
import { rootOf } from '#mir/value-source.ts';
import type { Location } from '#model/location.ts';
import type { BlockIndex, Body, LocalIndex, Operand, Place } from '#model/mir.ts';
import { type Loss, lossesOf } from './cancel-losses.ts';
import { type Arm, cancelPositionsOf, isReference } from './cancel-positions.ts';
import { type FutureValue, futureValueOf } from './future-value.ts';
import { isInWorkspace, type Subject } from './subject.ts';

export interface CoroutineFacts {
  readonly node: FunctionNode;
  readonly awaits: readonly AwaitFact[];
  /** What it takes out of state that outlives it and holds at an await. */
  readonly losses: readonly Loss[];
  /** What may have changed something outside before an await, other than the awaits themselves. */
  readonly effects: Effects;
  /** Names of the arguments or captures by number. */
  readonly captures: ReadonlyMap<number, string>;
}

export interface AwaitFact {
  readonly poll: BlockIndex;
  /** The futures that are dropped with this one: itself, or the arms of a `select!` or `join!`. */
  readonly futures: readonly Arm[];
  readonly at: Location | null;
}

export function coroutineFactsOf(subject: Subject, hasDrop: (path: string) => boolean): CoroutineFacts {
  const { body } = subject;
  const flow = controlFlowOf(body);
  const awaits = awaitsOf(body, flow);
  const positions = new Map(cancelPositionsOf(subject).map(position => [position.poll, position]));
  return {
    node: subject.node,
    awaits: awaits.map(point => ({
      poll: point.poll,
      futures: positions.get(point.poll)?.arms ?? [awaited(subject, point)],
      at: locationOf(subject, point),
    })),
    losses: lossesOf(subject, hasDrop),
    effects: effectsBefore(body, flow, awaits),
    captures: capturesOf(body),
  };
}

function awaited(subject: Subject, point: Await): Arm {
  const ty = subject.shapes.qualify(point.future, subject.scope);
  const value: FutureValue = futureValueOf(
    subject,
    { kind: 'move', place: { local: point.awaitee, projection: [] } },
    ty,
  );
  return { value, owned: !isReference(ty) };
}

function locationOf(subject: Subject, point: Await): Location | null {
  const location = subject.span(point.span);
  return location !== null && isInWorkspace(location) ? location : null;
}

function capturesOf(body: Body): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const { name, place } of body.debugInfo) {
    const [first] = place?.projection ?? [];
    if (place?.local === 1 && first?.kind === 'field') names.set(first.index, name);
  }
  return names;
}

/**
 * Calls of these change nothing that outlives the future: conversions, looks, new values, what `.await` expands to.
 */
const harmless =
  /^(into_future|new_unchecked|get_context|poll|branch|from_residual|from_output|clone|cloned|copied|to_owned|to_vec|to_string|into|from|try_from|try_into|as_ref|as_mut|as_slice|as_mut_slice|as_bytes|as_str|as_deref|as_deref_mut|deref|deref_mut|borrow|len|is_empty|is_some|is_none|is_ok|is_err|eq|ne|lt|le|gt|ge|cmp|partial_cmp|fmt|format|must_use|default|unwrap|expect|unwrap_or|unwrap_or_default|unwrap_or_else|ok_or|ok_or_else|ok|err|map|map_err|and_then|min|max|get|get_ref|get_mut|first|last|contains|contains_key|iter|into_iter|now|elapsed|from_secs|from_millis|new|new_v1|new_const|new_display|new_debug|from_str|pin|index|capacity|with_capacity|saturating_sub|saturating_add|checked_add|checked_sub|wrapping_add|poll_fn|from_str_nonconst|none|panic_fmt|maybe_done|instrument|in_current_span|timeout|timeout_at|boxed|fuse)$/;

export interface Effects {
  /** A write through a reference. */
  readonly writes: boolean;
  /** Blocks of calls that get a reference to something outside. */
  readonly calls: readonly BlockIndex[];
}

function effectsBefore(body: Body, flow: ControlFlow, awaits: readonly Await[]): Effects {
  const made = new Set(awaits.flatMap(({ source }) => (source.kind === 'call' ? [source.block] : [])));
  const before = blocksBefore(
    flow,
    awaits.map(({ poll }) => poll),
  );
  return effectsIn(body, [...before], made);
}

/** Whether a function that is no coroutine leaves what it is given as it was; calls of functions like it not counted. */
export function changesNothing(body: Body): boolean {
  const { writes, calls } = effectsIn(body, controlFlowOf(body).reversePostorder, new Set());
  return !writes && calls.length === 0;
}

function effectsIn(body: Body, blocks: readonly BlockIndex[], except: ReadonlySet<BlockIndex>): Effects {
  let writes = false;
  const calls: BlockIndex[] = [];
  for (const block of blocks) {
    const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
    for (const statement of statements) {
      if (statement.kind !== 'assign' || !statement.place.projection.some(step => step.kind === 'deref'))
        continue;
      if (isOutside(body, statement.place, false)) writes = true;
    }
    if (terminator?.kind !== 'call' || except.has(block)) continue;
    const callee = typeof terminator.callee === 'string' ? calleePath(terminator.callee) : '';
    if (harmless.test(callee.slice(callee.lastIndexOf('::') + 2 || 0))) continue;
    if (terminator.args.some(arg => reachesOutside(body, arg))) calls.push(block);
  }
  return { writes, calls };
}

function blocksBefore(flow: ControlFlow, targets: readonly BlockIndex[]): ReadonlySet<BlockIndex> {
  const before = new Set<BlockIndex>(targets);
  const pending = [...targets];
  for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
    for (const predecessor of flow.predecessors[block] ?? []) {
      if (before.has(predecessor)) continue;
      before.add(predecessor);
      pending.push(predecessor);
    }
  }
  return before;
}

/** The place is reached through an argument, for a coroutine through a capture; `orOwn`: or is a part of one. */
function isOutside(body: Body, place: Place, orOwn: boolean): boolean {
  const root = rootOf(body, place);
  return (
    root.local >= 1 &&
    root.local <= body.argCount &&
    root.local !== contextOf(body) &&
    (orOwn || root.path.includes('*'))
  );
}

/** `_2` of a coroutine is what each poll hands in. */
function contextOf(body: Body): LocalIndex | null {
  return body.yields === null ? null : 2;
}

/** A reference to something outside, or something that may hold one, is passed. */
function reachesOutside(body: Body, arg: Operand): boolean {
  if (arg.kind === 'const') return false;
  const ty = printedTypeOf(body, arg.place) ?? '';
  if (/^([iuf]\d+|[iu]size|bool|char|\(\)|&str|&'\w+ str)$/.test(ty)) return false;
  const place: Place = ty.startsWith('&')
    ? { local: arg.place.local, projection: [...arg.place.projection, { kind: 'deref' }] }
    : arg.place;
  return isOutside(body, place, true);
}
