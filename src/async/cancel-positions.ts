/**
 * Where a body drops a future that is not finished: the arms of `select!` when another arm is first, the argument of a
 * timeout, the siblings in `try_join!` when one fails. Found by the type of what the body awaits; the macros' arms are
 * what their closure captures.
 */
import { type Await, awaitsOf } from '#mir/awaits.ts';
import { type ControlFlow, controlFlowOf } from '#mir/control-flow.ts';
import { calleePath } from '#mir/known-calls.ts';
import { operandsOf } from '#mir/place.ts';
import type { Ty } from '#mir/type-parser.ts';
import { type Root, rootOf, sourceOf } from '#mir/value-source.ts';
import type { Location } from '#model/location.ts';
import type { BlockIndex, Body, LocalIndex, Operand } from '#model/mir.ts';
import { type FutureValue, futureValueOf, partsOf } from './future-value.ts';
import { type Combinator, combinatorOf, type PositionKind } from './knowledge/combinators.ts';
import { isInWorkspace, type Subject } from './subject.ts';

export interface CancelPosition {
  readonly kind: PositionKind;
  /** As the source has it: `tokio::select!`, `timeout`. */
  readonly name: string;
  readonly at: Location;
  /** What stands between the brackets of the macro; null for functions. */
  readonly inside: Location | null;
  readonly arms: readonly Arm[];
  readonly outcomes: readonly Outcome[];
  /** Where control goes with the result, and the place that holds it. */
  readonly ready: BlockIndex;
  readonly result: string;
  /** The block that yields; null where nothing is awaited (`now_or_never`). */
  readonly yields: BlockIndex | null;
  /** The block in which the future is polled, and those that make the arms: reaching one again is another round. */
  readonly poll: BlockIndex;
}

export interface Arm {
  readonly value: FutureValue;
  /** False for `&mut f` and `Pin<&mut F>`: what another arm interrupts is resumed later. */
  readonly owned: boolean;
  /** Of a reference, the future of the body's own that it is to; null where that is not known, or captured. */
  readonly behind: { readonly root: Root; readonly value: FutureValue } | null;
}

/** One way in which the position ends: the discriminant of its result, and the arms that are dropped unfinished. */
export interface Outcome {
  /** Null where the result does not tell. */
  readonly value: string | null;
  /** The arm that was first; null for none (a deadline, a cancellation). */
  readonly winner: number | null;
  readonly cancels: readonly number[];
}

const memo = new WeakMap<Body, readonly CancelPosition[]>();

export function cancelPositionsOf(subject: Subject): readonly CancelPosition[] {
  const known = memo.get(subject.body);
  if (known !== undefined) return known;
  const flow = controlFlowOf(subject.body);
  const positions = [
    ...awaitsOf(subject.body, flow).flatMap(point => positionOf(subject, point) ?? []),
    ...polledOnce(subject, flow),
  ].map(position => withoutExclusive(flow, position));
  memo.set(subject.body, positions);
  return positions;
}

/** An arm that is made in another branch than the one that was first is not there to be dropped. */
function withoutExclusive(flow: ControlFlow, position: CancelPosition): CancelPosition {
  const makers = position.arms.map(({ value }) => value.call?.block ?? null);
  const reached = new Map<BlockIndex, ReadonlySet<BlockIndex>>();
  const reachedFrom = (block: BlockIndex) => {
    const known = reached.get(block) ?? blocksBehind(flow, block, position.poll);
    reached.set(block, known);
    return known;
  };
  const isExclusive = (a: BlockIndex | null, b: BlockIndex | null) =>
    a !== null && b !== null && a !== b && !reachedFrom(a).has(b) && !reachedFrom(b).has(a);
  const outcomes = position.outcomes.map(outcome => {
    const winner = makers[outcome.winner ?? -1] ?? null;
    const cancels = outcome.cancels.filter(index => !isExclusive(winner, makers[index] ?? null));
    return { ...outcome, cancels };
  });
  return { ...position, outcomes };
}

