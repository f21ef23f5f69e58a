/**
 * The edit loop's price list: how often each file was changed × what a change of it builds again.
 *
 * What is built again follows from rustc's dep-info (the crates that read the file) and cargo's graph (what needs them). How long
 * that takes is simulated from the times of a build from nothing, which is the most that it takes: incremental compilation is not
 * in it. For the files that were measured as an edit, the measurement stands beside it.
 */
import type { PlannedUnit } from '#model/build.ts';
import type { BuildUnit, EditPrice, ScenarioFigures } from '#model/build-report.ts';
import type { ChangeHistory } from '#model/change-history.ts';
import type { TableBlock } from '#model/section.ts';
import type { Machine } from './schedule/machine.ts';
import { predict } from './schedule/plan.ts';
import { roundedSeconds } from './seconds.ts';

// Limit: so many files are listed, those that cost most.
const listed = 30;

/** `planned`: for each unit cargo's plan of it; `root`: of the workspace, absolute. */
export function editPrices(
  units: readonly BuildUnit[],
  planned: readonly (PlannedUnit | null)[],
  machine: Machine,
  history: ChangeHistory,
  root: string,
  scenarios: readonly ScenarioFigures[],
): readonly EditPrice[] {
  const placesByFile = placesOf(units, planned, history, root);
  const dependents = units.map((): number[] => []);
  for (const [place, unit] of units.entries()) {
    for (const need of unit.dependencies) dependents[need]!.push(place);
  }
  const known = new Map<string, { readonly seconds: number; readonly count: number }>();
  const prices = history.files.flatMap(({ file, commits }): EditPrice[] => {
    const first = placesByFile.get(file) ?? [];
    if (first.length === 0) return [];
    const again = above(first, dependents);
    const key = again.join(' ');
    let rebuilt = known.get(key);
    if (rebuilt === undefined) {
      rebuilt = { seconds: predict(only(units, again), machine, { orders: 0 }).seconds, count: again.length };
      known.set(key, rebuilt);
    }
    const measured = scenarios.find(({ scenario }) => scenario === `edit:${file}`)?.wallSeconds;
    const each = measured ?? rebuilt.seconds;
    return [
      {
        file,
        package: units[first[0]!]!.package,
        commits,
        unitsRebuilt: rebuilt.count,
        mostSeconds: roundedSeconds(rebuilt.seconds),
        ...(measured === undefined ? {} : { measuredSeconds: measured }),
        totalSeconds: roundedSeconds(each * commits),
      },
    ];
  });
  return prices
    .sort((a, b) => b.totalSeconds - a.totalSeconds || (a.file < b.file ? -1 : 1))
    .slice(0, listed);
}

export function editTable(prices: readonly EditPrice[], { commits, from, to }: ChangeHistory): TableBlock {
  return {
    kind: 'table',
    title: `What edits cost, by the last ${commits} commits (${from.slice(0, 10)} to ${to.slice(0, 10)})`,
    columns: [
      { title: 'file' },
      { title: 'crate' },
      { title: 'commits', unit: 'count' },
      { title: 'units again', unit: 'count' },
      { title: 'at most', unit: 's' },
      { title: 'measured', unit: 's' },
      { title: 'in all', unit: 's' },
    ],
    rows: prices.map(price => [
      price.file,
      price.package,
      price.commits,
      price.unitsRebuilt,
      price.mostSeconds,
      price.measuredSeconds ?? null,
      price.totalSeconds,
    ]),
  };
}

/** By file the units that are compiled from it: those of a crate that rustc read it for, told by the crate's root. */
function placesOf(
  units: readonly BuildUnit[],
  planned: readonly (PlannedUnit | null)[],
  history: ChangeHistory,
  root: string,
): ReadonlyMap<string, readonly number[]> {
  const filesByCrate = new Map<string, Set<string>>();
  for (const { crate, files } of history.crates) {
    for (const file of files) {
      const key = `${crate} ${file}`;
      const all = filesByCrate.get(key) ?? new Set();
      for (const other of files) all.add(other);
      filesByCrate.set(key, all);
    }
  }
  const places = new Map<string, number[]>();
  for (const [place, unit] of units.entries()) {
    const plan = planned[place];
    if (!unit.member || plan === null || plan === undefined || unit.mode === 'run-custom-build') continue;
    const rootFile = plan.sourcePath.startsWith(`${root}/`) ? plan.sourcePath.slice(root.length + 1) : null;
    if (rootFile === null) continue;
    const crate =
      plan.targetKind === 'custom-build' ? 'build_script_build' : plan.targetName.replaceAll('-', '_');
    for (const file of filesByCrate.get(`${crate} ${rootFile}`) ?? [rootFile]) {
      places.set(file, [...(places.get(file) ?? []), place]);
    }
  }
  return places;
}

function above(first: readonly number[], dependents: readonly (readonly number[])[]): readonly number[] {
  const found = new Set<number>();
  const open = [...first];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...dependents[next]!);
  }
  return [...found].sort((a, b) => a - b);
}

/** Of `units` those at `places`; all others are there already. */
function only(units: readonly BuildUnit[], places: readonly number[]): readonly BuildUnit[] {
  const at = new Map(places.map((place, index) => [place, index]));
  return places.map(place => ({
    ...units[place]!,
    dependencies: units[place]!.dependencies.flatMap(need => at.get(need) ?? []),
  }));
}
