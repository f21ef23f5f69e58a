/**
 * What pairs of builds say: ratio, interval and verdict for each settings and scenario.
 *
 * Method: of each pair the logarithm of today's time divided by the changed one. Groups are the settings. The residuals of all
 * groups of a scenario, the control's among them, are pooled: a build's noise is the machine's and not the setting's, and few pairs
 * would not tell it alone. The interval is a residual bootstrap (Efron and Tibshirani, "An Introduction to the Bootstrap", 9.4):
 * means of resampled residuals. Resampling few of them gives intervals that are too narrow, so residuals are scaled by
 * √(n / (n − groups)), and the interval by the ratio of Student's to the normal quantile for as many degrees of freedom.
 *
 * A scenario's noise is what the control was off by and the standard error of that, and never below 1 %. A setting is faster when its
 * interval lies beyond the noise, slower likewise; everything else is within the noise. The intervals of the scenarios of one
 * setting hold together (Bonferroni): a setting that does nothing shall be called faster or slower in one of twenty runs at most.
 */
import { median } from '#base/median.ts';
import type { TuneBlock, TuneScenario, TuneTrial, Verdict } from '#model/tune.ts';
import { randomFrom } from '../schedule/plan.ts';
import { normalQuantile, studentQuantile } from './student.ts';

/** Of a wrong word about a setting that does nothing. */
const errorRate = 0.05;
const noiseMin = 0.01;
const resamples = 2000;
/** Fewer pairs choose what is measured again, and are no verdict. */
export const pairsForVerdict = 4;

export interface Comparison {
  readonly scenarios: readonly TuneScenario[];
  /** Without the control; in the order in which the settings were first tried. */
  readonly trials: readonly TuneTrial[];
}

/** `scenarios`: those that were asked for, in that order. `seed` of the resampling. */
export function compareTrials(
  measured: readonly TuneBlock[],
  scenarios: readonly string[],
  seed = 1,
): Comparison {
  const blocks = undisturbed(measured);
  const random = randomFrom(seed);
  const judged = scenarios.map(scenario => {
    const own = blocks.filter(block => block.scenario === scenario);
    const groups = bySettings(own);
    const logs = new Map([...groups].map(([key, of]) => [key, of.flatMap(logRatios)]));
    const spread = spreadOf([...logs.values()]);
    const control = logs.get('') ?? [];
    const standardError = spread === null ? 0 : spread.deviation / Math.sqrt(control.length);
    const noise = Math.max(noiseMin, Math.abs(mean(control)) + standardError);
    return { scenario, own, groups, logs, spread, noise };
  });
  const trials = new Map<string, TuneTrial[]>();
  for (const { scenario, groups, logs, spread, noise } of judged) {
    for (const [key, of] of groups) {
      if (key === '') continue;
      const { settings } = of[0]!;
      const list = trials.get(key) ?? [];
      trials.set(key, list);
      const pairs = logs.get(key)!;
      if (of.some(block => block.failure !== null) || pairs.length === 0) {
        const none = { pairs: pairs.length, ratio: 1, low: 1, high: 1 };
        list.push({ settings, scenario, ...none, verdict: 'failed' });
        continue;
      }
      const middle = mean(pairs);
      const half =
        spread === null
          ? Number.POSITIVE_INFINITY
          : halfWidth(spread, pairs.length, scenarios.length, random);
      list.push({
        settings,
        scenario,
        pairs: pairs.length,
        ratio: rounded(Math.exp(middle)),
        low: rounded(Math.exp(middle - half)),
        high: rounded(Math.exp(middle + half)),
        verdict:
          pairs.length < pairsForVerdict ? 'within-noise' : verdictOf(middle - half, middle + half, noise),
      });
    }
  }
  return {
    scenarios: judged.map(({ scenario, own, noise }) => ({
      scenario,
      todaySeconds: rounded(median(own.flatMap(({ today }) => today)) ?? 0),
      noisePercent: Math.round(1000 * noise) / 10,
    })),
    trials: [...trials].flatMap(([key, list]) => (trials.has(`${key} (combination)`) ? [] : list)),
  };
}

/** A block in whose time something else kept so many cores busy is set aside. */
const otherCoresMax = 0.3;
/** … unless that is so for more of them: then the machine is so, and the pairs are all there is. */
const asideShareMax = 0.34;

/** The blocks that are judged: without those that other work disturbed, where these are the exception. */
export function undisturbed(blocks: readonly TuneBlock[]): readonly TuneBlock[] {
  const quiet = blocks.filter(({ otherCores }) => otherCores === null || otherCores <= otherCoresMax);
  return blocks.length - quiet.length <= asideShareMax * blocks.length ? quiet : blocks;
}

export function logRatios({ today, changed }: TuneBlock): readonly number[] {
  return today.flatMap((seconds, pair) => {
    const other = changed[pair];
    return other === undefined || other <= 0 || seconds <= 0 ? [] : [Math.log(seconds / other)];
  });
}

function bySettings(blocks: readonly TuneBlock[]): ReadonlyMap<string, readonly TuneBlock[]> {
  const groups = new Map<string, TuneBlock[]>();
  for (const block of blocks) {
    // What was measured for a combination is compared without what chose it.
    const key = `${block.settings.join(' ')}${block.purpose === 'combination' ? ' (combination)' : ''}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [block]);
    else group.push(block);
  }
  return groups;
}

function verdictOf(low: number, high: number, noise: number): Verdict {
  if (low > noise) return 'faster';
  return high < -noise ? 'slower' : 'within-noise';
}

interface Spread {
  /** Scaled, so that their mean square is an unbiased estimate of the variance of one pair. */
  readonly residuals: readonly number[];
  readonly freedom: number;
  readonly deviation: number;
}

/** Null where no group has two pairs. */
function spreadOf(groups: readonly (readonly number[])[]): Spread | null {
  const residuals = groups.flatMap(group => {
    const middle = mean(group);
    return group.length < 2 ? [] : group.map(value => value - middle);
  });
  const freedom = residuals.length - groups.filter(group => group.length >= 2).length;
  if (freedom < 1) return null;
  const scale = Math.sqrt(residuals.length / freedom);
  const scaled = residuals.map(value => value * scale);
  return { residuals: scaled, freedom, deviation: Math.sqrt(mean(scaled.map(value => value ** 2))) };
}

/** Half of the interval around a mean of `pairs` logarithms. */
function halfWidth(
  { residuals, freedom }: Spread,
  pairs: number,
  scenarios: number,
  random: () => number,
): number {
  const means = Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let pair = 0; pair < pairs; pair++) sum += residuals[Math.floor(random() * residuals.length)]!;
    return Math.abs(sum / pairs);
  }).sort((a, b) => a - b);
  const p = 1 - errorRate / scenarios;
  const upper = 1 - (1 - p) / 2;
  return (
    means[Math.min(means.length - 1, Math.ceil(p * means.length))]! *
    (studentQuantile(upper, freedom) / normalQuantile(upper))
  );
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
