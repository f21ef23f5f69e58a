/**
 * Which units of several reports are the same one.
 *
 * A unit is known by its package, target and mode; its version may change. Several can have the same three: two versions of a
 * package, or one version built for host and target, or with several sets of features. Reports name neither platform nor
 * fingerprint, so what tells those apart is their features and who depends on them: what is built for the host is needed by
 * build scripts and proc macros.
 */
import type { UnitMatch } from '#model/build-diff.ts';
import type { ReportedUnit } from '#model/reported-build.ts';

/** A unit with what tells it from others of the same package, target and mode. */
export interface KnownUnit {
  readonly unit: ReportedUnit;
  /** Package, target and mode of those that depend on it directly; sorted, as one text. */
  readonly dependents: string;
}

export function knownUnits(units: readonly ReportedUnit[]): readonly KnownUnit[] {
  const dependents = units.map(() => new Set<string>());
  for (const unit of units) for (const place of unit.dependencies) dependents[place]?.add(nameOf(unit));
  return units.map((unit, place) => ({ unit, dependents: [...dependents[place]!].toSorted().join('\n') }));
}

export interface UnitPair {
  /** Places in the lists that were matched. */
  readonly left: number;
  readonly right: number;
  readonly matchedBy: UnitMatch;
}

/** Each unit is in at most one pair. The order of the pairs is that of `left`. */
export function matchUnits(left: readonly KnownUnit[], right: readonly KnownUnit[]): readonly UnitPair[] {
  const groups = new Map<string, { left: number[]; right: number[] }>();
  const enter = (side: 'left' | 'right', known: readonly KnownUnit[]) => {
    for (const [place, { unit }] of known.entries()) {
      const group = groups.get(nameOf(unit)) ?? { left: [], right: [] };
      groups.set(nameOf(unit), group);
      group[side].push(place);
    }
  };
  enter('left', left);
  enter('right', right);
  return [...groups.values()]
    .flatMap(group => matchGroup(group, left, right))
    .toSorted((a, b) => a.left - b.left);
}

type Trait = (known: KnownUnit) => string | null;

const version: Trait = ({ unit }) => unit.version;
const features: Trait = ({ unit }) => unit.features?.join() ?? null;
const dependents: Trait = known => known.dependents;

function matchGroup(
  group: { readonly left: number[]; readonly right: number[] },
  left: readonly KnownUnit[],
  right: readonly KnownUnit[],
): readonly UnitPair[] {
  const pairs: UnitPair[] = [];
  /** Pairs those of the group that are alike in all traits and, if `alone`, the only ones of both sides that are. */
  const pair = (matchedBy: UnitMatch, traits: readonly Trait[], alone: boolean): void => {
    const keyOf = (known: KnownUnit): string | null => {
      const values = traits.map(trait => trait(known));
      return values.includes(null) ? null : JSON.stringify(values);
    };
    const leftByKey = placesByKey(group.left, left, keyOf);
    const rightByKey = placesByKey(group.right, right, keyOf);
    for (const [key, lefts] of leftByKey) {
      const rights = rightByKey.get(key) ?? [];
      if (alone && (lefts.length !== 1 || rights.length !== 1)) continue;
      for (const [index, place] of lefts.slice(0, rights.length).entries()) {
        const other = rights[index]!;
        pairs.push({ left: place, right: other, matchedBy });
        group.left.splice(group.left.indexOf(place), 1);
        group.right.splice(group.right.indexOf(other), 1);
      }
    }
  };
  pair('identity', [version], true);
  pair('features', [version, features], true);
  pair('dependents', [version, features, dependents], true);
  pair('dependents', [version, dependents], true);
  pair('order', [version], false);
  // What is left on both sides has another version there.
  pair('version', [], true);
  pair('features', [features], true);
  pair('dependents', [dependents], true);
  pair('order', [], false);
  return pairs;
}

function placesByKey(
  places: readonly number[],
  known: readonly KnownUnit[],
  keyOf: (known: KnownUnit) => string | null,
): ReadonlyMap<string, readonly number[]> {
  const byKey = new Map<string, number[]>();
  for (const place of places) {
    const key = keyOf(known[place]!);
    if (key === null) continue;
    byKey.set(key, [...(byKey.get(key) ?? []), place]);
  }
  return byKey;
}

function nameOf(unit: ReportedUnit): string {
  return JSON.stringify([unit.package, unit.target, unit.mode]);
}
