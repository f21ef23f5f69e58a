/** Packages of which several versions are compiled. What is counted is all but the one that costs most. */
import { dependentsIn, type PlannedBuildUnit, replaced, type WasteDraft, workIn } from './draft.ts';

export function duplicateVersions(units: readonly PlannedBuildUnit[]): readonly WasteDraft[] {
  const byName = new Map<string, Map<string, number[]>>();
  for (const [place, { unit }] of units.entries()) {
    const versions = byName.get(unit.package) ?? new Map<string, number[]>();
    versions.set(unit.version, [...(versions.get(unit.version) ?? []), place]);
    byName.set(unit.package, versions);
  }
  const drafts: WasteDraft[] = [];
  for (const [name, versions] of [...byName].sort()) {
    if (versions.size < 2) continue;
    const workAt = (places: readonly number[]) =>
      places.reduce((sum, place) => sum + workIn(units[place]!.unit), 0);
    const ranked = [...versions].sort((a, b) => workAt(b[1]) - workAt(a[1]));
    const extra = ranked.slice(1).flatMap(([, places]) => places);
    const libraryIn = (places: readonly number[]) =>
      places.find(place => !units[place]!.unit.target.startsWith('build script')) ?? places[0]!;
    const kept = libraryIn(ranked[0]![1]);
    drafts.push({
      kind: 'duplicate-version',
      what: `${name} ${[...versions.keys()].sort().join(' and ')}`,
      because: [...versions]
        .map(([version, places]) => `${version} by ${dependentsIn(units, libraryIn(places))}`)
        .sort()
        .join('; '),
      workSeconds: workAt(extra),
      without: replaced(units, new Set(extra), kept),
    });
  }
  return drafts;
}
