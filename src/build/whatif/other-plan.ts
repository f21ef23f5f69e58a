/**
 * The measured build with other features: cargo's plan for those features says which units there would be and what each would wait
 * for. How long each takes was measured: in the measured build, or, where its features or those below it differ, in a build of
 * just these.
 * Where there was none, a unit keeps the work that it had with other features, which is too much where features fall away.
 */

import type { PlannedUnit, UnitGraph, UnitIndex } from '#model/build.ts';
import type { BuildUnit } from '#model/build-report.ts';

export interface OtherPlan {
  readonly units: readonly BuildUnit[];
  /** Units of the plan that were never measured: how long they take is not known, and they are left out. */
  readonly unmeasured: number;
  /** Units that were built for this plan: with other features than in the measured build, themselves or below them. */
  readonly built: number;
  /** Units that are kept with the work that they had with other features. */
  readonly changed: number;
}

/**
 * `indexes`: for each unit its number in `graph`, the plan of the measured build. `built`: units of `other` that were measured for
 * it, by their number there.
 */
export function otherPlan(
  units: readonly BuildUnit[],
  indexes: readonly UnitIndex[],
  graph: UnitGraph,
  other: UnitGraph,
  built: ReadonlyMap<UnitIndex, BuildUnit>,
): OtherPlan {
  const plannedByIndex = new Map(graph.units.map(planned => [planned.index, planned]));
  const placesByKey = new Map<string, number[]>();
  for (const [place, index] of indexes.entries()) {
    const planned = plannedByIndex.get(index);
    if (planned === undefined) continue;
    const key = keyOf(planned);
    placesByKey.set(key, [...(placesByKey.get(key) ?? []), place]);
  }
  const featuresAt = (place: number) => plannedByIndex.get(indexes[place]!)!.features.join(' ');
  const chosen: { readonly planned: PlannedUnit; readonly unit: BuildUnit; readonly place: number }[] = [];
  const counts = { unmeasured: 0, built: 0, changed: 0 };
  const exactFirst = other.units.toSorted((a, b) => Number(isExact(b)) - Number(isExact(a)));
  for (const planned of exactFirst) {
    const places = placesByKey.get(keyOf(planned)) ?? [];
    const exact = places.findIndex(place => featuresAt(place) === planned.features.join(' '));
    const [place = units.length] = places.splice(Math.max(0, exact), 1);
    const measured = built.get(planned.index);
    if (measured !== undefined) {
      counts.built++;
      chosen.push({ planned, unit: measured, place });
    } else if (place === units.length) counts.unmeasured++;
    else {
      if (exact < 0) counts.changed++;
      chosen.push({ planned, unit: units[place]!, place });
    }
  }
  // What was measured elsewhere starts where its like did: that is the order in which cargo takes equals.
  chosen.sort((a, b) => a.place - b.place);
  const newPlaces = new Map(chosen.map(({ planned }, place) => [planned.index, place]));
  return {
    units: chosen.map(({ planned, unit }) => ({
      ...unit,
      dependencies: planned.dependencies.flatMap(index => newPlaces.get(index) ?? []),
    })),
    ...counts,
  };

  function isExact(planned: PlannedUnit): boolean {
    const places = placesByKey.get(keyOf(planned)) ?? [];
    return places.some(place => featuresAt(place) === planned.features.join(' '));
  }
}

function keyOf(unit: PlannedUnit): string {
  return [unit.packageId, unit.targetName, unit.targetKind, unit.mode, unit.platform].join(' ');
}
