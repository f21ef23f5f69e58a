/**
 * What a future has taken from state that outlives it and still holds while it is suspended. Dropped there, it drops
 * the value, and nobody has it any more. The `drop:` edge of a yield is that path, so nothing about cancellation is
 * guessed; whether somebody does drop the future is for the rules.
 */

import { isPollCallee } from '#mir/awaits.ts';
import { controlFlowOf } from '#mir/control-flow.ts';
import { analyzeInitialization } from '#mir/initialization.ts';
import { calleePath } from '#mir/known-calls.ts';
import { operandsOf, terminatorOperandsOf } from '#mir/place.ts';
import { lastSegment, TypeContains } from '#mir/type-contains.ts';
import type { Ty } from '#mir/type-parser.ts';
import { originOf } from '#mir/value-origin.ts';
import type { Location } from '#model/location.ts';
import type { BlockIndex, Body, LocalIndex, Operand } from '#model/mir.ts';
import { type TakingCall, takingCallOf } from './knowledge/taking-calls.ts';
import { type OutsideState, outsidePlace, outsideStateOf, withoutWrappers } from './outside-state.ts';
import { pathTypesOf } from './path-types.ts';
import { sourcePlacesOf } from './source-place.ts';
import type { Subject } from './subject.ts';

export interface Loss {
  /** `taken`: left empty or replaced; `removed`: an element of a collection; `received`: a message of a channel. */
  readonly kind: Exclude<TakingCall, 'awaited'>;
  /** The state that it was taken from, for people: `self.queue`. */
  readonly from: string;
  /** Others can reach that state while the future is alive. */
  readonly shared: boolean;
  /** See `OutsideState`. */
  readonly field: string | null;
  readonly operation: Location | null;
  /** `pop_front` */
  readonly method: string;
  /** Name of the variable that it was in last, at or before the first await; null for a temporary or a future. */
  readonly variable: string | null;
  /** What that variable holds is what a call made of the value, and may be another one of its type. */
  readonly isMadeOf: boolean;
  /** Type of the value, for people. */
  readonly ty: string;
  /** Where the future can be dropped with the value in it, in the order of the code. */
  readonly awaits: readonly Location[];
  /** Where the value goes back into the state that it came from, on the normal path. */
  readonly restored: Location | null;
  /** At every such await the value is inside the future that is awaited: it was handed to the work on it. */
  readonly onlyInAwaited: boolean;
  /** It is a future or a handle, and it is what is awaited. */
  readonly isAwaitedItself: boolean;
}

/** Variables that the compiler makes of `.await`, `?` and `for`. */
const namesOfDesugaring = new Set(['__awaitee', 'result', 'residual', 'val', 'iter']);

// Limit: carriers of one value; a body that moves it further is left alone.
const carriersMax = 40;

const memo = new WeakMap<Body, readonly Loss[]>();

/**
 * The losses of one coroutine body; empty where a bound of the analysis was reached. `hasDrop` says whether a type of
 * the workspace has a `Drop` of its own: a value inside of one is not lost by being dropped, since that is how such
 * futures put things back.
 */
export function lossesOf(subject: Subject, hasDrop: (path: string) => boolean): readonly Loss[] {
  const known = memo.get(subject.body);
  if (known !== undefined) return known;
  const { body, node } = subject;
  const taken = node.coroutine ? takenIn(subject, controlFlowOf(body).reversePostorder) : [];
  const losses = findLosses(subject, hasDrop, taken);
  memo.set(body, losses);
  return losses;
}

/**
 * The same for what the calls at `blocks` return, were they to have taken it out of what their first argument points to;
 * with each its block.
 */
export function lossesThrough(
  subject: Subject,
  hasDrop: (path: string) => boolean,
  blocks: readonly BlockIndex[],
): { readonly block: BlockIndex; readonly loss: Loss }[] {
  return blocks.flatMap(block => {
    const taken = takenBy(subject, block);
    const [loss] = taken === null ? [] : findLosses(subject, hasDrop, [taken]);
    return loss === undefined ? [] : [{ block, loss }];
  });
}

function takenBy(subject: Subject, block: BlockIndex): Taken | null {
  const call = subject.body.blocks[block]?.terminator;
  const [first] = call?.kind === 'call' ? call.args : [];
  if (call?.kind !== 'call' || first === undefined || call.destination.projection.length > 0) return null;
  const from = outsideStateOf(subject, first);
  if (from === null || typeof call.callee !== 'string') return null;
  const method = lastSegment(calleePath(call.callee));
  return { block, kind: 'taken', method, from, local: call.destination.local, through: true };
}

