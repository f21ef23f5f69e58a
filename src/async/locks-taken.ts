/**
 * Which locks a function takes, by itself and in what it calls and polls, in terms of its own arguments; and where one is
 * taken while another is held. Facts of bodies (lock-facts.ts) are collected in the second reading; the summaries over the
 * call graph are made when the first rule asks for them.
 */
import type { CallSite, FunctionId, FunctionNode } from '#mir/function-node.ts';
import { summaries } from '#mir/summaries.ts';
import { TypeContains } from '#mir/type-contains.ts';
import { substituteValue, through, unknownValue, type Value } from '#mir/value-paths.ts';
import type { Location } from '#model/location.ts';
import { type Guard, guardTable } from './knowledge/guards.ts';
import { type LockCall, lockCallOf } from './knowledge/locks.ts';
import { type Acquisition, type Held, type LockFacts, lockFactsOf, type Point } from './lock-facts.ts';
import { identityOf, lockClassOf } from './lock-identity.ts';
import type { Program } from './program.ts';
import { runEdgesOf } from './reach.ts';
import type { Subject } from './subject.ts';

export interface Taken {
  readonly lock: Value;
  readonly call: LockCall;
  /** Where the function takes it, or calls or polls what does. */
  readonly at: Location | null;
  /** The callee that takes it; null when the function does so itself. */
  readonly via: { readonly callee: FunctionId; readonly key: string } | null;
  /** Calls in between. */
  readonly depth: number;
}

/** A guard that is alive, and the lock behind it; several where a callee chose among several. */
export interface HeldLock {
  readonly acquisition: Acquisition;
  readonly index: number;
  readonly locks: readonly { readonly lock: Value; readonly call: LockCall }[];
  readonly definite: boolean;
}

// Limit: locks per function; more than a hundred says that classes were told apart which are one.
const takenMax = 100;
// Limit: accessors and constructors followed to know one lock's path.
const resolveMax = 5;

/** The standard library's methods that call their closure there and then, or as the iterator goes on. */
const runsItsClosures =
  /^<?&?(?:std|core|alloc)::(?:option|result|iter|slice|vec|collections|ops::Range\w*|cell::OnceCell|sync::OnceLock)\b.*::(?:and_then|all|any|extend|filter|filter_map|find|find_map|flat_map|fold|for_each|get_or_init|inspect|is_some_and|map|map_err|map_or|map_or_else|ok_or_else|or_else|or_insert_with|position|retain|sort_by|sort_by_key|then|try_fold|try_for_each|unwrap_or_else)$/;

const collectors = new WeakMap<Program, LocksTaken>();

/** One collection per program, whichever rules fill it and ask it. */
export function locksTakenOf(program: Program): LocksTaken {
  const known = collectors.get(program);
  if (known !== undefined) return known;
  const made = new LocksTaken(program);
  collectors.set(program, made);
  return made;
}

export class LocksTaken {
  readonly #program: Program;
  readonly #guards: TypeContains<Guard>;
  readonly #dropImpls: TypeContains<FunctionId>;
  readonly #facts = new Map<FunctionId, LockFacts>();
  readonly #wanted: ReadonlySet<FunctionId>;
  readonly #resolved = new Map<FunctionId, ReadonlyMap<BlockKey, readonly FunctionId[]>>();
  #taken: ((id: FunctionId) => ReadonlyMap<string, Taken>) | null = null;
  #handedOut: ((id: FunctionId) => HandedOut) | null = null;

