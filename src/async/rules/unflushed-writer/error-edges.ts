/**
 * Edges on which something has failed: the `Err` side of a match on a `Result`, the early return of `?`, and what
 * `is_err()` and `is_ok()` answer.
 */
import type { ControlFlow, Edge } from '#mir/control-flow.ts';
import { knownCallOf } from '#mir/known-calls.ts';
import { printedTypeOf } from '#mir/place.ts';
import { parseType } from '#mir/type-parser.ts';
import type { BlockIndex, Body, LocalIndex } from '#model/mir.ts';

export interface ErrorEdges {
  has(from: BlockIndex, edge: Edge): boolean;
}

export function errorEdgesOf(body: Body, flow: ControlFlow): ErrorEdges {
  /** By block: the switch value of the side that failed. */
  const failed = new Map<BlockIndex, { value: string; listed: readonly string[] }>();
  for (const block of flow.reversePostorder) {
    const { terminator } = body.blocks[block] ?? {};
    if (terminator?.kind !== 'switch' || terminator.operand.kind === 'const') continue;
    const value = failedValue(block, terminator.operand.place.local);
    if (value !== null) failed.set(block, { value, listed: terminator.targets.map(target => target.value) });
  }
  return {
    has(from, edge) {
      const side = failed.get(from);
      if (side === undefined) return false;
      if (edge.kind === 'value') return edge.value === side.value;
      return edge.kind === 'otherwise' && !side.listed.includes(side.value);
    },
  };

  function failedValue(block: BlockIndex, tested: LocalIndex): string | null {
    const { statements } = body.blocks[block] ?? { statements: [] };
    for (const statement of statements.toReversed()) {
      if (statement.kind !== 'assign' || statement.place.local !== tested) continue;
      if (statement.rvalue.kind !== 'discriminant') return null;
      const printed = printedTypeOf(body, statement.rvalue.place);
      return printed !== null && canFail(printed) ? '1' : null;
    }
    const [predecessor, ...others] = flow.predecessors[block] ?? [];
    const call =
      predecessor === undefined || others.length > 0 ? undefined : body.blocks[predecessor]?.terminator;
    if (call?.kind !== 'call' || typeof call.callee !== 'string' || call.destination.local !== tested)
      return null;
    const known = knownCallOf(call.callee);
    if (known === 'is-ok') return '0';
    // The true side of a switch on a bool is mostly its `otherwise`.
    return known === 'is-err' ? '1' : null;
  }
}

/** `Result`, and what `?` makes of a value before it branches. `Err` and `Break` are both number 1. */
function canFail(printed: string): boolean {
  const ty = parseType(printed);
  return ty.kind === 'path' && /^(std|core)::(result::Result|ops::ControlFlow)$/.test(ty.path);
}
