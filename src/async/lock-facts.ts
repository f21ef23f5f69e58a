/**
 * What one body says of locks: which it takes, of what it is asked to take them (as paths that mean something to its
 * callers), which of them it holds at each call, poll and drop, what the futures and closures that it makes capture, and
 * what it returns. Compact: nothing here keeps the body.
 */
import { type ControlFlow, controlFlowOf } from '#mir/control-flow.ts';
import type { CallSite, FunctionId } from '#mir/function-node.ts';
import { analyzeInitialization } from '#mir/initialization.ts';
import { calleePath } from '#mir/known-calls.ts';
import { operandsOf } from '#mir/place.ts';
import type { TypeContains } from '#mir/type-contains.ts';
import type { Found } from '#mir/type-contents.ts';
import type { Ty } from '#mir/type-parser.ts';
import { unknownValue, type Value, ValuePaths } from '#mir/value-paths.ts';
import type { Location } from '#model/location.ts';
import type { BlockIndex, Body, LocalIndex, Operand } from '#model/mir.ts';
import type { Guard } from './knowledge/guards.ts';
import { type LockCall, lockCallOf } from './knowledge/locks.ts';
import { pathTypesOf } from './path-types.ts';
import type { Subject } from './subject.ts';

export interface LockFacts {
  readonly acquisitions: readonly Acquisition[];
  readonly points: readonly Point[];
  readonly drops: readonly DropPoint[];
  /** What futures and closures that are made here capture, by the key of their type. */
  readonly makes: ReadonlyMap<string, readonly Value[]>;
  readonly returned: Value;
  /** Acquisitions whose guard is returned. */
  readonly handsOut: readonly number[];
  /** False when a bound was reached: what is held is not known. */
  readonly complete: boolean;
}

/** A guard that comes to be here: of a lock that this body takes, or out of a call that takes one. */
export interface Acquisition {
  readonly point: number;
  /** The name of the variable that holds the guard, where there is one. */
  readonly name: string | null;
  readonly at: Location | null;
  /** The path to the lock is made anew while the guard is alive, as in a loop over many locks. */
  readonly renewed: boolean;
}

/** A call or a poll. */
export interface Point {
  readonly block: BlockIndex;
  readonly call: CallSite;
  readonly at: Location | null;
  /** The lock that is taken by this very call or poll; null for other calls. */
  readonly takes: { readonly call: LockCall; readonly lock: Value } | null;
  readonly args: readonly Value[];
  /** The future that is polled. */
  readonly polled: Value | null;
  /** The wait ends by itself: a timeout, or another arm of a `select!`. */
  readonly bounded: boolean;
  readonly held: readonly Held[];
}

export interface Held {
  readonly acquisition: number;
  /** On every path to the point. */
  readonly definite: boolean;
}

/** A value is dropped under a guard, and something in it has a `Drop` that takes a lock. */
export interface DropPoint {
  readonly at: Location | null;
  readonly value: Value;
  readonly local: LocalIndex;
  readonly name: string | null;
  readonly runs: readonly Found<FunctionId>[];
  readonly held: readonly Held[];
}

const memo = new WeakMap<Body, LockFacts>();

/** `dropImpls` finds the types whose `Drop` may take a lock. */
export function lockFactsOf(
  subject: Subject,
  guards: TypeContains<Guard>,
  dropImpls: TypeContains<FunctionId>,
): LockFacts {
  const known = memo.get(subject.body);
  if (known !== undefined) return known;
  const facts = factsOf(subject, guards, dropImpls);
  memo.set(subject.body, facts);
  return facts;
}

