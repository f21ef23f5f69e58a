/**
 * What is lost when an unfinished future is dropped: by the table of other crates' futures, through wrappers, and for
 * the workspace's own `async fn`s and blocks by a summary of their awaits.
 */
import type { CallSite, FunctionId, FunctionNode } from '#mir/function-node.ts';
import { behindPointers } from '#mir/pointers.ts';
import { summaries } from '#mir/summaries.ts';
import { lastSegment } from '#mir/type-contains.ts';
import type { Ty } from '#mir/type-parser.ts';
import { unqualified } from '#mir/type-shapes.ts';
import type { Root } from '#mir/value-source.ts';
import type { Location } from '#model/location.ts';
import { isReference } from './cancel-positions.ts';
import type { AwaitFact, CoroutineFacts } from './coroutine-facts.ts';
import { type FutureValue, type Input, partsOf } from './future-value.ts';
import {
  type CancelSafety,
  type CancelSafetyTable,
  cancelSafetyTable,
  type LossClass,
} from './knowledge/cancel-safety.ts';
import { combinatorOf } from './knowledge/combinators.ts';
import { wrappedBy } from './knowledge/future-wrappers.ts';
import type { Program } from './program.ts';

export interface Safety {
  readonly verdict: 'safe' | 'queue-position' | 'restart' | 'unsafe' | 'unknown';
  /** What the verdict rests on: rows of the table, functions of the workspace, and what was not seen. */
  readonly because: readonly string[];
  /** Not empty where it is unsafe. */
  readonly losses: readonly Loss[];
  /** Whether it takes something from its source into its result when it is done: `recv`. */
  readonly takes: boolean;
}

export interface Loss {
  readonly class: LossClass;
  /** The table's row; null for a result that a body of the workspace held. */
  readonly row: CancelSafety | null;
  /** The place whose state is left half-way, or the value that is gone; null where the future alone had it. */
  readonly of: {
    readonly what: 'state' | 'value';
    readonly input: Input;
    readonly inside: readonly string[];
  } | null;
  /** The awaits on the way down to it, outermost first. */
  readonly way: readonly { readonly at: Location; readonly name: string }[];
  /** False where a call may have saved it. */
  readonly surely: boolean;
}

/** A loss as the callers of a body see it: by number of capture. */
export interface OwnLoss {
  readonly class: LossClass;
  readonly row: CancelSafety | null;
  readonly capture: number | null;
  readonly what: 'state' | 'value';
  readonly inside: readonly string[];
  readonly way: Loss['way'];
  readonly surely: boolean;
}

/** What dropping the future of a body does, for whoever made the future. */
export interface BodySummary {
  readonly verdict: Safety['verdict'];
  readonly because: readonly string[];
  readonly losses: readonly OwnLoss[];
  readonly takes: boolean;
  /** Whether it may have been given a lock, a permit or a slot while it is unfinished. */
  readonly holds: boolean;
}

export interface FutureSafety {
  /** Of a future as a body of `from` has it. */
  of(value: FutureValue, from: FunctionNode): Safety;
  /** Whether a future may have been given a lock, a permit or a slot while it is unfinished. */
  mayHold(value: FutureValue, from: FunctionNode): boolean;
  ofBody(id: FunctionId): BodySummary;
}

// Limit: losses and reasons that a summary keeps; one is enough for a finding.
const lossesMax = 8;
const reasonsMax = 6;
// Limit: awaits on the way to a loss.
const wayMax = 8;

const order = ['safe', 'restart', 'queue-position', 'unknown', 'unsafe'] as const;

