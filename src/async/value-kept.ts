/**
 * Whether a value that a dropped future takes with it can be had again. A constant, a copy, a clone or something newly
 * made is made again when the call is made again; what was received, taken out of something or handed in is gone.
 */

import { isPollCallee } from '#mir/awaits.ts';
import { calleePath } from '#mir/known-calls.ts';
import { printedTypeOf } from '#mir/place.ts';
import { rootOf, sourceOf } from '#mir/value-source.ts';
import type { BlockIndex, Body, Operand } from '#model/mir.ts';
import { takingCallOf } from './knowledge/taking-calls.ts';

export interface ValueOrigin {
  /** Blocks that poll the futures whose results went into the value. */
  readonly polls: readonly BlockIndex[];
  /** Blocks of calls that took it out of something that is kept: `pop`, `take`, `try_recv`. */
  readonly takes: readonly BlockIndex[];
  /** Fields of the coroutine itself that went into it: arguments of an `async fn`, captures of a block. */
  readonly captures: readonly number[];
  /** Something whose making was not found went into it. */
  readonly open: boolean;
}

const nothing: ValueOrigin = { polls: [], takes: [], captures: [], open: false };

// Limit: values that are followed back from one; more makes the origin open.
const valuesMax = 100;

const makesAnew =
  /^(clone|cloned|copied|to_owned|to_vec|to_string|copy_from_slice|default|downgrade|now|current)$/;
function takesOut(callee: string): boolean {
  const taking = takingCallOf(calleePath(callee));
  return (taking !== null && taking !== 'awaited') || callee.endsWith(' as std::iter::Iterator>::next');
}

export function valueOriginOf(body: Body, operand: Operand): ValueOrigin {
  const polls = new Set<BlockIndex>();
  const takes = new Set<BlockIndex>();
  const captures = new Set<number>();
  let open = false;
  let budget = valuesMax;
  const seen = new Set<string>();
  const pending: Operand[] = [operand];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (budget-- <= 0) return { ...nothing, open: true };
    if (next.kind !== 'move') continue;
    const ty = printedTypeOf(body, next.place) ?? '';
    // What is only borrowed stays where it is.
    if (/^(&|\*|std::pin::Pin<&)/.test(ty)) continue;
    const source = sourceOf(body, next);
    if (source.kind === 'aggregate') pending.push(...source.aggregate.fields.map(field => field.operand));
    if (source.kind === 'call') {
      const callee = typeof source.call.callee === 'string' ? source.call.callee : '';
      const path = calleePath(callee);
      const method = path.slice(path.lastIndexOf('::') + 2 || 0);
      if (makesAnew.test(method)) continue;
      if (takesOut(callee)) takes.add(source.block);
      else pending.push(...source.call.args);
    }
    if (source.kind !== 'place' || !source.moved) continue;
    const root = rootOf(body, source.place);
    const key = `${root.local} ${root.path.join(' ')}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (root.local === 1) {
      const field = /^\.(\d+)$/.exec(root.path[0] ?? '')?.[1];
      // Behind a reference the value could not have been moved out.
      if (field !== undefined && !root.path.includes('*')) captures.add(Number(field));
      continue;
    }
    const made = callInto(body, root.local);
    if (made === null) open = true;
    else if (isPollCallee(made.callee)) polls.add(made.block);
    else pending.push({ kind: 'move', place: { local: root.local, projection: [] } });
  }
  return { polls: [...polls], takes: [...takes], captures: [...captures], open };
}

function callInto(body: Body, local: number): { block: BlockIndex; callee: string } | null {
  for (const [block, { cleanup, terminator }] of body.blocks.entries()) {
    if (cleanup || terminator.kind !== 'call' || terminator.destination.local !== local) continue;
    return { block, callee: typeof terminator.callee === 'string' ? terminator.callee : '' };
  }
  return null;
}
