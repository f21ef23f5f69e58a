/** A future as a value of a body: its type, what made it and what it was made of, without keeping the body. */
import { calleePath } from '#mir/known-calls.ts';
import { printedTypeOf } from '#mir/place.ts';
import type { Ty } from '#mir/type-parser.ts';
import { drawRoot, type Root, rootOf, type Source, sourceOf } from '#mir/value-source.ts';
import type { Location } from '#model/location.ts';
import type { BlockIndex, Body, Operand, Place, SpanRef, Terminator } from '#model/mir.ts';
import { isInWorkspace, type Subject } from './subject.ts';
import { type ValueOrigin, valueOriginOf } from './value-kept.ts';

export interface FutureValue {
  readonly ty: Ty;
  /** Where it is made, in the workspace; where that does not show, where it is named. */
  readonly at: Location | null;
  /** Where it is given to what polls it: the expression between a macro's brackets. */
  readonly givenAt: Location | null;
  /** The variable that a reference is to. */
  readonly variable: string | null;
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
  const source = makingOf(body, operand, span => spans.push(span));
  const givenAt = firstInWorkspace(subject, spans);
  const at = locationOf(subject, source, operand) ?? givenAt;
  const operands = operandsOfSource(source);
  const call =
    source.kind === 'call' && typeof source.call.callee === 'string'
      ? { block: source.block, callee: source.call.callee, method: methodOf(body, source.call) }
      : null;
  const variable = source.kind === 'borrow' ? nameOf(body, rootOf(body, source.place)) : null;
  return { ty, at, givenAt, variable, call, inputs: operands.map(arg => inputOf(subject, arg, depth)) };
}

/**
 * What made a future. A variable that is given one future in one branch and in the others one that is never ready
 * (`Fuse::terminated()`, `pending()`) is the first.
 */
function makingOf(body: Body, operand: Operand, passed: (span: SpanRef) => void): Source {
  const source = sourceOf(body, operand, passed);
  if (source.kind !== 'place' || !source.moved) return source;
  const [only, ...others] = branchesOf(body, source.place).filter(branch => !isNeverReady(branch));
  return only === undefined || others.length > 0 ? source : only;
}

/** What each of the writes to a variable, or to the tuple that it is a part of, puts there. */
function branchesOf(body: Body, { local, projection }: Place): Source[] {
  const [part, ...more] = projection;
  if (local <= body.argCount || more.length > 0 || (part !== undefined && part.kind !== 'field')) return [];
  return body.blocks.flatMap(({ cleanup, statements, terminator }, block): Source[] => {
    if (cleanup) return [];
    const isCalled =
      terminator.kind === 'call' &&
      terminator.destination.local === local &&
      terminator.destination.projection.length === 0;
    const called: Source[] =
      isCalled && part === undefined ? [{ kind: 'call', block, call: terminator }] : [];
    const assigned = statements.flatMap((statement): Source[] => {
      if (statement.kind !== 'assign' || statement.place.local !== local) return [];
      const { place, rvalue, span } = statement;
      const unknown: Source = { kind: 'place', place, moved: false };
      if (place.projection.length > 0) return [unknown];
      if (part === undefined) {
        if (rvalue.kind === 'use') return [sourceOf(body, rvalue.operand)];
        return [rvalue.kind === 'aggregate' ? { kind: 'aggregate', aggregate: rvalue, span } : unknown];
      }
      const field = rvalue.kind === 'aggregate' ? rvalue.fields[part.index]?.operand : undefined;
      return [field === undefined ? unknown : sourceOf(body, field)];
    });
    return [...assigned, ...called];
  });
}

function isNeverReady(source: Source): boolean {
  return (
    source.kind === 'call' &&
    typeof source.call.callee === 'string' &&
    /(^|::)(Fuse::terminated|future::pending)$/.test(calleePath(source.call.callee))
  );
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

/** The variable, argument or capture that a place is, or that refers to it; null for a part of one. */
export function nameOf(body: Body, root: Root): string | null {
  const drawn = drawRoot({ ...root, path: withoutDerefs(root.path) });
  for (const { name, place } of body.debugInfo) {
    if (place === null || name.startsWith('_')) continue;
    const named = rootOf(body, place);
    if (drawRoot({ ...named, path: withoutDerefs(named.path) }) === drawn) return name;
  }
  return null;
}

function withoutDerefs(path: readonly string[]): string[] {
  return path.filter(step => step !== '*');
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

function methodOf(body: Body, call: Terminator & { kind: 'call' }): string {
  const path = calleePath(call.callee as string);
  const method = path.slice(path.lastIndexOf('::') + 2 || 0);
  const [closure] = call.args;
  if (!/^(async_)?call(_mut|_once)?$/.test(method) || closure === undefined || closure.kind === 'const')
    return method;
  const isReference = /^&/.test(body.locals[closure.place.local]?.ty ?? '');
  return nameOf(body, rootOf(body, isReference ? derefed(closure.place) : closure.place)) ?? 'a closure';
}