export function futureSafety(
  program: Program,
  facts: ReadonlyMap<FunctionId, CoroutineFacts>,
  /** Functions that change nothing. */
  unchanging: ReadonlySet<FunctionId>,
  table: CancelSafetyTable = cancelSafetyTable(),
): FutureSafety {
  const { graph } = program;
  const bottom: BodySummary = { verdict: 'safe', because: [], losses: [], takes: false, holds: false };
  const solved = summaries<BodySummary>({
    count: graph.nodes.length,
    successorsOf: id => bodiesPolledBy(id),
    bottom,
    summarize: (id, summaryOf) => summaryOfBody(id, summaryOf),
    equal: (a, b) =>
      a.verdict === b.verdict &&
      a.takes === b.takes &&
      a.holds === b.holds &&
      keysOf(a.losses).join() === keysOf(b.losses).join(),
  });
  const summaryOf = (id: FunctionId): BodySummary => solved.of(id);
  return {
    of: (value, from) => safetyOf(value, from, summaryOf),
    mayHold: (value, from) => mayHold(value, from, summaryOf),
    ofBody: summaryOf,
  };

  function bodiesPolledBy(id: FunctionId): readonly FunctionId[] {
    const own = facts.get(id);
    if (own === undefined) return [];
    const bodies = new Set<FunctionId>();
    for (const { futures } of own.awaits)
      for (const { value } of futures)
        for (const part of partsOf(value))
          for (const body of bodiesOf(part, own.node).bodies) bodies.add(body.id);
    return [...bodies];
  }

  function summaryOfBody(id: FunctionId, of: (id: FunctionId) => BodySummary): BodySummary {
    const own = facts.get(id);
    if (own === undefined)
      return {
        ...bottom,
        verdict: 'unknown',
        because: [program.displayName(graph.nodes[id] as FunctionNode)],
        holds: true,
      };
    let verdict: Safety['verdict'] = 'safe';
    let takes = false;
    let holds = false;
    const because = new Map<Safety['verdict'], Set<string>>();
    const losses = new Map<string, OwnLoss>();
    const worsen = (to: Safety['verdict'], reasons: readonly string[]) => {
      if (order.indexOf(to) > order.indexOf(verdict)) verdict = to;
      because.set(to, new Set([...(because.get(to) ?? []), ...reasons]));
    };
    const add = (loss: OwnLoss) => {
      const key = keysOf([loss])[0] as string;
      if (!losses.has(key) && losses.size < lossesMax) losses.set(key, loss);
    };
    for (const point of own.awaits) {
      for (const { value } of point.futures) {
        const safety = safetyOf(value, own.node, of);
        holds ||= mayHold(value, own.node, of);
        if (safety.verdict !== 'unsafe') worsen(safety.verdict, safety.because);
        for (const loss of [...safety.losses, ...endsWithBody(value)]) {
          const seen = lossFromOutside(loss, point, value);
          if (seen === 'unknown') worsen('unknown', [nameOf(value)]);
          else if (seen !== null) add(seen);
        }
        takes ||= safety.takes;
        if (safety.takes && point.followed)
          worsen('unknown', [`what \`${nameOf(value)}\` gave, at a later await`]);
      }
    }
    for (const { method, operation, awaits } of own.losses) {
      const steps = [
        { at: operation, name: method },
        { at: awaits[0] ?? null, name: '' },
      ];
      const way = steps.flatMap(({ at, name }) => (at === null ? [] : [{ at, name }]));
      add({ class: 'value-lost', row: null, capture: null, what: 'value', inside: [], way, surely: true });
    }
    if (losses.size > 0) verdict = 'unsafe';
    else if (changesSomething(own))
      worsen('unknown', [`what ${program.displayName(own.node)} does before it waits`]);
    return {
      verdict,
      because: [...(because.get(verdict) ?? [])].sort().slice(0, reasonsMax),
      losses: [...losses.values()],
      takes,
      holds,
    };
  }

  /** What was read so far is in a buffer, and the buffer ends with the body. */
  function endsWithBody(value: FutureValue): Loss[] {
    return partsOf(value).flatMap(part => {
      const row = table.find(part.ty);
      const kept = row?.keeps === undefined ? undefined : part.inputs[row.keeps];
      const [stream] = part.inputs;
      if (row === null || kept === undefined || stream === undefined) return [];
      if (!kept.root.exact || kept.root.local < 0 || kept.root.path.includes('*')) return [];
      const of = { what: 'state', input: stream, inside: [] } as const;
      return [{ class: 'partial-io', row, of, way: [], surely: true }];
    });
  }

  /** Futures of the table wait for one thing; those that stand in a queue are given it while nobody polls them. */
  function mayHold(value: FutureValue, from: FunctionNode, of: (id: FunctionId) => BodySummary): boolean {
    const row = table.find(value.ty);
    if (row !== null) return row.safety === 'queue-position';
    const inner = wrappedBy(value.ty) ?? combinatorOf(value.ty)?.armTypes ?? null;
    if (inner !== null) return inner.some(ty => mayHold(partOf(value, ty), from, of));
    const { bodies, open } = bodiesOf(value, from);
    const inDependency = bodies.length === 0 ? elsewhere(value, from) : null;
    if (inDependency !== null) return inDependency.summary.holds;
    return open || bodies.length === 0 || bodies.some(body => of(body.id).holds);
  }

  /** Before an await, so that a second call would change it again. */
  function changesSomething({ node, effects }: CoroutineFacts): boolean {
    if (effects.writes) return true;
    return effects.calls.some(block => {
      const call = node.calls.find(site => site.block === block);
      if (call === undefined) return true;
      const { targets, open } = graph.resolve(node, call);
      return open !== null || targets.length === 0 || !targets.every(id => unchanging.has(id));
    });
  }

  function safetyOf(value: FutureValue, from: FunctionNode, of: (id: FunctionId) => BodySummary): Safety {
    const { ty } = value;
    if (isReference(ty))
      return { verdict: 'safe', because: ['a reference: it is resumed'], losses: [], takes: false };
    const row = table.find(ty);
    if (row !== null) return byRow(row, value);
    const wrapped = wrappedBy(ty);
    if (wrapped !== null && behindPointers(ty).kind !== 'dyn') {
      return worst(wrapped.map(inner => safetyOf(partOf(value, inner), from, of)));
    }
    const combinator = combinatorOf(ty);
    if (combinator !== null) {
      const arms = worst(combinator.armTypes.map(inner => safetyOf(partOf(value, inner), from, of)));
      // What one arm gave is lost when the others are dropped with it.
      return arms.takes && arms.verdict !== 'unsafe' ? unknown(`a result inside of ${nameOf(value)}`) : arms;
    }
    const { bodies, open } = bodiesOf(value, from);
    if (bodies.length === 0) {
      const inDependency = elsewhere(value, from);
      if (inDependency !== null) return bySummary(inDependency.summary, inDependency.name, undefined, value);
      return unknown(describe(value, ty => program.shapes.isParameter(ty)));
    }
    const found = worst(
      bodies.map(body =>
        bySummary(of(body.id), program.displayName(body), facts.get(body.id)?.captures, value),
      ),
    );
    return open && found.verdict !== 'unsafe'
      ? unknown(describe(value, ty => program.shapes.isParameter(ty)))
      : found;
  }

  /** The coroutines that a future may be, by its type, or by the function of the workspace that returned it. */
  function bodiesOf(value: FutureValue, from: FunctionNode): { bodies: FunctionNode[]; open: boolean } {
    const { ty } = value;
    if (ty.kind === 'closure') {
      const body = graph.closure(from, ty.key);
      return { bodies: body?.coroutine === true ? [body] : [], open: false };
    }
    const bare = behindPointers(ty);
    if (bare.kind !== 'dyn' && bare.kind !== 'impl') return { bodies: [], open: false };
    const call = from.calls.find((site: CallSite) => site.block === value.call?.block);
    if (call === undefined) return { bodies: [], open: true };
    const { targets, open } = graph.resolve(from, call);
    const bodies = targets.flatMap(id => {
      const made = graph.futuresIn(graph.nodes[id] as FunctionNode);
      return made.length === 1 ? made : [];
    });
    return { bodies, open: open !== null || bodies.length < targets.length };
  }

  /** Of an `async fn` of another crate that was looked into. */
  function elsewhere(value: FutureValue, from: FunctionNode): { summary: BodySummary; name: string } | null {
    const { ty } = value;
    const found = ty.kind === 'closure' ? program.dependencies.cancelled(from, ty.key) : null;
    if (found === null || ty.kind !== 'closure') return null;
    const { future } = found;
    const losses = future.losses.map(
      (loss): OwnLoss => ({ ...loss, row: loss.row === null ? null : table.row(loss.row), way: [] }),
    );
    return { summary: { ...future, losses }, name: `${unqualified(ty.key)} of ${found.package}` };
  }

  function bySummary(
    summary: BodySummary,
    name: string,
    names: ReadonlyMap<number, string> | undefined,
    value: FutureValue,
  ): Safety {
    const losses: Loss[] = [];
    let verdict = summary.verdict;
    for (const loss of summary.losses) {
      if (loss.capture === null) {
        losses.push({ ...loss, of: null });
        continue;
      }
      const input = inputOf(value, loss.capture, names?.get(loss.capture) ?? null);
      if (input === null) verdict = 'unknown';
      else losses.push({ ...loss, of: { what: loss.what, input, inside: loss.inside } });
    }
    if (losses.length > 0) verdict = 'unsafe';
    // The next call cannot be given it again.
    const given = value.inputs.find(input => !isKept(input) && !isPlain(input.ty));
    if (given !== undefined && order.indexOf(verdict) < order.indexOf('unknown'))
      return unknown(
        given.name === null ? `what ${name} is given` : `\`${given.name}\`, which ${name} is given`,
      );
    return {
      verdict,
      because: verdict === 'unknown' && summary.because.length > 0 ? summary.because : [name],
      losses,
      takes: summary.takes,
    };
  }

  /** An `async fn`'s captures are its arguments in order; of a boxed block only `self` is found again, by its name. */
  function inputOf(value: FutureValue, capture: number, name: string | null): Input | null {
    if (value.ty.kind === 'closure') return value.inputs[capture] ?? null;
    return name === 'self' || name === '__self' ? (value.inputs[0] ?? null) : null;
  }
}

