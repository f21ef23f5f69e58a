import type { Body, Operand, Place, Projection, Rvalue, Terminator } from '#model/mir.ts';

/** As rustc prints it, without the fields' types: `((_4 as Some).0)`, `(*_3)`. For messages and tests. */
export function drawPlace(place: Place): string {
  let text = `_${place.local}`;
  for (const projection of place.projection) text = drawStep(text, projection);
  return text;
}

function drawStep(text: string, projection: Projection): string {
  switch (projection.kind) {
    case 'deref':
      return `(*${text})`;
    case 'field':
      return `${text}.${projection.index}`;
    case 'downcast':
      return `(${text} as ${projection.variant})`;
    case 'index':
      return `${text}[_${projection.local}]`;
    case 'elements':
      return `${text}${projection.text}`;
    case 'cast':
      return `(${text} as ${projection.ty})`;
  }
}

/** The printed type of a place, or null where the projection does not carry it (behind `*` and `[…]`). */
export function printedTypeOf(body: Body, place: Place): string | null {
  let ty: string | null = body.locals[place.local]?.ty ?? null;
  for (const projection of place.projection) ty = typeBehind(ty, projection);
  return ty;
}

function typeBehind(ty: string | null, projection: Projection): string | null {
  switch (projection.kind) {
    case 'field':
    case 'cast':
      return projection.ty;
    case 'downcast':
      return ty;
    case 'deref': {
      const inner = ty === null ? null : /^(?:&(?:'[\w{}]+ )?(?:mut )?|\*(?:const|mut) )(.*)$/s.exec(ty);
      return inner?.[1] ?? null;
    }
    default:
      return null;
  }
}

export function operandsOf(rvalue: Rvalue): readonly Operand[] {
  switch (rvalue.kind) {
    case 'use':
    case 'cast':
      return [rvalue.operand];
    case 'aggregate':
      return rvalue.fields.map(field => field.operand);
    case 'operation':
      return rvalue.operands;
    default:
      return [];
  }
}

/** Operands that a terminator reads, in the order of printing. */
export function terminatorOperandsOf(terminator: Terminator): readonly Operand[] {
  switch (terminator.kind) {
    case 'call':
    case 'tail-call':
      return typeof terminator.callee === 'string'
        ? terminator.args
        : [terminator.callee, ...terminator.args];
    case 'switch':
      return [terminator.operand];
    case 'assert':
      return [terminator.condition];
    case 'yield':
      return [terminator.value];
    default:
      return [];
  }
}
