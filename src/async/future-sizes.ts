/**
 * The sizes that the compiler computed of the workspace's futures (`-Zprint-type-sizes`), by their bodies. A generic
 * future has a size per instance that a body names with all its types; one without such an instance has none.
 */
import { closureKeysIn } from '#mir/closure-keys.ts';
import type { FunctionId, FunctionNode } from '#mir/function-node.ts';
import type { Ty } from '#mir/type-parser.ts';
import type { TypeScope, TypeShapes } from '#mir/type-shapes.ts';
import type { TypeSize } from '#model/type-size.ts';

export interface FutureSize {
  readonly future: FunctionId;
  /** Qualified; its arguments tell the instance. */
  readonly ty: Ty;
  readonly sizeBytes: number;
  readonly variants: TypeSize['variants'];
}

export interface FutureSizes {
  /** Largest first; empty where none was computed. */
  of(future: FunctionId): readonly FutureSize[];
  /** Futures of the workspace that a qualified type names, inside itself or as arguments. */
  namedIn(ty: Ty, unit: number): readonly FunctionId[];
  /** Whether the evidence has sizes at all. */
  readonly recorded: boolean;
}

/** Sections of one unit. */
export interface UnitSizes {
  readonly unit: number;
  readonly scope: TypeScope;
  readonly sizes: readonly TypeSize[];
}

export function futureSizesOf(
  nodes: readonly FunctionNode[],
  recorded: readonly UnitSizes[],
  shapes: TypeShapes,
): FutureSizes {
  // A key that two bodies of a unit share (blocks that one macro wrote) names neither.
  const byUnitAndKey = new Map<string, FunctionId | null>();
  const byKey = new Map<string, FunctionId>();
  for (const { coroutine, closureKey, unit, id } of nodes) {
    if (!coroutine || closureKey === null || closureKey === '') continue;
    const place = `${unit} ${closureKey}`;
    byUnitAndKey.set(place, byUnitAndKey.has(place) ? null : id);
    if (!closureKey.startsWith('@') && !byKey.has(closureKey)) byKey.set(closureKey, id);
  }
  const futureOf = (key: string, unit: number): FunctionId | null => {
    const own = byUnitAndKey.get(`${unit} ${key}`);
    return own === undefined ? (byKey.get(key) ?? null) : own;
  };

  const sizesBy = new Map<FunctionId, Map<string, FutureSize>>();
  for (const { unit, scope, sizes } of recorded) {
    for (const { ty: printed, sizeBytes, variants } of sizes) {
      const ty = shapes.qualify(printed, scope);
      const future = ty.kind === 'closure' ? futureOf(ty.key, unit) : null;
      if (future === null) continue;
      const known = sizesBy.get(future) ?? new Map<string, FutureSize>();
      const size = { future, ty, sizeBytes, variants };
      // Two units print the same future; lifetimes are gone from the text. The larger one speaks.
      const other = known.get(ty.text);
      if (other === undefined || other.sizeBytes < sizeBytes) known.set(ty.text, size);
      sizesBy.set(future, known);
    }
  }
  const sorted = new Map(
    [...sizesBy].map(([future, sizes]) => [
      future,
      [...sizes.values()].sort((a, b) => b.sizeBytes - a.sizeBytes || (a.ty.text < b.ty.text ? -1 : 1)),
    ]),
  );
  return {
    of: future => sorted.get(future) ?? [],
    namedIn: (ty, unit) =>
      closureKeysIn(ty).flatMap(key => {
        const future = futureOf(key, unit);
        return future === null ? [] : [future];
      }),
    recorded: recorded.length > 0,
  };
}
