/**
 * Where a hand-written `poll` makes `Pending` itself on a way along which it did nothing with its context: it stored no
 * waker and woke nobody. Ways are followed with the values of the body's flags (locals that only ever get constants).
 *
 * Told of are bodies that use their context nowhere, and ways that look whether a waker is stored and leave it at that.
 * Any other way without a use may be a state that is meant to stay pending (a fused future, a timer that is set to never),
 * or one that the other fields exclude: on published crates that was so of all nine that were found.
 */
import { type ControlFlow, controlFlowOf } from '#mir/control-flow.ts';
import { operandsOf, printedTypeOf, terminatorOperandsOf } from '#mir/place.ts';
import type {
  BasicBlock,
  BlockIndex,
  Body,
  LocalIndex,
  Operand,
  Place,
  Rvalue,
  SpanRef,
  Statement,
  Terminator,
} from '#model/mir.ts';

export interface UnwokenPending {
  /** The expression `Pending`. */
  readonly span: SpanRef;
  /**
   * `unused`: the body uses its context nowhere. `once`: nor does this one, and on the way it writes to what it is behind, as
   * who yields once does. `stale`: a waker that was stored before is left as it is.
   */
  readonly kind: 'unused' | 'once' | 'stale';
}

export interface PollReading {
  readonly unwoken: readonly UnwokenPending[];
  /** First use of the context, in the order of blocks; null where the body never uses it. */
  readonly use: SpanRef | null;
  /** False when a bound was reached: nothing can be said. */
  readonly complete: boolean;
}

// Limit: states of one body; a way is a block and the values of its flags. Real bodies need some hundreds.
const statesMax = 20_000;

const nothing: PollReading = { unwoken: [], use: null, complete: true };

/**
 * By the last segment: in a crate without std rustc prints the path by which the crate has it, such as `futures_task::Poll`.
 */
export function isPollType(printed: string): boolean {
  return /^(?:\w+::)*Poll</.test(printed);
}

