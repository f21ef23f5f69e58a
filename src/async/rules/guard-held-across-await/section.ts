import type { Unknown } from '#model/report.ts';
import type { Block } from '#model/section.ts';

export function guardsByKind(guardsSeen: ReadonlyMap<string, number>): Block {
  return {
    kind: 'table',
    title: 'Guards held across an await, by kind',
    columns: [{ title: 'kind' }, { title: 'guards', unit: 'count' }],
    rows: [...guardsSeen].sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}

/** What could not be looked into, by why. `unresolved` has the places of each kind, `skipped` counts bodies. */
export function unknownsOf(unresolved: ReadonlyMap<string, ReadonlySet<string>>, skipped: number): Unknown[] {
  const texts: Record<string, readonly [string, string]> = {
    dyn: [
      'trait objects without `Send` held across an await',
      'what is behind `dyn` was made in another function; a guard in it would not be seen',
    ],
    parameter: [
      'values of a generic type held across an await',
      'no instance with a guard was seen in the workspace; others are not known',
    ],
    foreign: [
      'values of other crates that borrow something or name a guard, held across an await',
      'their fields are not in the compiler’s dump; a guard in one would be seen only if its type is in the table of guards',
    ],
    unsure: [
      'values that may be a guard, held across an await',
      'their crate has several types of a name that is in the table of guards, and which of them it re-exports was not seen',
    ],
  };
  const unknowns: Unknown[] = [];
  for (const [kind, [what, why]] of Object.entries(texts)) {
    const count = unresolved.get(kind)?.size ?? 0;
    if (count > 0) unknowns.push({ area: 'async', what, why, count });
  }
  if (skipped > 0) {
    unknowns.push({
      area: 'async',
      what: 'async bodies that are too large to analyse',
      why: 'a bound of the analysis was reached',
      count: skipped,
    });
  }
  return unknowns;
}
