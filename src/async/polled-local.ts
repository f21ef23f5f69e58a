import type { Dominators } from '#mir/control-flow.ts';
import type { BlockIndex, Body, LocalIndex } from '#model/mir.ts';

/**
 * The local with the pinned reference that is polled before a yield: `poll` is called, `Pending` comes back, the body
 * yields. What is dropped in between may branch, so the call is looked for among the blocks that every way passes. Null
 * where it is not found.
 */
export function polledLocal(body: Body, dominators: Dominators, yieldBlock: BlockIndex): LocalIndex | null {
  let block = dominators[yieldBlock] ?? null;
  // Limit: blocks between the call and the yield; rustc prints three, and a few for what is dropped on some paths.
  for (let i = 0; i < 16 && block !== null; i++) {
    const terminator = body.blocks[block]?.terminator;
    if (terminator?.kind === 'call') {
      const [pinned] = terminator.args;
      const isPoll = typeof terminator.callee === 'string' && terminator.callee.endsWith('::poll');
      return isPoll && pinned !== undefined && pinned.kind !== 'const' ? pinned.place.local : null;
    }
    block = dominators[block] ?? null;
  }
  return null;
}
