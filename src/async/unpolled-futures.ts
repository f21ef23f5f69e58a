/**
 * Futures and streams of futures that a body keeps and no longer polls while it awaits something else: they were polled
 * by reference in an await that may end without them (`select!`, `select`, `timeout`, `next` of a stream that holds
 * futures), and live on over an await that does not reach them. Arms that are polled together (`join!`) are no such thing.
 */
import { type ControlFlow, controlFlowOf } from '#mir/control-flow.ts';
import { analyzeInitialization } from '#mir/initialization.ts';
import { calleePath } from '#mir/known-calls.ts';
import { operandsOf, terminatorOperandsOf } from '#mir/place.ts';
import { behindPointers } from '#mir/pointers.ts';
import type { Ty } from '#mir/type-parser.ts';
import { type Value, ValuePaths } from '#mir/value-paths.ts';
import type { Location } from '#model/location.ts';
import type { BlockIndex, Body, LocalIndex, Operand } from '#model/mir.ts';
import { pathTypesOf } from './path-types.ts';
import type { Subject } from './subject.ts';

export interface UnpolledFuture {
  readonly name: string | null;
  readonly local: LocalIndex;
  readonly ty: Ty;
  /** The future's type as the body prints it, without pointers. */
  readonly printed: string;
  readonly value: Value;
  /** Holds futures that go on when one of them is done. */
  readonly isStream: boolean;
  /** How it was polled. */
  readonly by: PolledBy;
  /** The await in which it was polled last. */
  readonly polledAt: Location | null;
  readonly awaits: readonly OtherAwait[];
}

export type PolledBy = 'select' | 'timeout' | 'next';

export interface OtherAwait {
  /** The block of the poll. */
  readonly block: BlockIndex;
  readonly at: Location | null;
  /** Only where the future is surely not done: in the arm of another, and not behind where the arms meet again. */
  readonly inOtherArm: boolean;
  /** The future is there on every path. */
  readonly definite: boolean;
}

interface Wait {
  readonly block: BlockIndex;
  readonly by: PolledBy;
  readonly at: Location | null;
}

const streamsOfFutures =
  /(?:^|::)(?:FuturesUnordered|FuturesOrdered|Buffered|BufferUnordered|TryBuffered|TryBufferUnordered)$/;

/** Whether a body awaits in a way that can leave a future behind; read off the types that it polls. */
export function mayLeaveFutures(polledType: Ty): boolean {
  return waitOf(polledType) !== null;
}

