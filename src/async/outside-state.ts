/**
 * State that outlives a future: what a place in its body stands for when it lies behind a captured reference, behind an
 * `Arc`, or behind a guard. What such state held and the future has taken is gone for everybody when the future is
 * dropped; a local of the future would be gone anyway.
 */

import { calleePath } from '#mir/known-calls.ts';
import { printedTypeOf } from '#mir/place.ts';
import { behindPointers } from '#mir/pointers.ts';
import { lastSegment } from '#mir/type-contains.ts';
import type { Ty } from '#mir/type-parser.ts';
import type { Body, LocalIndex, Operand, Place, Projection, Terminator } from '#model/mir.ts';
import type { Subject } from './subject.ts';

export interface OutsideState {
  /** For people: `self.queue`, `state.jobs`. */
  readonly name: string;
  /** Equal for two places of one body that surely are the same state. */
  readonly key: string;
  /** Printed type of what lies there; null where the dump does not say. */
  readonly ty: string | null;
}

type Call = Terminator & { kind: 'call' };

// Limit: definitions followed back from a place.
const stepsMax = 24;

/** Calls that turn a pointer to a thing into a pointer to what is in it. */
const looksInto =
  /(^|::)(deref|deref_mut|as_mut|as_ref|get_mut|borrow|borrow_mut|lock|write|read|unwrap|expect|unwrap_or_else|into_inner|as_deref_mut|get_unchecked_mut|project|get_mut_unchecked|iter_mut|index_mut|branch|poll)$/;

/** What an operand that points somewhere points to; null for what dies with the future and for what cannot be traced. */
export function outsideStateOf(subject: Subject, operand: Operand): OutsideState | null {
  if (operand.kind === 'const') return null;
  return outsidePlace(subject, {
    local: operand.place.local,
    projection: [...operand.place.projection, { kind: 'deref' }],
  });
}

/** The same of a place that is written or read. */
export function outsidePlace(subject: Subject, place: Place): OutsideState | null {
  const { body } = subject;
  const definitions = definitionsOf(body);
  let base = place.local;
  let projection: readonly Projection[] = place.projection;
  let crossed = false;
  const through: string[] = [];
  for (let step = 0; step < stepsMax; step++) {
    if (base === 1) return captured(subject, projection, crossed, through);
    const [definition, ...others] = definitions.get(base) ?? [];
    if (definition === undefined || others.length > 0) return null;
    if (definition.kind === 'place') {
      // `_5 = &mut P`, then `(*_5).f`: P's own projections, then `.f`.
      const rest = definition.reference
        ? projection.slice(projection[0]?.kind === 'deref' ? 1 : 0)
        : projection;
      base = definition.place.local;
      projection = [...definition.place.projection, ...rest];
      continue;
    }
    const { call } = definition;
    const callee = typeof call.callee === 'string' ? calleePath(call.callee) : '';
    const [first] = call.args;
    const name = lastSegment(callee);
    if (first === undefined || first.kind === 'const' || !looksInto.test(callee)) return null;
    // The lock's content outlives the future that holds the guard.
    if (/^(lock|write|read|borrow_mut|poll)$/.test(name)) crossed = true;
    through.push(name);
    base = first.place.local;
    projection = [...first.place.projection, { kind: 'deref' }, ...withoutLeadingDeref(projection)];
  }
  return null;
}

function withoutLeadingDeref(projection: readonly Projection[]): readonly Projection[] {
  return projection[0]?.kind === 'deref' ? projection.slice(1) : projection;
}

/** A place of the coroutine itself: its first field is the capture. */
function captured(
  subject: Subject,
  projection: readonly Projection[],
  crossed: boolean,
  through: readonly string[],
): OutsideState | null {
  const [capture, ...rest] = projection;
  if (capture?.kind !== 'field') return null;
  const ty = subject.shapes.qualify(capture.ty, subject.scope);
  const isPointer = ty.kind === 'ref' || ty.kind === 'raw' || isShared(ty);
  if (!isPointer && !crossed) return null;
  const captureName =
    subject.body.debugInfo.find(({ place }) => {
      const [first, ...more] = place?.projection ?? [];
      return (
        place?.local === 1 && first?.kind === 'field' && first.index === capture.index && more.length <= 1
      );
    })?.name ?? null;
  if (captureName === null) return null;
  const names = fieldNames(subject, behindPointers(ty), rest);
  const last = projection.at(-1);
  return {
    name: [captureName, ...names].join('.'),
    key: `${capture.index}${rest.map(stepKey).join('')} ${through.filter(name => !/deref|unwrap|expect|branch/.test(name)).join(' ')}`,
    ty: last?.kind === 'field' ? last.ty : printedTypeOf(subject.body, { local: 1, projection }),
  };
}

function isShared(ty: Ty): boolean {
  return ty.kind === 'path' && /^(std|core|alloc)::(sync::Arc|rc::Rc|pin::Pin)$/.test(ty.path);
}

function stepKey(projection: Projection): string {
  switch (projection.kind) {
    case 'field':
      return `.${projection.index}`;
    case 'downcast':
      return ` as ${projection.variant}`;
    case 'index':
    case 'elements':
      return '[]';
    default:
      return '';
  }
}

/** Names of the fields along a projection, numbers where no body names them. */
function fieldNames(subject: Subject, start: Ty, projection: readonly Projection[]): string[] {
  const names: string[] = [];
  let owner: Ty = start;
  for (const step of projection) {
    if (step.kind !== 'field') continue;
    const variants = subject.shapes.shapeOf(owner)?.variants ?? [];
    const named =
      variants.length === 1 ? variants[0]?.fields.find(({ index }) => index === step.index)?.name : null;
    names.push(named ?? String(step.index));
    owner = behindPointers(subject.shapes.qualify(step.ty, subject.scope));
  }
  return names;
}

type Definition =
  | { readonly kind: 'place'; readonly place: Place; readonly reference: boolean }
  | { readonly kind: 'call'; readonly call: Call };

const memo = new WeakMap<Body, ReadonlyMap<LocalIndex, readonly Definition[]>>();

/** Assignments to whole locals outside of cleanup. */
function definitionsOf(body: Body): ReadonlyMap<LocalIndex, readonly Definition[]> {
  const known = memo.get(body);
  if (known !== undefined) return known;
  const definitions = new Map<LocalIndex, Definition[]>();
  const add = (local: LocalIndex, definition: Definition) => {
    const list = definitions.get(local);
    if (list === undefined) definitions.set(local, [definition]);
    else list.push(definition);
  };
  for (const block of body.blocks) {
    if (block.cleanup) continue;
    for (const statement of block.statements) {
      if (statement.kind !== 'assign' || statement.place.projection.length > 0) continue;
      const { rvalue } = statement;
      if (rvalue.kind === 'ref' || rvalue.kind === 'raw-ref')
        add(statement.place.local, { kind: 'place', place: rvalue.place, reference: true });
      else if ((rvalue.kind === 'use' || rvalue.kind === 'cast') && rvalue.operand.kind !== 'const')
        add(statement.place.local, { kind: 'place', place: rvalue.operand.place, reference: false });
    }
    const { terminator } = block;
    if (terminator.kind === 'call' && terminator.destination.projection.length === 0)
      add(terminator.destination.local, { kind: 'call', call: terminator });
  }
  memo.set(body, definitions);
  return definitions;
}