  constructor(program: Program) {
    this.#program = program;
    this.#guards = new TypeContains<Guard>(program.shapes, guardTable().find);
    this.#wanted = wantedOf(program);
    const drops = dropsOf(program, this.#wanted);
    this.#dropImpls = new TypeContains<FunctionId>(program.shapes, path => drops.get(path) ?? null);
  }

  wants(node: FunctionNode): boolean {
    return this.#wanted.has(node.id);
  }

  note(subject: Subject): void {
    if (this.#facts.has(subject.node.id) || !this.wants(subject.node)) return;
    this.#facts.set(subject.node.id, lockFactsOf(subject, this.#guards, this.#dropImpls));
  }

  get facts(): ReadonlyMap<FunctionId, LockFacts> {
    return this.#facts;
  }

  node(id: FunctionId): FunctionNode {
    return this.#program.graph.nodes[id] as FunctionNode;
  }

  /** By a key that is only equal for the same lock. */
  takenBy(id: FunctionId): ReadonlyMap<string, Taken> {
    this.#taken ??= this.#summarizeTaken();
    return this.#taken(id);
  }

  /** What a call or poll takes, in terms of the body that it stands in. */
  takenAt(id: FunctionId, point: Point): Taken[] {
    return this.#takenAt(id, point, callee => this.takenBy(callee));
  }

  /** What a future or closure takes, in terms of the body where it captured `parts`. */
  takenByBody(target: FunctionId, parts: readonly Value[] | null, at: Location | null): Taken[] {
    const argument = (local: number) => (local === 1 ? captured(parts, unknownValue) : null);
    return [...this.takenBy(target)].map(([key, taken]) => this.#passedOn(taken, key, target, at, argument));
  }

  heldAt(id: FunctionId, held: readonly Held[]): HeldLock[] {
    this.#handedOut ??= this.#summarizeHandedOut();
    const facts = this.#facts.get(id);
    if (facts === undefined) return [];
    return held.flatMap(({ acquisition: index, definite }) => {
      const acquisition = facts.acquisitions[index] as Acquisition;
      const locks = this.#locksOf(
        id,
        facts,
        acquisition,
        callee => this.#handedOut?.(callee) ?? noneHandedOut,
      );
      return locks.length === 0
        ? []
        : [{ acquisition, index, locks, definite: definite && locks.length === 1 }];
    });
  }

  /** A value in terms of the body, with accessors and constructors looked into. */
  resolve(id: FunctionId, value: Value, depth = 0): Value {
    if (value.base.kind !== 'result' || depth > resolveMax) return value;
    const { block, args } = value.base;
    const own = this.#facts.get(id);
    if (own === undefined) return value;
    const resolvedArgs = args.map(arg => this.resolve(id, arg, depth + 1));
    for (const callee of this.#calleesAt(id, block)) {
      const facts = this.#facts.get(callee);
      if (facts === undefined || this.#calleesAt(id, block).length !== 1) break;
      const returned = this.resolve(callee, facts.returned, depth + 1);
      const here = substituteValue(returned, local => resolvedArgs[local - 1] ?? null);
      if (here.base.kind === 'unknown') break;
      let result = here;
      for (const step of value.steps) result = through(result, step);
      return this.resolve(
        id,
        { ...result, shared: result.shared || value.shared, ty: value.ty ?? result.ty },
        depth + 1,
      );
    }
    return value;
  }

  /** What a closure or future of the type `key` has captured, in terms of the body `id`. */
  captures(id: FunctionId, value: Value, target: FunctionNode): readonly Value[] | null {
    const { closureKey } = target;
    if (value.base.kind === 'made' && value.steps.length === 0) {
      return value.base.key === null || value.base.key === closureKey
        ? value.base.parts.map(part => this.resolve(id, part))
        : null;
    }
    if (closureKey === null || value.steps.length > 0) return null;
    if (value.base.kind !== 'result') return null;
    const args = value.base.args.map(arg => this.resolve(id, arg));
    for (const callee of this.#calleesAt(id, value.base.block)) {
      const made = this.#facts.get(callee)?.makes.get(closureKey);
      if (made !== undefined)
        return made.map(part =>
          substituteValue(this.resolve(callee, part), local => args[local - 1] ?? null),
        );
    }
    // The future of an `async fn` captures its arguments in their order.
    return closureKey.startsWith('@') ? null : args;
  }

  #calleesAt(id: FunctionId, block: number): readonly FunctionId[] {
    let known = this.#resolved.get(id);
    if (known === undefined) {
      const node = this.node(id);
      const byBlock = new Map<BlockKey, readonly FunctionId[]>();
      for (const call of node.calls) byBlock.set(call.block, this.#program.graph.resolve(node, call).targets);
      known = byBlock;
      this.#resolved.set(id, known);
    }
    return known.get(block) ?? [];
  }

  #takenAt(id: FunctionId, point: Point, of: (callee: FunctionId) => ReadonlyMap<string, Taken>): Taken[] {
    if (point.bounded) return [];
    const { takes, at } = point;
    if (takes !== null) {
      if (takes.call.waits === 'never') return [];
      return [{ lock: this.resolve(id, takes.lock), call: takes.call, at, via: null, depth: 0 }];
    }
    if (point.polled !== null) return this.#takenByPoll(id, point.call, point.polled, of);
    const args = point.args.map(arg => this.resolve(id, arg));
    const called = this.#calleesAt(id, point.block).flatMap(callee => {
      const target = this.node(callee);
      if (target.coroutine) return [];
      // A closure that is called: its own value comes first, its arguments in a tuple.
      const [first = unknownValue] = args;
      const parts = target.closureKey === null ? null : this.captures(id, first, target);
      const argument =
        target.closureKey === null
          ? (local: number) => args[local - 1] ?? null
          : (local: number) => (local === 1 ? captured(parts, first) : null);
      return [...of(callee)].map(([key, taken]) => this.#passedOn(taken, key, callee, at, argument));
    });
    return runsItsClosures.test(point.call.path)
      ? [...called, ...this.#takenByClosures(id, point, of)]
      : called;
  }

  #takenByClosures(
    id: FunctionId,
    point: Point,
    of: (callee: FunctionId) => ReadonlyMap<string, Taken>,
  ): Taken[] {
    const node = this.node(id);
    return point.args.flatMap(arg => {
      if (arg.base.kind !== 'made' || arg.base.key === null) return [];
      const target = this.#program.graph.closure(node, arg.base.key);
      if (target === null || target.coroutine) return [];
      const parts = this.captures(id, arg, target);
      const argument = (local: number) => (local === 1 ? captured(parts, arg) : null);
      return [...of(target.id)].map(([key, taken]) =>
        this.#passedOn(taken, key, target.id, point.at, argument),
      );
    });
  }

  #takenByPoll(
    id: FunctionId,
    call: CallSite,
    future: Value,
    of: (callee: FunctionId) => ReadonlyMap<string, Taken>,
  ): Taken[] {
    const node = this.node(id);
    return this.#program.graph.resolve(node, call).targets.flatMap(callee => {
      const target = this.node(callee);
      const parts = this.captures(id, future, target);
      const argument = (local: number) => (local === 1 ? captured(parts, future) : null);
      return [...of(callee)].map(([key, taken]) => this.#passedOn(taken, key, callee, call.at, argument));
    });
  }

  #passedOn(
    taken: Taken,
    key: string,
    callee: FunctionId,
    at: Location | null,
    argument: (local: number) => Value | null,
  ): Taken {
    const lock = substituteValue(taken.lock, argument);
    return { lock, call: taken.call, at, via: { callee, key }, depth: taken.depth + 1 };
  }

  #summarizeTaken(): (id: FunctionId) => ReadonlyMap<string, Taken> {
    const { graph } = this.#program;
    const none: ReadonlyMap<string, Taken> = new Map();
    const result = summaries<ReadonlyMap<string, Taken>>({
      count: graph.nodes.length,
      successorsOf: id => this.#successorsOf(id),
      bottom: none,
      summarize: (id, of) => {
        const facts = this.#facts.get(id);
        if (facts === undefined) return none;
        const all = new Map<string, Taken>();
        for (const point of facts.points) {
          for (const taken of this.#takenAt(id, point, of)) {
            const key = keyOf(taken);
            if (key === null) continue;
            const known = all.get(key);
            if (known === undefined ? all.size < takenMax : isNearer(taken, known)) all.set(key, taken);
          }
        }
        return all;
      },
      equal: (a, b) => a.size === b.size && [...a].every(([key, taken]) => b.get(key)?.depth === taken.depth),
    });
    return id => result.of(id);
  }

  #summarizeHandedOut(): (id: FunctionId) => HandedOut {
    const { graph } = this.#program;
    const result = summaries<HandedOut>({
      count: graph.nodes.length,
      successorsOf: id => this.#successorsOf(id),
      bottom: noneHandedOut,
      summarize: (id, of) => {
        const facts = this.#facts.get(id);
        if (facts === undefined) return noneHandedOut;
        const all = new Map<string, HandedOutLock>();
        for (const index of facts.handsOut) {
          const acquisition = facts.acquisitions[index] as Acquisition;
          for (const item of this.#locksOf(id, facts, acquisition, of)) {
            const key = keyOf(item);
            if (key !== null && all.size < takenMax) all.set(key, item);
          }
        }
        return all;
      },
      equal: (a, b) => a.size === b.size && [...a.keys()].every(key => b.has(key)),
    });
    return id => result.of(id);
  }

  #locksOf(
    id: FunctionId,
    facts: LockFacts,
    acquisition: Acquisition,
    of: (callee: FunctionId) => HandedOut,
  ): HandedOutLock[] {
    const point = facts.points[acquisition.point];
    if (point === undefined) return [];
    if (point.takes !== null) return [{ lock: this.resolve(id, point.takes.lock), call: point.takes.call }];
    const args = point.args.map(arg => this.resolve(id, arg));
    return this.#calleesAt(id, point.block).flatMap(callee => {
      const target = this.node(callee);
      const future = point.polled;
      const parts = future === null ? null : this.captures(id, future, target);
      const argument = (local: number) =>
        future === null ? (args[local - 1] ?? null) : local === 1 ? captured(parts, future) : null;
      return [...of(callee).values()].map(({ lock, call }) => ({
        lock: substituteValue(lock, argument),
        call,
      }));
    });
  }

  #successorsOf(id: FunctionId): readonly FunctionId[] {
    const facts = this.#facts.get(id);
    if (facts === undefined) return [];
    const node = this.node(id);
    const closures = node.makes.flatMap(key => this.#program.graph.closure(node, key)?.id ?? []);
    return [...new Set([...facts.points.flatMap(point => this.#calleesAt(id, point.block)), ...closures])];
  }
}

type BlockKey = number;
type HandedOutLock = { readonly lock: Value; readonly call: LockCall };
type HandedOut = ReadonlyMap<string, HandedOutLock>;
const noneHandedOut: HandedOut = new Map();

/** The value of a closure or future from the inside: what it captured, or the thing itself where that is not known. */
function captured(parts: readonly Value[] | null, value: Value): Value {
  if (parts === null) return { ...unknownValue, ty: value.ty };
  return { base: { kind: 'made', parts, key: null }, steps: [], shared: false, ty: value.ty };
}

/** Locks that nobody outside could tell from others are left out. */
function keyOf({ lock, call }: { lock: Value; call: LockCall }): string | null {
  const lockClass = lockClassOf(lock);
  const identity = lock.base.kind === 'argument' || lock.base.kind === 'static' ? identityOf(lock) : null;
  if (lockClass === null && identity === null) return null;
  return `${identity ?? `some ${lockClass}`} ${call.mode} ${call.waits}`;
}

function isNearer(a: Taken, b: Taken): boolean {
  if (a.depth !== b.depth) return a.depth < b.depth;
  return placeOf(a) < placeOf(b);
}

function placeOf({ at }: Taken): string {
  if (at === null) return '~';
  return `${at.file} ${String(at.startLine).padStart(7, '0')} ${String(at.startColumn).padStart(5, '0')}`;
}

/** Functions that take a lock, those that call or poll or make them, and what these ask for the path to a lock. */
function wantedOf(program: Program): ReadonlySet<FunctionId> {
  const { graph } = program;
  const callers = new Map<FunctionId, Set<FunctionId>>();
  const pending: FunctionId[] = [];
  for (const node of graph.nodes) {
    const targets = new Set(runEdgesOf(program, node).map(edge => edge.target));
    for (const key of node.makes) {
      const made = graph.closure(node, key);
      if (made !== null) targets.add(made.id);
    }
    for (const target of targets) {
      const known = callers.get(target);
      if (known === undefined) callers.set(target, new Set([node.id]));
      else known.add(node.id);
    }
    if (node.calls.some(call => lockCallOf(call.path) !== null)) pending.push(node.id);
  }
  const wanted = new Set(pending);
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    for (const caller of callers.get(id) ?? []) {
      if (wanted.has(caller)) continue;
      wanted.add(caller);
      pending.push(caller);
    }
  }
  // Accessors and constructors, and those that they ask.
  let asked = [...wanted];
  for (let round = 0; round < 2; round++) {
    asked = asked.flatMap(id => {
      const node = graph.nodes[id] as FunctionNode;
      return node.calls.flatMap(call =>
        graph.resolve(node, call).targets.filter(target => {
          const { returns, coroutine } = graph.nodes[target] as FunctionNode;
          if (wanted.has(target) || coroutine || !mayLead(returns)) return false;
          wanted.add(target);
          return true;
        }),
      );
    });
  }
  return wanted;
}

/** `Drop::drop` of the types whose `Drop` may take a lock, by the type's path. */
function dropsOf(program: Program, wanted: ReadonlySet<FunctionId>): ReadonlyMap<string, FunctionId> {
  const drops = new Map<string, FunctionId>();
  for (const node of program.graph.nodes) {
    const { impl } = node;
    if (impl?.trait !== 'Drop' || impl.selfPath === null || !node.name.endsWith('>::drop')) continue;
    if (wanted.has(node.id) && !drops.has(impl.selfPath)) drops.set(impl.selfPath, node.id);
  }
  return drops;
}

/** A return type that may have a path to a lock in it. */
function mayLead(returns: string): boolean {
  return !/^(?:\(\)|!|bool|[iu](?:\d+|size)|f\d\d|&'?\w* ?str|std::string::String)$/.test(returns);
}
