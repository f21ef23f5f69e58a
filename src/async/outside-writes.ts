/**
 * What a body writes to state that outlives it: assignments, counters, flags, and what it puts into and takes out of
 * collections. Two writes with the same key are writes to the same place.
 */
import { calleePath } from '#mir/known-calls.ts';
import { lastSegment } from '#mir/type-contains.ts';
import { parsePath } from '#mir/type-parser.ts';
import type { BlockIndex, Body, LocalIndex, Operand, Place, Rvalue, SpanRef } from '#model/mir.ts';
import { memberChangeOf } from './knowledge/member-calls.ts';
import { isBehindSomething, type OutsideState, outsidePlace, outsideStateOf } from './outside-state.ts';
import type { Subject } from './subject.ts';

export interface OutsideWrite {
  readonly state: OutsideState;
  /** Equal for two writes to the same place by the same means. */
  readonly key: string;
  readonly block: BlockIndex;
  /** Position of the statement; the number of statements for the call at the block's end. */
  readonly index: number;
  readonly change: Change;
  readonly span: SpanRef;
}

export type Change =
  /** A constant or a variant: `true`, `Busy`, `None`; through a method of the workspace or of another crate. */
  | { readonly kind: 'value'; readonly value: string; readonly setter: string | null }
  /** A value that the body read from the same place before. */
  | { readonly kind: 'saved' }
  | { readonly kind: 'count'; readonly way: 'up' | 'down'; readonly by: string }
  | { readonly kind: 'member'; readonly way: 'in' | 'out'; readonly method: string }
  | { readonly kind: 'other' };

/** Whether `after` takes back what `before` did. */
export function takesBack(before: Change, after: Change): boolean {
  switch (before.kind) {
    case 'value':
      return after.kind === 'saved' || (after.kind === 'value' && after.value !== before.value);
    case 'count':
      return after.kind === 'count' && after.way !== before.way && after.by === before.by;
    case 'member':
      return after.kind === 'member' && before.way === 'in' && after.way === 'out';
    default:
      return false;
  }
}

// Limit: moves followed back from a written value.
const stepsMax = 8;

