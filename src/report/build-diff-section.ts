import type {
  BuildDiff,
  Difference,
  MeasureName,
  OneSidedUnit,
  Spread,
  UnitDiff,
} from '#model/build-diff.ts';
import { pluralText, secondsText } from '#model/measure-text.ts';
import type { Block, Cell, Section, TableBlock, TableColumn } from '#model/section.ts';

/** A comparison of builds in the blocks that text and Markdown print. */
export function buildDiffSection(diff: BuildDiff): Section {
  const slower = diff.units.filter(unit => unit.duration.verdict === 'slower');
  const faster = diff.units.filter(unit => unit.duration.verdict === 'faster');
  const blocks: readonly Block[] = [
    measureTable(diff),
    unitTable('Slower units', slower),
    unitTable('Faster units', faster),
    oneSidedTable('Units added', diff.added),
    oneSidedTable('Units removed', diff.removed),
    { kind: 'text', lines: [countLine(diff), ...noiseLines(diff), ...sideLines(diff)] },
  ];
  return {
    title: 'Build, before and after',
    summary: summaryOf(diff),
    blocks: blocks.filter(block => block.kind !== 'table' || block.rows.length > 0),
  };
}

function summaryOf(diff: BuildDiff): string {
  const wall = diff.measures.find(({ name }) => name === 'wallSeconds');
  if (wall === undefined) return 'The wall time of one side is not known.';
  const [before, after] = [secondsText(wall.before.median), secondsText(wall.after.median)];
  if (wall.verdict === 'within-noise')
    return `Wall time ${before} before, ${after} after: not told from noise.`;
  const { deltaPercent } = wall;
  const share = deltaPercent === undefined ? '' : ` (${Math.abs(deltaPercent).toFixed(1)} %)`;
  const beyond =
    diff.noise.kind === 'spread' ? 'beyond the spread of the runs' : 'if the noise is what is assumed below';
  return `Wall time ${before} before, ${after} after: ${secondsText(Math.abs(wall.deltaSeconds))}${share} ${wall.verdict}, ${beyond}.`;
}

const measureLabels: { readonly [name in MeasureName]: string } = {
  wallSeconds: 'wall time',
  cpuSeconds: 'CPU time',
  criticalPathSeconds: 'work on the critical path',
  floorSeconds: 'floor',
  replaySeconds: 'replay, predicted',
};

const differenceColumns: readonly TableColumn[] = [
  { title: 'before', unit: 's' },
  { title: 'after', unit: 's' },
  { title: 'change', unit: 's' },
  { title: '%', unit: 's' },
];

function differenceCells(difference: Difference): readonly Cell[] {
  const { before, after, deltaSeconds, deltaPercent } = difference;
  return [
    spreadText(before),
    spreadText(after),
    signed(deltaSeconds, secondsText(Math.abs(deltaSeconds))),
    deltaPercent === undefined ? null : signed(deltaPercent, Math.abs(deltaPercent).toFixed(1)),
  ];
}

function measureTable(diff: BuildDiff): TableBlock {
  return {
    kind: 'table',
    title: 'The build',
    columns: [{ title: '' }, ...differenceColumns, { title: 'verdict' }],
    rows: diff.measures.map(measure => [
      measureLabels[measure.name],
      ...differenceCells(measure),
      measure.verdict === 'within-noise' ? 'within noise' : measure.verdict,
    ]),
  };
}

function unitTable(title: string, units: readonly UnitDiff[]): TableBlock {
  return {
    kind: 'table',
    title,
    columns: [
      { title: 'unit' },
      ...differenceColumns,
      { title: 'most of it in' },
      { title: 'critical path' },
    ],
    rows: units.map(unit => [
      unitText(unit),
      ...differenceCells(unit.duration),
      largestPhase(unit),
      criticalText(unit),
    ]),
  };
}

/** The phase that moved most in the unit's own direction. */
function largestPhase(unit: UnitDiff): Cell {
  const direction = Math.sign(unit.duration.deltaSeconds);
  const [largest] = (['frontend', 'codegen', 'link'] as const)
    .map(name => ({ name, moved: (unit[name]?.deltaSeconds ?? 0) * direction }))
    .filter(({ moved }) => moved > 0)
    .toSorted((a, b) => b.moved - a.moved);
  if (largest === undefined) return null;
  return `${largest.name} ${signed(direction, secondsText(largest.moved))}`;
}

