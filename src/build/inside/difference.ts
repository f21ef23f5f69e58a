/** Two sets of self-profiles, held against each other by unit and activity: two builds, or two versions of a compiler. */
import type { ProfiledUnit } from '#model/self-profile.ts';
import { type PhaseName, phaseOf } from './phases.ts';
import { compare } from './totals.ts';

export interface InsideDifference {
  /** Changes of self time by unit and activity, largest first; those that are nothing are left out. */
  readonly changes: readonly ActivityChange[];
  /** Sums of them by phase, largest first. */
  readonly byPhase: readonly {
    readonly phase: PhaseName;
    readonly beforeNs: number;
    readonly afterNs: number;
  }[];
  /** Names of units that only one of both sets has, and that several units of a set share: these are not compared. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
  readonly ambiguous: readonly string[];
}

export interface ActivityChange {
  readonly unit: string;
  readonly label: string;
  /** Null where the activity is in one of both alone. */
  readonly beforeNs: number | null;
  readonly afterNs: number | null;
}

/** Units are matched by their names, which must not hold what differs between the builds (a hash, a process id). */
export function differenceOf(
  before: readonly ProfiledUnit[],
  after: readonly ProfiledUnit[],
): InsideDifference {
  const ambiguous = new Set([...repeated(before), ...repeated(after)]);
  const byName = (units: readonly ProfiledUnit[]) =>
    new Map(units.filter(({ name }) => !ambiguous.has(name)).map(unit => [unit.name, unit]));
  const left = byName(before);
  const right = byName(after);
  const changes: ActivityChange[] = [];
  const phases = new Map<PhaseName, { beforeNs: number; afterNs: number }>();
  for (const [name, unit] of left) {
    const other = right.get(name);
    if (other === undefined) continue;
    const selfOf = ({ profile }: ProfiledUnit) =>
      new Map(profile.activities.map(({ label, selfNs }) => [label, selfNs]));
    const [from, to] = [selfOf(unit), selfOf(other)];
    for (const label of new Set([...from.keys(), ...to.keys()])) {
      const beforeNs = from.get(label) ?? null;
      const afterNs = to.get(label) ?? null;
      const sums = phases.get(phaseOf(label)) ?? { beforeNs: 0, afterNs: 0 };
      phases.set(phaseOf(label), sums);
      sums.beforeNs += beforeNs ?? 0;
      sums.afterNs += afterNs ?? 0;
      if (beforeNs !== afterNs) changes.push({ unit: name, label, beforeNs, afterNs });
    }
  }
  const size = ({ beforeNs, afterNs }: { beforeNs: number | null; afterNs: number | null }) =>
    Math.abs((afterNs ?? 0) - (beforeNs ?? 0));
  changes.sort((a, b) => size(b) - size(a) || compare(a.unit, b.unit) || compare(a.label, b.label));
  return {
    changes,
    byPhase: [...phases]
      .map(([phase, sums]) => ({ phase, ...sums }))
      .sort((a, b) => size(b) - size(a) || compare(a.phase, b.phase)),
    onlyBefore: [...left.keys()].filter(name => !right.has(name)).sort(compare),
    onlyAfter: [...right.keys()].filter(name => !left.has(name)).sort(compare),
    ambiguous: [...ambiguous].sort(compare),
  };
}

function repeated(units: readonly ProfiledUnit[]): string[] {
  const seen = new Set<string>();
  return units.map(({ name }) => name).filter(name => seen.size === seen.add(name).size);
}
