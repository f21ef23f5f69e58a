/**
 * Whether a value that holds a future was made with it, so that nobody can have polled that future before. One that was
 * taken out of something (`self.pending.take()`) may be half done, or done.
 */
import { operandsOf, printedTypeOf } from '#mir/place.ts';
import type { Ty } from '#mir/type-parser.ts';
import type { Body, LocalIndex, Operand, Rvalue, Terminator } from '#model/mir.ts';
import type { Subject } from '../../subject.ts';

// Limit: wrappers around a future (`Box::pin`, `timeout`, a tuple) that are followed to where it was made.
const depthMax = 8;

export function isFreshFuture(subject: Subject, local: LocalIndex, depth = 0): boolean {
  const { body, shapes, scope } = subject;
  const definition = depth > depthMax ? null : onlyDefinitionOf(body, local);
  if (definition === null) return false;
  const futures = futuresIn(shapes.qualify(body.locals[local]?.ty ?? '', scope));
  if (definition.kind !== 'call') {
    if (definition.kind === 'aggregate' && definition.shape === 'closure') return true;
    return operandsOf(definition).every(operand => comesFresh(operand));
  }
  const isErased = futures.some(future => future.kind === 'dyn');
  return definition.args.every(operand => {
    const ty = typeOf(operand);
    // What a method takes out of `&mut self` is not told by its type once it is erased.
    if (isErased && ty !== null && /&mut /.test(ty.text)) return false;
    return comesFresh(operand);
  });

  function comesFresh(operand: Operand): boolean {
    const ty = typeOf(operand);
    if (operand.kind === 'const' || ty === null) return true;
    if (!futures.some(future => ty.text.includes(future.text))) return true;
    return operand.kind === 'move' && operand.place.projection.length === 0 && ty.kind !== 'ref'
      ? isFreshFuture(subject, operand.place.local, depth + 1)
      : false;
  }

  function typeOf(operand: Operand): Ty | null {
    const printed = operand.kind === 'const' ? null : printedTypeOf(body, operand.place);
    return printed === null ? null : shapes.qualify(printed, scope);
  }
}

function onlyDefinitionOf(body: Body, local: LocalIndex): Rvalue | (Terminator & { kind: 'call' }) | null {
  let found: Rvalue | (Terminator & { kind: 'call' }) | null = null;
  for (const block of body.blocks) {
    if (block.cleanup) continue;
    for (const statement of block.statements) {
      if (statement.kind !== 'assign' || statement.place.local !== local) continue;
      if (found !== null || statement.place.projection.length > 0) return null;
      found = statement.rvalue;
    }
    const { terminator } = block;
    if (terminator.kind === 'call' && terminator.destination.local === local) {
      if (found !== null || terminator.destination.projection.length > 0) return null;
      found = terminator;
    }
  }
  return found;
}

/** The futures that a type names: coroutines, and erased or opaque ones. */
function futuresIn(ty: Ty): Ty[] {
  switch (ty.kind) {
    case 'closure':
      return ty.coroutine ? [ty] : [];
    case 'dyn':
    case 'impl':
      return [ty];
    case 'path':
      return ty.args.flatMap(futuresIn);
    case 'tuple':
      return ty.items.flatMap(futuresIn);
    case 'array':
    case 'slice':
      return futuresIn(ty.element);
    default:
      return [];
  }
}