/** In the order of blocks and statements, cleanup left out. */
export function outsideWritesOf(subject: Subject, order: readonly BlockIndex[]): OutsideWrite[] {
  const { body } = subject;
  const writes: OutsideWrite[] = [];
  for (const block of order) {
    const { cleanup, statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
    if (cleanup === true || terminator === null) continue;
    for (const [index, statement] of statements.entries()) {
      if (statement.kind !== 'assign' || !isBehindSomething(statement.place)) continue;
      const state = outsidePlace(subject, statement.place);
      if (state === null) continue;
      const change = changeOf(subject, statement.rvalue, state);
      writes.push({ state, key: state.key, block, index, change, span: statement.span });
    }
    if (terminator.kind !== 'call' || typeof terminator.callee !== 'string') continue;
    const [target, ...args] = terminator.args;
    if (target === undefined) continue;
    const path = calleePath(terminator.callee);
    const change = callChangeOf(body, path, args);
    if (change === null || isFuture(body, terminator.destination)) continue;
    const state = outsideStateOf(subject, target);
    if (state === null) continue;
    const key = `${state.key} ${change.means}`;
    const at = { block, index: statements.length, span: terminator.span };
    writes.push({ state, key, ...at, change: change.change });
  }
  return writes;
}

function changeOf(subject: Subject, rvalue: Rvalue, state: OutsideState): Change {
  const { body } = subject;
  const made = madeOf(body, rvalue);
  if (made === null) return { kind: 'other' };
  const counted = countOf(subject, made, state);
  if (counted !== null) return counted;
  const fixed = fixedValueOf(made);
  if (fixed !== null) return { kind: 'value', value: fixed, setter: null };
  if (made.kind === 'use' && made.operand.kind === 'copy') {
    const from = isBehindSomething(made.operand.place) ? outsidePlace(subject, made.operand.place) : null;
    if (from?.key === state.key) return { kind: 'saved' };
  }
  return { kind: 'other' };
}

/** `_5 = AddWithOverflow(copy P, const 1)` and, where overflow is not checked, `Add`. */
function countOf(subject: Subject, made: Rvalue, state: OutsideState): Change | null {
  if (made.kind !== 'operation') return null;
  const way = /^(Add|Sub)(WithOverflow|Unchecked)?$/.exec(made.operator)?.[1];
  const [from, by] = made.operands;
  if (way === undefined || from === undefined || from.kind === 'const' || by?.kind !== 'const') return null;
  if (!isBehindSomething(from.place) || outsidePlace(subject, from.place)?.key !== state.key) return null;
  return { kind: 'count', way: way === 'Add' ? 'up' : 'down', by: by.text };
}

/** `true`, `3_u32`, `Busy`, `None`: what is the same whenever it is written. Of an aggregate its variant counts. */
function fixedValueOf(made: Rvalue): string | null {
  if (made.kind === 'use' && made.operand.kind === 'const') return lastSegment(made.operand.text);
  if (made.kind !== 'aggregate' || made.shape !== 'adt') return null;
  const path = parsePath(made.name)?.path ?? '';
  const owner = path.slice(0, Math.max(path.lastIndexOf('::'), 0));
  // `Owner::Variant`; a struct's path has a module before its name.
  return /^[A-Z]/.test(lastSegment(owner)) && /^[A-Z]/.test(lastSegment(path)) ? lastSegment(path) : null;
}

/** What a moved value was made by: followed back through locals that are written once. */
function madeOf(body: Body, rvalue: Rvalue): Rvalue | null {
  let at: Rvalue = rvalue;
  for (let step = 0; step < stepsMax; step++) {
    if (at.kind !== 'use' || at.operand.kind === 'const') return at;
    const { local, projection } = at.operand.place;
    // `.0` of a checked operation is its result.
    const [only, ...more] = projection;
    if (more.length > 0 || (only !== undefined && (only.kind !== 'field' || only.index !== 0))) return at;
    const definition = onlyDefinitionOf(body, local);
    if (definition === null || (only !== undefined && definition.kind !== 'operation')) return at;
    at = definition;
  }
  return null;
}

function onlyDefinitionOf(body: Body, local: LocalIndex): Rvalue | null {
  let found: Rvalue | null = null;
  for (const block of body.blocks) {
    if (block.cleanup) continue;
    for (const statement of block.statements) {
      if (statement.kind !== 'assign' || statement.place.local !== local) continue;
      if (statement.place.projection.length > 0 || found !== null) return null;
      found = statement.rvalue;
    }
    const { terminator } = block;
    const isCalled = terminator.kind === 'call' || terminator.kind === 'yield';
    if (isCalled && terminator.destination.local === local) return null;
  }
  return found;
}

/** The change that a call makes to what its first argument points to, and the means by which it is made. */
function callChangeOf(
  body: Body,
  path: string,
  args: readonly Operand[],
): { readonly change: Change; readonly means: string } | null {
  const member = memberChangeOf(path);
  if (member !== null) {
    const { way, means, method } = member;
    return { change: { kind: 'member', way, method }, means };
  }
  const method = lastSegment(path);
  const owner = path.slice(0, Math.max(path.length - method.length - 2, 0));
  const [first, second] = args;
  if (first === undefined) return null;
  if (/(^|::)(Atomic\w*|atomic::Atomic)$/.test(owner)) {
    switch (method) {
      case 'fetch_add':
      case 'fetch_sub': {
        const way = method === 'fetch_add' ? 'up' : 'down';
        if (first.kind !== 'const') return { change: { kind: 'other' }, means: '' };
        return { change: { kind: 'count', way, by: first.text }, means: '' };
      }
      case 'store':
      case 'swap':
        return { change: changeTo(body, first), means: '' };
      case 'compare_exchange':
      case 'compare_exchange_weak':
        return second === undefined ? null : { change: changeTo(body, second), means: '' };
      default:
        return null;
    }
  }
  if (!/^(set|set_\w+|store|send_replace)$/.test(method) || args.length > 2) return null;
  // `set_if_not_eq` sets the same thing as `set`.
  const means = /^set_(?!if_)/.test(method) ? path : `${owner}=`;
  return { change: changeTo(body, first, method), means };
}

function changeTo(body: Body, operand: Operand, setter: string | null = null): Change {
  const made = madeOf(body, { kind: 'use', operand });
  const value = made === null ? null : fixedValueOf(made);
  return value === null ? { kind: 'other' } : { kind: 'value', value, setter };
}

/** An `async fn` has done nothing yet when it returns. */
function isFuture(body: Body, destination: Place): boolean {
  const ty = body.locals[destination.local]?.ty ?? '';
  return /^\{async|impl std::future::Future|dyn std::future::Future/.test(ty);
}
