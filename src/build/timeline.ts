/**
 * What each unit did when, from one observed build.
 *
 * A unit's time is split into frontend, codegen and link only where the split was seen: where rustc reported its sections
 * (frontend is what lies before codegen), or where cargo saw the .rmeta of a unit that generates code (what follows is
 * codegen, with the little time that it takes to pack the .rlib). A check has no codegen. Everything else has no segments.
 * Limit: with rustc's sections, what lies between and after them (writing metadata, dropping memory) belongs to no segment.
 */
import type {
  BuildRecord,
  Freshness,
  PlannedUnit,
  Unit,
  UnitGraph,
  UnitIndex,
  UnitRun,
} from '#model/build.ts';
import type { Workspace } from '#model/workspace.ts';
import { type ConcurrencySample, concurrencyOf } from './concurrency.ts';

export interface Timeline {
  /** From cargo's start to the end of the last thing that was seen. */
  readonly durationSeconds: number;
  /** In the order of their start, then of their index. Fresh units are not here: nothing was done for them. */
  readonly bars: readonly UnitBar[];
  readonly concurrency: readonly ConcurrencySample[];
  /** Mean number of active units over the duration. */
  readonly meanActive: number;
  readonly counts: UnitCounts;
}

export interface UnitBar {
  readonly unit: UnitIndex;
  /** `serde 1.0.219` */
  readonly label: string;
  /** `lib`, `bin "shop"`, `proc-macro`, `build script`, `build script (run)`, `test "it"`, `lib (check)` */
  readonly detail: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** False: it failed or the build was interrupted, and `endSeconds` is where the record ends. */
  readonly finished: boolean;
  readonly segments: readonly Segment[];
  readonly features: readonly string[];
  /** Why it was built; null where the source does not say. */
  readonly reason: string | null;
  readonly member: boolean;
}

