import type { Report } from '#model/report.ts';

/** A section of the page, as the bar at the top and the keys name it. */
export interface Place {
  readonly id: string;
  readonly title: string;
  /** How many things are there; null where that says nothing. */
  readonly count: number | null;
  /** The key after `g`; null where all its letters are taken. */
  readonly letter: string | null;
}

/** The sections of the page in their order, each with a letter of its own after `g`. */
export function placesOf(
  report: Report,
  areas: readonly { readonly key: string; readonly section: { title: string } }[],
): Place[] {
  const { findings, unknowns } = report;
  const taken = new Set(['f', 'u', 'p']);
  const places: Place[] = [{ id: 'findings', title: 'Findings', count: findings.length, letter: 'f' }];
  for (const { key, section } of areas) {
    const letter = [...key].find(candidate => /[a-z]/.test(candidate) && !taken.has(candidate)) ?? null;
    if (letter !== null) taken.add(letter);
    places.push({ id: key, title: section.title, count: null, letter });
  }
  const unseen = unknowns.reduce((sum, unknown) => sum + unknown.count, 0);
  places.push({ id: 'unknowns', title: 'Unknowns', count: unseen, letter: 'u' });
  places.push({ id: 'provenance', title: 'Provenance', count: null, letter: 'p' });
  return places;
}
