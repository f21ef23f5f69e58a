/**
 * Which guards a coroutine body still owns when it suspends. For each `yield` that can be reached, each local and each
 * capture whose type owns a guard is asked whether the part with the guard may be initialised there
 * (mir/initialization.ts). What lives in the future that is being polled at that yield is its own body's business.
 */

import { controlFlowOf, immediateDominators } from '#mir/control-flow.ts';
import { analyzeInitialization } from '#mir/initialization.ts';
import { calleePath } from '#mir/known-calls.ts';
import { operandsOf, terminatorOperandsOf } from '#mir/place.ts';
import { type InitTree, inherit } from '#mir/type-contains.ts';
import type { Found, Unresolved } from '#mir/type-contents.ts';
import type { Ty } from '#mir/type-parser.ts';
import { substitute } from '#mir/type-shapes.ts';
import type { BlockIndex, Body, LocalIndex, Operand, Place, SpanRef, Terminator } from '#model/mir.ts';
import type { AsyncBody, Instance } from './async-body.ts';
import { erasedContentsOf } from './erased-contents.ts';
import { familyOf, type Guard, type GuardFamily, guardFamilies } from './knowledge/guards.ts';
import { pathTypesOf } from './path-types.ts';
import { polledLocal } from './polled-local.ts';

/** A local, or a capture of the coroutine itself (`_1.field`). */
export interface Holder {
  readonly local: LocalIndex;
  readonly field: number | null;
  readonly ty: Ty;
}

export interface HeldGuard {
  readonly holder: Holder;
  /** The gravest guard of one family in it. */
  readonly found: Found<Guard>;
  readonly awaits: readonly HeldAwait[];
  /** The call that made the guard; null when it came in from outside or was not found. */
  readonly origin: {
    readonly callee: string;
    readonly block: BlockIndex;
    readonly span: SpanRef;
    readonly exprSpan: SpanRef;
  } | null;
  /** Where it ends after the last await: a statement of a block, or its terminator. */
  readonly end: {
    readonly how: 'drop' | 'move';
    readonly block: BlockIndex;
    readonly statement: number | null;
  } | null;
  readonly instance: Instance | null;
}

export interface HeldAwait {
  readonly block: BlockIndex;
  readonly span: SpanRef;
  /** Held whenever this await is reached, and not on some paths only. */
  readonly definite: boolean;
}

export interface HeldGuards {
  readonly held: readonly HeldGuard[];
  /** Named values that live across an await and could not be looked into. */
  readonly unresolved: readonly Unresolved[];
  /** False when a bound was reached: nothing can be said about the body. */
  readonly complete: boolean;
  readonly awaitCount: number;
}

// Two rules ask about the same body, one after the other.
const memo = new WeakMap<Body, Map<string, HeldGuards>>();

export function heldGuardsOf(subject: AsyncBody, instance: Instance | null = null): HeldGuards {
  const known = memo.get(subject.body) ?? new Map<string, HeldGuards>();
  memo.set(subject.body, known);
  const key = instance === null ? '' : instance.args.map(arg => arg.text).join(', ');
  const result = known.get(key) ?? analyze(subject, instance);
  known.set(key, result);
  return result;
}

