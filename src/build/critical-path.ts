/**
 * The critical path that was observed: the chain of units, and of waiting between them, that the end of the build hung on.
 *
 * Method. From the unit that finished last, walk back: each unit was ready when the last thing that it waited for was there
 * (another unit's .rmeta, or all of it), and the walk goes on from the unit that made that thing. A unit on the path counts
 * from its start to the moment that the next one became ready, so a library whose .rmeta was enough counts without its
 * codegen. This is the walk of the critical path method backwards over what did happen, not over what could: with another
 * number of jobs, or another order among units of equal priority, another path may come out.
 *
 * What a unit waited for last comes from cargo's own lists of what each artifact unblocked. Where the source has none but
 * dependencies are known, it is the dependency whose needed artifact came last: the .rmeta where a library needs a library,
 * else the whole, and for what is linked the whole of every dependency below too (cargo's rules in
 * src/compiler/job_queue). An artifact that came after the unit's start cannot have been what it waited for, and is left out;
 * if the unit began after the .rmeta and before the end, the .rmeta was enough. Where neither is known, the path says so and
 * ends there.
 *
 * Waiting. From ready to start a unit waited for a slot as long as `jobs` units were active. While fewer were, the time went
 * elsewhere: rustc's codegen threads take tokens from the same pool, and cargo itself takes its turn; the record cannot
 * tell these apart. What was ready from the beginning counts as ready at the first start of any unit, and the time before is
 * cargo's own: resolving, planning, checking what is fresh.
 *
 * Wrapper logs do not show the runs of build scripts. Where one lies between two units, the time between is unknown.
 *
 * Limits: units that never finished are not walked to. Times of a page are rounded to 10 ms, and so is the path.
 * Linear in units and edges, but for what is linked in records without cargo's lists: linear in all units below each.
 */
import type { BuildRecord, UnitGraph, UnitIndex, UnitRun } from '#model/build.ts';
import { activeWithin, type ConcurrencySample, concurrencyOf } from './concurrency.ts';

export interface CriticalPath {
  /** From 0 to the last finish, without gaps, in time order. Empty where nothing finished. */
  readonly steps: readonly PathStep[];
  /** What the path rests on. */
  readonly basis: 'unblocked' | 'dependencies' | 'none';
}

export interface PathStep {
  /**
   * `cargo`: before the first unit. `unit`: a unit at work. `slot`: ready, and as many units active as there are jobs.
   * `other-wait`: ready, and fewer were. `wait`: ready, and the number of jobs is not known. `unknown`: what it waited for
   * is not in the record.
   */
  readonly kind: 'cargo' | 'unit' | 'slot' | 'other-wait' | 'wait' | 'unknown';
  /** The unit at work, or the one that waited; null for `cargo`. */
  readonly unit: UnitIndex | null;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** For `unit`: what the next one needed of it; `end` for the last. */
  readonly until: 'rmeta' | 'end' | null;
}

/** What a unit waited for last. */
export interface Release {
  readonly by: UnitIndex;
  readonly artifact: 'rmeta' | 'end';
  /** Never after the waiting unit's start. */
  readonly atSeconds: number;
  /** True: a build script ran in between, and the record does not show it. */
  readonly unseenRun: boolean;
}

/** Graph: numbered as the record (see alignUnitGraph). */
export function observedCriticalPath(record: BuildRecord, graph: UnitGraph | null): CriticalPath {
  const releases = releasesOf(record, graph);
  const runByUnit = runsByUnit(record);
  const last = lastFinished(runByUnit.values());
  if (last === null) return { steps: [], basis: releases.basis };

  const finished = [...runByUnit.values()].map(run => ({
    startSeconds: run.startSeconds,
    endSeconds: run.finishSeconds ?? Number.POSITIVE_INFINITY,
  }));
  const active = concurrencyOf(finished);
  const firstStart = finished.reduce((first, span) => Math.min(first, span.startSeconds), last.startSeconds);

  const steps: PathStep[] = [];
  const visited = new Set<UnitIndex>();
  let run: UnitRun = last;
  let until: 'rmeta' | 'end' = 'end';
  let untilSeconds = last.finishSeconds;
  for (;;) {
    visited.add(run.unit);
    add({ kind: 'unit', unit: run.unit, startSeconds: run.startSeconds, endSeconds: untilSeconds, until });
    const release = releases.releaseOf(run.unit);
    const before = release === null ? undefined : runByUnit.get(release.by);
    if (release === null || before === undefined || visited.has(before.unit)) {
      addBeginning(run, release !== null);
      break;
    }
    if (release.unseenRun) addUnknown(run, release.atSeconds);
    else addWait(run.unit, release.atSeconds, run.startSeconds);
    run = before;
    until = release.artifact;
    untilSeconds = release.atSeconds;
  }
  return { steps: steps.reverse(), basis: releases.basis };

  function add(step: PathStep): void {
    if (step.endSeconds > step.startSeconds || step.kind === 'unit') steps.push(step);
  }

  function addBeginning(first: UnitRun, broken: boolean): void {
    if (broken || !releases.knows(first.unit)) {
      add({
        kind: 'unknown',
        unit: first.unit,
        startSeconds: 0,
        endSeconds: first.startSeconds,
        until: null,
      });
      return;
    }
    addWait(first.unit, firstStart, first.startSeconds);
    add({ kind: 'cargo', unit: null, startSeconds: 0, endSeconds: firstStart, until: null });
  }

  function addUnknown(waiting: UnitRun, startSeconds: number): void {
    add({ kind: 'unknown', unit: waiting.unit, startSeconds, endSeconds: waiting.startSeconds, until: null });
  }

  function addWait(unit: UnitIndex, readySeconds: number, startSeconds: number): void {
    if (record.jobs === null) {
      add({ kind: 'wait', unit, startSeconds: readySeconds, endSeconds: startSeconds, until: null });
      return;
    }
    for (const part of waitsWithin(active, record.jobs, readySeconds, startSeconds).toReversed()) {
      add({ ...part, unit, until: null });
    }
  }
}

