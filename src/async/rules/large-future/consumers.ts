/** Where a future goes that is not awaited in place: boxed and spawned ones cost memory and no stack of a caller. */

import { parseCallee } from '#mir/callee.ts';
import type { CallSite, FunctionId, FunctionNode } from '#mir/function-node.ts';
import { operandsOf } from '#mir/place.ts';
import type { Body, LocalIndex } from '#model/mir.ts';
import { futureOf } from '../../future-of.ts';
import { spawnOf } from '../../knowledge/spawns.ts';
import type { Program } from '../../program.ts';
import type { Subject } from '../../subject.ts';

export class Consumers {
  readonly #program: Program;
  readonly #heap = new Set<FunctionId>();
  readonly #stack = new Set<FunctionId>();

  constructor(program: Program) {
    this.#program = program;
    for (const node of program.graph.nodes) {
      for (const call of node.calls) {
        for (const key of call.passes) {
          const future = program.graph.closure(node, key);
          if (future === null || !future.coroutine) continue;
          if (node.coroutine && (call.kind === 'poll' || isOfAwait(call.path, call.method))) continue;
          this.#note(future.id, call.path, call.method);
        }
      }
    }
  }

  /** Plain functions in which one of these futures is made by calling an `async fn`: its type is hidden there. */
  callsMakerOf(node: FunctionNode, futures: ReadonlySet<FunctionId>): boolean {
    if (node.coroutine) return false;
    return node.calls.some(call => this.#madeBy(node, call).some(future => futures.has(future)));
  }

  /** Looks up what such a function does with the futures. */
  visit({ body, node }: Subject): void {
    for (const call of node.calls) {
      const futures = this.#madeBy(node, call);
      const terminator = body.blocks[call.block]?.terminator;
      if (futures.length === 0 || terminator?.kind !== 'call') continue;
      const taker = takerOf(body, terminator.destination.local);
      for (const future of futures) this.#note(future, taker?.path ?? '', taker?.method ?? '');
    }
  }

  /** Boxed, spawned or blocked on wherever the workspace makes it. */
  isOnlyOnHeap(future: FunctionId): boolean {
    return this.#heap.has(future) && !this.#stack.has(future);
  }

  #madeBy(node: FunctionNode, call: CallSite): FunctionId[] {
    return this.#program.graph.resolve(node, call).targets.flatMap(target => {
      const future = futureOf(this.#program, target);
      return future === null ? [] : [future];
    });
  }

  #note(future: FunctionId, path: string, method: string): void {
    const isHeap =
      /^std::boxed::Box::(pin|new)$/.test(path) || spawnOf(path) === 'task' || method === 'block_on';
    (isHeap ? this.#heap : this.#stack).add(future);
  }
}

/** The calls that `.await` makes; what they take stays where it is. */
function isOfAwait(path: string, method: string): boolean {
  return path === 'std::pin::Pin::new_unchecked' || method === 'into_future';
}

/** The call that a local is moved into, through other locals; null where it goes elsewhere. */
function takerOf(body: Body, start: LocalIndex): { path: string; method: string } | null {
  let local = start;
  // Limit: moves followed; between a call and the call that takes its value rustc prints one or two.
  for (let step = 0; step < 8; step++) {
    let next: LocalIndex | null = null;
    for (const { statements, terminator, cleanup } of body.blocks) {
      if (cleanup) continue;
      for (const statement of statements) {
        if (statement.kind !== 'assign') continue;
        const takes = operandsOf(statement.rvalue).some(
          operand => operand.kind === 'move' && operand.place.local === local,
        );
        if (takes) next = statement.rvalue.kind === 'use' ? statement.place.local : null;
      }
      const isTaken =
        terminator.kind === 'call' &&
        terminator.args.some(arg => arg.kind === 'move' && arg.place.local === local);
      if (!isTaken || typeof terminator.callee !== 'string') continue;
      const callee = parseCallee(terminator.callee);
      if (callee.kind !== 'path') return null;
      const { path } = callee;
      return { path, method: path.slice(path.lastIndexOf('::') + 2 || 0) };
    }
    if (next === null) return null;
    local = next;
  }
  return null;
}