function analyze(subject: AsyncBody, instance: Instance | null): HeldGuards {
  const { body, scope, shapes, guards } = subject;
  const flow = controlFlowOf(body);
  const yields = flow.reversePostorder.filter(block => body.blocks[block]?.terminator.kind === 'yield');
  const types = pathTypesOf(subject, instance);
  const awaitees = new Set(localsNamed(body, '__awaitee'));
  const erased = erasedContentsOf(body, types, guards);
  const holders = holdersOf();
  const named = new Set(
    body.debugInfo.flatMap(info => (info.place?.projection.length === 0 ? [info.place.local] : [])),
  );
  const relevant = holders.filter(holder => {
    const contents = guards.contentsOf(holder.ty);
    const isOpaque = contents.unresolved.length > 0 && (named.has(holder.local) || holder.field !== null);
    return contents.found.length > 0 || isOpaque || erased.has(holder.local);
  });
  if (relevant.length === 0 || yields.length === 0) {
    return { held: [], unresolved: [], complete: true, awaitCount: yields.length };
  }

  const tracked = [...new Set([...relevant.map(holder => holder.local), ...guardLocals()])];
  const init = analyzeInitialization(body, flow, tracked, types);
  if (!init.complete) return { held: [], unresolved: [], complete: false, awaitCount: yields.length };
  const dominators = immediateDominators(flow);
  const polledAt = new Map(
    yields.map(block => {
      const polled = polledLocal(body, dominators, block);
      return [block, localsBehind(body, polled === null ? awaitees : new Set([polled]))];
    }),
  );
  const foundBy = new Map(
    guardFamilies.map(family => [family, new Map<Holder, { found: Found<Guard>; awaits: HeldAwait[] }>()]),
  );
  const unresolved = new Map<string, Unresolved>();
  for (const holder of relevant) {
    for (const block of yields) {
      const tree = treeOf(holder, block);
      if (tree === null) continue;
      const contents = guards.contentsOf(holder.ty, tree);
      const isPolled = polledAt.get(block)?.has(holder.local) === true;
      const isBeingPolled = (part: { readonly inFuture: boolean }) => part.inFuture && isPolled;
      const flowed = tree.live ? (erased.get(holder.local) ?? []) : [];
      const here = [...contents.found, ...(holder.field === null ? flowed : [])]
        .filter(item => item.entry.acrossAwait !== 'ignore')
        .filter(item => !isBeingPolled(item))
        .sort((a, b) => gravity(a) - gravity(b));
      const span = body.blocks[block]?.terminator.span ?? -1;
      for (const [family, found] of foundBy) {
        const gravest = here.find(item => familyOf(item.entry) === family);
        if (gravest === undefined) continue;
        const known = found.get(holder);
        const at = { block, span, definite: gravest.definite && tree.definite };
        if (known === undefined) found.set(holder, { found: gravest, awaits: [at] });
        else if (gravity(gravest) < gravity(known.found)) {
          found.set(holder, {
            found: gravest,
            awaits: gravest.poisoned === known.found.poisoned ? [...known.awaits, at] : [at],
          });
        } else if (gravest.poisoned === known.found.poisoned) known.awaits.push(at);
      }
      if (here.length === 0 && flowed.length === 0) {
        for (const part of contents.unresolved.filter(part => mayHideGuard(part) && !isBeingPolled(part)))
          unresolved.set(`${holder.local}.${holder.field} ${part.ty.text}`, part);
      }
    }
  }

  const held = [...foundBy].flatMap(([family, found]) =>
    merged(
      [...found].map(([holder, rest]) => ({ holder, ...rest })),
      family,
    ),
  );
  return { held, unresolved: [...unresolved.values()], complete: true, awaitCount: yields.length };

  function holdersOf(): Holder[] {
    const all: Holder[] = [];
    for (let local = 0; local < body.locals.length; local++) {
      // `_2` is what the executor hands in at each poll.
      if (local === 2 || awaitees.has(local)) continue;
      const ty = types.localType(local);
      if (ty === null) continue;
      if (local !== 1) all.push({ local, field: null, ty });
      else
        for (const field of shapes.shapeOf(shapes.qualify(body.locals[1]?.ty ?? '', scope))?.variants[0]
          ?.fields ?? []) {
          if (field.ty === null) continue;
          const fieldType =
            instance === null ? field.ty : substitute(field.ty, instance.parameters, instance.args);
          all.push({ local, field: field.index, ty: fieldType });
        }
    }
    return all;
  }

  /** Locals that pass a guard on without keeping it over an await. */
  function guardLocals(): LocalIndex[] {
    return body.locals.flatMap((_, local) => {
      const ty = types.localType(local);
      return ty !== null && local !== 2 && guards.contentsOf(ty).found.length > 0 ? [local] : [];
    });
  }

  function hasGuard(ty: Ty, family: GuardFamily): boolean {
    return guards.contentsOf(ty).found.some(item => familyOf(item.entry) === family);
  }

  function treeOf(holder: Holder, block: BlockIndex): InitTree | null {
    const root = init.treeBeforeTerminator(block, holder.local);
    if (root === null || holder.field === null) return root;
    return root.child(`.${holder.field}`) ?? inherit(root);
  }

  /** One finding per guard: a local that got its guard from another reported one adds its awaits to that one. */
  function merged(
    reported: { holder: Holder; found: Found<Guard>; awaits: HeldAwait[] }[],
    family: GuardFamily,
  ): HeldGuard[] {
    const byKey = new Map(reported.map(item => [keyOf(item.holder.local, item.holder.field), item]));
    const kept = new Map(byKey);
    const extra = new Map<string, { holder: Holder; awaits: readonly HeldAwait[] }[]>();
    for (const [key, item] of byKey) {
      const roots = rootsOf(item.holder, byKey, family);
      if (roots.has(key) || roots.size === 0) continue;
      kept.delete(key);
      for (const root of roots) extra.set(root, [...(extra.get(root) ?? []), item]);
    }
    // Guards that only feed each other (a loop of moves) would all vanish: the first one stays.
    if (kept.size === 0) for (const [key, item] of [...byKey].slice(0, 1)) kept.set(key, item);
    return [...kept].map(([key, item]) => {
      const owners = [item, ...(extra.get(key) ?? [])];
      const awaits = new Map<BlockIndex, HeldAwait & { holder: Holder }>();
      for (const { holder, awaits: own } of owners)
        for (const at of own) awaits.set(at.block, { ...at, holder });
      const ordered = [...awaits.values()].sort((x, y) => yields.indexOf(x.block) - yields.indexOf(y.block));
      const last = ordered.at(-1);
      return {
        holder: item.holder,
        found: item.found,
        awaits: ordered.map(({ block, span, definite }) => ({ block, span, definite })),
        origin: originOf(item.holder, family),
        end: last === undefined ? null : endOf(last.holder, last.block),
        instance,
      };
    });
  }

  function rootsOf(holder: Holder, reported: ReadonlyMap<string, unknown>, family: GuardFamily): Set<string> {
    const own = keyOf(holder.local, holder.field);
    const roots = new Set<string>();
    const seen = new Set<string>([own]);
    const pending = [{ local: holder.local, field: holder.field }];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const { sources, isOrigin } = sourcesOf(at.local, at.field, family);
      if (isOrigin) roots.add(own);
      for (const source of sources) {
        const key = keyOf(source.local, source.field);
        if (seen.has(key)) continue;
        seen.add(key);
        if (reported.has(key)) roots.add(key);
        else pending.push(source);
      }
    }
    return roots;
  }

  /** Where the guards in a local come from: other locals, or calls that made them. */
  function sourcesOf(
    local: LocalIndex,
    field: number | null,
    family: GuardFamily,
  ): { sources: { local: LocalIndex; field: number | null }[]; isOrigin: boolean; calls: BlockIndex[] } {
    const sources: { local: LocalIndex; field: number | null }[] = [];
    const calls: BlockIndex[] = [];
    if (local === 1 || field !== null) return { sources, calls, isOrigin: true };
    for (const block of flow.reversePostorder) {
      const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
      for (const statement of statements) {
        if (statement.kind !== 'assign' || statement.place.local !== local) continue;
        sources.push(...guardSources(operandsOf(statement.rvalue), family));
      }
      if (terminator?.kind !== 'call' || terminator.destination.local !== local) continue;
      const passed = guardSources(terminator.args, family);
      sources.push(...passed);
      if (passed.length === 0) calls.push(block);
    }
    return { sources, calls, isOrigin: calls.length > 0 || sources.length === 0 };
  }

  function guardSources(
    operands: readonly Operand[],
    family: GuardFamily,
  ): { local: LocalIndex; field: number | null }[] {
    return operands.flatMap(operand => {
      if (operand.kind !== 'move') return [];
      const { local, projection } = operand.place;
      const field = local === 1 && projection[0]?.kind === 'field' ? projection[0].index : null;
      const ty = types.localType(local);
      if (ty === null) return [];
      const holds = field !== null || erased.has(local) || hasGuard(ty, family);
      return holds ? [{ local, field }] : [];
    });
  }

  function originOf(holder: Holder, family: GuardFamily): HeldGuard['origin'] {
    const seen = new Set<string>();
    const pending: { local: LocalIndex; field: number | null }[] = [
      { local: holder.local, field: holder.field },
    ];
    const calls: BlockIndex[] = [];
    for (let at = pending.shift(); at !== undefined; at = pending.shift()) {
      const key = keyOf(at.local, at.field);
      if (seen.has(key)) continue;
      seen.add(key);
      const found = sourcesOf(at.local, at.field, family);
      calls.push(...found.calls);
      pending.push(...found.sources);
    }
    const makers = calls.filter(block => {
      const terminator = body.blocks[block]?.terminator;
      if (terminator?.kind !== 'call') return false;
      const ty = types.localType(terminator.destination.local);
      return ty !== null && hasGuard(ty, family);
    });
    const order = new Map(flow.reversePostorder.map((block, index) => [block, index]));
    const [first] = makers.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
    const call = first === undefined ? undefined : body.blocks[first]?.terminator;
    if (first === undefined || call?.kind !== 'call' || typeof call.callee !== 'string') return null;
    const span = call.calleeSpan >= 0 ? call.calleeSpan : call.span;
    return { callee: calleePath(call.callee), block: first, span, exprSpan: call.span };
  }

  function endOf(holder: Holder, from: BlockIndex): HeldGuard['end'] {
    const start = body.blocks[from]?.terminator;
    if (start?.kind !== 'yield') return null;
    const isHolder = (place: Place) =>
      place.local === holder.local &&
      (holder.field === null ||
        (place.projection[0]?.kind === 'field' && place.projection[0].index === holder.field));
    const seen = new Set<BlockIndex>([start.resume]);
    const pending: BlockIndex[] = [start.resume];
    for (let block = pending.shift(); block !== undefined; block = pending.shift()) {
      const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
      for (const [index, statement] of statements.entries()) {
        if (statement.kind !== 'assign') continue;
        const moved = operandsOf(statement.rvalue).find(
          operand => operand.kind === 'move' && isHolder(operand.place),
        );
        if (moved === undefined) continue;
        // `_13 = move _4; _12 = std::mem::drop(move _13)` is one step of the source.
        if (terminator !== null && passes(terminator, statement.place.local)) return endAt(block, terminator);
        return { how: 'move', block, statement: index };
      }
      if (terminator === null) continue;
      if (
        terminator.kind === 'drop' &&
        (isHolder(terminator.place) || (terminator.place.local === 1 && holder.local === 1))
      ) {
        return endAt(block, terminator);
      }
      const moved = terminatorOperandsOf(terminator).find(
        operand => operand.kind === 'move' && isHolder(operand.place),
      );
      if (moved !== undefined) return endAt(block, terminator);
      for (const edge of flow.successors[block] ?? []) {
        if (edge.kind === 'cancel' || seen.has(edge.target)) continue;
        seen.add(edge.target);
        pending.push(edge.target);
      }
    }
    return null;
  }
}

