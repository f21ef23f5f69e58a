/** A measured build made ready for the simulator: jobs with their work, and the orders in which cargo might take equals. */
import type { BuildUnit } from '#model/build-report.ts';
import type { Job, Schedule } from './job.ts';
import { jobsOf } from './jobs-of.ts';
import type { Machine } from './machine.ts';
import { dependentCounts } from './priority.ts';
import { simulate } from './simulate.ts';

export interface Prediction {
  /** With equals in the order in which they were seen to start. */
  readonly seconds: number;
  readonly low: number;
  readonly high: number;
  readonly schedule: Schedule;
}

// Limit: so many orders of equals are tried for a band; its ends are those of what was tried, not of all that can be.
const ordersTried = 16;

export interface PredictOptions {
  readonly orders?: number;
  readonly seed?: number;
  readonly jobs?: readonly Job[];
  readonly priorities?: ArrayLike<number>;
}

/** `units` with work, in the order of their start. */
export function predict(
  units: readonly BuildUnit[],
  machine: Machine,
  options: PredictOptions = {},
): Prediction {
  let last: Prediction | undefined;
  for (const prediction of predictStepwise(units, machine, options)) last = prediction;
  return last!;
}

/** The same, order by order, each with the band so far: a page draws after the first, and the last is that of `predict`. */
export function* predictStepwise(
  units: readonly BuildUnit[],
  machine: Machine,
  options: PredictOptions = {},
): Generator<Prediction, void> {
  const jobs = options.jobs ?? jobsOf(units);
  const priorities = options.priorities ?? dependentCounts(jobs);
  const observed = Float64Array.from(jobs, (_, job) => job);
  const schedule = simulate(jobs, machine, { priorities, ranks: observed });
  let low = schedule.makespan;
  let high = schedule.makespan;
  yield { seconds: schedule.makespan, low, high, schedule };
  const random = randomFrom(options.seed ?? 1);
  for (let order = 0; order < (options.orders ?? ordersTried); order++) {
    const ranks = Float64Array.from(jobs, () => random());
    const { makespan } = simulate(jobs, machine, { priorities, ranks });
    low = Math.min(low, makespan);
    high = Math.max(high, makespan);
    yield { seconds: schedule.makespan, low, high, schedule };
  }
}

/** Numbers in [0, 1) that a seed determines: xorshift with 13, 17, 5 (Marsaglia, "Xorshift RNGs", 2003). */
export function randomFrom(seed: number): () => number {
  // 0 is the one state that stays what it is.
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}
