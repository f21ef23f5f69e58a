/**
 * What a body marks in state that outlives it, leaves marked while it is suspended, and takes back on every normal path
 * behind: a flag, a status, a counter, an entry in a set. A future that is dropped in between takes back nothing.
 *
 * "Every normal path" is what makes it a pattern: where one path out of the await leaves the mark, the mark may be meant
 * to stay. Paths of a panic are no normal paths.
 */

import { type ControlFlow, controlFlowOf } from '#mir/control-flow.ts';
import { analyzeInitialization } from '#mir/initialization.ts';
import { TypeContains } from '#mir/type-contains.ts';
import type { Location } from '#model/location.ts';
import type { BlockIndex, Body } from '#model/mir.ts';
import { type Change, type OutsideWrite, outsideWritesOf, takesBack } from './outside-writes.ts';
import { pathTypesOf } from './path-types.ts';
import { sourcePlacesOf } from './source-place.ts';
import { type StateTest, stateTestsOf } from './state-tests.ts';
import type { Subject } from './subject.ts';

export interface Mark {
  /** The state that is marked, for people: `self.busy`. */
  readonly state: string;
  /** Others can see the mark while the future is alive, and after it is dropped. */
  readonly shared: boolean;
  readonly change: Change;
  readonly at: Location;
  /** Where the future can be dropped with the mark in place, in the order of the code. */
  readonly awaits: readonly Location[];
  /** Where the normal path takes it back. */
  readonly back: { readonly change: Change; readonly at: Location };
  /** Where the same body turns away who finds the mark. */
  readonly refusedAt: Location | null;
}

const memo = new WeakMap<Body, readonly Mark[]>();

/** `hasDrop`: see `lossesOf`. Empty where a bound of the analysis was reached. */
export function marksOf(subject: Subject, hasDrop: (path: string) => boolean): readonly Mark[] {
  const known = memo.get(subject.body);
  if (known !== undefined) return known;
  const marks = subject.node.coroutine ? findMarks(subject, hasDrop) : [];
  memo.set(subject.body, marks);
  return marks;
}

function findMarks(subject: Subject, hasDrop: (path: string) => boolean): Mark[] {
  const { body } = subject;
  if (!body.blocks.some(({ terminator }) => terminator.kind === 'yield')) return [];
  const flow = controlFlowOf(body);
  const writes = outsideWritesOf(subject, flow.reversePostorder);
  const byKey = new Map<string, OutsideWrite[]>();
  for (const write of writes) byKey.set(write.key, [...(byKey.get(write.key) ?? []), write]);
  const places = sourcePlacesOf(subject);
  const marks: Mark[] = [];
  for (const ofPlace of byKey.values()) {
    const walk = walkerOf(body, flow, ofPlace);
    for (const write of ofPlace) {
      if (!ofPlace.some(other => takesBack(write.change, other.change))) continue;
      const left = walk.from(write.block, write.index + 1);
      const yields = left.yields.filter(block => isTakenBack(write, walk.from(block, Infinity)));
      const [back] = walk.from(write.block, write.index + 1).writes.filter(isBackOf(write));
      const end = back ?? yields.flatMap(block => walk.from(block, Infinity).writes).find(isBackOf(write));
      if (yields.length === 0 || end === undefined || !walk.from(end.block, end.index + 1, false).returns)
        continue;
      const tests = stateTestsOf(subject, flow, write);
      if (tests.some(test => isResumed(test, walk))) continue;
      const refusal = tests.find(test => isRefused(test, walk, write)) ?? null;
      if (isRestingValue(write.change) && refusal === null) continue;
      if (isGuarded(subject, flow, yields, hasDrop)) continue;
      const at = places.placeOf(write.block, statementOf(body, write))?.location ?? null;
      const backAt = places.placeOf(end.block, statementOf(body, end))?.location ?? null;
      if (at === null || backAt === null) continue;
      marks.push({
        state: write.state.name,
        shared: write.state.shared,
        change: write.change,
        at,
        awaits: yields.flatMap(block => places.placeOf(block)?.location ?? []),
        back: { change: end.change, at: backAt },
        refusedAt: refusal === null ? null : (places.placeOf(refusal.block)?.location ?? null),
      });
      // What follows are the next steps of the same story.
      break;
    }
  }
  return marks;
}

function isBackOf(mark: OutsideWrite): (write: OutsideWrite) => boolean {
  return write => takesBack(mark.change, write.change);
}

/** From an await on, every normal path takes it back before the body returns, and nothing else is written there. */
function isTakenBack(mark: OutsideWrite, { writes, returns }: Walk): boolean {
  return !returns && writes.length > 0 && writes.every(isBackOf(mark));
}