export function unpolledFuturesOf(subject: Subject): readonly UnpolledFuture[] {
  const { body, node, shapes, scope } = subject;
  const polls = node.calls.filter(call => call.kind === 'poll');
  const waits: Wait[] = polls.flatMap(call => {
    const by = call.self === null ? null : waitOf(call.self);
    return by === null ? [] : [{ block: call.block, by, at: call.at }];
  });
  if (waits.length === 0) return [];
  const flow = controlFlowOf(body);
  const types = pathTypesOf(subject);
  const sources = sourcesOf(body);
  const reachedBy = new Map(polls.map(call => [call.block, behind(sources, pinnedAt(body, call.block))]));
  const candidates = body.locals.flatMap((local, index) => {
    const ty = types.localType(index);
    const isKept = index > body.argCount && ty !== null && isFutureOwner(ty);
    return isKept ? [{ local: index, ty, printed: local.ty }] : [];
  });
  if (candidates.length === 0) return [];
  const init = analyzeInitialization(
    body,
    flow,
    candidates.map(({ local }) => local),
    types,
  );
  if (!init.complete) return [];
  const paths = new ValuePaths(body, shapes, scope);
  const found: UnpolledFuture[] = [];
  for (const { local, ty, printed } of candidates) {
    const own = waits.filter(({ block }) => reachedBy.get(block)?.has(local) === true);
    const isStream = isStreamOfFutures(ty);
    const awaits = new Map<BlockIndex, OtherAwait>();
    let last: Wait | null = null;
    for (const wait of own) {
      for (const hit of awaitsWithout(wait, local, isStream)) {
        const known = awaits.get(hit.block);
        if (known === undefined || (hit.inOtherArm && !known.inOtherArm)) awaits.set(hit.block, hit);
        last ??= wait;
      }
    }
    for (const { wait, block } of givenBack(local)) {
      for (const hit of awaitsFrom(
        flow.successors[block]?.map(({ target }) => target) ?? [],
        local,
        new Set(),
      ))
        awaits.set(hit.block, hit);
      last ??= wait;
    }
    if (last === null || awaits.size === 0) continue;
    found.push({
      name: nameOf(body, local),
      local,
      ty,
      printed: withoutPointers(printed),
      value: paths.place({ local, projection: [] }),
      isStream,
      by: last.by,
      polledAt: armAt(last, local) ?? last.at,
      awaits: [...awaits.values()],
    });
  }
  return found;

  function awaitsWithout(wait: Wait, local: LocalIndex, isStream: boolean): OtherAwait[] {
    const call = body.blocks[wait.block]?.terminator;
    if (call?.kind !== 'call' || call.target === null) return [];
    const outcome = outcomesOf(body, call.destination.local);
    const { all, done: doneValues } = valuesOf(wait, local, isStream);
    const done = new Set<BlockIndex>();
    const starts = new Set<BlockIndex>();
    // The first test of what came out decides which arm was done.
    walk(call.target, block => {
      const tested = testedLocal(body, block);
      if (tested === null || !outcome.has(tested)) return block !== wait.block;
      const edges = (flow.successors[block] ?? []).filter(edge => !isUnreachable(body, edge.target));
      const listed = new Set(edges.map(edge => edge.value));
      for (const edge of edges) {
        const values = edge.value === undefined ? all.filter(value => !listed.has(value)) : [edge.value];
        if (values.some(value => doneValues.has(value))) done.add(edge.target);
        if (values.some(value => !doneValues.has(value))) starts.add(edge.target);
      }
      return false;
    });
    if (starts.size === 0) return [];
    const whenDone = new Set<BlockIndex>();
    for (const start of done) {
      walk(start, block => {
        whenDone.add(block);
        return block !== wait.block;
      });
    }
    return awaitsFrom([...starts], local, whenDone);
  }

  /** `Either::Right((_, fut))`: `select` gives back the future that was not done. */
  function givenBack(local: LocalIndex): { wait: Wait; block: BlockIndex }[] {
    return waits.flatMap(wait => {
      const call = body.blocks[wait.block]?.terminator;
      if (wait.by !== 'select' || call?.kind !== 'call') return [];
      const outcome = outcomesOf(body, call.destination.local);
      return body.blocks.flatMap(({ statements, cleanup }, block) => {
        const isGiven = statements.some(
          statement =>
            statement.kind === 'assign' &&
            statement.place.local === local &&
            statement.rvalue.kind === 'use' &&
            statement.rvalue.operand.kind === 'move' &&
            outcome.has(statement.rvalue.operand.place.local) &&
            statement.rvalue.operand.place.projection.some(
              step => step.kind === 'downcast' && /^(?:Left|Right)$/.test(step.variant),
            ),
        );
        return isGiven && !cleanup ? [{ wait, block }] : [];
      });
    });
  }

  function awaitsFrom(
    starts: readonly BlockIndex[],
    local: LocalIndex,
    whenDone: ReadonlySet<BlockIndex>,
  ): OtherAwait[] {
    const hits: OtherAwait[] = [];
    const seen = new Set<BlockIndex>();
    for (const start of starts) {
      walk(start, block => {
        if (seen.has(block)) return false;
        seen.add(block);
        if (endsIt(body, block, local, sources)) return false;
        const reached = reachedBy.get(block);
        if (reached === undefined) return true;
        if (reached.has(local)) return false;
        const tree = init.treeBeforeTerminator(block, local);
        if (tree?.live === true) {
          hits.push({
            block,
            at: polls.find(poll => poll.block === block)?.at ?? null,
            inOtherArm: !whenDone.has(block),
            definite: tree.definite,
          });
        }
        return true;
      });
    }
    return hits;
  }

  /** `&mut fut` in the `select!`; the await itself is written in the macro. */
  function armAt(wait: Wait, local: LocalIndex): Location | null {
    for (const { arm } of armsOf(body, reachedBy.get(wait.block) ?? new Set())) {
      if (!behind(sources, arm).has(local)) continue;
      for (const { statements, terminator } of body.blocks) {
        for (const statement of statements)
          if (statement.kind === 'assign' && statement.place.local === arm)
            return subject.span(statement.span);
        if (terminator.kind === 'call' && terminator.destination.local === arm)
          return subject.span(terminator.span);
      }
    }
    return null;
  }

  /** Values of the outcome's discriminant; `done`: the future itself is done, or the stream empty. */
  function valuesOf(
    wait: Wait,
    local: LocalIndex,
    isStream: boolean,
  ): { all: readonly string[]; done: ReadonlySet<string> } {
    if (wait.by === 'timeout') return { all: ['0', '1'], done: new Set(isStream ? [] : ['0']) };
    if (wait.by === 'next') return { all: ['0', '1'], done: new Set(['0']) };
    const all = new Set<string>();
    const done = new Set<string>();
    for (const { index, arm, count, isMacro } of armsOf(body, reachedBy.get(wait.block) ?? new Set())) {
      all.add(String(index));
      if (!isStream && behind(sources, arm).has(local)) done.add(String(index));
      // Behind the last arm of the macro comes the value for "all arms are disabled".
      if (!isMacro) continue;
      all.add(String(count));
      done.add(String(count));
    }
    return { all: [...all], done };
  }

  function walk(start: BlockIndex, enter: (block: BlockIndex) => boolean): void {
    walkFrom(flow, start, enter);
  }
}