/** Blocks that control reaches from one without passing another. */
function blocksBehind(flow: ControlFlow, start: BlockIndex, end: BlockIndex): ReadonlySet<BlockIndex> {
  const seen = new Set<BlockIndex>();
  const pending = [start];
  for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
    if (block === end) continue;
    for (const { target } of flow.successors[block] ?? []) {
      if (seen.has(target)) continue;
      seen.add(target);
      pending.push(target);
    }
  }
  return seen;
}

function positionOf(subject: Subject, point: Await): CancelPosition | null {
  const ty = subject.shapes.qualify(point.future, subject.scope);
  const closure = closureOf(ty);
  if (closure !== null) return macroPosition(subject, point, closure);
  const combinator = combinatorOf(ty);
  if (combinator === null) return null;
  const value = futureValueOf(subject, awaiteeOf(point), ty);
  const arms = armsOf(subject, combinator.armTypes, value).map((arm, index) => ({
    ...arm,
    owned: arm.owned && !(combinator.returnsLoser && isTakenOut(subject.body, point, index)),
  }));
  const at = value.at ?? located(subject, point.span);
  if (at === null) return null;
  return {
    kind: combinator.kind,
    name: value.call?.method ?? combinator.name,
    at,
    inside: null,
    arms,
    outcomes: outcomesOf(combinator, arms.length),
    ready: point.ready,
    result: point.result.drawn,
    yields: point.yields,
    poll: point.poll,
  };
}

/** Whether a call gets the unfinished future out of `Either::Left((value, future))`, or all that it lies in. */
function isTakenOut(body: Body, { poll }: Await, loser: number): boolean {
  const call = body.blocks[poll]?.terminator;
  if (call?.kind !== 'call') return true;
  const way = ['as Ready', '.0', loser === 0 ? 'as Right' : 'as Left', '.0', '.1'];
  const reaches = (operand: Operand) => {
    if (operand.kind === 'const') return false;
    const root = rootOf(body, operand.place);
    const shorter = Math.min(root.path.length, way.length);
    return (
      root.local === call.destination.local &&
      way.slice(0, shorter).join() === root.path.slice(0, shorter).join()
    );
  };
  return body.blocks.some(({ cleanup, statements, terminator }) => {
    if (cleanup) return false;
    const isKept = statements.some(
      statement =>
        statement.kind === 'assign' &&
        statement.rvalue.kind === 'aggregate' &&
        operandsOf(statement.rvalue).some(reaches),
    );
    return isKept || (terminator.kind === 'call' && terminator.args.some(reaches));
  });
}

/** `PollFn<{closure@…}>`: what `select!`, `join!` and `try_join!` of tokio and futures await. */
function closureOf(ty: Ty): (Ty & { kind: 'closure' }) | null {
  if (ty.kind !== 'path' || !/(^|::)PollFn$/.test(ty.path)) return null;
  const [inner] = ty.args;
  return inner?.kind === 'closure' ? inner : null;
}

const macroNames = new Set(['select', 'select_biased', 'try_join', 'try_select']);

function macroPosition(
  subject: Subject,
  point: Await,
  closure: Ty & { kind: 'closure' },
): CancelPosition | null {
  const { ty: output } = point.result;
  const isSelect =
    output !== null && /::(__tokio_select_util|util)::Out<|::__PrivResult<|::__PrivResult$/.test(output);
  const isTryJoin =
    /\/(macros\/try_join|async_await\/join_mod)\.rs:/.test(closure.key) &&
    output !== null &&
    /^(std|core)::result::Result</.test(output);
  if (!isSelect && !isTryJoin) return null;
  const arms = macroArms(subject, point);
  if (arms.length === 0) return null;
  const call = macroCallOf(subject, arms);
  const at = call?.at ?? arms.find(arm => arm.value.givenAt !== null)?.value.givenAt ?? null;
  if (at === null) return null;
  const others = (winner: number) => arms.flatMap((_, index) => (index === winner ? [] : [index]));
  return {
    kind: isSelect ? 'select' : 'try-join',
    name: call?.name ?? (isSelect ? 'select!' : 'try_join!'),
    at,
    inside: call?.inside ?? null,
    arms,
    outcomes: isSelect
      ? arms.map((_, winner) => ({ value: `${winner}`, winner, cancels: others(winner) }))
      : [{ value: '1', winner: null, cancels: arms.map((_, index) => index) }],
    ready: point.ready,
    result: point.result.drawn,
    yields: point.yields,
    poll: point.poll,
  };
}