function criticalText({ criticalBefore, criticalAfter }: UnitDiff): Cell {
  if (criticalBefore && criticalAfter) return 'before and after';
  if (criticalBefore) return 'before';
  return criticalAfter ? 'after' : '';
}

function oneSidedTable(title: string, units: readonly OneSidedUnit[]): TableBlock {
  return {
    kind: 'table',
    title,
    columns: [{ title: 'unit' }, { title: 'duration', unit: 's' }, { title: 'critical path' }],
    rows: units.map(unit => [
      `${unit.package} ${unit.version} ${unitTarget(unit)}`,
      spreadText(unit.duration),
      unit.critical ? 'yes' : '',
    ]),
  };
}

function unitText(unit: UnitDiff): string {
  const { versionBefore, versionAfter } = unit;
  const version = versionBefore === versionAfter ? versionAfter : `${versionBefore} -> ${versionAfter}`;
  const match = unit.matchedBy === 'order' ? ' (matched by order)' : '';
  return `${unit.package} ${version} ${unitTarget(unit)}${match}`;
}

/** Assay's reports name a mode in the target where it is another than `build`. */
function unitTarget({ target, mode }: { readonly target: string; readonly mode: string }): string {
  return mode === 'build' || mode === 'run-custom-build' || target.includes(`(${mode})`)
    ? target
    : `${target} (${mode})`;
}

function countLine(diff: BuildDiff): string {
  const count = (verdict: string) => diff.units.filter(unit => unit.duration.verdict === verdict).length;
  return (
    `Both sides ran ${pluralText(diff.units.length, 'unit')}: ${count('slower')} slower, ${count('faster')} faster, ` +
    `${count('within-noise')} not told from noise. ${diff.added.length} added, ${diff.removed.length} removed.`
  );
}

function noiseLines({ noise, before, after, units }: BuildDiff): readonly string[] {
  const x = `max(${noise.assumedSeconds} s, ${noise.assumedShare * 100} %)`;
  const [left, right] = [before.reports.length, after.reports.length];
  if (noise.chance === undefined) {
    const more = 'Give several reports of each side with --before and --after to measure the noise.';
    return left === 1 && right === 1
      ? [`Noise: single run each: differences below ${x} are not told from noise. ${more}`]
      : [
          `Noise: one side has a single run, taken for a range of ${x}; a difference is told where the ranges do not overlap. ${more}`,
        ];
  }
  const chance = noise.chance * 100;
  const expected = Math.round(noise.chance * units.length);
  return [
    `Noise: a difference is told where the ranges of the ${left} runs before and the ${right} after do not overlap and the medians are ${noise.leastSeconds} s or more apart. ` +
      `Sides that are equal in truth would differ so in at most ${chance < 1 ? chance.toFixed(1) : chance.toFixed(0)} % of cases` +
      `${expected === 0 ? '.' : `: about ${expected} of ${pluralText(units.length, 'unit')}.`}`,
  ];
}

function sideLines(diff: BuildDiff): readonly string[] {
  const side = (name: string, { reports, replayErrorPercent }: BuildDiff['before']) => {
    const error =
      replayErrorPercent === undefined ? '' : `; replay error at most ${replayErrorPercent.toFixed(1)} %`;
    return `${name}: ${reports.join(', ')}${error}`;
  };
  return [side('Before', diff.before), side('After', diff.after)];
}

/** `1.20 s`, and of several runs the range: `1.20 s (1.15–1.31)`. */
function spreadText({ median, low, high, runs }: Spread): string {
  if (runs < 2) return secondsText(median);
  const [from, to] = [secondsText(low), secondsText(high)];
  const plain = (text: string) => text.replace(/ s$/, '');
  // Minutes keep their unit.
  const range =
    from.includes('min') || to.includes('min') ? `${from} – ${to}` : `${plain(from)}–${plain(to)}`;
  return `${secondsText(median)} (${range})`;
}

function signed(direction: number, magnitude: string): string {
  return direction < 0 ? `-${magnitude}` : direction > 0 ? `+${magnitude}` : magnitude;
}