function passes(terminator: Terminator, local: LocalIndex): boolean {
  return (
    terminator.kind === 'call' &&
    terminator.args.some(arg => arg.kind === 'move' && arg.place.local === local)
  );
}

function endAt(block: BlockIndex, terminator: Terminator): HeldGuard['end'] {
  const isDrop = terminator.kind === 'drop' || isDropCall(terminator);
  return { how: isDrop ? 'drop' : 'move', block, statement: null };
}

function isDropCall(terminator: Terminator): boolean {
  return (
    terminator.kind === 'call' &&
    typeof terminator.callee === 'string' &&
    /^(std|core)::mem::drop\b/.test(terminator.callee)
  );
}

function keyOf(local: LocalIndex, field: number | null): string {
  return field === null ? `${local}` : `${local}.${field}`;
}

/**
 * Whether it is worth saying that a part was not looked into. Nearly all guards whose holding is a hazard are not
 * `Send`, so a `dyn Trait + Send` holds none of them; an error hides a guard only in a poisoned lock's error.
 */
function mayHideGuard(part: Unresolved): boolean {
  if (part.ty.kind !== 'dyn') return true;
  return !part.ty.bounds.some(bound => /(^|::)(Send|Error)$/.test(bound));
}

/** Smaller is graver. */
function gravity(found: Found<Guard>): number {
  const level = { deny: 0, warn: 1, info: 2, ignore: 3 }[found.entry.acrossAwait];
  const certainty = { exact: 0, inexact: 1, guessed: 2 }[found.certainty];
  return (found.poisoned ? 10 : 0) + level * 3 + certainty;
}

