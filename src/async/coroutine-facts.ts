/** What a coroutine body does at its awaits, kept without the body: the ground of `future-safety.ts`. */
import { type Await, awaitsOf } from '#mir/awaits.ts';
import { type ControlFlow, controlFlowOf } from '#mir/control-flow.ts';
import type { FunctionNode } from '#mir/function-node.ts';
import { calleePath } from '#mir/known-calls.ts';
import { printedTypeOf } from '#mir/place.ts';
import { rootOf } from '#mir/value-source.ts';
import type { Location } from '#model/location.ts';
import type { BlockIndex, Body, Place, Terminator } from '#model/mir.ts';
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
  /** Whether another await, or this one again, can follow. */
  readonly followed: boolean;
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
      followed: isFollowed(body, flow, point),
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
  return { value, owned: !isReference(ty), behind: null };
}

function locationOf(subject: Subject, point: Await): Location | null {
  const location = subject.span(point.span);
  return location !== null && isInWorkspace(location) ? location : null;
}

function isFollowed(body: Body, flow: ControlFlow, { ready }: Await): boolean {
  const seen = new Set([ready]);
  const pending = [ready];
  for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
    if (body.blocks[block]?.terminator.kind === 'yield') return true;
    for (const { target } of flow.successors[block] ?? []) {
      if (seen.has(target)) continue;
      seen.add(target);
      pending.push(target);
    }
  }
  return false;
}

function capturesOf(body: Body): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const { name, place } of body.debugInfo) {
    const [first] = place?.projection ?? [];
    if (place?.local === 1 && first?.kind === 'field') names.set(first.index, name);
  }
  return names;
}

/** Functions of the standard library that change nothing: conversions, looks, new values, what `.await` expands to. */
const harmless =
  /^(into_future|new_unchecked|get_context|poll|branch|from_residual|from_output|clone|cloned|copied|to_owned|to_vec|to_string|into|from|try_from|try_into|as_ref|as_mut|as_slice|as_mut_slice|as_bytes|as_str|as_deref|as_deref_mut|as_ptr|deref|deref_mut|borrow|len|is_empty|is_some|is_none|is_ok|is_err|eq|ne|lt|le|gt|ge|cmp|partial_cmp|fmt|format|must_use|default|unwrap|expect|unwrap_or|unwrap_or_default|unwrap_or_else|ok_or|ok_or_else|ok|err|map|map_err|and_then|min|max|get|get_ref|get_mut|first|last|contains|contains_key|iter|into_iter|now|elapsed|from_secs|from_millis|from_secs_f64|from_micros|from_nanos|new|new_v1|new_const|new_display|new_debug|new_lower_hex|from_str|pin|index|index_mut|capacity|with_capacity|from_elem|saturating_sub|saturating_add|checked_add|checked_sub|wrapping_add|add|sub|mul|div|rem|not|neg|to_be_bytes|to_le_bytes|from_be_bytes|from_le_bytes|poll_fn|from_str_nonconst|from_fn|none|panic_fmt|panic|unreachable_display|drop|ready|pending|hash|type_id|type_name|new_uninit|box_assume_init_into_vec_unsafe|into_vec|start_bound|end_bound)$/;

/** Of other crates: writing to a log, and futures that are only made. */
const harmlessElsewhere =
  /^<?(tracing|tracing_core|tracing_log|log)::| as tracing(_core)?::|^tokio::time::(timeout|timeout_at|sleep|sleep_until)$| as (futures|futures_util|futures_lite|tokio_util)::(\w+::)*(Try)?FutureExt>::| as tracing::Instrument>::/;

function isHarmless(body: Body, call: Terminator & { kind: 'call' }): boolean {
  const made = printedTypeOf(body, call.destination) ?? '';
  // Making a future runs nothing of it.
  if (made.startsWith('{async ')) return true;
  const path = typeof call.callee === 'string' ? calleePath(call.callee) : '';
  if (harmlessElsewhere.test(path)) return true;
  const isStandard =
    /^(std|core|alloc)::/.test(path) || / as (std|core|alloc)::/.test(path) || path.startsWith('<[');
  return isStandard && harmless.test(path.slice(path.lastIndexOf('::') + 2 || 0));
}

export interface Effects {
  /** A write through a pointer that does not surely lead to the future's own values. */
  readonly writes: boolean;
  /** Blocks of calls that are not known to change nothing. */
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
    for (const statement of statements)
      if (statement.kind === 'assign' && isOutside(body, statement.place)) writes = true;
    if (terminator?.kind !== 'call' || except.has(block)) continue;
    if (isOutside(body, terminator.destination)) writes = true;
    if (!isHarmless(body, terminator)) calls.push(block);
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

/** A pointer lies in front of it, and it is none of a box of the function's own. */
function isOutside(body: Body, place: Place): boolean {
  if (!place.projection.some(step => step.kind === 'deref')) return false;
  const root = rootOf(body, place);
  const isOwnBox =
    /^(std|alloc)::boxed::Box</.test(body.locals[root.local]?.ty ?? '') && root.local > body.argCount;
  return root.path.includes('*') && !isOwnBox;
}
