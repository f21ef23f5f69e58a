/** Dependencies and features that the workspace compiles without (`--prove`), with what the build would do less. */
import type { Proof } from '#model/build.ts';
import type { Unknown } from '#model/report.ts';
import { withoutUnits } from '../whatif/apply.ts';
import { type PlannedBuildUnit, type WasteDraft, workIn } from './draft.ts';

export function provedUnused(
  units: readonly PlannedBuildUnit[],
  proofs: readonly Proof[],
): readonly WasteDraft[] {
  const placesByKey = new Map<string, number[]>();
  for (const [place, { planned }] of units.entries()) {
    if (planned === null) continue;
    const { packageId, targetName, targetKind, mode, platform } = planned;
    const key = [packageId, targetName, targetKind, mode, platform ?? ''].join(' ');
    placesByKey.set(key, [...(placesByKey.get(key) ?? []), place]);
  }
  const plain = units.map(({ unit }) => unit);
  return proofs.flatMap((proof): WasteDraft[] => {
    if (proof.outcome !== 'compiles') return [];
    const left = new Map([...placesByKey].map(([key, places]) => [key, [...places]]));
    const gone = new Set(proof.gone.flatMap(key => left.get(key)?.shift() ?? []));
    const goneUnits = new Set([...gone].map(place => plain[place]!));
    return [
      {
        kind: proof.kind === 'feature' ? 'compiles-without' : 'unused-dependency',
        what:
          proof.feature === null
            ? `${proof.name} in ${proof.member}`
            : `feature ${proof.feature} of ${proof.name} in ${proof.member}`,
        because: becauseOf(proof),
        workSeconds: [...goneUnits].reduce((sum, unit) => sum + workIn(unit), 0),
        without: withoutUnits(plain, unit => goneUnits.has(unit)),
      },
    ];
  });
}

function becauseOf({ kind, commands, section, together }: Proof): string {
  const [first, ...others] = commands;
  const also = others
    .map(command => /--(?:all-features|no-default-features)/.exec(command)?.[0])
    .filter(flag => flag !== undefined);
  const compiled = `without it \`${first}\` compiles${also.length === 0 ? '' : `, and with ${also.join(' and ')}`}`;
  return kind === 'feature'
    ? `${compiled}${together ? '' : ', but not without all of these at once'}; what it does at run time and on other platforms is not proved`
    : `${compiled}; no code and no text names it ([${section}])`;
}

/** What could not be judged, by the reason. */
export function unproved(proofs: readonly Proof[]): readonly Unknown[] {
  const byWhy = new Map<string, string[]>();
  for (const { outcome, why, name, feature, member } of proofs) {
    if (outcome !== 'unknown') continue;
    const what = `${feature === null ? '' : `feature ${feature} of `}${name} in ${member.split(' ')[0]}`;
    byWhy.set(why, [...(byWhy.get(why) ?? []), what]);
  }
  return [...byWhy].map(([why, whats]) => ({
    area: 'build',
    what: `whether these are needed: ${whats.slice(0, 3).join(', ')}${whats.length > 3 ? ` and ${whats.length - 3} more` : ''}`,
    why,
    count: whats.length,
  }));
}
