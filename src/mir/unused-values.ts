/**
 * Values that a body makes and does nothing with: only stored, moved from one local to the next, put into a tuple or an
 * `Option` that has the same fate, and dropped. Without regard to order: one use on any path is a use.
 */
import type { Body, LocalIndex, Operand, Place, Rvalue, SpanRef } from '#model/mir.ts';
import type { ControlFlow } from './control-flow.ts';
import { operandsOf, terminatorOperandsOf } from './place.ts';
import { isStandardPath } from './type-contains.ts';
import { parsePath } from './type-parser.ts';

export interface UnusedValue {
  /** Where `drop(…)` is called on it; null when it only goes out of scope. */
  readonly dropCall: SpanRef | null;
  /** It, and the locals into which it is moved. */
  readonly locals: readonly LocalIndex[];
}

/** What becomes of each local's value; null for one that is used. Arguments and the return place are always used. */
export function unusedValuesOf(body: Body, flow: ControlFlow): (local: LocalIndex) => UnusedValue | null {
  const used = new Set<LocalIndex>([0]);
  for (let local = 1; local <= body.argCount; local++) used.add(local);
  const movedInto = new Map<LocalIndex, Set<LocalIndex>>();
  const dropCalls = new Map<LocalIndex, SpanRef>();
  const use = (place: Place) => used.add(place.local);
  const useOperand = (operand: Operand) => {
    if (operand.kind !== 'const') use(operand.place);
  };

  for (const block of flow.reversePostorder) {
    const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
    for (const statement of statements) {
      if (statement.kind === 'set-discriminant') use(statement.place);
      if (statement.kind !== 'assign') continue;
      const { place, rvalue } = statement;
      // A write behind a reference, or into a part of something, is followed no further.
      if (place.projection.length > 0) use(place);
      if (rvalue.kind === 'raw-ref' || rvalue.kind === 'discriminant') use(rvalue.place);
      if (rvalue.kind === 'ref' && rvalue.mutability !== 'fake') use(rvalue.place);
      for (const operand of operandsOf(rvalue)) {
        const isWhole = operand.kind === 'move' && operand.place.projection.length === 0;
        if (isWhole && place.projection.length === 0 && isContainer(rvalue)) {
          const targets = movedInto.get(operand.place.local) ?? new Set();
          movedInto.set(operand.place.local, targets.add(place.local));
        } else useOperand(operand);
      }
    }
    if (terminator === null || terminator.kind === 'drop') continue;
    const [first] = terminatorOperandsOf(terminator);
    if (
      terminator.kind === 'call' &&
      typeof terminator.callee === 'string' &&
      /^(std|core)::mem::drop\b/.test(terminator.callee) &&
      first?.kind === 'move' &&
      first.place.projection.length === 0
    ) {
      dropCalls.set(first.place.local, terminator.span);
    } else terminatorOperandsOf(terminator).forEach(useOperand);
    if (
      (terminator.kind === 'call' || terminator.kind === 'yield') &&
      terminator.destination.projection.length > 0
    ) {
      use(terminator.destination);
    }
  }

  return start => {
    const locals = [start];
    let dropCall: SpanRef | null = null;
    for (let at = 0; at < locals.length; at++) {
      const local = locals[at] as LocalIndex;
      if (used.has(local)) return null;
      dropCall ??= dropCalls.get(local) ?? null;
      for (const next of movedInto.get(local) ?? []) if (!locals.includes(next)) locals.push(next);
    }
    return { dropCall, locals };
  };
}

/** What hands a value on without looking at it: a move, a tuple, an array, an enum of the standard library. */
function isContainer(rvalue: Rvalue): boolean {
  if (rvalue.kind === 'use') return true;
  if (rvalue.kind !== 'aggregate' || rvalue.shape === 'closure') return false;
  return rvalue.shape !== 'adt' || isStandardPath(parsePath(rvalue.name)?.path ?? '');
}
