/**
 * Gives cargo's plan the numbering of an observed build, so that both can be read together.
 *
 * Units are the same when package, target, mode, platform and features are. In the runs seen so far cargo numbered both
 * alike, but that is nowhere promised, and pages and wrapper logs number in their own way. Where a source does not say one of
 * these, it is not compared; where several planned units fit then (a host and a target build of one library), the one of
 * equal number is taken if it is among them, and none otherwise: a wrong profile would be worse than an unknown one.
 */
import type { BuildRecord, PlannedUnit, Unit, UnitGraph, UnitIndex } from '#model/build.ts';

export interface AlignedGraph {
  /** Numbered as the record; units that the record lacks follow after its highest number. */
  readonly graph: UnitGraph;
  /** Units of the record that no planned unit, or more than one, fits. */
  readonly unmatched: readonly UnitIndex[];
}

export function alignUnitGraph(graph: UnitGraph, record: BuildRecord): AlignedGraph {
  const plannedByName = new Map<string, PlannedUnit[]>();
  for (const planned of graph.units) {
    const key = coarseKey(planned);
    plannedByName.set(key, [...(plannedByName.get(key) ?? []), planned]);
  }
  const recordIndexOf = new Map<UnitIndex, UnitIndex>();
  const unmatched: UnitIndex[] = [];
  for (const unit of record.units) {
    const fitting = (plannedByName.get(coarseKey(unit)) ?? []).filter(planned => fits(unit, planned, record));
    const free = fitting.filter(planned => !recordIndexOf.has(planned.index));
    const chosen = free.length === 1 ? free[0] : free.find(planned => planned.index === unit.index);
    if (chosen) recordIndexOf.set(chosen.index, unit.index);
    else unmatched.push(unit.index);
  }

  let next = record.units.reduce((highest, unit) => Math.max(highest, unit.index), -1) + 1;
  for (const planned of graph.units) {
    if (!recordIndexOf.has(planned.index)) recordIndexOf.set(planned.index, next++);
  }
  const renumbered = (indexes: readonly UnitIndex[]) =>
    indexes.map(index => recordIndexOf.get(index) ?? index);
  return {
    graph: {
      units: graph.units.map(planned => ({
        ...planned,
        index: recordIndexOf.get(planned.index)!,
        dependencies: renumbered(planned.dependencies),
      })),
      roots: renumbered(graph.roots),
    },
    unmatched,
  };
}

function coarseKey(unit: Unit): string {
  return `${unit.packageName} ${unit.version} ${unit.targetName.replaceAll('-', '_')}`;
}

function fits(unit: Unit, planned: PlannedUnit, record: BuildRecord): boolean {
  return (
    (unit.packageId === null || unit.packageId === planned.packageId) &&
    sameMode(unit.mode, planned) &&
    sameKind(unit.targetKind, planned, record) &&
    // Only the log of cargo names platforms, and it writes the host's triple where the plan has null.
    (record.source !== 'build-analysis' || hostIsNull(unit, record) === hostIsNull(planned, record)) &&
    // A page before cargo 1.94 and the wrapper name no features.
    ((record.source !== 'build-analysis' && unit.features.length === 0) ||
      sameList(unit.features, planned.features))
  );
}

function hostIsNull(unit: Unit, record: BuildRecord): string | null {
  return unit.platform === record.host ? null : unit.platform;
}

/** Not known is whether a unit was built or checked; tests, docs and runs of build scripts are always told apart. */
function sameMode(mode: string, planned: PlannedUnit): boolean {
  return mode === 'unknown' ? planned.mode === 'build' || planned.mode === 'check' : planned.mode === mode;
}

/** Logs and pages say `lib` for every kind of library; the plan says `proc-macro`, `cdylib`, `rlib`, … */
function sameKind(kind: string, planned: PlannedUnit, record: BuildRecord): boolean {
  const notLibrary = ['bin', 'test', 'bench', 'example', 'custom-build'];
  if (kind === 'unknown') return true;
  // The wrapper sees the crate type, which is `bin` for an example too.
  if (record.source === 'wrapper' && kind === 'bin' && planned.targetKind === 'example') return true;
  return notLibrary.includes(kind) ? planned.targetKind === kind : !notLibrary.includes(planned.targetKind);
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