/** The futures that the macro's closure refers to: one tuple of all (tokio), or one variable each (futures). */
function macroArms(subject: Subject, point: Await): Arm[] {
  const { body, shapes, scope } = subject;
  const polled = point.source;
  const made = polled.kind === 'call' ? polled.call.args[0] : undefined;
  const closure = made === undefined ? null : sourceOf(body, made);
  if (closure?.kind !== 'aggregate') return [];
  const arms: Arm[] = [];
  for (const { operand } of closure.aggregate.fields) {
    const local = referredLocal(body, operand);
    if (local === null) continue;
    const ty = shapes.qualify(body.locals[local]?.ty ?? '', scope);
    if (ty.kind === 'tuple') {
      const tuple = sourceOf(body, { kind: 'move', place: { local, projection: [] } });
      if (tuple.kind !== 'aggregate') return [];
      tuple.aggregate.fields.forEach(({ operand: arm }, index) => {
        arms.push(armOf(subject, arm, ty.items[index] ?? ty, true));
      });
    } else if (isFuture(ty)) {
      // A variable of the user's is polled where it is; one of the macro's ends with the macro.
      const ofMacro = located(subject, body.locals[local]?.span ?? -1) === null;
      arms.push(armOf(subject, { kind: 'move', place: { local, projection: [] } }, ty, ofMacro));
    }
  }
  return arms;
}

/** The flags and counters that the closures also capture are no futures. */
function isFuture(ty: Ty): boolean {
  return (
    ty.kind === 'closure' ||
    (ty.kind === 'path' && ty.path.includes('::')) ||
    ty.kind === 'impl' ||
    ty.kind === 'ref'
  );
}

function referredLocal(body: Body, operand: Operand): LocalIndex | null {
  let next = operand;
  // Limit: reborrows; the macros make three.
  for (let i = 0; i < 8; i++) {
    const source = sourceOf(body, next);
    if (source.kind !== 'borrow' || source.place.projection.some(step => step.kind !== 'deref')) return null;
    if (source.place.projection.length === 0) return source.place.local;
    next = { kind: 'move', place: { local: source.place.local, projection: [] } };
  }
  return null;
}

function armOf(subject: Subject, operand: Operand, ty: Ty, ownedByPosition: boolean): Arm {
  const bare = ty.kind === 'path' && /::MaybeDone$|::TryMaybeDone$/.test(ty.path) ? (ty.args[0] ?? ty) : ty;
  const made = futureValueOf(subject, operand, ty);
  const value = bare === ty ? made : (partsOf(made).find(part => part.ty.text === bare.text) ?? made);
  return {
    value: { ...value, ty: bare },
    owned: ownedByPosition && !isReference(bare),
    behind: isReference(bare) ? behindReference(subject, value) : null,
  };
}

/** `&mut F`, `Pin<&mut F>`, `&mut Pin<Box<F>>`. */
export function isReference(ty: Ty): boolean {
  if (ty.kind === 'ref') return true;
  return (
    ty.kind === 'path' &&
    /(^|::)pin::Pin$/.test(ty.path) &&
    ty.args[0] !== undefined &&
    isReference(ty.args[0])
  );
}

/** `pin!(f)` and `&mut f`: the variable, or the macro's temporary, in which the future lies. */
function behindReference(subject: Subject, { inputs }: FutureValue): Arm['behind'] {
  const { body, shapes, scope } = subject;
  const [pointer, ...others] = inputs;
  if (pointer === undefined || others.length > 0 || pointer.access !== 'mut') return null;
  const { root } = pointer;
  if (root.local <= body.argCount || root.path.length > 0 || !root.exact) return null;
  const ty = shapes.qualify(body.locals[root.local]?.ty ?? '', scope);
  const operand: Operand = { kind: 'move', place: { local: root.local, projection: [] } };
  return { root, value: futureValueOf(subject, operand, ty) };
}

