/** What `npm run accuracy:build` makes of its runs: figures and the table of docs/accuracy.md. Takes values and gives values and text. */
import { median as medianOf } from '#base/median.ts';

export interface BuildCrate {
  readonly name: string;
  readonly version: string;
  /** With which features instead of its own it is predicted and then built; null where it has none to drop. */
  readonly features: string | null;
}

/** One build that was measured, and what was predicted of it. Seconds. */
export interface BuildRun {
  readonly jobs: 1 | 2;
  readonly withFeatures: boolean;
  readonly units: number;
  readonly wallSeconds: number;
  readonly errorPercent: number;
  readonly startErrorPercent: number;
  /** Predicted with the other number of jobs. */
  readonly otherJobsSeconds: number | null;
  /** Predicted with `features`. */
  readonly featuresSeconds: number | null;
}

export interface BuildRuns extends BuildCrate {
  readonly runs: readonly BuildRun[];
}

export interface BuildFigures {
  readonly name: string;
  readonly units: number;
  readonly replay: readonly number[];
  readonly starts: readonly number[];
  readonly predictions: readonly PredictionFigure[];
}

export interface PredictionFigure {
  readonly what: string;
  /** Median of what was measured, and half of its range as a share of it. */
  readonly measured: number;
  readonly noiseShare: number;
  /** Median of what was predicted from each of the other runs. */
  readonly predicted: number;
  /** With sign, of the measured median. */
  readonly offShare: number;
}

export const bars = {
  replayMedianPercent: 1,
  replayWorstPercent: 3,
  startPercent: 3,
  predictionShare: 0.05,
} as const;

export function figuresOf(crate: BuildRuns): BuildFigures {
  const two = crate.runs.filter(run => run.jobs === 2 && !run.withFeatures);
  const one = crate.runs.filter(run => run.jobs === 1);
  const dropped = crate.runs.filter(run => run.withFeatures);
  const predictions: PredictionFigure[] = [];
  const add = (what: string, measured: readonly BuildRun[], predicted: readonly (number | null)[]) => {
    const known = predicted.filter(seconds => seconds !== null);
    if (measured.length === 0 || known.length === 0) return;
    const walls = measured.map(run => run.wallSeconds);
    const middle = median(walls);
    predictions.push({
      what,
      measured: middle,
      noiseShare: (Math.max(...walls) - Math.min(...walls)) / 2 / middle,
      predicted: median(known),
      offShare: median(known) / middle - 1,
    });
  };
  add(
    '-j1 from -j2',
    one,
    two.map(run => run.otherJobsSeconds),
  );
  add(
    '-j2 from -j1',
    two,
    one.map(run => run.otherJobsSeconds),
  );
  add(
    'features',
    dropped,
    two.map(run => run.featuresSeconds),
  );
  return {
    name: `${crate.name} ${crate.version}`,
    units: two[0]?.units ?? 0,
    replay: crate.runs.map(run => run.errorPercent),
    starts: crate.runs.map(run => run.startErrorPercent),
    predictions,
  };
}

/** What is beyond the bars, in words. */
export function beyondBars(figures: readonly BuildFigures[]): readonly string[] {
  const replays = figures.flatMap(({ replay }) => replay);
  const wrong: string[] = [];
  if (median(replays) > bars.replayMedianPercent)
    wrong.push(`replay: median ${median(replays).toFixed(2)} %`);
  for (const { name, replay, starts, predictions } of figures) {
    if (Math.max(...replay) > bars.replayWorstPercent)
      wrong.push(`${name}: replay off by ${Math.max(...replay).toFixed(2)} %`);
    if (Math.max(...starts) > bars.startPercent)
      wrong.push(`${name}: starts off by ${Math.max(...starts).toFixed(2)} %`);
    for (const { what, offShare, noiseShare } of predictions) {
      if (Math.abs(offShare) - noiseShare > bars.predictionShare)
        wrong.push(
          `${name}: ${what} off by ${percent(offShare)}, beyond the noise of ${percent(noiseShare)}`,
        );
    }
  }
  return wrong;
}

/** Two tables in Markdown. */
export function buildTables(figures: readonly BuildFigures[]): string {
  const replays = figures.map(({ name, units, replay, starts }) => [
    name,
    units,
    replay.length,
    `${median(replay).toFixed(2)} %`,
    `${Math.max(...replay).toFixed(2)} %`,
    `${Math.max(...starts).toFixed(2)} %`,
  ]);
  const predictions = figures.flatMap(({ name, predictions }) =>
    predictions.map(({ what, measured, noiseShare, predicted, offShare }) => [
      name,
      what,
      `${predicted.toFixed(1)} s`,
      `${measured.toFixed(1)} s`,
      `± ${(100 * noiseShare).toFixed(1)} %`,
      percent(offShare),
    ]),
  );
  const all = figures.flatMap(({ replay }) => replay);
  return [
    `Replays: median error ${median(all).toFixed(2)} %, worst ${Math.max(...all).toFixed(2)} %.\n`,
    table(['workspace', 'units', 'builds', 'replay error, median', 'worst', 'starts, worst'], replays),
    table(['workspace', 'predicted', 'prediction', 'measured, median', 'its range', 'off by'], predictions),
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

function percent(share: number): string {
  return `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(1)} %`;
}

/** Of what is never empty here. */
function median(values: readonly number[]): number {
  return medianOf(values)!;
}
