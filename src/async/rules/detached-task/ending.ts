/**
 * Whether a future can come to an end. A body whose `return` cannot be reached never does; neither does one that can only
 * get there past an await of such a future. Being dropped and unwinding are no ends of its own.
 */
import { controlFlowOf, type Edge } from '#mir/control-flow.ts';
import { calleePath } from '#mir/known-calls.ts';
import type { BlockIndex, Body, LocalIndex, Operand } from '#model/mir.ts';

export interface Ending {
  readonly returns: boolean;
  /** Calls of `poll` (by block) without whose `Ready` no `return` can be reached. */
  readonly gates: readonly BlockIndex[];
  /**
   * It unwraps something again and again, so what it waits for can end it by a panic. A lock is nothing that it waits for,
   * and what was asked for before (`if r.is_err() { r.err().unwrap() }`) does not panic.
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
      reach(null, block).blocks.includes(block) &&
      !isAskedBefore(block, terminator.args[0])
    );
  });
  const gates = returns ? polls.slice(0, pollsMax).filter(poll => !reach(poll).returns) : [];
  return { returns, gates, mayPanic };

  /** Whether a block can only be reached past a question (`is_err`) about what it unwraps, by the edge that says yes. */
  function isAskedBefore(block: BlockIndex, operand: Operand | undefined): boolean {
    const values = valuesBehind(body, operand);
    for (const { terminator } of body.blocks) {
      if (terminator.kind !== 'call' || typeof terminator.callee !== 'string') continue;
      const question = /^std::(?:option::Option|result::Result)::is_(some|none|ok|err)$/.exec(
        calleePath(terminator.callee),
      )?.[1];
      if (question === undefined || terminator.target === null) continue;
      if (![...valuesBehind(body, terminator.args[0])].some(local => values.has(local))) continue;
      const asked = body.blocks[terminator.target]?.terminator;
      if (asked?.kind !== 'switch' || asked.operand.kind === 'const') continue;
      if (asked.operand.place.local !== terminator.destination.local) continue;
      const yes = (edge: Edge) => (edge.kind === 'value' && edge.value === '0') === (question === 'none');
      const { target } = terminator;
      const { blocks } = reach(null, null, (from, edge) => from === target && yes(edge));
      if (!blocks.includes(block)) return true;
    }
    return false;
  }

  /** What can be reached, and when the future that is polled at `pending` is never ready. */
  function reach(
    pending: BlockIndex | null,
    from: BlockIndex | null = null,
    isBarred: (from: BlockIndex, edge: Edge) => boolean = () => false,
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
        if (isBarred(block, edge)) continue;
        if (seen.has(edge.target)) continue;
        seen.add(edge.target);
        blocks.push(edge.target);
      }
    }
    return { returns: hasReturn, blocks };
  }
}

/** A local, and what it was moved, borrowed, or taken by `ok` or `err` from. */
function valuesBehind(body: Body, operand: Operand | undefined): ReadonlySet<LocalIndex> {
  const found = new Set<LocalIndex>();
  const pending: Operand[] = operand === undefined ? [] : [operand];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (at.kind === 'const' || at.place.projection.some(step => step.kind !== 'deref')) continue;
    const { local } = at.place;
    if (found.has(local)) continue;
    found.add(local);
    for (const { statements, terminator, cleanup } of body.blocks) {
      if (cleanup) continue;
      for (const statement of statements) {
        if (statement.kind !== 'assign' || statement.place.local !== local) continue;
        const { rvalue } = statement;
        if (rvalue.kind === 'use') pending.push(rvalue.operand);
        if (rvalue.kind === 'ref') pending.push({ kind: 'copy', place: rvalue.place });
      }
      if (terminator.kind !== 'call' || terminator.destination.local !== local) continue;
      const isPart =
        typeof terminator.callee === 'string' &&
        /^std::result::Result::(?:ok|err|as_ref)$|^std::option::Option::as_ref$/.test(
          calleePath(terminator.callee),
        );
      if (isPart && terminator.args[0] !== undefined) pending.push(terminator.args[0]);
    }
  }
  return found;
}