interface Taken {
  readonly block: BlockIndex;
  readonly kind: Loss['kind'];
  readonly method: string;
  readonly from: OutsideState;
  readonly local: LocalIndex;
  /** By a function of the workspace, which may have made something else of it. */
  readonly through: boolean;
}

function findLosses(subject: Subject, hasDrop: (path: string) => boolean, takings: readonly Taken[]): Loss[] {
  if (takings.length === 0) return [];
  const { body } = subject;
  const flow = controlFlowOf(body);
  const yields = flow.reversePostorder.filter(block => body.blocks[block]?.terminator.kind === 'yield');
  if (yields.length === 0) return [];
  const types = pathTypesOf(subject);
  const places = sourcePlacesOf(subject);
  const losses: Loss[] = [];
  const found = new Set<BlockIndex>();
  for (const taken of takings.flatMap(whole => [whole, ...partsOf(body, whole)])) {
    // One finding for one operation.
    if (found.has(taken.block)) continue;
    const payload = payloadOf(types.localType(taken.local));
    if (payload === null || (isTrivial(payload) && (taken.kind === 'received' || taken.through))) continue;
    const carriers = carriersOf(subject, taken.local, payload);
    if (carriers.size > carriersMax) continue;
    const init = analyzeInitialization(body, flow, [...carriers.keys()], types);
    if (!init.complete) continue;
    const owns = new TypeContains<true>(subject.shapes, path => (path === pathOf(payload) ? true : null));
    const guards = new TypeContains<true>(subject.shapes, path =>
      path !== pathOf(payload) && hasDrop(path) ? true : null,
    );
    const after = reachedFrom(taken.block);
    const held = yields.flatMap(block => {
      if (!after.has(block)) return [];
      const holders = [...carriers.keys()].filter(local => {
        const tree = init.treeBeforeTerminator(block, local);
        const ty = types.localType(local);
        if (tree === null || ty === null) return false;
        if (local === taken.local || sameType(ty, payload) || pathOf(payload) === null) {
          return payload.kind === 'path' ? owns.contentsOf(ty, tree).found.length > 0 : tree.live;
        }
        const { found, unresolved } = owns.contentsOf(ty, tree);
        return found.length > 0 || (tree.live && unresolved.some(part => part.kind === 'foreign'));
      });
      const isGuarded = holders.some(local => {
        const ty = types.localType(local);
        const tree = init.treeBeforeTerminator(block, local);
        return ty !== null && tree !== null && guards.contentsOf(ty, tree).found.length > 0;
      });
      return holders.length === 0 || isGuarded ? [] : [{ block, holders }];
    });
    const first = held[0];
    if (first === undefined || !held.some(({ block, holders }) => isUsedAfter(block, holders))) continue;
    const isAwaitee = (local: LocalIndex) => nameOf(body, local) === '__awaitee';
    const holding = held.flatMap(({ holders }) => holders);
    const way = wayOf(carriers, holding);
    const named = way.findIndex(local => personalName(body, local) !== null);
    found.add(taken.block);
    losses.push({
      kind: taken.kind,
      from: taken.from.name,
      shared: taken.from.shared,
      field: taken.from.field,
      operation: places.placeOf(taken.block)?.location ?? null,
      method: taken.method,
      variable: named === -1 ? null : personalName(body, way[named]!),
      isMadeOf: named !== -1 && way.slice(named).some(local => carriers.get(local)?.isMade === true),
      ty: payload.text,
      awaits: held.flatMap(({ block }) => places.placeOf(block)?.location ?? []),
      restored: restoredAfter(taken, carriers, reachedFrom(first.block)),
      onlyInAwaited: holding.every(isAwaitee),
      isAwaitedItself: holding.some(
        local => isAwaitee(local) && types.localType(local)?.text === payload.text,
      ),
    });
  }
  return losses;

  /** Blocks on the normal paths behind a block. */
  function reachedFrom(start: BlockIndex): Set<BlockIndex> {
    const seen = new Set<BlockIndex>();
    const pending = [start];
    for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
      for (const edge of flow.successors[block] ?? []) {
        if (edge.kind === 'cancel' || seen.has(edge.target)) continue;
        seen.add(edge.target);
        pending.push(edge.target);
      }
    }
    return seen;
  }

  /** Whether anything but a drop happens to the value when the future goes on. */
  function isUsedAfter(block: BlockIndex, holders: readonly LocalIndex[]): boolean {
    // The awaited future is polled again, which uses what is in it.
    if (holders.some(local => nameOf(body, local) === '__awaitee')) return true;
    for (const next of reachedFrom(block)) {
      const { statements, terminator } = body.blocks[next] ?? { statements: [], terminator: null };
      for (const statement of statements) {
        if (statement.kind !== 'assign') continue;
        const { rvalue } = statement;
        const isReference = rvalue.kind === 'ref' || rvalue.kind === 'raw-ref';
        if (isReference && holders.includes(rvalue.place.local)) return true;
        const isUsed = operandsOf(rvalue).some(
          operand => operand.kind !== 'const' && holders.includes(operand.place.local),
        );
        if (isUsed) return true;
      }
      if (terminator === null) continue;
      const isDropCall =
        terminator.kind === 'call' &&
        typeof terminator.callee === 'string' &&
        /^(std|core)::mem::(drop|forget)\b/.test(terminator.callee);
      if (isDropCall) continue;
      if (
        terminatorOperandsOf(terminator).some(
          operand => operand.kind !== 'const' && holders.includes(operand.place.local),
        )
      )
        return true;
    }
    return false;
  }

  function restoredAfter(
    taken: Taken,
    carriers: ReadonlyMap<LocalIndex, Carrier>,
    after: ReadonlySet<BlockIndex>,
  ): Location | null {
    for (const block of flow.reversePostorder) {
      if (!after.has(block)) continue;
      const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
      for (const statement of statements) {
        if (statement.kind !== 'assign' || statement.place.projection.length === 0) continue;
        // A queue or a channel that is replaced is not given back what was in it.
        if (taken.kind === 'taken' && outsidePlace(subject, statement.place)?.key === taken.from.key)
          return subject.span(statement.span);
      }
      if (terminator?.kind !== 'call' || terminator.args.length < 2) continue;
      const [into, ...values] = terminator.args;
      const carries = values.some(arg => arg.kind === 'move' && carriers.has(arg.place.local));
      if (into === undefined || !carries) continue;
      if (outsideStateOf(subject, into)?.key === taken.from.key) return subject.span(terminator.span);
    }
    return null;
  }
}

