/**
 * The cancel positions of a program, its aborted tasks, and what is known of the futures that are dropped. Filled in the second reading by
 * whichever rule comes first, asked when it is over.
 */
import { awaitsOf } from '#mir/awaits.ts';
import { controlFlowOf } from '#mir/control-flow.ts';
import type { FunctionId, FunctionNode } from '#mir/function-node.ts';
import { followOutcome } from '#mir/known-outcome.ts';
import { drawRoot, type Root } from '#mir/value-source.ts';
import type { Location } from '#model/location.ts';
import { type Abort, abortsIn, isAbort, isSpawn, type SpawnedTask, tasksIn } from './aborted-tasks.ts';
import { beginsInside, type CancelPosition, cancelPositionsOf, type Outcome } from './cancel-positions.ts';
import { type CoroutineFacts, changesNothing, coroutineFactsOf } from './coroutine-facts.ts';
import { dropImplsOf } from './drop-impls.ts';
import { type FutureSafety, futureSafety } from './future-safety.ts';
import { type FutureValue, partsOf } from './future-value.ts';
import { isGivenUp } from './given-up.ts';
import { fieldsIn } from './outside-state.ts';
import type { Program } from './program.ts';
import { type Reuse, reusesAfter } from './reuse.ts';
import { isInWorkspace, type Subject } from './subject.ts';

export interface PositionFact {
  readonly node: FunctionNode;
  readonly displayName: string;
  /** `name version` of the workspace member. */
  readonly package: string;
  readonly position: CancelPosition;
  /** By outcome, in order. */
  readonly after: readonly AfterOutcome[];
}

export interface AfterOutcome {
  readonly outcome: Outcome;
  /** Whether control comes back to the position. */
  readonly again: boolean;
  /** False when a bound was reached: what follows is not known. */
  readonly complete: boolean;
  /** Awaits between the position's brackets on this outcome's way. */
  readonly handlerAwaits: readonly Location[];
  /** Arms polled by reference that nobody polls again: they are dropped behind the position. */
  readonly givenUp: readonly number[];
  /** What is done with a place of an arm that this outcome drops; by `drawRoot`. */
  readonly uses: ReadonlyMap<string, readonly LocatedUse[]>;
}

export interface LocatedUse extends Omit<Reuse, 'span'> {
  readonly at: Location | null;
}

export interface AbortedTask {
  /** The body that spawns it. */
  readonly node: FunctionNode;
  readonly value: FutureValue;
  readonly at: Location;
  /** Whoever aborts it still has what the task shares. */
  readonly isUsedAgain: boolean;
}

export interface CancelFacts {
  wants(node: FunctionNode): boolean;
  visit(subject: Subject): void;
  /** After the second reading. */
  positions(): readonly PositionFact[];
  /** After the second reading: tasks that are aborted somewhere. */
  aborted(): readonly AbortedTask[];
  /** The fields of structs that a function touches, itself or in the future that it returns. */
  fields(id: FunctionId): ReadonlySet<string>;
  safety(): FutureSafety;
}

const byProgram = new WeakMap<Program, CancelFacts>();

/** Of all coroutines, also where nothing in the program drops one. */
export function everyCoroutine(program: Program): CancelFacts {
  return collector(program, () => true);
}

export function cancelFactsOf(program: Program): CancelFacts {
  let facts = byProgram.get(program);
  if (facts === undefined) {
    facts = collector(program, ({ graph }) =>
      graph.nodes.some(node => mayHavePosition(node) || mayAbort(node)),
    );
    byProgram.set(program, facts);
  }
  return facts;
}

function collector(program: Program, isAsked: (program: Program) => boolean): CancelFacts {
  const coroutines = new Map<FunctionId, CoroutineFacts>();
  const positions: PositionFact[] = [];
  const unchanging = new Set<FunctionId>();
  const fields = new Map<FunctionId, ReadonlySet<string>>();
  const aborts: Abort[] = [];
  const tasks: { readonly node: FunctionNode; readonly task: SpawnedTask }[] = [];
  const seen = new Set<FunctionId>();
  const hasDrop = dropImplsOf(program);
  let needed: ReadonlySet<FunctionId> | null = null;
  let safety: FutureSafety | null = null;
  return {
    wants(node) {
      needed ??= isAsked(program) ? neededBy(program) : new Set();
      return needed.has(node.id);
    },
    visit(subject) {
      const { node } = subject;
      if (seen.has(node.id)) return;
      seen.add(node.id);
      fields.set(node.id, fieldsIn(subject));
      if (mayAbort(node)) aborts.push(...abortsIn(subject));
      if (maySpawn(node)) tasks.push(...tasksIn(subject).map(task => ({ node, task })));
      if (!node.coroutine) {
        if (changesNothing(subject.body)) unchanging.add(node.id);
        return;
      }
      coroutines.set(node.id, coroutineFactsOf(subject, hasDrop));
      for (const position of cancelPositionsOf(subject)) positions.push(positionFact(subject, position));
    },
    positions: () => [...positions].sort((a, b) => compare(a.position.at, b.position.at)),
    aborted: () => tasks.flatMap(({ node, task }) => abortedTask(node, task, aborts) ?? []),
    fields(id) {
      const node = program.graph.nodes[id];
      const futures = node === undefined ? [] : program.graph.futuresIn(node);
      return new Set(
        [id, ...futures.map(future => future.id)].flatMap(each => [...(fields.get(each) ?? [])]),
      );
    },
    safety() {
      safety ??= futureSafety(program, coroutines, unchanging);
      return safety;
    },
  };
}

