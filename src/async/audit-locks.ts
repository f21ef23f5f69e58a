/** Where a program takes locks, and whether a future holds one while it is suspended. */

import { awaitsOf } from '#mir/awaits.ts';
import { controlFlowOf } from '#mir/control-flow.ts';
import type { FunctionNode } from '#mir/function-node.ts';
import type { Location } from '#model/location.ts';
import type { BlockIndex } from '#model/mir.ts';
import type { AsyncBody } from './async-body.ts';
import { heldGuardsOf } from './held-guards.ts';
import type { Program } from './program.ts';
import { isInWorkspace } from './subject.ts';

export interface LockSite {
  readonly at: Location;
  /** `std::sync::Mutex::lock` */
  readonly lock: string;
  readonly held: string;
}

const takesLock =
  /^((std|tokio)::sync|parking_lot|lock_api|parking_lot::lock_api|async_lock|futures(_util)?::lock|spin|async_std::sync|embassy_sync::mutex)::(\w+::)*(Mutex|RwLock|ReentrantMutex|FairMutex|ReentrantLock)::(lock|read|write|upgradable_read|lock_owned|read_owned|write_owned|lock_arc|blocking_lock|blocking_read|blocking_write|lock_blocking)$/;

export const lockSitesOf = {
  /** Bodies in which a guard may be held across an await. */
  wants: (node: FunctionNode, program: Program): boolean =>
    node.coroutine &&
    program.guardCandidates.has(node.id) &&
    node.calls.some(({ path }) => takesLock.test(path)),

  /** Every lock that is taken; in a function that is no future no await can lie behind it. */
  all(program: Program): LockSite[] {
    return program.graph.nodes.flatMap(node =>
      node.calls.flatMap(({ path, at }) =>
        at !== null && isInWorkspace(at) && takesLock.test(path)
          ? [{ at, lock: path, held: node.coroutine ? 'no' : 'no await in this function' }]
          : [],
      ),
    );
  },

  visit(subject: AsyncBody): LockSite[] {
    const { body, node, span } = subject;
    const { held, complete } = heldGuardsOf(subject);
    const awaits = awaitsOf(body, controlFlowOf(body));
    // An async lock gives its guard to the poll, the call only makes the future.
    const callOf = (block: BlockIndex): BlockIndex => {
      const source = awaits.find(({ poll }) => poll === block)?.source;
      return source?.kind === 'call' ? source.block : block;
    };
    const byCall = new Map(
      held.flatMap(guard => (guard.origin === null ? [] : [[callOf(guard.origin.block), guard] as const])),
    );
    const isWhole = complete && held.every(({ origin }) => origin !== null);
    return node.calls.flatMap(({ path, block, at }) => {
      if (at === null || !takesLock.test(path)) return [];
      const [first] = byCall.get(block)?.awaits ?? [];
      const line = first === undefined ? null : span(first.span)?.startLine;
      if (first !== undefined) return [{ at, lock: path, held: line == null ? 'yes' : `yes, line ${line}` }];
      return isWhole ? [] : [{ at, lock: path, held: 'not known' }];
    });
  },
};
