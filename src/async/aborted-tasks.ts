/**
 * Tasks that somebody aborts: their futures are dropped at the await where they are. A handle is followed inside one
 * body, and across bodies by the field of the struct that keeps it. What is aborted when its object is dropped (in a
 * `Drop`, or by a method that consumes it) ends with the object: that is no evidence that anybody misses what the task
 * had.
 */
import { controlFlowOf } from '#mir/control-flow.ts';
import { calleePath } from '#mir/known-calls.ts';
import { operandsOf, terminatorOperandsOf } from '#mir/place.ts';
import { lastSegment } from '#mir/type-contains.ts';
import { type Root, rootOf, sourceOf } from '#mir/value-source.ts';
import type { Location } from '#model/location.ts';
import type { BlockIndex, Body, Operand, Place, Terminator } from '#model/mir.ts';
import { type FutureValue, futureValueOf } from './future-value.ts';
import { spawnOf } from './knowledge/spawns.ts';
import { fieldOf } from './outside-state.ts';
import { isInWorkspace, type Subject } from './subject.ts';

type Call = Terminator & { kind: 'call' };

export interface SpawnedTask {
  readonly value: FutureValue;
  /** The fields that its handle is put into, as `OutsideState.field` has them. */
  readonly keptIn: readonly string[];
  /** The fields that what it shares was cloned from. */
  readonly shares: readonly string[];
  /** Where the same body aborts it; null for nowhere. */
  readonly abortedAt: Location | null;
  /** The same body goes on with what the task shares after that. */
  readonly goesOn: boolean;
}

export interface Abort {
  readonly at: Location;
  readonly field: string;
  /** It is done by a method that only borrows the object. */
  readonly keepsObject: boolean;
}

// Limit: steps from a handle back to where it came from.
const stepsMax = 16;

/** Handles whose method stops the task. Rows from the documentation of tokio 1.54, tokio-util 0.7 and async-std 1.13. */
const aborts =
  /^(tokio::task::(JoinHandle|AbortHandle)::abort|tokio::task::JoinSet::(abort_all|shutdown)|tokio_util::task::(AbortOnDropHandle::abort|JoinMap::(abort_all|shutdown))|async_std::task::JoinHandle::cancel|(smol|async_task)::Task::cancel)$/;

/** Functions that say by their names that the object has done its work. */
const ends =
  /^(shutdown|stop|close|finish|terminate|kill|quit|exit|teardown|tear_down|cleanup|clean_up|destroy|disconnect|abort|drop)(_\w+)?$/;

/** By the printed callee, for the first reading. */
export function isAbort(path: string): boolean {
  return aborts.test(path);
}

export function isSpawn(path: string): boolean {
  return spawnOf(path) === 'task';
}