/**
 * When a unit ends and the next takes its slot, cargo needs a moment in which the slot looks free. Moments of up to 10 ms
 * (0.2 to 5 ms were seen) beside a wait for a slot are part of that wait.
 */
const handOverSecondsMax = 0.01;

interface Wait {
  readonly kind: 'slot' | 'other-wait';
  readonly startSeconds: number;
  readonly endSeconds: number;
}

function waitsWithin(
  active: readonly ConcurrencySample[],
  jobs: number,
  readySeconds: number,
  startSeconds: number,
): readonly Wait[] {
  const parts = activeWithin(active, readySeconds, startSeconds);
  const waits = merged(parts.map(part => ({ ...part, kind: part.active >= jobs ? 'slot' : 'other-wait' })));
  if (!waits.some(wait => wait.kind === 'slot')) return waits;
  return merged(
    waits.map(wait =>
      wait.endSeconds - wait.startSeconds <= handOverSecondsMax ? { ...wait, kind: 'slot' } : wait,
    ),
  );
}

/** Neighbours of one kind become one. */
function merged(waits: readonly Wait[]): readonly Wait[] {
  const result: Wait[] = [];
  for (const { kind, startSeconds, endSeconds } of waits) {
    const before = result.at(-1);
    if (before?.kind === kind) result[result.length - 1] = { ...before, endSeconds };
    else result.push({ kind, startSeconds, endSeconds });
  }
  return result;
}

/** The units that each unit waited for last: one, or none where it was ready from the beginning or nothing is known. */
export function releasesOf(
  record: BuildRecord,
  graph: UnitGraph | null,
): {
  readonly basis: CriticalPath['basis'];
  releaseOf(unit: UnitIndex): Release | null;
  /** False: it is not known what the unit waited for. */
  knows(unit: UnitIndex): boolean;
} {
  const hasLists = record.runs.some(run => run.unblocked.length > 0 || run.unblockedByRmeta.length > 0);
  const releaseByUnit = releasesFromLists(record);
  const needs = needsOf(record, graph);
  const runByUnit = runsByUnit(record);
  const known = record.runs.some(run => needs.dependenciesOf.has(run.unit));
  return {
    basis: hasLists ? 'unblocked' : known ? 'dependencies' : 'none',
    // A unit in no list waited for nothing, or the line with the list was lost: its dependencies know.
    releaseOf: unit => releaseByUnit.get(unit) ?? releaseFromDependencies(unit, needs, runByUnit),
    knows: unit => hasLists || needs.dependenciesOf.has(unit),
  };
}

function releasesFromLists(record: BuildRecord): ReadonlyMap<UnitIndex, Release> {
  const runByUnit = runsByUnit(record);
  const releaseByUnit = new Map<UnitIndex, Release>();
  const offer = (unit: UnitIndex, by: UnitIndex, artifact: Release['artifact'], seconds: number | null) => {
    const run = runByUnit.get(unit);
    const start = run?.startSeconds ?? 0;
    if (run === undefined || unit === by || runByUnit.get(by)!.startSeconds > start) return;
    // A page with rustc's sections does not say when the .rmeta was there: at the latest when the unit began.
    const release = { by, artifact, atSeconds: Math.min(seconds ?? start, start), unseenRun: false };
    if (isLater(release, releaseByUnit.get(unit))) releaseByUnit.set(unit, release);
  };
  for (const run of runByUnit.values()) {
    for (const unit of run.unblockedByRmeta) offer(unit, run.unit, 'rmeta', run.rmetaSeconds);
    for (const unit of run.unblocked) offer(unit, run.unit, 'end', run.finishSeconds);
  }
  return releaseByUnit;
}

/** Which units a unit needs, and whether it needs their objects. */
interface Needs {
  readonly dependenciesOf: ReadonlyMap<UnitIndex, readonly UnitIndex[]>;
  readonly runsOfBuildScripts: ReadonlySet<UnitIndex>;
  /** It is linked, or it is not compiled by rustc: an .rmeta is not enough for it. */
  needsObjects(unit: UnitIndex): boolean;
}

