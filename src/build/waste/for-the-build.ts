/** Programs that are compiled only to be run by the build: build scripts and proc macros, each with what nothing else needs. */
import type { BuildUnit } from '#model/build-report.ts';
import { withoutUnits } from '../whatif/apply.ts';
import { type PlannedBuildUnit, type WasteDraft, workIn } from './draft.ts';

export function forTheBuild(units: readonly PlannedBuildUnit[]): readonly WasteDraft[] {
  const plain = units.map(({ unit }) => unit);
  return [
    ...draftsOf(plain, 'build-script', unit => unit.target.startsWith('build script')),
    ...draftsOf(plain, 'proc-macro', unit => unit.target === 'proc-macro'),
  ];
}

function draftsOf(
  units: readonly BuildUnit[],
  kind: 'build-script' | 'proc-macro',
  isOne: (unit: BuildUnit) => boolean,
): readonly WasteDraft[] {
  const total = workOf(units);
  const packages = [...new Set(units.filter(isOne).map(unit => `${unit.package} ${unit.version}`))].sort();
  return packages.map(name => {
    const without = withoutUnits(units, unit => isOne(unit) && `${unit.package} ${unit.version}` === name);
    const runs = units.filter(
      unit => isOne(unit) && unit.mode === 'run-custom-build' && `${unit.package} ${unit.version}` === name,
    );
    const alone = units.length - without.length;
    const ran = runs.length === 0 ? '' : `; it ran for ${workOf(runs).toFixed(2)} s`;
    return {
      kind,
      what: name,
      because: `${alone === 1 ? '1 unit' : `${alone} units`} that only it needs, itself included${ran}`,
      workSeconds: total - workOf(without),
      without,
    };
  });
}

function workOf(units: readonly BuildUnit[]): number {
  return units.reduce((sum, unit) => sum + workIn(unit), 0);
}