function walkFrom(flow: ControlFlow, start: BlockIndex, enter: (block: BlockIndex) => boolean): void {
  const seen = new Set([start]);
  const pending = [start];
  for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
    if (!enter(block)) continue;
    for (const edge of flow.successors[block] ?? []) {
      if (edge.kind === 'cancel' || seen.has(edge.target)) continue;
      seen.add(edge.target);
      pending.push(edge.target);
    }
  }
}

function waitOf(self: Ty): PolledBy | null {
  const bare = behindPointers(self);
  if (bare.kind !== 'path') return null;
  if (/::PollFn$/.test(bare.path))
    return /\/tokio-\d[^/]*\/src\/macros\/select\.rs/.test(self.text) ? 'select' : null;
  if (/^(?:futures|futures_util)::(?:\w+::)*Select$/.test(bare.path)) return 'select';
  if (/^tokio::time::(?:\w+::)*Timeout$/.test(bare.path)) return 'timeout';
  if (/::(?:Next|TryNext|SelectNextSome)$/.test(bare.path)) return 'next';
  return null;
}

/** A future that runs code of somebody, or a stream of such. Timers, channels and the like hold nothing. */
function isFutureOwner(ty: Ty): boolean {
  if (ty.kind === 'ref' || ty.kind === 'raw') return false;
  // A pinned reference refers to what lives in another local.
  if (ty.kind === 'path' && /::pin::Pin$/.test(ty.path) && ty.args[0]?.kind === 'ref') return false;
  const bare = behindPointers(ty);
  if (bare.kind === 'closure') return bare.coroutine;
  if (bare.kind === 'dyn') return bare.bounds.some(bound => /\bFuture\b/.test(bound));
  if (bare.kind === 'impl') return /\bFuture\b/.test(bare.text);
  return isStreamOfFutures(ty);
}

function isStreamOfFutures(ty: Ty): boolean {
  const bare = behindPointers(ty);
  return bare.kind === 'path' && streamsOfFutures.test(bare.path);
}