/** The parameter that is the context; null where there is none. */
export function contextOf(body: Body): LocalIndex | null {
  for (let local = 1; local <= body.argCount; local++) {
    if (/^&(?:'[\w{}]+ )?mut (?:\w+::)*Context</.test(body.locals[local]?.ty ?? '')) return local;
  }
  return null;
}

export function readPoll(body: Body): PollReading {
  const context = contextOf(body);
  if (context === null || !returnsOther(body)) return nothing;
  const flow = controlFlowOf(body);
  const derived = derivedFrom(body, context);
  if (handsOn(body, derived)) return nothing;
  const uses = body.blocks.map(block => useIn(block, derived.all));
  const use = flow.reversePostorder.map(block => uses[block]).find(span => span !== undefined) ?? null;
  const flags = flagsOf(body);

  const unwoken = new Map<SpanRef, UnwokenPending>();
  const seen = new Set<string>();
  const pending: Way[] = [
    { block: 0, values: new Map(), pendings: new Map(), writes: false, looksForWaker: false },
  ];
  for (let way = pending.pop(); way !== undefined; way = pending.pop()) {
    const key = keyOf(way);
    if (seen.has(key)) continue;
    seen.add(key);
    if (seen.size > statesMax) return { unwoken: [], use, complete: false };
    const { block } = way;
    const after = alongStatements(body, way, derived.all, flags);
    if (after === null) continue;
    const { terminator } = body.blocks[block] as BasicBlock;
    if (usesInTerminator(terminator, derived.all)) continue;
    if (terminator.kind === 'return') {
      const span = after.pendings.get(0);
      const kind = use === null ? (after.writes ? 'once' : 'unused') : after.looksForWaker ? 'stale' : null;
      // The gravest of the ways to one place stands.
      if (span !== undefined && kind !== null && unwoken.get(span)?.kind !== 'unused')
        unwoken.set(span, { span, kind });
      continue;
    }
    pending.push(...nextWays(body, flow, after, terminator, flags));
  }
  return { unwoken: [...unwoken.values()].sort((a, b) => a.span - b.span), use, complete: true };
}

/** A way from the entry to the start of a block. */
interface Way {
  readonly block: BlockIndex;
  /** Known values of flags, as printed. */
  readonly values: ReadonlyMap<LocalIndex, string>;
  /** Locals that hold a `Pending` that this body made, and where. */
  readonly pendings: ReadonlyMap<LocalIndex, SpanRef>;
  /** Wrote a constant to a place behind a reference. */
  readonly writes: boolean;
  /** Asked whether an `Option` with a waker in it is `Some`. */
  readonly looksForWaker: boolean;
}

function keyOf({ block, values, pendings, writes, looksForWaker }: Way): string {
  const drawn = (map: ReadonlyMap<LocalIndex, string | SpanRef>) =>
    [...map]
      .sort(([a], [b]) => a - b)
      .map(([local, value]) => `${local}=${value}`)
      .join();
  return `${block} ${drawn(values)} ${drawn(pendings)} ${writes} ${looksForWaker}`;
}

/** A `poll` that can only return a `Pending` that it makes is meant never to be ready, as `std::future::pending`. */
function returnsOther(body: Body): boolean {
  const returned = new Set<LocalIndex>([0]);
  let makesPending = false;
  let other = false;
  let changed = true;
  while (changed) {
    changed = false;
    for (const { statements, terminator, cleanup } of body.blocks) {
      if (cleanup) continue;
      for (const statement of statements) {
        if (statement.kind !== 'assign' || !isWhole(statement.place, returned)) continue;
        const from = movedFrom(statement.rvalue);
        if (isPending(statement.rvalue)) makesPending = true;
        else if (from === null) other = true;
        else if (!returned.has(from)) {
          returned.add(from);
          changed = true;
        }
      }
      if (terminator.kind === 'call' && isWhole(terminator.destination, returned)) other = true;
    }
  }
  return makesPending && other;
}

function isWhole({ local, projection }: Place, locals: ReadonlySet<LocalIndex>): boolean {
  return projection.length === 0 && locals.has(local);
}

function isPending(rvalue: Rvalue): boolean {
  return (
    rvalue.kind === 'aggregate' &&
    rvalue.shape === 'adt' &&
    /^(?:\w+::)*Poll(?:::<.*>)?::Pending$/s.test(rvalue.name)
  );
}

function movedFrom(rvalue: Rvalue): LocalIndex | null {
  if (rvalue.kind !== 'use' || rvalue.operand.kind === 'const') return null;
  return rvalue.operand.place.projection.length === 0 ? rvalue.operand.place.local : null;
}

interface Derived {
  /** The context and references to it. */
  readonly contexts: ReadonlySet<LocalIndex>;
  /** Those and the wakers that it lends: to have one is no use of it. */
  readonly all: ReadonlySet<LocalIndex>;
}

function derivedFrom(body: Body, context: LocalIndex): Derived {
  const contexts = withDerived(body, new Set([context]), () => false);
  return { contexts, all: withDerived(body, new Set(contexts), isLending) };
}

/** What locals are references to these, or lent by calls that are handed them. */
function withDerived(
  body: Body,
  derived: Set<LocalIndex>,
  lends: (call: Terminator & { kind: 'call' }) => boolean,
): ReadonlySet<LocalIndex> {
  let changed = true;
  const add = (local: LocalIndex) => {
    changed ||= !derived.has(local);
    derived.add(local);
  };
  while (changed) {
    changed = false;
    for (const { statements, terminator } of body.blocks) {
      for (const statement of statements) {
        if (statement.kind !== 'assign' || statement.place.projection.length > 0) continue;
        const { rvalue, place } = statement;
        if (rvalue.kind !== 'aggregate' && readsOf(rvalue).some(isDerived(derived))) add(place.local);
      }
      if (terminator.kind === 'call' && lends(terminator) && terminator.args.some(readsDerived(derived)))
        add(terminator.destination.local);
    }
  }
  return derived;
}

/**
 * The one call that a body hands its context to and does nothing else with it; null where there is another use, or none.
 * On a way around that call the context is not used at all, which is a matter of the body itself.
 */
export function onlyHandedTo(body: Body): BlockIndex | null {
  const context = contextOf(body);
  if (context === null) return null;
  const { all } = derivedFrom(body, context);
  let found: BlockIndex | null = null;
  for (const [block, { statements, terminator, cleanup }] of body.blocks.entries()) {
    if (cleanup) continue;
    const isCall = terminator.kind === 'call' && terminator.args.some(readsDerived(all));
    if (statements.some(statement => usesInStatement(statement, all)) || (isCall && found !== null))
      return null;
    if (isCall) found = block;
  }
  return found;
}

/** Whether a block uses the context, its waker, or wakes or asks somebody. */
export function usesOfContext(body: Body): (block: BlockIndex) => boolean {
  const context = contextOf(body);
  const { all } = context === null ? { all: new Set<LocalIndex>() } : derivedFrom(body, context);
  return block => useIn(body.blocks[block] as BasicBlock, all) !== undefined;
}

/** Whether the context itself goes anywhere: into a call, a closure, a value. */
function handsOn(body: Body, { contexts }: Derived): boolean {
  return body.blocks.some(
    ({ statements, terminator, cleanup }) =>
      !cleanup &&
      (statements.some(statement => usesInStatement(statement, contexts)) ||
        (terminator.kind !== 'call'
          ? terminatorOperandsOf(terminator).some(readsDerived(contexts))
          : !isLending(terminator) && terminator.args.some(readsDerived(contexts)))),
  );
}

function isDerived(derived: ReadonlySet<LocalIndex>): (place: Place) => boolean {
  return place => derived.has(place.local);
}

function readsDerived(derived: ReadonlySet<LocalIndex>): (operand: Operand) => boolean {
  return operand => operand.kind !== 'const' && derived.has(operand.place.local);
}

/** `Context::waker` and `Context::from_waker`. */
function isLending({ callee }: Terminator & { kind: 'call' }): boolean {
  return (
    typeof callee === 'string' && /^(?:\w+::)*Context(?:::<.*>)?::(?:waker|local_waker|ext)$/s.test(callee)
  );
}

function readsOf(rvalue: Rvalue): Place[] {
  const places = operandsOf(rvalue).flatMap(operand => (operand.kind === 'const' ? [] : [operand.place]));
  if (rvalue.kind === 'ref' || rvalue.kind === 'raw-ref' || rvalue.kind === 'discriminant')
    places.push(rvalue.place);
  return places;
}

function useIn(block: BasicBlock, derived: ReadonlySet<LocalIndex>): SpanRef | undefined {
  if (block.cleanup) return undefined;
  const statement = block.statements.find(candidate => usesInStatement(candidate, derived));
  if (statement !== undefined) return statement.span;
  return usesInTerminator(block.terminator, derived) ? block.terminator.span : undefined;
}

/** Put into a value, or written behind a pointer: a closure that captures the context, a struct that keeps it. */
function usesInStatement(statement: Statement, derived: ReadonlySet<LocalIndex>): boolean {
  if (statement.kind !== 'assign') return false;
  const { place, rvalue } = statement;
  return (
    (rvalue.kind === 'aggregate' || place.projection.length > 0) && readsOf(rvalue).some(isDerived(derived))
  );
}

/** The waker is handed to a call; or somebody is woken or another poll asked, whosever the waker is. */
function usesInTerminator(terminator: Terminator, derived: ReadonlySet<LocalIndex>): boolean {
  if (terminator.kind === 'tail-call' || terminator.kind === 'inline-asm' || terminator.kind === 'other')
    return true;
  if (terminator.kind !== 'call') return false;
  if (terminatorOperandsOf(terminator).some(readsDerived(derived))) return !isLending(terminator);
  if (typeof terminator.callee !== 'string') return false;
  return /::(?:wake|wake_by_ref|wake_all|notify|notify_one|notify_all|is_pending|is_ready)(?:::<.*>)?$/s.test(
    terminator.callee,
  );
}

/** Locals that get nothing but constants and copies of one another, and that no reference is made of. */
function flagsOf(body: Body): ReadonlySet<LocalIndex> {
  const flags = new Set<LocalIndex>();
  for (let local = body.argCount + 1; local < body.locals.length; local++) {
    if (/^(?:bool|[iu](?:8|16|32|64|size))$/.test(body.locals[local]?.ty ?? '')) flags.add(local);
  }
  for (const { statements, terminator } of body.blocks) {
    for (const statement of statements) {
      if (statement.kind !== 'assign') continue;
      const { rvalue } = statement;
      if (rvalue.kind === 'ref' || rvalue.kind === 'raw-ref') flags.delete(rvalue.place.local);
    }
    if (terminator.kind === 'inline-asm' || terminator.kind === 'other') return new Set();
  }
  return flags;
}

/** The way behind the block's statements; null where one of them uses the context. */
function alongStatements(
  body: Body,
  way: Way,
  derived: ReadonlySet<LocalIndex>,
  flags: ReadonlySet<LocalIndex>,
): Way | null {
  const values = new Map(way.values);
  const pendings = new Map(way.pendings);
  let { writes } = way;
  for (const statement of (body.blocks[way.block] as BasicBlock).statements) {
    if (usesInStatement(statement, derived)) return null;
    if (statement.kind !== 'assign') continue;
    if (statement.place.projection.length > 0) {
      writes ||= statement.place.projection[0]?.kind === 'deref' || statement.place.local === 1;
      continue;
    }
    const { local } = statement.place;
    const { rvalue } = statement;
    const from = movedFrom(rvalue);
    const value = rvalue.kind === 'use' ? constantOf(rvalue.operand, values) : negated(rvalue, values);
    if (flags.has(local) && value !== null) values.set(local, value);
    else values.delete(local);
    const span = isPending(rvalue) ? statement.span : from === null ? undefined : pendings.get(from);
    if (span === undefined) pendings.delete(local);
    else pendings.set(local, span);
  }
  return { ...way, values, pendings, writes };
}

function constantOf(operand: Operand, values: ReadonlyMap<LocalIndex, string>): string | null {
  if (operand.kind === 'const') {
    const text = /^(?:const )?(true|false|-?\d+)(?:_[iu]\w+)?$/.exec(operand.text)?.[1];
    return text === undefined ? null : text === 'true' ? '1' : text === 'false' ? '0' : text;
  }
  return operand.place.projection.length === 0 ? (values.get(operand.place.local) ?? null) : null;
}

function negated(rvalue: Rvalue, values: ReadonlyMap<LocalIndex, string>): string | null {
  if (rvalue.kind !== 'operation' || rvalue.operator !== 'Not') return null;
  const [operand] = rvalue.operands;
  const value = operand === undefined ? null : constantOf(operand, values);
  return value === '0' ? '1' : value === '1' ? '0' : null;
}

function nextWays(
  body: Body,
  flow: ControlFlow,
  way: Way,
  terminator: Terminator,
  flags: ReadonlySet<LocalIndex>,
): Way[] {
  const edges = flow.successors[way.block] ?? [];
  if (terminator.kind === 'call') {
    const { local, projection } = terminator.destination;
    const looksForWaker = way.looksForWaker || isWakerQuestion(terminator);
    if (projection.length > 0) return edges.map(edge => ({ ...way, block: edge.target, looksForWaker }));
    const values = new Map(way.values);
    const pendings = new Map(way.pendings);
    if (flags.has(local)) values.delete(local);
    pendings.delete(local);
    return edges.map(edge => ({ ...way, block: edge.target, values, pendings, looksForWaker }));
  }
  if (terminator.kind !== 'switch') return edges.map(edge => ({ ...way, block: edge.target }));
  const value = constantOf(terminator.operand, way.values);
  const listed = terminator.targets.map(target => target.value);
  const asked = discriminantIn(body, way.block, terminator.operand);
  const pendingOf = asked !== null && isPollType(asked);
  const isWaker = asked !== null && holdsWaker(asked);
  return edges
    .filter(edge => {
      if (pendingOf) {
        // `Ready` is 0 and `Pending` is 1.
        if (edge.kind === 'value') return edge.value !== '1';
        return listed.includes('1') || !listed.includes('0');
      }
      if (value === null) return true;
      return edge.kind === 'value' ? edge.value === value : !listed.includes(value);
    })
    .map(edge => {
      // `None` is 0 and `Some` is 1.
      const isSome = edge.kind === 'value' ? edge.value === '1' : !listed.includes('1');
      return { ...way, block: edge.target, looksForWaker: way.looksForWaker || (isWaker && isSome) };
    });
}

/** The type whose variant a switch is about, read in its own block; null where it is about something else. */
function discriminantIn(body: Body, block: BlockIndex, operand: Operand): string | null {
  if (operand.kind === 'const') return null;
  const { local } = operand.place;
  for (const statement of (body.blocks[block] as BasicBlock).statements.toReversed()) {
    if (statement.kind !== 'assign' || statement.place.local !== local) continue;
    return statement.rvalue.kind === 'discriminant' ? printedTypeOf(body, statement.rvalue.place) : null;
  }
  return null;
}

function holdsWaker(printed: string): boolean {
  return /^(?:\w+::)*Option<.*\bWaker\b/s.test(printed);
}

/** `Option::<Waker>::is_none` and its kin. */
function isWakerQuestion({ callee }: Terminator & { kind: 'call' }): boolean {
  return (
    typeof callee === 'string' &&
    /Option::<.*\bWaker\b.*>::is_(?:none|some)(?:_and)?(?:::<.*>)?$/s.test(callee)
  );
}