function needsOf(record: BuildRecord, graph: UnitGraph | null): Needs {
  const dependenciesOf = new Map<UnitIndex, readonly UnitIndex[]>();
  const pureLibraries = new Set<UnitIndex>();
  for (const planned of graph?.units ?? []) {
    dependenciesOf.set(planned.index, planned.dependencies);
    const isLibrary = planned.targetKind === 'lib' || planned.targetKind === 'rlib';
    const onlyRlib = planned.crateTypes.every(type => type === 'lib' || type === 'rlib');
    if (isLibrary && onlyRlib && planned.mode === 'build') pureLibraries.add(planned.index);
  }
  for (const unit of record.units) {
    if (dependenciesOf.has(unit.index)) continue;
    if (unit.dependencies !== null) dependenciesOf.set(unit.index, unit.dependencies);
    if (unit.targetKind === 'lib' && unit.mode === 'build') pureLibraries.add(unit.index);
  }
  const runsOfBuildScripts = new Set(
    [...record.units, ...(graph?.units ?? [])]
      .filter(unit => unit.mode === 'run-custom-build')
      .map(unit => unit.index),
  );
  return { dependenciesOf, runsOfBuildScripts, needsObjects: unit => !pureLibraries.has(unit) };
}

function releaseFromDependencies(
  unit: UnitIndex,
  needs: Needs,
  runByUnit: ReadonlyMap<UnitIndex, UnitRun>,
): Release | null {
  const run = runByUnit.get(unit);
  const direct = needs.dependenciesOf.get(unit);
  if (run === undefined || direct === undefined) return null;
  const needed = needs.needsObjects(unit) ? allBelow(unit, needs.dependenciesOf) : direct;
  let release: Release | undefined;
  const offer = (dependency: UnitIndex, unseenRun: boolean) => {
    const other = runByUnit.get(dependency);
    if (other === undefined || dependency === unit) return;
    const offered = artifactBefore(run, other, needs);
    if (offered !== null && isLater(offered, release)) release = { ...offered, unseenRun };
  };
  for (const dependency of needed) {
    const unseenRun = needs.runsOfBuildScripts.has(dependency) && !runByUnit.has(dependency);
    if (unseenRun) for (const script of needs.dependenciesOf.get(dependency) ?? []) offer(script, true);
    else offer(dependency, false);
  }
  return release ?? null;
}

/** 10 ms of rounding in pages, and a clock read in another process in wrapper logs. */
const clockToleranceSeconds = 0.011;

function artifactBefore(run: UnitRun, dependency: UnitRun, needs: Needs): Release | null {
  const latest = run.startSeconds + clockToleranceSeconds;
  const { unit: by, rmetaSeconds, finishSeconds } = dependency;
  const rmetaIsEnough = !needs.needsObjects(run.unit) && !needs.needsObjects(dependency.unit);
  if (dependency.startSeconds > run.startSeconds) return null;
  const ended = finishSeconds !== null && finishSeconds <= latest;
  if (rmetaSeconds !== null && rmetaSeconds <= latest && (rmetaIsEnough || !ended)) {
    return { by, artifact: 'rmeta', atSeconds: Math.min(rmetaSeconds, run.startSeconds), unseenRun: false };
  }
  return ended
    ? { by, artifact: 'end', atSeconds: Math.min(finishSeconds, run.startSeconds), unseenRun: false }
    : null;
}

function allBelow(
  unit: UnitIndex,
  dependenciesOf: ReadonlyMap<UnitIndex, readonly UnitIndex[]>,
): ReadonlySet<UnitIndex> {
  const below = new Set<UnitIndex>();
  const open = [unit];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const dependency of dependenciesOf.get(next) ?? []) {
      if (!below.has(dependency)) {
        below.add(dependency);
        open.push(dependency);
      }
    }
  }
  return below;
}

/** Of equal times the lower index wins, so that the order of the units does not matter. */
function isLater(a: Release, b: Release | undefined): boolean {
  return b === undefined || a.atSeconds > b.atSeconds || (a.atSeconds === b.atSeconds && a.by < b.by);
}

function runsByUnit(record: BuildRecord): ReadonlyMap<UnitIndex, UnitRun> {
  return new Map(record.runs.map(run => [run.unit, run]));
}

function lastFinished(runs: Iterable<UnitRun>): (UnitRun & { readonly finishSeconds: number }) | null {
  let last: (UnitRun & { readonly finishSeconds: number }) | null = null;
  for (const run of runs) {
    const { finishSeconds } = run;
    if (finishSeconds === null) continue;
    const later =
      last === null ||
      finishSeconds > last.finishSeconds ||
      (finishSeconds === last.finishSeconds && run.unit < last.unit);
    if (later) last = { ...run, finishSeconds };
  }
  return last;
}
