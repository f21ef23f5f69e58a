/** What a change makes of the units of a measured build and of the machine. */
import type { BuildUnit } from '#model/build-report.ts';
import type { Machine } from '../schedule/machine.ts';
import type { Change } from './change.ts';
import type { OtherPlan } from './other-plan.ts';

export interface Scenario {
  readonly units: readonly BuildUnit[];
  readonly machine: Machine;
  /** By the longest way to the end, and not by the number of dependents. */
  readonly criticalPathFirst: boolean;
  /** By the features that were asked for; measured units alone. */
  readonly plans: ReadonlyMap<string, OtherPlan>;
}

/** What could not be applied is said in words. */
export function applyChanges(scenario: Scenario, changes: readonly Change[]): Scenario | string {
  let changed = scenario;
  for (const change of changes) {
    for (const name of namesIn(change)) {
      if (!changed.units.some(unit => isOf(unit, name))) return `no unit of package \`${name}\` was built`;
    }
    if (change.kind === 'features') {
      const plan = changed.plans.get(change.features);
      if (plan === undefined) return `cargo gave no plan for \`features=${change.features}\``;
      if (changed.units !== scenario.units) return '`features` must be the first of several changes';
      if (plan.unmeasured > 0)
        return `with these features there are ${plan.unmeasured} units more, which were not measured`;
      changed = { ...changed, units: plan.units };
    } else changed = apply(changed, change);
  }
  return changed;
}

function namesIn(change: Change): readonly string[] {
  if (change.kind === 'relax') return [change.name, change.need];
  return 'name' in change ? [change.name] : [];
}

export function isOf(unit: BuildUnit, name: string): boolean {
  return unit.package === name || `${unit.package}@${unit.version}` === name;
}

function apply(scenario: Scenario, change: Exclude<Change, { kind: 'features' }>): Scenario {
  const { units, machine } = scenario;
  switch (change.kind) {
    case 'jobs':
      return { ...scenario, machine: { ...machine, slots: change.count } };
    case 'cores':
      return { ...scenario, machine: { ...machine, slots: change.count, cores: change.count } };
    case 'without':
      return { ...scenario, units: withoutUnits(units, unit => isOf(unit, change.name)) };
    case 'no-build-scripts':
      return { ...scenario, units: withoutUnits(units, isBuildScript) };
    case 'faster':
      return {
        ...scenario,
        units: withWork(units, unit => (isOf(unit, change.name) ? 1 / change.factor : 1)),
      };
    case 'no-codegen':
      return { ...scenario, units: mapWork(units, (_, [frontend, , rest]) => [frontend, 0, rest]) };
    case 'no-link':
      return {
        ...scenario,
        units: mapWork(units, (unit, [frontend, codegen, rest]) => [
          frontend,
          codegen,
          unit.linked ? 0 : rest,
        ]),
      };
    case 'relax':
      return { ...scenario, units: relaxed(units, change.name, change.need) };
    case 'split':
      return { ...scenario, units: split(units, change.name, change.factor) };
    case 'critical-path-first':
      return { ...scenario, criticalPathFirst: true };
  }
}

function isBuildScript(unit: BuildUnit): boolean {
  return unit.target.startsWith('build script');
}

type Work = readonly [number, number, number];

function mapWork(
  units: readonly BuildUnit[],
  map: (unit: BuildUnit, work: Work) => Work,
): readonly BuildUnit[] {
  return units.map(unit => (unit.work === undefined ? unit : { ...unit, work: map(unit, unit.work) }));
}

function withWork(units: readonly BuildUnit[], factor: (unit: BuildUnit) => number): readonly BuildUnit[] {
  return mapWork(units, (unit, [frontend, codegen, rest]) => {
    const times = factor(unit);
    return [frontend * times, codegen * times, rest * times];
  });
}

/**
 * Without the units that are picked, and without those that only they needed. What needed them does not wait for them; what they
 * gave it, it must have from elsewhere, and that costs nothing here.
 */
export function withoutUnits(
  units: readonly BuildUnit[],
  picked: (unit: BuildUnit) => boolean,
): readonly BuildUnit[] {
  const needed = new Uint8Array(units.length);
  for (const unit of units) for (const need of unit.dependencies) needed[need] = 1;
  const kept = new Set<number>();
  const open = units.flatMap((unit, index) => (needed[index] === 0 && !picked(unit) ? [index] : []));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (kept.has(next) || picked(units[next]!)) continue;
    kept.add(next);
    open.push(...units[next]!.dependencies);
  }
  const places = new Map([...kept].sort((a, b) => a - b).map((index, place) => [index, place]));
  return units.flatMap((unit, index) =>
    kept.has(index)
      ? [{ ...unit, dependencies: unit.dependencies.flatMap(need => places.get(need) ?? []) }]
      : [],
  );
}

function relaxed(units: readonly BuildUnit[], name: string, need: string): readonly BuildUnit[] {
  return units.map(unit =>
    isOf(unit, name)
      ? { ...unit, dependencies: unit.dependencies.filter(index => !isOf(units[index]!, need)) }
      : unit,
  );
}

/** Each library becomes `parts`, with an equal share of the work; what needed it needs them all. */
function split(units: readonly BuildUnit[], name: string, parts: number): readonly BuildUnit[] {
  const result: BuildUnit[] = [];
  const places: number[][] = units.map(() => []);
  for (const [index, unit] of units.entries()) {
    const copies = isOf(unit, name) && unit.pipelined ? parts : 1;
    for (let copy = 0; copy < copies; copy++) {
      places[index]!.push(result.length);
      const work = unit.work ?? [unit.durationSeconds, 0, 0];
      result.push({ ...unit, work: [work[0] / copies, work[1] / copies, work[2] / copies] });
    }
  }
  return result.map(unit => ({ ...unit, dependencies: unit.dependencies.flatMap(need => places[need]!) }));
}
