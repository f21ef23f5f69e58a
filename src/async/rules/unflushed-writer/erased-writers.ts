/**
 * Writers behind `dyn AsyncWrite`: which functions of the workspace box one that must be flushed, and which bodies have no
 * other `dyn AsyncWrite` than theirs.
 */
import type { FunctionId, FunctionNode } from '#mir/function-node.ts';
import { operandsOf, printedTypeOf } from '#mir/place.ts';
import { isStandardPath } from '#mir/type-contains.ts';
import type { Ty } from '#mir/type-parser.ts';
import type { Body, LocalIndex, Place } from '#model/mir.ts';
import type { Loss } from '../../knowledge/must-close.ts';
import type { Program } from '../../program.ts';
import type { Subject } from '../../subject.ts';
import { erased, type RowOf } from './unflushed-drops.ts';

/** What a function puts into the `dyn AsyncWrite` that it returns. */
export type Boxed = NonNullable<ReturnType<RowOf>>;

/** Whether a printed return type has a `dyn AsyncWrite` in it. */
export function returnsErased({ returns }: Pick<FunctionNode, 'returns'>): boolean {
  return mentionsErased.test(returns);
}

/** The weakest of what the function boxes; null where it boxes something else too, or nothing. */
export function boxedBy({ body, shapes, scope }: Subject, rowOf: RowOf): Boxed | null {
  const found: Boxed[] = [];
  for (const { statements, cleanup } of body.blocks) {
    if (cleanup) continue;
    for (const statement of statements) {
      if (statement.kind !== 'assign' || statement.rvalue.kind !== 'cast') continue;
      const { operand, ty } = statement.rvalue;
      if (!isErased(shapes.qualify(ty, scope)) || operand.kind === 'const') continue;
      const from = shapes.qualify(printedTypeOf(body, operand.place) ?? '', scope);
      // A shorter lifetime, or fewer bounds.
      if (isErased(from)) continue;
      const inner = boxOf(from);
      const row = inner === null ? null : rowOf(inner);
      if (row === null) return null;
      found.push(row);
    }
  }
  return weakest(found);
}

/**
 * The calls that give a body its `dyn AsyncWrite`s, each with the functions that it may be of; null where one comes from
 * elsewhere: an argument, a capture, another crate.
 */
export function sourcesOfErased(
  { graph }: Program,
  { body, node, shapes, scope }: Subject,
): readonly (readonly FunctionId[])[] | null {
  const locals = new Set<LocalIndex>();
  body.locals.forEach((local, index) => {
    if (mentionsErased.test(local.ty) && ownsErased(shapes.qualify(local.ty, scope))) locals.add(index);
  });
  if (locals.size === 0 || comesFromOutside(body, locals)) return null;
  const sources: (readonly FunctionId[])[] = [];
  for (const [block, { terminator, cleanup }] of body.blocks.entries()) {
    if (cleanup || terminator.kind !== 'call' || !locals.has(terminator.destination.local)) continue;
    if (typeof terminator.callee !== 'string') return null;
    const call = node.calls.find(other => other.block === block);
    const targets = call === undefined ? [] : graph.resolve(node, call).targets;
    if (targets.length > 0) sources.push(targets);
    // `unwrap`, `?`, `Box::pin`, `&mut *writer`: they pass on what they are given.
    else if (!/^(?:<.* as )?(?:std|core|alloc)::/s.test(terminator.callee)) return null;
  }
  return sources.length > 0 ? sources : null;
}

/** The row for `dyn AsyncWrite` in a body that has all of them from functions that box `boxed`. */
export function rowOfErased(boxed: Boxed): RowOf {
  return ty => (isErased(ty) ? { ...boxed, type: erased } : null);
}

const order: readonly Loss[] = ['errors', 'buffer', 'upload', 'end'];

/** That of which the least is asked: what ends it less than any of them leaves something in all. */
export function weakest(all: readonly Boxed[]): Boxed | null {
  const sorted = [...all].sort((a, b) => order.indexOf(a.row.loses) - order.indexOf(b.row.loses));
  return sorted[0] ?? null;
}

const mentionsErased = /\bdyn (?:\w+::)*AsyncWrite\b/;

/** Of the arguments, of a field of something that is none itself, or boxed here. */
function comesFromOutside(body: Body, locals: ReadonlySet<LocalIndex>): boolean {
  for (let local = 1; local <= body.argCount; local++) if (locals.has(local)) return true;
  const isField = ({ local, projection }: Place) =>
    !locals.has(local) && projection.some(step => step.kind === 'field' && mentionsErased.test(step.ty));
  return body.blocks.some(({ statements }) =>
    statements.some(statement => {
      if (statement.kind !== 'assign') return false;
      const { rvalue } = statement;
      if ((rvalue.kind === 'ref' || rvalue.kind === 'raw-ref') && isField(rvalue.place)) return true;
      const places = operandsOf(rvalue).flatMap(operand => (operand.kind === 'const' ? [] : [operand.place]));
      if (places.some(isField)) return true;
      return (
        rvalue.kind === 'cast' &&
        mentionsErased.test(rvalue.ty) &&
        !places.every(place => locals.has(place.local))
      );
    }),
  );
}

/** `Box<dyn AsyncWrite + …>`. */
function isErased(ty: Ty): boolean {
  const inner = boxOf(ty);
  return inner?.kind === 'dyn' && inner.bounds.some(bound => /(?:^|::)AsyncWrite$/.test(bound));
}

/** One, or an `Option`, a `Result`, a `Poll` with one. */
function ownsErased(ty: Ty): boolean {
  if (isErased(ty)) return true;
  return ty.kind === 'path' && isStandardPath(ty.path) && ty.args.some(ownsErased);
}

function boxOf(ty: Ty): Ty | null {
  if (ty.kind !== 'path' || !/^(?:std|alloc)::boxed::Box$/.test(ty.path)) return null;
  return ty.args[0] ?? null;
}
