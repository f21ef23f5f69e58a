/**
 * Crates that another command of the same workspace compiles again, since it unifies features over other packages or has another
 * profile for them. cargo shares a unit between commands when its package, target, mode, platform, features and profile are the
 * same and those of all below it; so that is what is compared. `check` and `build` never share what they make of a library: told
 * is what both build (proc macros, build scripts and what is linked into them).
 *
 * What it costs is the time that these crates took in this build; when it is paid, and by whom, is the team's day.
 */
import type { PlannedUnit, UnitGraph } from '#model/build.ts';
import { type PlannedBuildUnit, type WasteDraft, workIn } from './draft.ts';

export function builtAgain(
  units: readonly PlannedBuildUnit[],
  otherCommands: ReadonlyMap<string, UnitGraph>,
): readonly WasteDraft[] {
  if (otherCommands.size === 0) return [];
  const planned = units.flatMap(({ planned: plan }) => (plan === null ? [] : [plan]));
  const ids = new Map<string, number>();
  const ours = identities(planned, ids);
  const known = new Set(ours.values());
  const workByKey = new Map<string, number>();
  const plansByKey = new Map<string, PlannedUnit>();
  for (const { unit, planned: plan } of units) {
    if (plan === null) continue;
    workByKey.set(keyOf(plan), workIn(unit));
    plansByKey.set(keyOf(plan), plan);
  }
  return [...otherCommands].flatMap(([command, graph]): WasteDraft[] => {
    const theirs = identities(graph.units, ids);
    const again = graph.units.filter(
      unit => unit.mode !== 'check' && workByKey.has(keyOf(unit)) && !known.has(theirs.get(unit.index)!),
    );
    if (again.length === 0) return [];
    const differing = again.flatMap(unit => difference(plansByKey.get(keyOf(unit))!, unit) ?? []);
    const causes = [...new Set(differing)].sort();
    const shown = causes.slice(0, 3).join('; ');
    const more = causes.length > 3 ? ` and ${causes.length - 3} more` : '';
    return [
      {
        kind: 'built-twice',
        what: `${again.length === 1 ? '1 unit' : `${again.length} units`} again in \`cargo ${command}\``,
        because: `${shown}${more}; and what is above them`,
        workSeconds: again.reduce((sum, unit) => sum + workByKey.get(keyOf(unit))!, 0),
        without: null,
      },
    ];
  });
}

/** By index a number that is the same for units that cargo would share. */
function identities(units: readonly PlannedUnit[], ids: Map<string, number>): ReadonlyMap<number, number> {
  const byIndex = new Map(units.map(unit => [unit.index, unit]));
  const found = new Map<number, number>();
  const identify = (unit: PlannedUnit): number => {
    const done = found.get(unit.index);
    if (done !== undefined) return done;
    // A cycle, through a test of what tests it, ends here.
    found.set(unit.index, -1);
    const below = unit.dependencies.flatMap(index => byIndex.get(index) ?? []).map(identify);
    const { name: _, ...settings } = unit.profile;
    const text = [
      keyOf(unit),
      unit.features.join(' '),
      JSON.stringify(settings),
      below.sort((a, b) => a - b).join(' '),
    ].join('\n');
    const id = ids.get(text) ?? ids.size;
    ids.set(text, id);
    found.set(unit.index, id);
    return id;
  };
  for (const unit of units) identify(unit);
  return found;
}

/** What is different in the unit itself, in words; null where only what is below it is. */
function difference(ours: PlannedUnit, theirs: PlannedUnit): string | null {
  const more = theirs.features.filter(feature => !ours.features.includes(feature));
  const fewer = ours.features.filter(feature => !theirs.features.includes(feature));
  if (more.length + fewer.length > 0) {
    const parts = [
      ...(more.length > 0 ? [`with ${more.join(', ')}`] : []),
      ...(fewer.length > 0 ? [`without ${fewer.join(', ')}`] : []),
    ];
    return `${theirs.packageName} ${parts.join(' and ')}`;
  }
  const { name: _, ...a } = ours.profile;
  const { name: __, ...b } = theirs.profile;
  return JSON.stringify(a) === JSON.stringify(b) ? null : `${theirs.packageName} in another profile`;
}

function keyOf(unit: PlannedUnit): string {
  return [unit.packageId, unit.targetName, unit.targetKind, unit.mode, unit.platform ?? ''].join(' ');
}