/** What is moved out of the value at once: `let (requests, replies) = …`, `match … { State::Open(socket) => … }`. */
function partsOf(body: Body, taken: Taken): Taken[] {
  return body.blocks.flatMap(({ cleanup, statements }) =>
    cleanup
      ? []
      : statements.flatMap(statement => {
          if (statement.kind !== 'assign' || statement.place.projection.length > 0) return [];
          const { rvalue } = statement;
          if (rvalue.kind !== 'use' || rvalue.operand.kind !== 'move') return [];
          const { local, projection } = rvalue.operand.place;
          const isPart = local === taken.local && withoutWrappers(projection).length > 0;
          return isPart ? [{ ...taken, local: statement.place.local }] : [];
        }),
  );
}

/** Every call that takes a value out of state behind a reference, in the order of the code. */
function takenIn(subject: Subject, order: readonly BlockIndex[]): Taken[] {
  const { body } = subject;
  return order.flatMap(block => {
    const terminator = body.blocks[block]?.terminator;
    if (terminator?.kind !== 'call' || typeof terminator.callee !== 'string') return [];
    if (body.blocks[block]?.cleanup === true || terminator.destination.projection.length > 0) return [];
    const path = calleePath(terminator.callee);
    const [first] = terminator.args;
    if (first === undefined) return [];
    const taking = takingCallOf(path);
    const at = { block, local: terminator.destination.local, through: false };
    if (taking === 'awaited') return [];
    if (taking !== null) {
      const from = outsideStateOf(subject, first);
      return from === null ? [] : [{ ...at, kind: taking, method: lastSegment(path), from }];
    }
    if (!isPollCallee(terminator.callee)) return [];
    // `rx.recv().await`: the poll gives the message, the call that made the future names the channel.
    const maker = originOf(body, first);
    const makerPath = maker === null || typeof maker.callee !== 'string' ? '' : calleePath(maker.callee);
    const [channel] = maker?.args ?? [];
    if (takingCallOf(makerPath) !== 'awaited' || channel === undefined) return [];
    const from = outsideStateOf(subject, channel);
    return from === null ? [] : [{ ...at, kind: 'received' as const, method: lastSegment(makerPath), from }];
  });
}

