/**
 * Two sides of a workspace's build compared: measures, and unit by unit. Units are matched across all runs of both sides; see
 * match-units.ts, and noise.ts for when a difference is told.
 */
import type {
  BuildDiff,
  DiffSide,
  MeasureDiff,
  MeasureName,
  OneSidedUnit,
  UnitDiff,
  UnitMatch,
} from '#model/build-diff.ts';
import type { NamedBuild, ReportedUnit } from '#model/reported-build.ts';
import { type KnownUnit, knownUnits, matchUnits } from './match-units.ts';
import { differenceOf, noiseCriterion, spreadOf } from './noise.ts';
import { noticesOf } from './notices.ts';

/** Each side has at least one report. */
export function compareBuilds(
  before: readonly NamedBuild[],
  after: readonly NamedBuild[],
  assayVersion: string,
): BuildDiff {
  const tracked = trackUnits(before, after);
  const units = tracked.flatMap(unit => unitDiff(unit) ?? []);
  const measures = measureNames.flatMap(name => measureDiff(name, before, after));
  const oneSided = (side: 'before' | 'after'): readonly OneSidedUnit[] => {
    const other = side === 'before' ? 'after' : 'before';
    return tracked
      .filter(unit => unit[side].length > 0 && unit[other].length === 0)
      .map(unit => oneSidedUnit(unit[side]))
      .toSorted((a, b) => b.duration.median - a.duration.median);
  };
  return {
    schema: 'assay-build-diff/1',
    assay: { version: assayVersion },
    before: sideOf(before),
    after: sideOf(after),
    noise: noiseCriterion(before.length, after.length),
    measures,
    units: units.toSorted(byWeight),
    added: oneSided('after'),
    removed: oneSided('before'),
    notices: noticesOf(before, after, measures, units),
  };
}

const measureNames: readonly MeasureName[] = [
  'wallSeconds',
  'cpuSeconds',
  'criticalPathSeconds',
  'floorSeconds',
  'replaySeconds',
];

function measureDiff(
  name: MeasureName,
  before: readonly NamedBuild[],
  after: readonly NamedBuild[],
): readonly MeasureDiff[] {
  const spread = (side: readonly NamedBuild[]) => spreadOf(side.flatMap(({ build }) => build[name] ?? []));
  const [left, right] = [spread(before), spread(after)];
  return left === null || right === null ? [] : [{ name, ...differenceOf(left, right) }];
}

function sideOf(side: readonly NamedBuild[]): DiffSide {
  const errors = side.flatMap(({ build }) => build.replayErrorPercent ?? []);
  return {
    reports: side.map(({ name }) => name),
    rustc: [...new Set(side.map(({ build }) => build.rustc))],
    unitCounts: side.map(({ build }) => build.units.length),
    ...(errors.length === 0 ? {} : { replayErrorPercent: Math.max(...errors) }),
  };
}

/** One unit over all runs. The lists hold it once for each run that ran it. */
interface TrackedUnit {
  latest: KnownUnit;
  readonly before: ReportedUnit[];
  readonly after: ReportedUnit[];
  /** How the first run after the change was matched with those before. */
  matchedBy: UnitMatch | null;
}

function trackUnits(before: readonly NamedBuild[], after: readonly NamedBuild[]): readonly TrackedUnit[] {
  const tracked: TrackedUnit[] = [];
  for (const [side, runs] of [
    ['before', before],
    ['after', after],
  ] as const) {
    for (const { build } of runs) {
      const known = knownUnits(build.units);
      const left = tracked.map(({ latest }) => latest);
      const paired = new Set<number>();
      for (const pair of matchUnits(left, known)) {
        const unit = tracked[pair.left]!;
        paired.add(pair.right);
        // A version that changed must be found again in the next run of this side.
        unit.latest = known[pair.right]!;
        if (side === 'after' && unit.after.length === 0 && unit.before.length > 0)
          unit.matchedBy = pair.matchedBy;
        unit[side].push(unit.latest.unit);
      }
      for (const [place, latest] of known.entries()) {
        if (paired.has(place)) continue;
        const unit: TrackedUnit = { latest, before: [], after: [], matchedBy: null };
        unit[side].push(latest.unit);
        tracked.push(unit);
      }
    }
  }
  return tracked;
}

function unitDiff({ before, after, matchedBy }: TrackedUnit): UnitDiff | null {
  const duration = unitDifference(before, after, unit => unit.durationSeconds);
  if (duration === null) return null;
  const [left, right] = [before[0]!, after[0]!];
  const phases = {
    frontend: unitDifference(before, after, unit => unit.frontendSeconds),
    codegen: unitDifference(before, after, unit => unit.codegenSeconds),
    link: unitDifference(before, after, unit => unit.linkSeconds),
  };
  return {
    package: left.package,
    target: left.target,
    mode: left.mode,
    versionBefore: left.version,
    versionAfter: right.version,
    matchedBy: matchedBy ?? 'identity',
    criticalBefore: before.some(unit => unit.critical),
    criticalAfter: after.some(unit => unit.critical),
    duration,
    ...(phases.frontend === null ? {} : { frontend: phases.frontend }),
    ...(phases.codegen === null ? {} : { codegen: phases.codegen }),
    ...(phases.link === null ? {} : { link: phases.link }),
  };
}

function unitDifference(
  before: readonly ReportedUnit[],
  after: readonly ReportedUnit[],
  secondsOf: (unit: ReportedUnit) => number | null,
) {
  const left = spreadOf(before.flatMap(unit => secondsOf(unit) ?? []));
  const right = spreadOf(after.flatMap(unit => secondsOf(unit) ?? []));
  return left === null || right === null ? null : differenceOf(left, right);
}

function oneSidedUnit(units: readonly ReportedUnit[]): OneSidedUnit {
  const { package: name, version, target, mode } = units[0]!;
  return {
    package: name,
    version,
    target,
    mode,
    critical: units.some(unit => unit.critical),
    duration: spreadOf(units.map(unit => unit.durationSeconds))!,
  };
}

function byWeight(a: UnitDiff, b: UnitDiff): number {
  const told = (unit: UnitDiff) => (unit.duration.verdict === 'within-noise' ? 1 : 0);
  return told(a) - told(b) || Math.abs(b.duration.deltaSeconds) - Math.abs(a.duration.deltaSeconds);
}
