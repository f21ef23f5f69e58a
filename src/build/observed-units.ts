/**
 * The units of a measured build as the report lists them and as the simulator takes them.
 *
 * A unit is split at two moments: when its metadata was there (cargo saw the .rmeta; where it has none, code generation began)
 * and when code generation ended (rustc's section). Where neither was seen the whole unit counts as frontend, one thread. So
 * does a run of a build script, whatever threads it starts.
 */

import type { BuildRecord, PlannedUnit, Unit, UnitGraph, UnitIndex, UnitRun } from '#model/build.ts';
import type { BuildUnit } from '#model/build-report.ts';
import type { ProcessFacts } from './processes.ts';
import type { MeasuredJob } from './schedule/work-of.ts';
import { roundedSeconds } from './seconds.ts';
import type { Timeline, UnitBar } from './timeline.ts';

export interface ObservedUnits {
  /** In the order of their start. Without work. */
  readonly units: readonly BuildUnit[];
  readonly measured: readonly MeasuredJob[];
  /** Units whose edges are not known: neither the record nor the plan has them. */
  readonly withoutEdges: number;
}

/** Graph: numbered as the record. `critical`: units on the critical path. */
export function observedUnits(
  record: BuildRecord,
  graph: UnitGraph | null,
  timeline: Pick<Timeline, 'bars'>,
  critical: ReadonlySet<UnitIndex>,
  facts: ReadonlyMap<UnitIndex, ProcessFacts>,
): ObservedUnits {
  const places = new Map(timeline.bars.map((bar, place) => [bar.unit, place]));
  const unitByIndex = new Map(record.units.map(unit => [unit.index, unit]));
  const runByUnit = new Map(record.runs.map(run => [run.unit, run]));
  const plannedByIndex = new Map(graph?.units.map(planned => [planned.index, planned]));
  let withoutEdges = 0;
  const measured: MeasuredJob[] = [];
  const units = timeline.bars.map((bar): BuildUnit => {
    const unit = unitByIndex.get(bar.unit)!;
    const planned = plannedByIndex.get(bar.unit);
    const dependencies = planned?.dependencies ?? unit.dependencies;
    if (dependencies === null) withoutEdges++;
    const linked = needsAllObjects(unit, planned);
    const phases = phasesOf(runByUnit.get(bar.unit)!, bar, unit.mode);
    measured.push(phases);
    const seconds = (name: string) => {
      const segment = bar.segments.find(part => part.name === name);
      return segment === undefined ? undefined : roundedSeconds(segment.endSeconds - segment.startSeconds);
    };
    const { cpuSeconds = null, peakMemoryBytes = null } = facts.get(bar.unit) ?? {};
    return {
      package: unit.packageName,
      version: unit.version,
      target: bar.detail,
      mode: unit.mode,
      startSeconds: roundedSeconds(bar.startSeconds),
      durationSeconds: roundedSeconds(bar.endSeconds - bar.startSeconds),
      ...present('frontendSeconds', seconds('frontend')),
      ...present('codegenSeconds', seconds('codegen')),
      ...present('linkSeconds', seconds('link')),
      ...present('cpuSeconds', cpuSeconds ?? undefined),
      ...present('peakMemoryBytes', peakMemoryBytes ?? undefined),
      critical: critical.has(bar.unit),
      member: bar.member,
      dependencies: (dependencies ?? []).flatMap(index => places.get(index) ?? []),
      linked,
      pipelined: !linked && unit.mode === 'build',
      codegenUnits: codegenUnitsOf(planned),
    };
  });
  return { units, measured, withoutEdges };
}

function present<K extends string>(key: K, value: number | undefined): { readonly [k in K]?: number } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [k in K]: number });
}

/** cargo's `requires_upstream_objects`: everything but a library that is only a library, and every test. */
function needsAllObjects(unit: Unit, planned: PlannedUnit | undefined): boolean {
  if (unit.mode === 'test' || unit.mode === 'run-custom-build') return true;
  if (planned === undefined) return unit.targetKind !== 'lib';
  const isLibrary = planned.targetKind === 'lib' || planned.targetKind === 'rlib';
  return !isLibrary || !planned.crateTypes.every(type => type === 'lib' || type === 'rlib');
}

/** rustc's own default where the profile leaves it: 256 with incremental compilation, else 16. */
function codegenUnitsOf(planned: PlannedUnit | undefined): number {
  if (planned === undefined) return 16;
  return planned.profile.codegenUnits ?? (planned.profile.incremental ? 256 : 16);
}

function phasesOf(run: UnitRun, bar: UnitBar, mode: string): MeasuredJob {
  const { startSeconds: start, endSeconds: end } = bar;
  if (mode === 'check' || mode === 'run-custom-build') return { start, metadata: end, codegenEnd: end, end };
  const codegen = run.sections.find(section => section.name === 'codegen');
  const within = (at: number, from: number) => Math.min(end, Math.max(from, at));
  const metadata = within(run.rmetaSeconds ?? codegen?.startSeconds ?? end, start);
  const codegenEnd = within(codegen?.endSeconds ?? end, metadata);
  return { start, metadata, codegenEnd, end };
}