/** Whether what is lost belongs to the body that drops it, so that nobody else can miss it. */
export function isOwnedByBody({ of, row }: Loss): boolean {
  if (of === null) return false;
  const { input } = of;
  if (of.what === 'state') {
    const isLocal = input.root.exact && input.root.local > 1 && !input.root.path.includes('*');
    return isLocal && !mayBorrow(input.ty) && row?.class !== 'miscount';
  }
  const { polls, takes, captures, open } = input.origin;
  return polls.length === 0 && takes.length === 0 && captures.length === 0 && !open;
}

/** Behind the reference that is passed. */
function mayBorrow(ty: Ty): boolean {
  const inner = ty.kind === 'ref' ? ty.inner : ty;
  return /[&*]|dyn /.test(inner.text) || (inner.kind === 'path' && inner.lifetimes);
}

/** A loss inside of a body as its caller sees it; null where what is lost ends with the body anyway. */
function lossFromOutside(loss: Loss, point: AwaitFact, value: FutureValue): OwnLoss | 'unknown' | null {
  const own = point.at === null ? [] : [{ at: point.at, name: nameOf(value) }];
  const way = [...own, ...loss.way].slice(0, wayMax);
  const common = { class: loss.class, row: loss.row, way, surely: loss.surely };
  if (loss.of === null) {
    return loss.row !== null && loss.class === 'miscount'
      ? { ...common, capture: null, what: 'state', inside: [] }
      : { ...common, capture: null, what: 'value', inside: [] };
  }
  const { input, what, inside } = loss.of;
  if (what === 'value') {
    const { polls, takes, captures, open } = input.origin;
    const [capture] = captures;
    if (polls.length > 0 || takes.length > 0) return { ...common, capture: null, what, inside: [] };
    if (capture !== undefined) return { ...common, capture, what, inside: [] };
    return open ? 'unknown' : null;
  }
  const outside = captureOf(input.root);
  // It ends with the body, unless it borrows, or goes back to a pool.
  if (outside === null || !input.root.exact) return 'unknown';
  return { ...common, capture: outside.capture, what, inside: [...outside.path, ...inside] };
}

