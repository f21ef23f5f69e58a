/** Calls and polls of a function that panic without a tokio context, by the table of runtimes. */
import { closureKeysIn } from '#mir/closure-keys.ts';
import type { CallSite, FunctionNode } from '#mir/function-node.ts';
import { behindPointers } from '#mir/pointers.ts';
import type { Ty } from '#mir/type-parser.ts';
import type { Location } from '#model/location.ts';
import type { BlockIndex } from '#model/mir.ts';
import { neededByCall, neededByFuture, neededByFutureOf, type TokioNeed } from '../../knowledge/runtimes.ts';
import type { Program } from '../../program.ts';
import { isInWorkspace } from '../../subject.ts';

export interface Need {
  readonly need: TokioNeed;
  readonly block: BlockIndex;
  /** Where it is called, in the workspace; null where a macro of another crate calls it. */
  readonly at: Location | null;
}

export function needsOf({ graph }: Program, node: FunctionNode): Need[] {
  const needs: Need[] = [];
  for (const call of node.calls) {
    if (call.kind !== 'poll') {
      const need = neededByCall(call);
      // A crate of the workspace that has the name of a published one is judged by its own bodies.
      if (need !== null && graph.resolve(node, call).targets.length === 0)
        needs.push({ need, block: call.block, at: placed(call.at) });
      continue;
    }
    if (call.self === null) continue;
    for (const name of futuresIn(call.self)) {
      const need = neededByFuture(name);
      if (need === null) continue;
      const made = node.calls.find(
        other => other.kind !== 'poll' && neededByFutureOf(other.path)?.future === need.future,
      );
      needs.push({ need, block: call.block, at: placed(made?.at ?? null) ?? placed(call.at) });
    }
  }
  return needs;
}

/** Names, as the table has them, of the futures that a polled type owns. */
function futuresIn(self: Ty): string[] {
  const bare = behindPointers(self);
  const names = closureKeysIn(self).filter(key => !key.startsWith('@'));
  return bare.kind === 'path' ? [bare.path, ...names] : names;
}

/** Null outside of the workspace. */
export function placed(at: CallSite['at']): Location | null {
  return at !== null && isInWorkspace(at) ? at : null;
}
