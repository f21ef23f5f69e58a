/** Units of one package and target that are compiled more than once in this build, since cargo may not share the result. */
import type { PlannedUnit } from '#model/build.ts';
import { dependentsIn, label, type PlannedBuildUnit, replaced, type WasteDraft, workIn } from './draft.ts';

export function builtTwice(units: readonly PlannedBuildUnit[]): readonly WasteDraft[] {
  const places = new Map<string, number[]>();
  for (const [place, { unit, planned }] of units.entries()) {
    if (unit.mode === 'run-custom-build' || planned === null) continue;
    const key = `${planned.packageId} ${planned.targetKind} ${planned.targetName} ${planned.mode}`;
    places.set(key, [...(places.get(key) ?? []), place]);
  }
  const drafts: WasteDraft[] = [];
  for (const copies of places.values()) {
    if (copies.length < 2) continue;
    const byWork = copies.toSorted((a, b) => workIn(units[b]!.unit) - workIn(units[a]!.unit) || a - b);
    const [kept, ...extra] = byWork as [number, ...number[]];
    drafts.push({
      kind: 'built-twice',
      what:
        copies.length === 2
          ? label(units[kept]!.unit)
          : `${label(units[kept]!.unit)}, ${copies.length} times`,
      because: because(units, copies),
      workSeconds: extra.reduce((sum, place) => sum + workIn(units[place]!.unit), 0),
      without: replaced(units, new Set(extra), kept),
    });
  }
  return drafts;
}

function because(units: readonly PlannedBuildUnit[], copies: readonly number[]): string {
  const plans = copies.map(place => units[place]!.planned!);
  const common = plans.reduce(
    (shared, { features }) => shared.filter(feature => features.includes(feature)),
    plans[0]!.features,
  );
  const platforms = new Set(plans.map(({ platform }) => platform));
  const settings = new Set(plans.map(settingsOf));
  const sides = copies.map((place, at) => {
    const plan = plans[at]!;
    const own = plan.features.filter(feature => !common.includes(feature));
    const parts = [
      ...(platforms.size > 1 ? [plan.platform === null ? 'for the host' : `for ${plan.platform}`] : []),
      ...(own.length > 0 ? [`with ${own.join(', ')}`] : []),
      ...(settings.size > 1 ? [settingsOf(plan)] : []),
    ];
    return `${parts.join(', ') || 'plain'} by ${dependentsIn(units, place)}`;
  });
  return sides.join('; ');
}

function settingsOf({ profile }: PlannedUnit): string {
  return `opt-level ${profile.optLevel}, debug ${profile.debuginfo}`;
}