export interface Segment {
  readonly name: 'frontend' | 'codegen' | 'link';
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** Null where the source does not tell. `new`: no trace of an earlier build with the same settings. */
export interface UnitCounts {
  readonly run: number;
  readonly fresh: number | null;
  readonly dirty: number | null;
  readonly new: number | null;
}

/** Graph: numbered as the record (see alignUnitGraph). */
export function deriveTimeline(
  record: BuildRecord,
  graph: UnitGraph | null,
  workspace: Workspace | null,
): Timeline {
  const unitByIndex = new Map(record.units.map(unit => [unit.index, unit]));
  const plannedByIndex = new Map(graph?.units.map(planned => [planned.index, planned]));
  const freshnessByUnit = new Map(record.freshness.map(freshness => [freshness.unit, freshness]));
  const isMember = membership(workspace);
  const lastSeconds = lastSecondsOf(record);

  const bars: UnitBar[] = [];
  for (const run of record.runs) {
    const unit = unitByIndex.get(run.unit);
    if (unit === undefined) continue;
    const planned = plannedByIndex.get(unit.index);
    const endSeconds = run.finishSeconds ?? lastSeconds;
    bars.push({
      unit: unit.index,
      label: unit.version === '' ? unit.packageName : `${unit.packageName} ${unit.version}`,
      detail: detailOf(unit, planned),
      startSeconds: run.startSeconds,
      endSeconds,
      finished: run.finishSeconds !== null,
      segments: segmentsOf(unit, run, endSeconds),
      features: unit.features.length > 0 ? unit.features : (planned?.features ?? []),
      reason: reasonOf(freshnessByUnit.get(unit.index)),
      member: isMember(unit),
    });
  }
  bars.sort((a, b) => a.startSeconds - b.startSeconds || a.unit - b.unit);
  const activeSeconds = bars.reduce((sum, bar) => sum + bar.endSeconds - bar.startSeconds, 0);
  return {
    durationSeconds: lastSeconds,
    bars,
    concurrency: concurrencyOf(bars),
    meanActive: lastSeconds > 0 ? activeSeconds / lastSeconds : 0,
    counts: countsOf(record, bars.length),
  };
}

/** The reason that a unit has for cargo's `new`. cargo keeps units of other settings apart and sees no earlier build then. */
export const firstBuildReason = 'first build with these settings';

function reasonOf(freshness: Freshness | undefined): string | null {
  if (freshness === undefined) return null;
  return freshness.cause ?? (freshness.status === 'new' ? firstBuildReason : null);
}

function lastSecondsOf(record: BuildRecord): number {
  return record.runs.reduce(
    (last, run) => Math.max(last, run.finishSeconds ?? run.rmetaSeconds ?? run.startSeconds),
    record.durationSeconds ?? 0,
  );
}

function segmentsOf(unit: Unit, run: UnitRun, endSeconds: number): readonly Segment[] {
  if (unit.mode === 'check') return clipped([['frontend', run.startSeconds, endSeconds]], run, endSeconds);
  const codegen = run.sections.find(section => section.name === 'codegen');
  const link = run.sections.find(section => section.name === 'link');
  if (codegen !== undefined) {
    return clipped(
      [
        ['frontend', run.startSeconds, codegen.startSeconds],
        ['codegen', codegen.startSeconds, codegen.endSeconds],
        ['link', link?.startSeconds ?? endSeconds, link?.endSeconds ?? endSeconds],
      ],
      run,
      endSeconds,
    );
  }
  if (run.rmetaSeconds === null || run.finishSeconds === null) return [];
  return clipped(
    [
      ['frontend', run.startSeconds, run.rmetaSeconds],
      ['codegen', run.rmetaSeconds, endSeconds],
    ],
    run,
    endSeconds,
  );
}

/** Segments lie within their unit, one after the other, and are longer than nothing. */
function clipped(
  parts: readonly (readonly [Segment['name'], number, number])[],
  run: UnitRun,
  endSeconds: number,
): readonly Segment[] {
  const segments: Segment[] = [];
  let from = run.startSeconds;
  for (const [name, start, end] of parts) {
    const startSeconds = Math.min(endSeconds, Math.max(from, start));
    const segmentEnd = Math.min(endSeconds, Math.max(startSeconds, end));
    if (segmentEnd > startSeconds) segments.push({ name, startSeconds, endSeconds: segmentEnd });
    from = segmentEnd;
  }
  return segments;
}

function detailOf(unit: Unit, planned: PlannedUnit | undefined): string {
  const kind = planned?.targetKind ?? unit.targetKind;
  if (unit.mode === 'run-custom-build') return 'build script (run)';
  const named = ['bin', 'test', 'bench', 'example'].includes(kind);
  const what = kind === 'custom-build' ? 'build script' : named ? `${kind} "${unit.targetName}"` : kind;
  const plain = unit.mode === 'build' || unit.mode === 'unknown' || (unit.mode === 'test' && kind === 'test');
  if (kind === 'unknown') return plain ? unit.targetName : `${unit.targetName} (${unit.mode})`;
  return plain ? what : `${what} (${unit.mode})`;
}

function membership(workspace: Workspace | null): (unit: Unit) => boolean {
  const memberIds = new Set(workspace?.memberIds);
  const members = (workspace?.packages ?? []).filter(krate => memberIds.has(krate.id));
  const names = new Set(members.map(krate => `${krate.name} ${krate.version}`));
  return unit =>
    unit.packageId === null
      ? names.has(`${unit.packageName} ${unit.version}`)
      : memberIds.has(unit.packageId);
}

function countsOf(record: BuildRecord, runCount: number): UnitCounts {
  const stated = record.unitCounts;
  if (record.source === 'build-analysis') {
    const count = (status: Freshness['status']) =>
      record.freshness.filter(freshness => freshness.status === status).length;
    return { run: runCount, fresh: count('fresh'), dirty: count('dirty'), new: count('new') };
  }
  // A page's "dirty" counts every unit that had to be run, new ones too.
  return { run: runCount, fresh: stated?.fresh ?? null, dirty: null, new: null };
}