/** Values that flow into a local, by value or by reference; from a future into what it returns only references. */
function sourcesOf(body: Body): ReadonlyMap<LocalIndex, ReadonlySet<LocalIndex>> {
  const sources = new Map<LocalIndex, Set<LocalIndex>>();
  const add = (to: LocalIndex, from: Operand | LocalIndex) => {
    const local = typeof from === 'number' ? from : from.kind === 'const' ? null : from.place.local;
    if (local === null) return;
    const known = sources.get(to);
    if (known === undefined) sources.set(to, new Set([local]));
    else known.add(local);
  };
  for (const block of body.blocks) {
    if (block.cleanup) continue;
    for (const statement of block.statements) {
      if (statement.kind !== 'assign') continue;
      const { place, rvalue } = statement;
      for (const operand of operandsOf(rvalue)) add(place.local, operand);
      if (rvalue.kind === 'ref' || rvalue.kind === 'raw-ref') add(place.local, rvalue.place.local);
    }
    const { terminator } = block;
    if (terminator.kind !== 'call') continue;
    const isPoll = typeof terminator.callee === 'string' && /::poll(?:_\w+)?$/.test(terminator.callee);
    // `select` gives back a pinned reference that went into it.
    const givesBack = body.locals[terminator.destination.local]?.ty.includes('&mut ') === true;
    if (!isPoll || givesBack)
      for (const operand of terminator.args) add(terminator.destination.local, operand);
  }
  return sources;
}

function behind(
  sources: ReadonlyMap<LocalIndex, ReadonlySet<LocalIndex>>,
  start: LocalIndex | null,
): ReadonlySet<LocalIndex> {
  if (start === null) return new Set();
  const found = new Set([start]);
  const pending = [start];
  for (let local = pending.pop(); local !== undefined; local = pending.pop()) {
    for (const source of sources.get(local) ?? []) {
      if (found.has(source)) continue;
      found.add(source);
      pending.push(source);
    }
  }
  return found;
}

function pinnedAt(body: Body, block: BlockIndex): LocalIndex | null {
  const terminator = body.blocks[block]?.terminator;
  const [pinned] = terminator === undefined ? [] : terminatorOperandsOf(terminator);
  return pinned === undefined || pinned.kind === 'const' ? null : pinned.place.local;
}

interface Arm {
  readonly index: number;
  readonly arm: LocalIndex;
  readonly count: number;
  readonly isMacro: boolean;
}

/** The arms of a `select!`, or the two futures of `select`. */
function armsOf(body: Body, reached: ReadonlySet<LocalIndex>): Arm[] {
  const arms: Arm[] = [];
  const push = (operands: readonly Operand[], isMacro: boolean) => {
    operands.forEach((operand, index) => {
      if (operand.kind !== 'const')
        arms.push({ index, arm: operand.place.local, count: operands.length, isMacro });
    });
  };
  // The macro puts the arms into a tuple of its own name (tokio 1.38), or into two of which the second is made of the
  // first (1.42 to 1.54).
  const tuples = body.debugInfo.filter(
    ({ name, place }) => /^futures(?:_init)?$/.test(name) && place !== null && reached.has(place.local),
  );
  const tuple = (tuples.find(({ name }) => name === 'futures_init') ?? tuples[0])?.place?.local;
  for (const { statements, terminator, cleanup } of body.blocks) {
    if (cleanup) continue;
    for (const statement of statements) {
      if (statement.kind !== 'assign') continue;
      const { rvalue } = statement;
      if (statement.place.local === tuple && rvalue.kind === 'aggregate' && rvalue.shape === 'tuple')
        push(
          rvalue.fields.map(part => part.operand),
          true,
        );
    }
    if (terminator.kind !== 'call' || !reached.has(terminator.destination.local)) continue;
    if (
      typeof terminator.callee === 'string' &&
      /^(?:futures|futures_util)::(?:\w+::)*select$/.test(calleePath(terminator.callee))
    )
      push(terminator.args, false);
  }
  return arms;
}