function factsOf(
  subject: Subject,
  guards: TypeContains<Guard>,
  dropImpls: TypeContains<FunctionId>,
): LockFacts {
  const { body, scope, shapes, node } = subject;
  const flow = controlFlowOf(body);
  const types = pathTypesOf(subject);
  const paths = new ValuePaths(body, shapes, scope);
  const siteAt = new Map(node.calls.map(call => [call.block, call]));
  const isGuard = (local: LocalIndex): boolean => {
    const ty = types.localType(local);
    return ty !== null && guards.contentsOf(ty).found.some(found => !found.poisoned && !found.shared);
  };
  const points: Omit<Point, 'held'>[] = [];
  const makes = new Map<string, readonly Value[]>();
  const sources: { point: number; local: LocalIndex; base: BlockIndex | null }[] = [];

  for (const block of flow.reversePostorder) {
    const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
    for (const statement of statements) {
      if (statement.kind !== 'assign' || statement.rvalue.kind !== 'aggregate') continue;
      if (statement.rvalue.shape !== 'closure') continue;
      const ty = shapes.qualify(statement.rvalue.name, scope);
      if (ty.kind === 'closure')
        makes.set(
          ty.key,
          statement.rvalue.fields.map(part => paths.operand(part.operand)),
        );
    }
    if (terminator?.kind !== 'call') continue;
    const call = siteAt.get(block);
    const made = types.localType(terminator.destination.local);
    const args = terminator.args.map(arg => paths.operand(arg));
    if (made?.kind === 'closure' && made.coroutine && terminator.destination.projection.length === 0)
      makes.set(made.key, args);
    if (call === undefined) continue;
    const polled = call.kind === 'poll' ? (args[0] ?? unknownValue) : null;
    const bounded = call.self !== null && endsByItself(call.self);
    const takes = polled === null ? takenByCall(call, args) : takenByPoll(polled);
    const point = points.length;
    points.push({ block, call, at: call.at, takes, args: polled === null ? args : [], polled, bounded });
    if (terminator.destination.projection.length > 0 || !isGuard(terminator.destination.local)) continue;
    if (takes === null && handsOn(terminator.args)) continue;
    const base = takes?.lock.base;
    const isMade = base?.kind === 'local' || base?.kind === 'result';
    sources.push({ point, local: terminator.destination.local, base: isMade ? base.block : null });
  }

  const carriers = sources.map(({ local }) => carriersOf(body, flow, local, isGuard));
  const holders = holdersOf();
  return {
    acquisitions: sources.map(({ point, base }, index) => ({
      point,
      at: points[point]?.at ?? null,
      name: nameOf(body, carriers[index] ?? new Set()),
      renewed: base !== null && holders.at(base).some(held => held.acquisition === index),
    })),
    points: points.map(point => ({ ...point, held: holders.at(point.block) })),
    drops: dropsOf(),
    makes,
    returned: paths.place({ local: 0, projection: [] }),
    handsOut: carriers.flatMap((locals, index) => (locals.has(0) ? [index] : [])),
    complete: holders.complete,
  };

  function takenByCall(call: CallSite, args: readonly Value[]): Point['takes'] {
    const found = lockCallOf(call.path);
    return found === null || found.waits === 'await' ? null : { call: found, lock: args[0] ?? unknownValue };
  }

  /** The lock whose future is polled: `m.lock()`, wherever the future went before. */
  function takenByPoll(future: Value): Point['takes'] {
    if (future.base.kind !== 'result' || future.steps.length > 0) return null;
    const terminator = body.blocks[future.base.block]?.terminator;
    if (terminator?.kind !== 'call' || typeof terminator.callee !== 'string') return null;
    const found = lockCallOf(calleePath(terminator.callee));
    if (found === null) return null;
    return { call: found, lock: future.base.args[0] ?? unknownValue };
  }

  /** A guard goes in, and one comes out: `unwrap`, `MutexGuard::map`. */
  function handsOn(args: readonly Operand[]): boolean {
    return args.some(
      arg => arg.kind === 'move' && arg.place.projection.length === 0 && isGuard(arg.place.local),
    );
  }

  function holdersOf(): { complete: boolean; at(block: BlockIndex): Held[] } {
    const tracked = [...new Set(carriers.flatMap(locals => [...locals]))].filter(local => local !== 0);
    if (tracked.length === 0) return { complete: true, at: () => [] };
    const init = analyzeInitialization(body, flow, tracked, types);
    if (!init.complete) return { complete: false, at: () => [] };
    const owners = new Map<LocalIndex, number>();
    for (const locals of carriers)
      for (const local of locals) owners.set(local, (owners.get(local) ?? 0) + 1);
    return {
      complete: true,
      at: block =>
        carriers.flatMap((locals, acquisition) => {
          let held = null as Held | null;
          for (const local of locals) {
            const tree = init.treeBeforeTerminator(block, local);
            const ty = types.localType(local);
            if (tree === null || ty === null) continue;
            const found = guards.contentsOf(ty, tree).found.filter(item => !item.poisoned);
            if (found.length === 0) continue;
            const definite = owners.get(local) === 1 && found.some(item => item.definite);
            if (held === null || definite)
              held = { acquisition, definite: definite || held?.definite === true };
          }
          return held === null ? [] : [held];
        }),
    };
  }

  /** Drops of values that own something; of moved ones only what may be left. */
  function dropsOf(): DropPoint[] {
    if (sources.length === 0) return [];
    const found: { block: BlockIndex; local: LocalIndex; value: Value; ty: Ty; span: number }[] = [];
    for (const block of flow.reversePostorder) {
      const terminator = body.blocks[block]?.terminator;
      if (terminator?.kind === 'drop') {
        const { place } = terminator;
        const value = paths.place(place);
        const ty = place.projection.length === 0 ? types.localType(place.local) : value.ty;
        if (ty !== null && isDroppable(ty))
          found.push({ block, local: place.local, value, ty, span: terminator.span });
      } else if (terminator?.kind === 'call' && typeof terminator.callee === 'string') {
        const [arg] = terminator.args;
        if (!/^(std|core)::mem::drop::/.test(terminator.callee) || arg?.kind !== 'move') continue;
        const ty = arg.place.projection.length === 0 ? types.localType(arg.place.local) : null;
        if (ty !== null && isDroppable(ty))
          found.push({ block, local: arg.place.local, value: paths.operand(arg), ty, span: terminator.span });
      }
    }
    const relevant = found.filter(({ block }) => holders.at(block).length > 0);
    if (relevant.length === 0) return [];
    const init = analyzeInitialization(body, flow, [...new Set(relevant.map(({ local }) => local))], types);
    if (!init.complete) return [];
    return relevant.flatMap(({ block, local, value, ty, span }) => {
      const tree = init.treeBeforeTerminator(block, local);
      if (tree === null) return [];
      const isWhole = types.localType(local)?.text === ty.text;
      const runs = dropImpls.contentsOf(ty, isWhole ? tree : null).found;
      const held = holders.at(block).filter(({ acquisition }) => carriers[acquisition]?.has(local) !== true);
      if (held.length === 0 || runs.length === 0) return [];
      const name = nameOf(body, new Set([local, ...movedFrom(block, local)]));
      return [{ at: subject.span(span), value, local, name, runs, held }];
    });
  }

  /** `_13 = move _4; mem::drop(move _13)`: the variable that the source drops. */
  function movedFrom(block: BlockIndex, local: LocalIndex): LocalIndex[] {
    return (body.blocks[block]?.statements ?? []).flatMap(statement => {
      if (statement.kind !== 'assign' || statement.place.local !== local) return [];
      const { rvalue } = statement;
      const isMove = rvalue.kind === 'use' && rvalue.operand.kind === 'move';
      return isMove && rvalue.operand.place.projection.length === 0 ? [rvalue.operand.place.local] : [];
    });
  }

  function isDroppable(ty: Ty): boolean {
    return dropImpls.contentsOf(ty).found.length > 0;
  }
}

