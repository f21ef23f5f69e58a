/**
 * Whether a future can come to an end. A body whose `return` cannot be reached never does; neither does one that can only
 * get there past an await of such a future. Being dropped and unwinding are no ends of its own.
 */
import { controlFlowOf } from '#mir/control-flow.ts';
import type { BlockIndex, Body } from '#model/mir.ts';

export interface Ending {
  readonly returns: boolean;
  /** Calls of `poll` (by block) without whose `Ready` no `return` can be reached. */
  readonly gates: readonly BlockIndex[];
  /**
   * It unwraps something again and again, so what it waits for can end it by a panic. A lock is nothing that it waits for.
   */
  readonly mayPanic: boolean;
}

// Limit: awaits that are tried as gates.
const pollsMax = 64;

const isUnwrap = /^std::(option::Option|result::Result)::<.*>::(unwrap|expect|unwrap_err|expect_err)$/s;

export function endingOf(body: Body, polls: readonly BlockIndex[]): Ending {
  const { successors } = controlFlowOf(body);
  const { returns, blocks } = reach(null);
  const mayPanic = blocks.some(block => {
    const terminator = body.blocks[block]?.terminator;
    if (terminator?.kind !== 'call' || typeof terminator.callee !== 'string') return false;
    return (
      isUnwrap.test(terminator.callee) &&
      !terminator.callee.includes('PoisonError') &&
      reach(null, block).blocks.includes(block)
    );
  });
  const gates = returns ? polls.slice(0, pollsMax).filter(poll => !reach(poll).returns) : [];
  return { returns, gates, mayPanic };

  /** What can be reached, and when the future that is polled at `pending` is never ready. */
  function reach(
    pending: BlockIndex | null,
    from: BlockIndex | null = null,
  ): { returns: boolean; blocks: readonly BlockIndex[] } {
    const terminator = pending === null ? undefined : body.blocks[pending]?.terminator;
    const polled = terminator?.kind === 'call' ? terminator.destination.local : null;
    // From a block means: after it, so that it is among the answers only when it can be reached again.
    const starts = from === null ? [0] : (successors[from] ?? []).map(edge => edge.target);
    const seen = new Set<BlockIndex>(starts);
    const blocks = [...starts];
    let hasReturn = false;
    for (let at = 0; at < blocks.length; at++) {
      const block = blocks[at] as BlockIndex;
      const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
      if (terminator?.kind === 'return') hasReturn = true;
      const isReadyTest =
        polled !== null &&
        terminator?.kind === 'switch' &&
        statements.some(
          statement =>
            statement.kind === 'assign' &&
            statement.rvalue.kind === 'discriminant' &&
            statement.rvalue.place.local === polled &&
            statement.rvalue.place.projection.length === 0 &&
            terminator.operand.kind !== 'const' &&
            statement.place.local === terminator.operand.place.local,
        );
      for (const edge of successors[block] ?? []) {
        if (edge.kind === 'cancel' || (isReadyTest && edge.kind === 'value' && edge.value === '0')) continue;
        if (seen.has(edge.target)) continue;
        seen.add(edge.target);
        blocks.push(edge.target);
      }
    }
    return { returns: hasReturn, blocks };
  }
}