/** Locals that hold what came out of a poll, or what `?` makes of it. */
function outcomesOf(body: Body, poll: LocalIndex): ReadonlySet<LocalIndex> {
  const outcomes = new Set<LocalIndex>();
  let size = -1;
  const isOutcome = (operand: Operand | undefined): boolean => {
    if (operand === undefined || operand.kind === 'const') return false;
    const { local, projection } = operand.place;
    if (local === poll) return projection.some(step => step.kind === 'downcast' && step.variant === 'Ready');
    return outcomes.has(local) && projection.length === 0;
  };
  while (size !== outcomes.size) {
    size = outcomes.size;
    for (const { statements, terminator, cleanup } of body.blocks) {
      if (cleanup) continue;
      for (const statement of statements) {
        if (statement.kind !== 'assign' || statement.rvalue.kind !== 'use') continue;
        if (isOutcome(statement.rvalue.operand)) outcomes.add(statement.place.local);
      }
      if (terminator.kind !== 'call' || typeof terminator.callee !== 'string') continue;
      const isBranch = / as (?:\w+::)+Try>::branch$/.test(terminator.callee);
      if (isBranch && isOutcome(terminator.args[0])) outcomes.add(terminator.destination.local);
    }
  }
  return outcomes;
}

/** The local whose discriminant a block's switch tests. */
function testedLocal(body: Body, block: BlockIndex): LocalIndex | null {
  const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
  if (terminator?.kind !== 'switch' || terminator.operand.kind === 'const') return null;
  const answer = terminator.operand.place.local;
  for (const statement of statements) {
    if (statement.kind !== 'assign' || statement.place.local !== answer) continue;
    const { rvalue } = statement;
    if (rvalue.kind === 'discriminant' && rvalue.place.projection.length === 0) return rvalue.place.local;
  }
  return null;
}

/** Dropped, moved away, made anew, or set to another future. */
function endsIt(
  body: Body,
  block: BlockIndex,
  local: LocalIndex,
  sources: ReadonlyMap<LocalIndex, ReadonlySet<LocalIndex>>,
): boolean {
  const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
  const isMoved = (operand: Operand) =>
    operand.kind === 'move' && operand.place.local === local && operand.place.projection.length === 0;
  for (const statement of statements) {
    if (statement.kind === 'storage-dead' && statement.local === local) return true;
    if (statement.kind !== 'assign') continue;
    if (statement.place.local === local && statement.place.projection.length === 0) return true;
    if (operandsOf(statement.rvalue).some(isMoved)) return true;
  }
  if (terminator === null) return false;
  if (terminator.kind === 'drop') return terminator.place.local === local;
  if (terminator.kind !== 'call') return false;
  if (terminator.destination.local === local || terminator.args.some(isMoved)) return true;
  const [first] = terminator.args;
  return (
    typeof terminator.callee === 'string' &&
    /^std::pin::Pin::<.*>::set$/s.test(terminator.callee) &&
    first !== undefined &&
    first.kind !== 'const' &&
    behind(sources, first.place.local).has(local)
  );
}

function isUnreachable(body: Body, block: BlockIndex): boolean {
  return body.blocks[block]?.terminator.kind === 'unreachable';
}

function nameOf(body: Body, local: LocalIndex): string | null {
  const named = (index: LocalIndex) =>
    body.debugInfo.find(({ place }) => place?.local === index && place.projection.length === 0)?.name ?? null;
  return named(local);
}

/** `{async fn body of f()}` of `Pin<Box<{async fn body of f()}>>`. */
function withoutPointers(printed: string): string {
  let text = printed;
  for (;;) {
    const inner = /^std::(?:pin::Pin|boxed::Box)<(.*)>$/s.exec(text)?.[1];
    if (inner === undefined) return text;
    text = inner;
  }
}
