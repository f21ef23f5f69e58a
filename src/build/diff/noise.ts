/**
 * When a difference of two sides is more than noise.
 *
 * With several runs of each side the spread of the runs is the noise: a difference is told where the ranges do not overlap. That
 * asks for no distribution, and what it is worth can be counted: of two sides that are equal in truth, with n and m runs whose
 * order is chance, the ranges do not overlap in 2 of C(n + m, n) cases: 1 in 3 with two runs each, 1 in 10 with three, 1 in 126
 * with five.
 */
import type { Difference, NoiseCriterion, Spread } from '#model/build-diff.ts';
import { roundedSeconds } from '../seconds.ts';

/**
 * What a single run is taken to be uncertain by. An assumption, no bound: starting processes and reading files cold costs some
 * tens of milliseconds more or less, so 0.1 s is no news of a unit, and 5 % of a build is what a quiet machine may give. On others
 * it is more: two cycles of one build that had nothing to do were 16 % apart (namecheap/fast_mail_parser#159), and six builds of
 * bore-cli on a machine with other work took 17 to 30 s. So the report of single runs asks for more of them.
 */
export const assumedSeconds = 0.1;
export const assumedShare = 0.05;

/** Less than this is never told, of a unit neither: it is what cargo's own timing page rounds to. */
export const leastSeconds = 0.01;

export function noiseCriterion(runsBefore: number, runsAfter: number): NoiseCriterion {
  const assumed = { leastSeconds, assumedSeconds, assumedShare };
  if (Math.min(runsBefore, runsAfter) < 2) return { kind: 'assumed', ...assumed };
  return { kind: 'spread', ...assumed, chance: 2 / binomial(runsBefore + runsAfter, runsBefore) };
}

/** Of the values of one side's runs, in seconds; null of none. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)]!;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)]!;
  return {
    median: roundedSeconds((lower + upper) / 2),
    low: sorted[0]!,
    high: sorted.at(-1)!,
    runs: sorted.length,
  };
}

export function differenceOf(before: Spread, after: Spread): Difference {
  const deltaSeconds = roundedSeconds(after.median - before.median);
  const [lowBefore, highBefore] = rangeOf(before);
  const [lowAfter, highAfter] = rangeOf(after);
  const apart = Math.abs(deltaSeconds) >= leastSeconds && (lowAfter > highBefore || highAfter < lowBefore);
  return {
    before,
    after,
    deltaSeconds,
    ...(before.median === 0 ? {} : { deltaPercent: roundedSeconds((deltaSeconds / before.median) * 100) }),
    verdict: apart ? (deltaSeconds > 0 ? 'slower' : 'faster') : 'within-noise',
  };
}

/** A single run stands for a range around it: two of the same length are then told apart beyond one whole range. */
function rangeOf({ low, high, runs }: Spread): readonly [low: number, high: number] {
  if (runs > 1) return [low, high];
  const half = Math.max(assumedSeconds, assumedShare * low) / 2;
  return [low - half, high + half];
}

function binomial(n: number, k: number): number {
  let product = 1;
  for (let i = 1; i <= k; i++) product = (product * (n - k + i)) / i;
  return Math.round(product);
}
