import type { PathTypes } from '#mir/path-building.ts';
import { standardVariants } from '#mir/type-contains.ts';
import { substitute } from '#mir/type-shapes.ts';
import type { Instance } from './async-body.ts';
import type { Subject } from './subject.ts';

/** A body's types as the analysis of initialisation asks for them; in an instance, with its arguments put in. */
export function pathTypesOf({ body, scope, shapes }: Subject, instance: Instance | null = null): PathTypes {
  const qualify = (printed: string) => {
    const ty = shapes.qualify(printed, scope);
    return instance === null ? ty : substitute(ty, instance.parameters, instance.args);
  };
  return {
    localType: local => {
      const printed = body.locals[local]?.ty;
      return printed === undefined ? null : qualify(printed);
    },
    qualify,
    variantNames: ty => {
      if (ty.kind !== 'path') return [];
      const known = standardVariants(ty) ?? shapes.shapeOf(ty)?.variants ?? [];
      return known.flatMap(variant => (variant.name === null ? [] : [variant.name]));
    },
  };
}
