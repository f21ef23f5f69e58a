/** Builds as a team meets them: medians of what was measured of each scenario. */
import { median } from '#base/median.ts';
import type { ScenarioRun } from '#model/build.ts';
import type { ScenarioFigures } from '#model/build-report.ts';
import type { Unknown } from '#model/report.ts';
import type { TableBlock } from '#model/section.ts';
import { roundedSeconds } from './seconds.ts';

/** In the order in which they were measured; one that never ran to its end is left out. */
export function scenarioFigures(runs: readonly ScenarioRun[]): readonly ScenarioFigures[] {
  return [...byScenario(runs)].flatMap(([scenario, of]): ScenarioFigures[] => {
    const good = of.filter(({ failure }) => failure === null);
    const ended = good.filter(({ seconds }) => seconds !== null);
    const [first] = ended;
    if (first === undefined) return [];
    const seconds = ended.map(run => run.seconds!);
    const cpu = median(ended.flatMap(({ cpuSeconds }) => cpuSeconds ?? []));
    const diagnostic = median(good.flatMap(({ firstDiagnosticSeconds }) => firstDiagnosticSeconds ?? []));
    return [
      {
        scenario,
        command: first.command,
        runs: ended.length,
        wallSeconds: roundedSeconds(median(seconds)!),
        lowSeconds: roundedSeconds(Math.min(...seconds)),
        highSeconds: roundedSeconds(Math.max(...seconds)),
        ...(cpu === null ? {} : { cpuSeconds: roundedSeconds(cpu) }),
        ...(diagnostic === null ? {} : { firstDiagnosticSeconds: roundedSeconds(diagnostic) }),
        artifactsMade: first.ran,
        artifactsFresh: first.fresh,
        ...(first.changed === null ? {} : { changed: first.changed }),
      },
    ];
  });
}

export function scenarioTable(figures: readonly ScenarioFigures[]): TableBlock {
  const edits = figures.some(({ changed }) => changed !== undefined);
  return {
    kind: 'table',
    title: 'Scenarios',
    columns: [
      { title: 'scenario' },
      ...(edits ? [{ title: 'changed' }, { title: 'first error', unit: 's' as const }] : []),
      { title: 'end', unit: 's' },
      { title: 'from', unit: 's' },
      { title: 'to', unit: 's' },
      { title: 'runs', unit: 'count' },
      { title: 'made', unit: 'count' },
      { title: 'fresh', unit: 'count' },
    ],
    rows: figures.map(figure => [
      figure.scenario,
      ...(edits ? [figure.changed ?? null, figure.firstDiagnosticSeconds ?? null] : []),
      figure.wallSeconds,
      figure.lowSeconds,
      figure.highSeconds,
      figure.runs,
      figure.artifactsMade,
      figure.artifactsFresh,
    ]),
    shown: 30,
  };
}

export function scenarioUnknowns(runs: readonly ScenarioRun[]): readonly Unknown[] {
  const failed = runs.filter(({ failure }) => failure !== null);
  return [...byScenario(failed)].map(([scenario, of]) => ({
    area: 'build',
    what: `how long \`--scenario ${scenario}\` takes`,
    why: `cargo failed: ${of[0]!.failure!.trim().split('\n')[0]}`,
    count: of.length,
  }));
}

function byScenario(runs: readonly ScenarioRun[]): ReadonlyMap<string, readonly ScenarioRun[]> {
  const groups = new Map<string, ScenarioRun[]>();
  for (const run of runs) groups.set(run.scenario, [...(groups.get(run.scenario) ?? []), run]);
  return groups;
}
