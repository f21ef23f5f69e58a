/** What a task keeps alive that belongs to the value whose method started it. */
import { behindPointers } from '#mir/pointers.ts';
import { lastSegment } from '#mir/type-contains.ts';
import type { Ty } from '#mir/type-parser.ts';
import type { TypeShapes } from '#mir/type-shapes.ts';
import type { Body } from '#model/mir.ts';
import type { Subject } from '../../subject.ts';

/** The type that a method or constructor belongs to, as a body of it prints it; null outside of impls. */
export function ownerOf({ body, node, shapes, scope }: Subject): (Ty & { kind: 'path' }) | null {
  const { impl } = node;
  if (impl === null) return null;
  const name = impl.selfPath === null ? impl.selfName : lastSegment(impl.selfPath);
  const printed = [...body.locals.map(local => local.ty), ...captured(body)];
  for (const text of printed) {
    for (const ty of partsOf(shapes.qualify(text, scope))) {
      if (ty.kind !== 'path') continue;
      const isOwn = impl.selfPath === null ? lastSegment(ty.path) === name : ty.path === impl.selfPath;
      if (isOwn && ty.path.startsWith(`${node.scope.prefix}::`)) return ty;
    }
  }
  return null;
}

/** Types of what a future captures, and of what an async function gets. */
export function capturesOf({ body, shapes, scope }: Subject): Ty[] {
  return captured(body).map(text => shapes.qualify(text, scope));
}

function captured(body: Body): string[] {
  const types = new Map<number, string>();
  for (const { place } of body.debugInfo) {
    const first = place?.projection.find(step => step.kind !== 'deref');
    if (place?.local === 1 && first?.kind === 'field') types.set(first.index, first.ty);
  }
  return [...types.values()];
}

/**
 * The type that a task owns together with the owner: an `Arc`, or a struct around one, that is also a field of the owner,
 * or a clone of the owner itself. Null where they share nothing that can be seen.
 */
export function sharedWith(
  owner: Ty & { kind: 'path' },
  captures: readonly Ty[],
  shapes: TypeShapes,
): Ty | null {
  const owned = ownedBy(owner, shapes);
  for (const capture of captures) {
    if (capture.kind === 'ref') continue;
    const bare = behindPointers(capture);
    if (bare.kind === 'path' && bare.path === owner.path) return capture;
    if (owned.has(capture.text) && holdsArc(capture, shapes)) return capture;
  }
  return null;
}

// Limit: structs in structs (a client, its sender) that are looked into.
const depthMax = 3;

/** Types of a struct's fields, and of those of the structs in it: a future captures the parts that it uses. */
function ownedBy(ty: Ty, shapes: TypeShapes, depth = 0, found = new Set<string>()): Set<string> {
  for (const field of fieldsOf(ty, shapes)) {
    found.add(field.text);
    if (depth < depthMax) ownedBy(field, shapes, depth + 1, found);
  }
  return found;
}

function fieldsOf(ty: Ty, shapes: TypeShapes): Ty[] {
  return (shapes.shapeOf(ty)?.variants ?? []).flatMap(variant =>
    variant.fields.flatMap(field => (field.ty === null ? [] : [field.ty])),
  );
}

/** An `Arc`, or a struct of the workspace that has one: to clone it is to share. */
function holdsArc(ty: Ty, shapes: TypeShapes, depth = 0): boolean {
  if (isArc(ty)) return true;
  return depth < depthMax && fieldsOf(ty, shapes).some(field => holdsArc(field, shapes, depth + 1));
}

function isArc(ty: Ty): boolean {
  return ty.kind === 'path' && /^(std|alloc)::sync::Arc$/.test(ty.path);
}

/** A type, what it points to, and what an `Option` or `Result` around it holds. */
function partsOf(ty: Ty): Ty[] {
  const bare = behindPointers(ty);
  const isWrapper = bare.kind === 'path' && /^std::(option::Option|result::Result)$/.test(bare.path);
  return isWrapper && bare.args[0] !== undefined ? [bare, ...partsOf(bare.args[0])] : [bare];
}
