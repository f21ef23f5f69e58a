/**
 * Predictions, each with an interval: the spread over the orders in which cargo may take equals, widened by what the simulator was
 * off for the build that was measured, and by what it was found to be off when the number of jobs changes (docs/accuracy.md).
 */

import type { BuildUnit, WhatIf } from '#model/build-report.ts';
import { pluralText } from '#model/measure-text.ts';
import { shortestLengths } from '../schedule/floor.ts';
import type { Schedule } from '../schedule/job.ts';
import { jobsOf } from '../schedule/jobs-of.ts';
import type { Machine } from '../schedule/machine.ts';
import { type PredictOptions, predictStepwise } from '../schedule/plan.ts';
import { longestPaths } from '../schedule/priority.ts';
import { roundedSeconds } from '../seconds.ts';
import { applyChanges, type Scenario } from './apply.ts';
import { type Change, parseChanges } from './change.ts';
import type { OtherPlan } from './other-plan.ts';

export interface Measured {
  readonly units: readonly BuildUnit[];
  readonly machine: Machine;
  /** How far the simulator was off for the measured build, as a share of it. */
  readonly errorShare: number;
  readonly plans: ReadonlyMap<string, OtherPlan>;
}

/** Share by which predictions for other numbers of jobs were off at most, with paces that were measured and without. */
const jobsErrorShare = { calibrated: 0.05, assumed: 0.15 } as const;

/** What the simulator says, with what it says it of. */
export interface Foreseen {
  readonly answer: WhatIf;
  readonly units: readonly BuildUnit[];
  readonly schedule: Schedule;
}

/** The prediction, or what is wrong with the question in words. */
export function ask(measured: Measured, text: string, orders?: number): WhatIf | string {
  const steps = foresee(measured, text, orders);
  if (typeof steps === 'string') return steps;
  let last: Foreseen | undefined;
  for (const foreseen of steps) last = foreseen;
  return last!.answer;
}

/** The same, an order of equals at a time: the seconds are there after the first, the interval is whole after the last. */
export function foresee(measured: Measured, text: string, orders?: number): Iterable<Foreseen> | string {
  const changes = parseChanges(text);
  if (typeof changes === 'string') return changes;
  const scenario = applyChanges({ ...measured, criticalPathFirst: false }, changes);
  if (typeof scenario === 'string') return `\`${text}\`: ${scenario}`;
  return foreseen(measured, text, changes, scenario, orders);
}

function* foreseen(
  measured: Measured,
  text: string,
  changes: readonly Change[],
  { units, machine, criticalPathFirst }: Scenario,
  orders: number | undefined,
): Generator<Foreseen, void> {
  const off = measured.errorShare + (changesJobs(changes) ? jobsErrorShare[machine.basis] : 0);
  const note = noteOf(measured, changes);
  for (const prediction of predictStepwise(
    units,
    machine,
    optionsOf(units, machine, criticalPathFirst, orders),
  )) {
    const answer = {
      change: text,
      predictedSeconds: roundedSeconds(prediction.seconds),
      lowSeconds: roundedSeconds(prediction.low * (1 - off)),
      highSeconds: roundedSeconds(prediction.high * (1 + off)),
      ...note,
    };
    yield { answer, units, schedule: prediction.schedule };
  }
}

function optionsOf(
  units: readonly BuildUnit[],
  machine: Machine,
  criticalPathFirst: boolean,
  orders: number | undefined,
): PredictOptions {
  const options = orders === undefined ? {} : { orders };
  if (!criticalPathFirst) return options;
  const jobs = jobsOf(units);
  return { ...options, jobs, priorities: longestPaths(jobs, shortestLengths(jobs, machine)) };
}

function noteOf(measured: Measured, changes: readonly Change[]): { readonly note?: string } {
  const [first] = changes;
  const plan = first?.kind === 'features' ? measured.plans.get(first.features) : undefined;
  if (plan === undefined || plan.built + plan.changed === 0) return {};
  const parts = [
    ...(plan.built === 0 ? [] : [`${pluralText(plan.built, 'unit')} built for it`]),
    ...(plan.changed === 0
      ? []
      : [`${pluralText(plan.changed, 'unit')} with other features taken to be as long as measured`]),
  ];
  return { note: parts.join(', ') };
}

function changesJobs(changes: readonly Change[]): boolean {
  return changes.some(change => change.kind === 'jobs' || change.kind === 'cores');
}