/** The futures that a combinator was given, in order; a type that occurs twice is taken twice. */
function armsOf(subject: Subject, types: readonly Ty[], value: FutureValue): Arm[] {
  const parts = partsOf(value).slice(1);
  return types.map(ty => {
    const at = parts.findIndex(part => part.ty.text === ty.text);
    const [part] = at < 0 ? [] : parts.splice(at, 1);
    return {
      value: part ?? { ty, at: value.at, givenAt: value.givenAt, variable: null, call: null, inputs: [] },
      owned: !isReference(ty),
      behind: isReference(ty) && part !== undefined ? behindReference(subject, part) : null,
    };
  });
}

function outcomesOf(combinator: Combinator, armCount: number): Outcome[] {
  const all = Array.from({ length: armCount }, (_, index) => index);
  if (combinator.cancelledWhen !== null)
    return [{ value: combinator.cancelledWhen, winner: null, cancels: all }];
  return all.map(winner => ({
    value: combinator.tellsWinner ? `${winner}` : null,
    winner,
    cancels: all.filter(index => index !== winner),
  }));
}

/** `f.now_or_never()`: polled once, and dropped when it is not ready. */
function polledOnce(subject: Subject, flow: ControlFlow): CancelPosition[] {
  const { body, shapes, scope } = subject;
  const positions: CancelPosition[] = [];
  for (const block of flow.reversePostorder) {
    const call = body.blocks[block]?.terminator;
    if (call?.kind !== 'call' || typeof call.callee !== 'string' || call.target === null) continue;
    if (!/ as (futures|futures_util|futures_lite)::(\w+::)*FutureExt>::now_or_never$/.test(call.callee))
      continue;
    const [operand] = call.args;
    if (operand === undefined || operand.kind === 'const' || call.destination.projection.length > 0) continue;
    const ty = shapes.qualify(body.locals[operand.place.local]?.ty ?? '', scope);
    const at = located(subject, call.span);
    if (at === null) continue;
    positions.push({
      kind: 'now-or-never',
      name: calleePath(call.callee).replace(/^.*::/, ''),
      at,
      inside: null,
      arms: [{ value: futureValueOf(subject, operand, ty), owned: !isReference(ty), behind: null }],
      outcomes: [{ value: '0', winner: null, cancels: [0] }],
      ready: call.target,
      result: `_${call.destination.local}`,
      yields: null,
      poll: block,
    });
  }
  return positions;
}

interface CalledMacro {
  /** `tokio::select!` */
  readonly name: string;
  readonly at: Location;
  readonly inside: Location;
}

/** The innermost call of such a macro around the place where an arm is given to it. */
function macroCallOf(subject: Subject, arms: readonly Arm[]): CalledMacro | null {
  for (const { value } of arms) {
    const at = value.givenAt ?? value.at;
    const file = at === null ? null : subject.sourceFile(at.file);
    if (file === null || at === null) continue;
    const span = file.spanOf(at);
    const call = file.macroCalls.findLast(
      ({ path, group }) =>
        macroNames.has(path.replace(/^.*::\s*/s, '')) && group.start < span.start && span.start < group.end,
    );
    if (call === undefined) continue;
    return {
      name: `${call.path}!`,
      at: file.locationOf(call.head, at.file),
      inside: file.locationOf(call.group, at.file),
    };
  }
  return null;
}

/** Whether one place begins inside of another. */
export function beginsInside(inner: Location, outer: Location): boolean {
  const isBefore = (line: number, column: number, otherLine: number, otherColumn: number) =>
    line < otherLine || (line === otherLine && column < otherColumn);
  return (
    inner.file === outer.file &&
    !isBefore(inner.startLine, inner.startColumn, outer.startLine, outer.startColumn) &&
    isBefore(inner.startLine, inner.startColumn, outer.endLine, outer.endColumn)
  );
}

function located(subject: Subject, span: number): Location | null {
  const location = subject.span(span);
  return location !== null && isInWorkspace(location) ? location : null;
}

function awaiteeOf(point: Await): Operand {
  return { kind: 'move', place: { local: point.awaitee, projection: [] } };
}