/** The coroutines, and the functions that they call. */
function neededBy(program: Program): ReadonlySet<FunctionId> {
  const { graph } = program;
  const needed = new Set<FunctionId>();
  const isAnyAborted = graph.nodes.some(mayAbort);
  for (const node of graph.nodes) {
    if (isAnyAborted && (mayAbort(node) || maySpawn(node))) needed.add(node.id);
    if (!node.coroutine) continue;
    needed.add(node.id);
    for (const call of node.calls) for (const target of graph.resolve(node, call).targets) needed.add(target);
  }
  return needed;
}

function mayAbort(node: FunctionNode): boolean {
  return node.calls.some(({ path }) => isAbort(path));
}

function maySpawn(node: FunctionNode): boolean {
  return node.calls.some(({ path }) => isSpawn(path));
}

/** Aborted by the body that spawned it, or by whoever has the field that keeps the handle. */
function abortedTask(node: FunctionNode, task: SpawnedTask, aborts: readonly Abort[]): AbortedTask | null {
  const { value, keptIn, shares, abortedAt, goesOn } = task;
  if (abortedAt !== null && goesOn) return { node, value, at: abortedAt, isUsedAgain: true };
  const ofField = aborts
    .filter(({ field }) => keptIn.includes(field))
    .map(({ at, field, keepsObject }) => ({
      at,
      isUsedAgain: keepsObject && shares.some(shared => ownerOf(shared) === ownerOf(field)),
    }))
    .sort((a, b) => Number(b.isUsedAgain) - Number(a.isUsedAgain) || compare(a.at, b.at));
  const [first] = ofField;
  if (first !== undefined) return { node, value, ...first };
  return abortedAt === null ? null : { node, value, at: abortedAt, isUsedAgain: false };
}

/** `shop::Cart` of `shop::Cart.2`. */
function ownerOf(field: string): string {
  return field.slice(0, field.lastIndexOf('.'));
}

/** From the first reading: whether it polls something that may drop a future. */
function mayHavePosition(node: FunctionNode): boolean {
  return (
    node.coroutine &&
    node.calls.some(
      ({ kind, callee }) =>
        callee.endsWith('::now_or_never') ||
        (kind === 'poll' &&
          /PollFn<|Timeout|run_until_cancelled|WithCancellation|Abortable|Select|Race|TryJoin|::Or<|timeout</.test(
            callee,
          )),
    )
  );
}

function positionFact(subject: Subject, position: CancelPosition): PositionFact {
  return {
    node: subject.node,
    displayName: subject.displayName,
    package: subject.krate.package,
    position,
    after: position.outcomes.map(outcome => afterOutcome(subject, position, outcome)),
  };
}

function afterOutcome(subject: Subject, position: CancelPosition, outcome: Outcome): AfterOutcome {
  const { body } = subject;
  const flow = controlFlowOf(body);
  const uses = new Map<string, readonly LocatedUse[]>();
  for (const root of rootsOf(position, outcome)) {
    const found = reusesAfter(body, flow, position, outcome, root);
    uses.set(
      drawRoot(root),
      found.uses.map(({ span, ...use }) => ({ ...use, at: located(subject, span) })),
    );
  }
  const awaits = new Map(awaitsOf(body, flow).map(point => [point.poll, point]));
  const handlerAwaits: Location[] = [];
  let again = false;
  const known = outcome.value === null ? new Map() : new Map([[position.result, outcome.value]]);
  const { complete } = followOutcome(body, flow, position.ready, known, block => {
    if (block === position.poll) {
      again = true;
      return false;
    }
    const point = awaits.get(block);
    const at = point === undefined ? null : located(subject, point.span);
    if (at !== null && position.inside !== null && beginsInside(at, position.inside)) handlerAwaits.push(at);
    return true;
  });
  const givenUp = outcome.cancels.filter(index => {
    const behind = position.arms[index]?.behind ?? null;
    return behind !== null && !again && isGivenUp(body, flow, position, outcome, behind.root.local);
  });
  return { outcome, again, complete, handlerAwaits, givenUp, uses };
}

/** The places that arms which this outcome drops, or may drop later, refer to mutably. */
function rootsOf(position: CancelPosition, outcome: Outcome): Root[] {
  const roots = new Map<string, Root>();
  for (const index of outcome.cancels) {
    const arm = position.arms[index];
    const value = arm?.owned === true ? arm.value : (arm?.behind?.value ?? null);
    if (value === null) continue;
    for (const part of partsOf(value))
      for (const { root, access } of part.inputs)
        if (root.local >= 0 && access !== 'copied') roots.set(drawRoot(root), root);
  }
  return [...roots.values()];
}

function located(subject: Subject, span: number): Location | null {
  const location = subject.span(span);
  return location !== null && isInWorkspace(location) ? location : null;
}

function compare(a: Location, b: Location): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.startLine - b.startLine || a.startColumn - b.startColumn;
}