/** `timeout(limit, fut)`, and the closure of a `select!` or `join!`, whose arms are not waited for one by one. */
function endsByItself(self: Ty): boolean {
  return /(?:^|[<( ])(?:[\w:]*::Timeout<|[\w:]+::PollFn<)/.test(self.text);
}

/** Locals into which the guard in `start` may have been moved, `start` among them. */
function carriersOf(
  body: Body,
  flow: ControlFlow,
  start: LocalIndex,
  isGuard: (local: LocalIndex) => boolean,
): ReadonlySet<LocalIndex> {
  const carriers = new Set([start]);
  const carries = (operand: Operand) => operand.kind === 'move' && carriers.has(operand.place.local);
  let size = 0;
  while (size !== carriers.size) {
    size = carriers.size;
    for (const block of flow.reversePostorder) {
      const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
      for (const statement of statements) {
        if (statement.kind !== 'assign' || !isGuard(statement.place.local)) continue;
        if (operandsOf(statement.rvalue).some(carries)) carriers.add(statement.place.local);
      }
      if (terminator?.kind !== 'call' || !isGuard(terminator.destination.local)) continue;
      if (terminator.args.some(carries)) carriers.add(terminator.destination.local);
    }
  }
  return carriers;
}

function nameOf(body: Body, locals: ReadonlySet<LocalIndex>): string | null {
  for (const { name, place } of body.debugInfo) {
    if (place === null || place.projection.length > 0 || !locals.has(place.local)) continue;
    if (name !== 'result' && name !== '__awaitee') return name;
  }
  return null;
}