/** What state is left in by a dropped future may be no mark but the truth: not ready, not connected, nothing there. */
function isRestingValue(change: Change): boolean {
  return change.kind === 'value' && /^(false|None|0_\w+)$/.test(change.value);
}

/** Who finds the mark goes on from it: the state says where the work was left, and a dropped future is no loss. */
function isResumed(test: StateTest, walk: Walker): boolean {
  const ways = test.marked === null ? test.targets : [test.marked];
  return ways.some(target => walk.from(target, 0).yields.length > 0);
}

/** Who finds the mark gets out of the body without an await. */
function isRefused(test: StateTest, walk: Walker, mark: OutsideWrite): boolean {
  if (test.marked === null) return false;
  const onward = walk.from(test.marked, 0);
  return onward.returns && onward.yields.length === 0 && !onward.writes.includes(mark);
}

interface Walk {
  /** Reached before any write to the place, in the order of the walk. */
  readonly yields: readonly BlockIndex[];
  /** The first writes to the place on each path. */
  readonly writes: readonly OutsideWrite[];
  /** Whether a path returns before any write. */
  readonly returns: boolean;
}

interface Walker {
  /**
   * The normal paths behind a statement of a block, up to the next write to the place; with `stops` false to their
   * end. A yield's own block is left behind with `Infinity`.
   */
  from(block: BlockIndex, index: number, stops?: boolean): Walk;
}

function walkerOf(body: Body, flow: ControlFlow, writes: readonly OutsideWrite[]): Walker {
  const inBlock = new Map<BlockIndex, OutsideWrite[]>();
  for (const write of writes) inBlock.set(write.block, [...(inBlock.get(write.block) ?? []), write]);
  return {
    from(start, index, stops = true) {
      const yields: BlockIndex[] = [];
      const found: OutsideWrite[] = [];
      let returns = false;
      const seen = new Set<BlockIndex>();
      const enter = (block: BlockIndex, from: number): void => {
        const write = stops ? inBlock.get(block)?.find(other => other.index >= from) : undefined;
        if (write !== undefined) {
          if (!found.includes(write)) found.push(write);
          return;
        }
        const kind = body.blocks[block]?.terminator.kind;
        if (kind === 'return') returns = true;
        if (kind === 'yield' && from !== Infinity) yields.push(block);
        for (const edge of flow.successors[block] ?? []) {
          if (edge.kind === 'cancel' || seen.has(edge.target)) continue;
          seen.add(edge.target);
          pending.push(edge.target);
        }
      };
      const pending: BlockIndex[] = [];
      enter(start, index);
      for (let block = pending.pop(); block !== undefined; block = pending.pop()) enter(block, 0);
      const order = new Map(flow.reversePostorder.map((block, position) => [block, position]));
      const rank = (block: BlockIndex) => order.get(block) ?? 0;
      return {
        yields: yields.sort((a, b) => rank(a) - rank(b)),
        writes: found.sort((a, b) => rank(a.block) - rank(b.block)),
        returns,
      };
    },
  };
}

/** What is made to act when it is dropped, apart from the workspace's own types. */
const foreignGuards = /(^scopeguard::ScopeGuard|::(\w*Defer|OnDrop|DropGuard))$/;

/** A value that may take the mark back when it is dropped lives across an await. */
function isGuarded(
  subject: Subject,
  flow: ControlFlow,
  yields: readonly BlockIndex[],
  hasDrop: (path: string) => boolean,
): boolean {
  const types = pathTypesOf(subject);
  const guards = new TypeContains<true>(subject.shapes, path =>
    hasDrop(path) || foreignGuards.test(path) ? true : null,
  );
  const candidates = subject.body.locals.flatMap((_, local) => {
    const ty = types.localType(local);
    return ty !== null && guards.contentsOf(ty).found.some(({ shared }) => !shared) ? [local] : [];
  });
  if (candidates.length === 0) return false;
  const init = analyzeInitialization(subject.body, flow, candidates, types);
  if (!init.complete) return true;
  return yields.some(block =>
    candidates.some(local => {
      const tree = init.treeBeforeTerminator(block, local);
      const ty = types.localType(local);
      return tree !== null && ty !== null && guards.contentsOf(ty, tree).found.some(({ shared }) => !shared);
    }),
  );
}

/** Null for the call at a block's end, as `SourcePlaces` asks for it. */
function statementOf(body: Body, { block, index }: OutsideWrite): number | null {
  return index >= (body.blocks[block]?.statements.length ?? 0) ? null : index;
}