/** `T` of `Option<T>`, `Result<T, E>`, `Poll<Option<T>>`, `Drain<T>`, `(K, V)` as it is; null for what carries nothing. */
function payloadOf(ty: Ty | null): Ty | null {
  let at = ty;
  while (
    at?.kind === 'path' &&
    /^(std|core|alloc)::(option::Option|result::Result|task::Poll|.*::Drain)$/.test(at.path) &&
    at.args[0] !== undefined
  ) {
    at = at.args[0];
  }
  if (at === null || at.kind === 'never' || at.kind === 'ref' || at.kind === 'raw') return null;
  if (at.kind === 'tuple' && at.items.length === 0) return null;
  return at;
}

/** What nobody misses when it was received, or found out: a tick, a number. */
function isTrivial(ty: Ty): boolean {
  return ty.kind === 'path' && /^(bool|char|[iu]\d+|[iu]size|f\d+|(std|tokio)::time::Instant)$/.test(ty.path);
}

interface Carrier {
  /** The carrier that it was moved out of; null for the first. */
  readonly from: LocalIndex | null;
  /** It is the result of a function that is not of the standard library, which may have made something else of the value. */
  readonly isMade: boolean;
}

/** Locals that the value moves through: by assignment, inside what is built of it, and through calls that hand it on. */
function carriersOf(subject: Subject, start: LocalIndex, payload: Ty): Map<LocalIndex, Carrier> {
  const { body, shapes, scope } = subject;
  const carriers = new Map<LocalIndex, Carrier>([[start, { from: null, isMade: false }]]);
  const mayCarry = (local: LocalIndex): boolean => {
    const printed = body.locals[local]?.ty ?? '()';
    const ty = shapes.qualify(printed, scope);
    if (ty.kind === 'ref' || ty.kind === 'raw') return false;
    return ty.kind === 'closure' || ty.text.includes(payload.text) || ty.kind === 'impl';
  };
  const movedIn = (operands: readonly Operand[]): LocalIndex | null => {
    for (const operand of operands)
      if (operand.kind === 'move' && carriers.has(operand.place.local)) return operand.place.local;
    return null;
  };
  for (let grown = true; grown; ) {
    grown = false;
    const add = (local: LocalIndex, from: LocalIndex | null, isMade: boolean) => {
      if (from === null || carriers.has(local) || local === 0 || !mayCarry(local)) return;
      carriers.set(local, { from, isMade });
      grown = true;
    };
    for (const block of body.blocks) {
      if (block.cleanup) continue;
      for (const statement of block.statements) {
        if (statement.kind !== 'assign' || statement.place.projection.length > 0) continue;
        add(statement.place.local, movedIn(operandsOf(statement.rvalue)), false);
      }
      const { terminator } = block;
      if (terminator.kind !== 'call' || terminator.destination.projection.length > 0) continue;
      const callee = typeof terminator.callee === 'string' ? calleePath(terminator.callee) : '';
      add(terminator.destination.local, movedIn(terminator.args), !/^<?(std|core|alloc)::/.test(callee));
    }
  }
  return carriers;
}

/** The first of `holding` and what it came out of, step by step, back to where the value was taken. */
function wayOf(carriers: ReadonlyMap<LocalIndex, Carrier>, holding: readonly LocalIndex[]): LocalIndex[] {
  const way: LocalIndex[] = [];
  for (let at = holding[0] ?? null; at !== null; at = carriers.get(at)?.from ?? null) way.push(at);
  return way;
}

/** Null for a temporary and for what the compiler names. */
function personalName(body: Body, local: LocalIndex): string | null {
  const name = nameOf(body, local);
  return name !== null && /^[a-z]\w*$/.test(name) && !namesOfDesugaring.has(name) ? name : null;
}

function pathOf(ty: Ty): string | null {
  return ty.kind === 'path' ? ty.path : null;
}

function sameType(a: Ty, b: Ty): boolean {
  return a.text === b.text;
}

function nameOf(body: Body, local: LocalIndex): string | null {
  return (
    body.debugInfo.find(({ place }) => place?.local === local && place.projection.length === 0)?.name ?? null
  );
}
