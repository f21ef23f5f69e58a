import type { MeasureDiff, UnitDiff } from '#model/build-diff.ts';
import { pluralText } from '#model/measure-text.ts';
import type { NamedBuild } from '#model/reported-build.ts';

/** What makes the two sides hard to compare, and what the matching had to assume. */
export function noticesOf(
  before: readonly NamedBuild[],
  after: readonly NamedBuild[],
  measures: readonly MeasureDiff[],
  units: readonly UnitDiff[],
): readonly string[] {
  const all = [...before, ...after];
  const notices: string[] = [];
  const nameOf = (member: string) => member.split(' ')[0]!;
  const members = (side: readonly NamedBuild[]) =>
    new Set(side.flatMap(({ build }) => build.members).map(nameOf));
  const membersAfter = members(after);
  if (![...members(before)].some(name => membersAfter.has(name)))
    notices.push('the two sides have no workspace member in common: are they of the same workspace?');

  const differing = (what: string, read: (named: NamedBuild) => string | null) => {
    const values = [...new Set(all.map(read))].map(value => value ?? 'unknown');
    if (values.length > 1) notices.push(`the reports differ in ${what}: ${values.join(', ')}`);
  };
  differing('the version of rustc', ({ build }) => build.rustc);
  differing('the host', ({ build }) => build.host);
  differing('the number of jobs', ({ build }) => build.jobs?.toString() ?? null);
  differing('the number of cores', ({ build }) => build.cores?.toString() ?? null);

  const wall = measures.find(({ name }) => name === 'wallSeconds');
  const cpu = measures.find(({ name }) => name === 'cpuSeconds');
  const sameJobs = new Set(all.map(({ build }) => build.jobs)).size === 1;
  if (sameJobs && cpu?.verdict === 'within-noise' && wall !== undefined && wall.verdict !== 'within-noise')
    notices.push(
      'the wall time differs and the CPU time does not: in one of the builds the machine may have had other work',
    );

  for (const [side, runs] of [
    ['before', before],
    ['after', after],
  ] as const) {
    const counts = [...new Set(runs.map(({ build }) => build.units.length))];
    if (counts.length > 1)
      notices.push(`the runs ${side} did not run the same units: ${counts.join(', ')} units`);
  }
  const byOrder = units.filter(unit => unit.matchedBy === 'order').length;
  if (byOrder > 0) {
    notices.push(
      `${pluralText(byOrder, 'unit')} could not be told from others of the same package, target and mode: matched in the order of their start`,
    );
  }
  return notices;
}
