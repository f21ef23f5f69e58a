/**
 * What the wrapper learned of each rustc process, for the units of cargo's own record. The wrapper does not know cargo's units, and
 * cargo's log knows no process: they are brought together by package, crate and crate type, and where several fit (a library
 * for the host and for the target) by the nearest start. What stays without a partner is not known.
 */
import type { BuildRecord, ScriptCost, Unit, UnitIndex, UnitRun } from '#model/build.ts';

export interface ProcessFacts {
  readonly cpuSeconds: number | null;
  readonly peakMemoryBytes: number | null;
}

/** Two clocks and the start of a shell lie between the two starts of one unit; a second is far beyond that. */
const apartSecondsMax = 1;
/** cargo's clock starts some milliseconds after Assay's. */
const clocksApartSeconds = 0.5;

/** `marks` may be the record itself. */
export function processesOf(record: BuildRecord, marks: BuildRecord): ReadonlyMap<UnitIndex, ProcessFacts> {
  const marksByKey = new Map<string, UnitRun[]>();
  const markedUnits = new Map(marks.units.map(unit => [unit.index, unit]));
  for (const run of marks.runs) {
    const key = keyOf(markedUnits.get(run.unit)!);
    const list = marksByKey.get(key);
    if (list === undefined) marksByKey.set(key, [run]);
    else list.push(run);
  }
  const units = new Map(record.units.map(unit => [unit.index, unit]));
  const facts = new Map<UnitIndex, ProcessFacts>();
  const used = new Set<UnitRun>();
  for (const run of record.runs.toSorted((a, b) => a.startSeconds - b.startSeconds)) {
    const unit = units.get(run.unit);
    if (unit === undefined || unit.mode === 'run-custom-build') continue;
    let nearest: UnitRun | null = null;
    for (const mark of marksByKey.get(keyOf(unit)) ?? []) {
      if (used.has(mark) || apart(mark, run) > apartSecondsMax) continue;
      if (nearest === null || apart(mark, run) < apart(nearest, run)) nearest = mark;
    }
    if (nearest === null) continue;
    used.add(nearest);
    const { cpuSeconds = null, peakMemoryBytes = null } = nearest;
    facts.set(run.unit, { cpuSeconds, peakMemoryBytes });
  }
  return facts;
}

/** The costs that were seen, for the runs of build scripts that they are of: the package's, around the looks. */
export function scriptCostsOf(
  record: BuildRecord,
  costs: readonly ScriptCost[],
): ReadonlyMap<UnitIndex, ScriptCost> {
  const runs = new Map(record.runs.map(run => [run.unit, run]));
  const found = new Map<UnitIndex, ScriptCost>();
  for (const unit of record.units) {
    const run = runs.get(unit.index);
    if (unit.mode !== 'run-custom-build' || run === undefined) continue;
    const within = (cost: ScriptCost) =>
      cost.packageName === unit.packageName &&
      cost.version === unit.version &&
      cost.fromSeconds > run.startSeconds - clocksApartSeconds &&
      cost.toSeconds < (run.finishSeconds ?? Number.POSITIVE_INFINITY) + clocksApartSeconds;
    const cost = costs.find(within);
    if (cost !== undefined) found.set(unit.index, cost);
  }
  return found;
}

function apart(a: UnitRun, b: UnitRun): number {
  return Math.abs(a.startSeconds - b.startSeconds);
}

function keyOf(unit: Unit): string {
  const isBuildScript = unit.targetKind === 'custom-build';
  const crate = isBuildScript ? '' : unit.targetName.replaceAll('-', '_');
  const program = unit.targetKind === 'bin' || unit.targetKind === 'example';
  const kind = unit.mode === 'test' ? 'test' : isBuildScript ? 'script' : program ? 'bin' : 'lib';
  return `${unit.packageName} ${unit.version} ${crate} ${kind}`;
}