export function abortsIn(subject: Subject): Abort[] {
  const { body, node } = subject;
  const endsObject =
    node.impl?.trait === 'Drop' ||
    ends.test(node.name.replace(/(::\{closure#\d+\})+$/, '').replace(/^.*::/s, '')) ||
    (!node.coroutine && /^[^&]/.test(body.locals[1]?.ty ?? ''));
  return abortCalls(body).flatMap(({ call }) => {
    const at = located(subject, call);
    const [handle] = call.args;
    const from = handle === undefined ? null : originOf(subject, handle);
    if (at === null || from?.kind !== 'field') return [];
    return [{ at, field: from.field, keepsObject: !endsObject }];
  });
}

export function tasksIn(subject: Subject): SpawnedTask[] {
  const { body, shapes, scope } = subject;
  return body.blocks.flatMap(({ cleanup, terminator: call }, block) => {
    if (cleanup || call.kind !== 'call' || typeof call.callee !== 'string') return [];
    if (!isSpawn(calleePath(call.callee))) return [];
    const future = call.args.find(arg => arg.kind === 'move' && isFuture(body, arg));
    if (future === undefined || future.kind === 'const') return [];
    const value = futureValueOf(
      subject,
      future,
      shapes.qualify(body.locals[future.place.local]?.ty ?? '', scope),
    );
    const aborted = abortCalls(body).find(({ call: abort }) => {
      const from = abort.args[0] === undefined ? null : originOf(subject, abort.args[0]);
      return from?.kind === 'spawn' && from.block === block;
    });
    const shared = clonesIn(body, future);
    return [
      {
        value,
        keptIn: fieldsGiven(subject, block),
        shares: shared.flatMap(place => fieldOf(subject, place) ?? []),
        abortedAt: aborted === undefined ? null : located(subject, aborted.call),
        goesOn: aborted !== undefined && isUsedBehind(body, aborted.block, shared),
      },
    ];
  });
}

function abortCalls(body: Body): { readonly block: BlockIndex; readonly call: Call }[] {
  return body.blocks.flatMap(({ cleanup, terminator }, block) =>
    !cleanup &&
    terminator.kind === 'call' &&
    typeof terminator.callee === 'string' &&
    isAbort(calleePath(terminator.callee))
      ? [{ block, call: terminator }]
      : [],
  );
}

type Origin =
  | { readonly kind: 'spawn'; readonly block: BlockIndex }
  | { readonly kind: 'field'; readonly field: string };

const passesHandle =
  /(^|::)(as_ref|as_mut|take|replace|deref|deref_mut|unwrap|expect|abort_handle|new|get_mut|clone|into_future)$/;

/** Where a handle comes from: the call that spawned the task, or the field that keeps it. */
function originOf(subject: Subject, operand: Operand): Origin | null {
  const { body } = subject;
  let next: Operand = operand;
  for (let step = 0; step < stepsMax && next.kind !== 'const'; step++) {
    const field: string | null = fieldOf(subject, next.place);
    if (field !== null) return { kind: 'field', field };
    const whole: Operand = { kind: next.kind, place: { local: next.place.local, projection: [] } };
    const source = sourceOf(body, whole);
    if (source.kind === 'borrow') next = { kind: 'copy', place: source.place };
    else if (source.kind === 'aggregate' && source.aggregate.fields.length === 1)
      next = source.aggregate.fields[0]?.operand ?? next;
    else if (source.kind === 'place' && source.place.local !== next.place.local)
      next = { kind: 'copy', place: source.place };
    else if (source.kind === 'call' && typeof source.call.callee === 'string') {
      const path = calleePath(source.call.callee);
      const isSet = /::(JoinSet|JoinMap|TaskTracker)::/.test(path);
      if (isSpawn(path) && !isSet) return { kind: 'spawn', block: source.block };
      const [first] = source.call.args;
      if (!passesHandle.test(path) || first === undefined) return null;
      next = first;
    } else return null;
  }
  return null;
}

/** The fields of structs that the result of a call is put into, itself, in an `Option`, or as an element. */
function fieldsGiven(subject: Subject, spawn: BlockIndex): string[] {
  const { body } = subject;
  const fields = new Set<string>();
  const isIt = (operand: Operand) => {
    if (operand.kind === 'const') return false;
    const from = originOf(subject, operand);
    return from?.kind === 'spawn' && from.block === spawn;
  };
  for (const [block, { cleanup, statements, terminator }] of body.blocks.entries()) {
    if (cleanup) continue;
    for (const { place, rvalue } of statements.flatMap(statement =>
      statement.kind === 'assign' ? [statement] : [],
    )) {
      if (rvalue.kind === 'aggregate' && rvalue.shape === 'adt') {
        const ty = subject.shapes.qualify(body.locals[place.local]?.ty ?? '', subject.scope);
        const owner =
          place.projection.length === 0 && ty.kind === 'path' && isOwner(ty.path) ? ty.path : null;
        rvalue.fields.forEach(({ operand }, index) => {
          if (owner !== null && isIt(operand)) fields.add(`${owner}.${index}`);
        });
      }
      const field = place.projection.length === 0 ? null : fieldOf(subject, place);
      if (field !== null && operandsOf(rvalue).some(isIt)) fields.add(field);
    }
    if (terminator.kind !== 'call') continue;
    const [into, ...values] = terminator.args;
    if (into === undefined || (block !== spawn && !values.some(isIt))) continue;
    const from = originOf(subject, into);
    if (from?.kind === 'field') fields.add(from.field);
  }
  return [...fields];
}

/** No wrapper of the standard library, whose field says nothing. */
function isOwner(path: string): boolean {
  return !/^(std|core|alloc)::/.test(path);
}

/** What the future was given clones of: `Arc::clone(&self.state)`. */
function clonesIn(body: Body, future: Operand): Place[] {
  const made = sourceOf(body, future);
  const given =
    made.kind === 'aggregate'
      ? made.aggregate.fields.map(({ operand }) => operand)
      : made.kind === 'call'
        ? made.call.args
        : [];
  return given.flatMap(operand => {
    const source = sourceOf(body, operand);
    if (source.kind !== 'call' || typeof source.call.callee !== 'string') return [];
    const [from] = source.call.args;
    if (
      lastSegment(calleePath(source.call.callee)) !== 'clone' ||
      from === undefined ||
      from.kind === 'const'
    )
      return [];
    const place = referredBy(body, from);
    return place === null ? [] : [place];
  });
}

/** What a reference is to, through reborrows. */
function referredBy(body: Body, reference: Operand): Place | null {
  let next = reference;
  let found: Place | null = null;
  for (let step = 0; step < stepsMax; step++) {
    const source = sourceOf(body, next);
    if (source.kind !== 'borrow') return found;
    found = source.place;
    const [first, ...rest] = source.place.projection;
    if (first?.kind !== 'deref' || rest.length > 0) return found;
    next = { kind: 'copy', place: { local: source.place.local, projection: [] } };
  }
  return found;
}

/** Whether any of the places is more than dropped on the paths behind a block. */
function isUsedBehind(body: Body, start: BlockIndex, places: readonly Place[]): boolean {
  const roots = places.map(place => rootOf(body, place));
  const flow = controlFlowOf(body);
  const isOne = (place: Place) => roots.some(root => isWithin(rootOf(body, place), root));
  const seen = new Set<BlockIndex>();
  const pending = (flow.successors[start] ?? []).flatMap(({ kind, target }) =>
    kind === 'cancel' ? [] : [target],
  );
  for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
    if (seen.has(block) || body.blocks[block]?.cleanup === true) continue;
    seen.add(block);
    const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
    for (const statement of statements) {
      if (statement.kind !== 'assign') continue;
      const { rvalue } = statement;
      const borrowed = rvalue.kind === 'ref' || rvalue.kind === 'raw-ref' ? [rvalue.place] : [];
      const read = operandsOf(rvalue).flatMap(operand => (operand.kind === 'const' ? [] : [operand.place]));
      if ([...borrowed, ...read].some(isOne)) return true;
    }
    const isEnd = terminator === null || terminator.kind === 'drop';
    if (!isEnd && terminatorOperandsOf(terminator).some(arg => arg.kind !== 'const' && isOne(arg.place)))
      return true;
    for (const { kind, target } of flow.successors[block] ?? []) if (kind !== 'cancel') pending.push(target);
  }
  return false;
}

function isWithin(used: Root, root: Root): boolean {
  return (
    used.local === root.local &&
    root.path.length <= used.path.length &&
    root.path.every((step, index) => step === used.path[index])
  );
}

function isFuture(body: Body, operand: Operand): boolean {
  if (operand.kind === 'const') return false;
  return /^(\{async|\{coroutine|impl |std::pin::Pin<|[\w:]+<)/.test(
    body.locals[operand.place.local]?.ty ?? '',
  );
}

function located(subject: Subject, { span }: Call): Location | null {
  const location = subject.span(span);
  return location !== null && isInWorkspace(location) ? location : null;
}