/** The capture that a place is reached through by reference; what the body owns ends with it. */
function captureOf(root: Root): { capture: number; path: readonly string[] } | null {
  const field = root.local === 1 ? /^\.(\d+)$/.exec(root.path[0] ?? '')?.[1] : undefined;
  if (field === undefined || !root.path.includes('*')) return null;
  // The input of the caller is what the reference points to.
  const [, star, ...rest] = root.path;
  return { capture: Number(field), path: star === '*' ? rest : root.path.slice(1) };
}

function byRow(row: CancelSafety, value: FutureValue): Safety {
  const because = [row.path];
  const into = typeof row.into === 'number' ? value.inputs[row.into] : undefined;
  // What went into a buffer of the caller's is there still.
  const takes =
    row.into === 'result' || (row.into !== null && (into === undefined || captureOf(into.root) === null));
  if (row.safety !== 'unsafe') return { verdict: row.safety, because, losses: [], takes };
  const common = { class: row.class as LossClass, row, way: [], surely: true };
  const losses: Loss[] = [];
  for (const [numbers, what] of [
    [row.state, 'state'],
    [row.value, 'value'],
  ] as const) {
    for (const number of numbers) {
      const input = value.inputs[number];
      if (input === undefined) continue;
      if (what === 'state' || !isKept(input)) losses.push({ ...common, of: { what, input, inside: [] } });
    }
  }
  if (row.class === 'miscount' && value.call !== null) losses.push({ ...common, of: null });
  if (losses.length > 0) return { verdict: 'unsafe', because, losses, takes };
  if (value.inputs.length === 0 || row.class === 'miscount') return unknown(row.path);
  // What it owns is made again when it is called again.
  return { verdict: 'safe', because, losses: [], takes };
}

