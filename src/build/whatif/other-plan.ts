/**
 * The measured build with other features: cargo's plan for those features says which units there would be and what each would wait
 * for; how long each takes is taken from the measurement. A unit that would be compiled with other features keeps its measured
 * work, which is too much where features fall away.
 */

import type { PlannedUnit, UnitGraph, UnitIndex } from '#model/build.ts';
import type { BuildUnit } from '#model/build-report.ts';

export interface OtherPlan {
  readonly units: readonly BuildUnit[];
  /** Units of the plan that were not measured: how long they take is not known, and they are left out. */
  readonly unmeasured: number;
  /** Units that are kept and would be compiled with other features. */
  readonly changed: number;
}

/** `indexes`: for each unit its number in `graph`, the plan of the measured build. */
export function otherPlan(
  units: readonly BuildUnit[],
  indexes: readonly UnitIndex[],
  graph: UnitGraph,
  other: UnitGraph,
): OtherPlan {
  const plannedByIndex = new Map(graph.units.map(planned => [planned.index, planned]));
  const placesByKey = new Map<string, number[]>();
  for (const [place, index] of indexes.entries()) {
    const planned = plannedByIndex.get(index);
    if (planned === undefined) continue;
    const key = keyOf(planned);
    placesByKey.set(key, [...(placesByKey.get(key) ?? []), place]);
  }
  const placeOf = new Map<UnitIndex, number>();
  let unmeasured = 0;
  let changed = 0;
  const featuresAt = (place: number) => plannedByIndex.get(indexes[place]!)!.features.join(' ');
  const exactFirst = other.units.toSorted((a, b) => Number(isExact(b)) - Number(isExact(a)));
  for (const planned of exactFirst) {
    const places = placesByKey.get(keyOf(planned)) ?? [];
    const exact = places.findIndex(place => featuresAt(place) === planned.features.join(' '));
    const [place] = places.splice(Math.max(0, exact), 1);
    if (place === undefined) unmeasured++;
    else {
      placeOf.set(planned.index, place);
      if (exact < 0) changed++;
    }
  }
  const kept = [...placeOf.values()].sort((a, b) => a - b);
  const newPlace = new Map(kept.map((place, at) => [place, at]));
  const needs = new Map(
    other.units.flatMap(planned => {
      const place = placeOf.get(planned.index);
      return place === undefined ? [] : [[place, planned.dependencies] as const];
    }),
  );
  return {
    units: kept.map(place => ({
      ...units[place]!,
      dependencies: needs.get(place)!.flatMap(index => newPlace.get(placeOf.get(index) ?? -1) ?? []),
    })),
    unmeasured,
    changed,
  };

  function isExact(planned: PlannedUnit): boolean {
    const places = placesByKey.get(keyOf(planned)) ?? [];
    return places.some(place => featuresAt(place) === planned.features.join(' '));
  }
}

function keyOf(unit: PlannedUnit): string {
  return [unit.packageId, unit.targetName, unit.targetKind, unit.mode, unit.platform].join(' ');
}
