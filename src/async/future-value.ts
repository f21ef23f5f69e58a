/** A future as a value of a body: its type, what made it and what it was made of, without keeping the body. */
import { calleePath } from '#mir/known-calls.ts';
import { printedTypeOf } from '#mir/place.ts';
import type { Ty } from '#mir/type-parser.ts';
import { type Root, rootOf, type Source, sourceOf } from '#mir/value-source.ts';
import type { Location } from '#model/location.ts';
import type { BlockIndex, Body, Operand, SpanRef } from '#model/mir.ts';
import { isInWorkspace, type Subject } from './subject.ts';
import { type ValueOrigin, valueOriginOf } from './value-kept.ts';

export interface FutureValue {
  readonly ty: Ty;
  /** Where it is made, in the workspace; where that does not show, where it is named. */
  readonly at: Location | null;
  /** Where it is given to what polls it: the expression between a macro's brackets. */
  readonly givenAt: Location | null;
  /** The call that returned it; null for async blocks and variables. */
  readonly call: {
    readonly block: BlockIndex;
    readonly callee: string;
    /** `read_exact`. */
    readonly method: string;
  } | null;
  /** Arguments of that call, or captures of the block; empty where the future comes from elsewhere. */
  readonly inputs: readonly Input[];
}

export interface Input {
  readonly ty: Ty;
  /** What a reference points to, or the value itself. */
  readonly root: Root;
  /** `&mut`, moved in, or looked at only. */
  readonly access: 'mut' | 'moved' | 'shared' | 'copied';
  /** Name of the variable behind it, for people. */
  readonly name: string | null;
  readonly origin: ValueOrigin;
  /** Where the argument is a future, or may hold one. */
  readonly future: FutureValue | null;
}

// Limit: futures inside of futures that are followed (`timeout(d, f().map(g).instrument(s))`).
const depthMax = 8;

export function futureValueOf(subject: Subject, operand: Operand, ty: Ty, depth = 0): FutureValue {
  const { body } = subject;
  const spans: SpanRef[] = [];
  const source = sourceOf(body, operand, span => spans.push(span));
  const givenAt = firstInWorkspace(subject, spans);
  const at = locationOf(subject, source, operand) ?? givenAt;
  const operands = operandsOfSource(source);
  const call =
    source.kind === 'call' && typeof source.call.callee === 'string'
      ? { block: source.block, callee: source.call.callee, method: methodOf(source.call.callee) }
      : null;
  return { ty, at, givenAt, call, inputs: operands.map(arg => inputOf(subject, arg, depth)) };
}

/** All futures that a future is made of, itself first. */
export function partsOf(value: FutureValue): FutureValue[] {
  return [value, ...value.inputs.flatMap(input => (input.future === null ? [] : partsOf(input.future)))];
}

function operandsOfSource(source: Source): readonly Operand[] {
  if (source.kind === 'call') return source.call.args;
  if (source.kind === 'aggregate') return source.aggregate.fields.map(field => field.operand);
  return [];
}

function inputOf(subject: Subject, operand: Operand, depth: number): Input {
  const { body, shapes, scope } = subject;
  const printed = operand.kind === 'const' ? '' : (printedTypeOf(body, operand.place) ?? '');
  const ty = shapes.qualify(printed === '' ? '()' : printed, scope);
  const root: Root =
    operand.kind === 'const'
      ? { local: -1, path: [], exact: true }
      : rootOf(body, isPointer(ty) ? derefed(operand.place) : operand.place);
  const mayBeFuture =
    operand.kind !== 'const' && depth < depthMax && (ty.kind === 'path' || ty.kind === 'closure');
  return {
    ty,
    root,
    access: accessOf(ty, operand),
    name: nameOf(body, root),
    origin: valueOriginOf(body, operand),
    future: mayBeFuture ? futureValueOf(subject, operand, ty, depth + 1) : null,
  };
}

function accessOf(ty: Ty, operand: Operand): Input['access'] {
  const inner = ty.kind === 'path' && /::Pin$/.test(ty.path) ? (ty.args[0] ?? ty) : ty;
  if (inner.kind === 'ref') return inner.mutable ? 'mut' : 'shared';
  return operand.kind === 'move' ? 'moved' : 'copied';
}

function isPointer(ty: Ty): boolean {
  return ty.kind === 'ref';
}

function derefed(place: Extract<Operand, { kind: 'move' }>['place']) {
  return { local: place.local, projection: [...place.projection, { kind: 'deref' as const }] };
}

/** The variable, argument or capture that a root begins with; `self.stream` for a field of `self`. */
export function nameOf(body: Body, root: Root): string | null {
  const infos = body.debugInfo.filter(info => info.place?.local === root.local && !info.name.startsWith('_'));
  const exact = infos.find(({ place }) => {
    const [first] = place?.projection ?? [];
    if (root.local !== 1) return place?.projection.length === 0;
    return first?.kind === 'field' && root.path[0] === `.${first.index}`;
  });
  return exact?.name ?? null;
}

function locationOf(subject: Subject, source: Source, operand: Operand): Location | null {
  const spans: SpanRef[] = [];
  if (source.kind === 'call') spans.push(source.call.span);
  if (source.kind === 'aggregate' || source.kind === 'borrow') spans.push(source.span);
  if (operand.kind !== 'const') spans.push(subject.body.locals[operand.place.local]?.span ?? -1);
  return firstInWorkspace(subject, spans);
}

function firstInWorkspace(subject: Subject, spans: readonly SpanRef[]): Location | null {
  for (const span of spans) {
    const location = subject.span(span);
    if (location !== null && isInWorkspace(location)) return location;
  }
  return null;
}

function methodOf(callee: string): string {
  const path = calleePath(callee);
  return path.slice(path.lastIndexOf('::') + 2 || 0);
}