/** A value that the next call makes again. */
function isKept({ origin, access }: Input): boolean {
  if (access !== 'moved') return true;
  return (
    origin.polls.length === 0 && origin.takes.length === 0 && origin.captures.length === 0 && !origin.open
  );
}

/** Numbers and the like are no loss. */
function isPlain(ty: Ty): boolean {
  return ty.kind === 'tuple' ? ty.items.every(isPlain) : /^([iuf]\d+|[iu]size|bool|char)$/.test(ty.text);
}

function worst(all: readonly Safety[]): Safety {
  let verdict: Safety['verdict'] = 'safe';
  for (const safety of all)
    if (order.indexOf(safety.verdict) > order.indexOf(verdict)) verdict = safety.verdict;
  return {
    verdict,
    because: [...new Set(all.flatMap(safety => safety.because))],
    losses: all.flatMap(safety => safety.losses).slice(0, lossesMax),
    takes: all.some(safety => safety.takes),
  };
}

function unknown(what: string): Safety {
  return { verdict: 'unknown', because: [what], losses: [], takes: false };
}

/**
 * The part of a future that has this type, or that is in a wrapper of this type (`Box::pin(f)` is a `Pin<Box<F>>` at
 * once); where the future came from elsewhere, the type alone.
 */
function partOf(value: FutureValue, ty: Ty): FutureValue {
  const part = partsOf(value)
    .slice(1)
    .find(candidate => candidate.ty.text === ty.text);
  if (part !== undefined) return part;
  const [inner, ...others] = wrappedBy(ty) ?? [];
  if (inner !== undefined && others.length === 0) return partOf(value, inner);
  return { ty, at: value.at, givenAt: value.givenAt, variable: null, call: null, inputs: [] };
}

function keysOf(losses: readonly OwnLoss[]): string[] {
  return losses.map(
    loss =>
      `${loss.class} ${loss.row?.path} ${loss.capture} ${loss.what} ${loss.inside.join(' ')} ${loss.surely}`,
  );
}

/** `read_exact`, for people. */
export function nameOf(value: FutureValue): string {
  if (value.variable !== null) return value.variable;
  const [inner, ...others] = wrappedBy(value.ty) ?? [];
  const wrapped = inner === undefined || others.length > 0 ? null : partOf(value, inner);
  // `timeout(d, read(s))` is spoken of as what it limits.
  if (wrapped !== null && wrapped.call !== null) return nameOf(wrapped);
  if (value.call !== null) return value.call.method;
  const ty = behindPointers(value.ty);
  if (ty.kind === 'closure') return ty.key.startsWith('@') ? 'an async block' : ty.key.replace(/^.*::/, '');
  return ty.kind === 'path' ? ty.path.replace(/^.*::/, '') : unqualified(ty.text);
}

/** What was not seen. */
function describe(value: FutureValue, isParameter: (ty: Ty) => boolean): string {
  const { ty } = value;
  if (ty.kind === 'closure' && !ty.key.startsWith('@')) return ty.key;
  if (ty.kind === 'path' && behindPointers(ty).kind !== 'dyn')
    return isParameter(ty) ? `the type parameter ${lastSegment(ty.path)}` : ty.path;
  if (value.call !== null)
    return `${value.call.method}, which returns ${behindPointers(ty).kind === 'dyn' ? 'a boxed future' : 'a future'}`;
  return ty.text;
}
