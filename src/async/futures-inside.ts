/** The futures that a value of a type polls when it is polled: itself, what a stream holds, what a stream's closure makes. */

import { closureKeysIn } from '#mir/closure-keys.ts';
import type { FunctionId, FunctionNode } from '#mir/function-node.ts';
import type { Ty } from '#mir/type-parser.ts';
import { substituteValue, type Value } from '#mir/value-paths.ts';
import type { LocksTaken } from './locks-taken.ts';
import type { Program } from './program.ts';

export interface FutureInside {
  readonly body: FunctionId;
  /** What it captured, in terms of the body that has it; null where that was not found. */
  readonly captures: readonly Value[] | null;
}

export interface FuturesInside {
  readonly futures: readonly FutureInside[];
  /** There are others, behind `dyn`, a type parameter or a function that was not found. */
  readonly open: boolean;
}

/** `id` is the body that has a value of the type `ty`; `value` the value, where it is the future itself. */
export function futuresInside(
  program: Program,
  locks: LocksTaken,
  id: FunctionId,
  ty: Ty,
  value: Value,
): FuturesInside {
  const { graph } = program;
  const from = locks.node(id);
  const keys = closureKeysIn(ty);
  const futures: FutureInside[] = [];
  let open = keys.length === 0;
  for (const key of keys) {
    const body = graph.closure(from, key);
    if (body === null) open = true;
    else if (body.coroutine) futures.push({ body: body.id, captures: capturesOf(body, key) });
    else {
      const made = madeByClosure(body, key);
      if (made.length === 0) open = true;
      futures.push(...made);
    }
  }
  return { futures, open };

  function capturesOf(body: FunctionNode, key: string): readonly Value[] | null {
    if (ty.kind === 'closure') {
      const own = locks.captures(id, value, body) ?? locks.captures(id, locks.resolve(id, value), body);
      if (own !== null) return own;
    }
    const parts = locks.facts.get(id)?.makes.get(key);
    return parts?.map(part => locks.resolve(id, part)) ?? null;
  }

  /** `|url| fetch(&client, url)` and `|url| async move { … }`. */
  function madeByClosure(closure: FunctionNode, key: string): FutureInside[] {
    const facts = locks.facts.get(closure.id);
    const outer =
      locks.facts
        .get(id)
        ?.makes.get(key)
        ?.map(part => locks.resolve(id, part)) ?? null;
    const inThisBody = (part: Value): Value =>
      substituteValue(part, local =>
        local === 1 && outer !== null
          ? { base: { kind: 'made', parts: outer, key }, steps: [], shared: false, ty: null }
          : null,
      );
    const bodies = closure.makes.flatMap(made => graph.closure(closure, made) ?? []);
    for (const call of closure.calls) {
      for (const target of graph.resolve(closure, call).targets) {
        const callee = locks.node(target);
        const body = graph.node(callee.unit, `${callee.name}::{closure#0}`);
        if (body?.coroutine === true && /\bFuture\b/.test(callee.returns)) bodies.push(body);
      }
    }
    return bodies
      .filter(body => body.coroutine)
      .map(body => {
        const captures = facts === undefined ? null : locks.captures(closure.id, facts.returned, body);
        return { body: body.id, captures: captures?.map(inThisBody) ?? null };
      });
  }
}
