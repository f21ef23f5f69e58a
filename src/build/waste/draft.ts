import type { PlannedUnit } from '#model/build.ts';
import type { BuildUnit, Waste } from '#model/build-report.ts';

/** A unit of the report with cargo's plan of it. */
export interface PlannedBuildUnit {
  readonly unit: BuildUnit;
  /** Null where the plan lacks it. */
  readonly planned: PlannedUnit | null;
}

/** Waste before it was simulated. */
export interface WasteDraft {
  readonly kind: Waste['kind'];
  readonly what: string;
  readonly because: string;
  readonly workSeconds: number;
  /** The units without it; null where that cannot be simulated. */
  readonly without: readonly BuildUnit[] | null;
}

/** Seconds of one thread. */
export function workIn({ work, durationSeconds }: BuildUnit): number {
  return work === undefined ? durationSeconds : work[0] + work[1] + work[2];
}

export function label({ package: name, version, target }: BuildUnit): string {
  return `${name} ${version} ${target}`;
}

/** Packages that need a unit directly, at most three by name. */
export function dependentsIn(units: readonly PlannedBuildUnit[], place: number): string {
  const names = new Set(
    units
      .filter(({ unit }) => unit.dependencies.includes(place))
      .map(({ unit }) => `${unit.package}${unit.target.startsWith('build script') ? "'s build script" : ''}`),
  );
  names.delete(units[place]!.unit.package);
  const list = [...names].sort();
  const more = list.length > 3 ? ` and ${list.length - 3} more` : '';
  return list.length === 0 ? 'what was asked for' : `${list.slice(0, 3).join(', ')}${more}`;
}

/**
 * The units without some, and with what needed these needing `kept` instead; then without what nothing needs any more. Null where
 * `kept` is made with one of those that it would stand for, as a library can be for which a build script needs it.
 */
export function replaced(
  units: readonly PlannedBuildUnit[],
  extra: ReadonlySet<number>,
  kept: number,
): readonly BuildUnit[] | null {
  if (isBelow(units, kept, extra)) return null;
  const wanted = new Set<number>();
  const isNeeded = new Set(units.flatMap(({ unit }) => unit.dependencies));
  const redirected = units.map(({ unit }) => ({
    ...unit,
    dependencies: [...new Set(unit.dependencies.map(need => (extra.has(need) ? kept : need)))],
  }));
  const open = units.flatMap((_, place) => (isNeeded.has(place) || extra.has(place) ? [] : [place]));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (wanted.has(next)) continue;
    wanted.add(next);
    open.push(...redirected[next]!.dependencies);
  }
  const places = new Map([...wanted].sort((a, b) => a - b).map((place, at) => [place, at]));
  return redirected.flatMap((unit, place) =>
    wanted.has(place)
      ? [{ ...unit, dependencies: unit.dependencies.flatMap(need => places.get(need) ?? []) }]
      : [],
  );
}

function isBelow(units: readonly PlannedBuildUnit[], from: number, sought: ReadonlySet<number>): boolean {
  const seen = new Set<number>();
  const open = [...units[from]!.unit.dependencies];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (sought.has(next)) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...units[next]!.unit.dependencies);
  }
  return false;
}
