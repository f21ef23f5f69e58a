import type { PathTypes } from '#mir/path-building.ts';
import { standardVariants } from '#mir/type-contains.ts';
import type { Subject } from './subject.ts';

/** A body's types as the analysis of initialisation asks for them. */
export function pathTypesOf({ body, scope, shapes }: Subject): PathTypes {
  return {
    localType: local => {
      const printed = body.locals[local]?.ty;
      return printed === undefined ? null : shapes.qualify(printed, scope);
    },
    qualify: printed => shapes.qualify(printed, scope),
    variantNames: ty => {
      if (ty.kind !== 'path') return [];
      const known = standardVariants(ty) ?? shapes.shapeOf(ty)?.variants ?? [];
      return known.flatMap(variant => (variant.name === null ? [] : [variant.name]));
    },
  };
}