export function localsNamed(body: Body, name: string): LocalIndex[] {
  return body.debugInfo.flatMap(info =>
    info.name === name && info.place?.projection.length === 0 ? [info.place.local] : [],
  );
}

/** All locals that flow into these, by value or by reference: what an awaited future can reach. */
function localsBehind(body: Body, starts: ReadonlySet<LocalIndex>): ReadonlySet<LocalIndex> {
  const sources = new Map<LocalIndex, Set<LocalIndex>>();
  const add = (to: LocalIndex, from: LocalIndex) => {
    const known = sources.get(to);
    if (known === undefined) sources.set(to, new Set([from]));
    else known.add(from);
  };
  for (const block of body.blocks) {
    if (block.cleanup) continue;
    for (const statement of block.statements) {
      if (statement.kind !== 'assign') continue;
      const { place, rvalue } = statement;
      for (const operand of operandsOf(rvalue))
        if (operand.kind !== 'const') add(place.local, operand.place.local);
      if (rvalue.kind === 'ref' || rvalue.kind === 'raw-ref') add(place.local, rvalue.place.local);
    }
    const { terminator } = block;
    if (terminator.kind !== 'call') continue;
    for (const operand of terminator.args)
      if (operand.kind !== 'const') add(terminator.destination.local, operand.place.local);
  }
  const behind = new Set(starts);
  const pending = [...starts];
  for (let local = pending.pop(); local !== undefined; local = pending.pop()) {
    for (const source of sources.get(local) ?? []) {
      if (behind.has(source)) continue;
      behind.add(source);
      pending.push(source);
    }
  }
  return behind;
}
