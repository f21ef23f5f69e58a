/**
 * The simulator of `assay build` on builds that are made up: 2,000 units once, and a ranking of what-ifs over 500. Graph and work are
 * random, of the shape of published workspaces: half of the units are pipelined libraries, each needs up to six earlier ones,
 * and few take most of the time. Prints one JSON object; all times are of a process that has simulated nothing before.
 */

import { jobsOf } from '../src/build/schedule/jobs-of.ts';
import { idealMachine, type Machine } from '../src/build/schedule/machine.ts';
import { randomFrom } from '../src/build/schedule/plan.ts';
import { dependentCounts } from '../src/build/schedule/priority.ts';
import { simulate } from '../src/build/schedule/simulate.ts';
import { advise } from '../src/build/whatif/advise.ts';
import type { BuildUnit } from '../src/model/build-report.ts';

function madeUp(count: number, seed: number): readonly BuildUnit[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, place): BuildUnit => {
    const pipelined = random() < 0.6;
    const needs = place === 0 ? 0 : Math.floor(random() * 7);
    // Log-normal by the product of three: a median of 0.3 s, and one in a hundred above 5 s.
    const seconds = 0.3 * Math.exp(1.3 * (random() + random() + random() - 1.5) * 2);
    const codegen = pipelined ? 0.5 * seconds : 0;
    return {
      package: `crate-${place}`,
      version: '1.0.0',
      target: 'lib',
      mode: 'build',
      startSeconds: place,
      durationSeconds: seconds,
      critical: false,
      member: place >= count - 20,
      dependencies: Array.from({ length: needs }, () => Math.floor(place * (1 - random() ** 2))),
      linked: place === count - 1 || (!pipelined && random() < 0.1),
      pipelined,
      work: [seconds - codegen, codegen, 0],
      codegenUnits: 16,
    };
  });
}

const machine: Machine = {
  ...idealMachine(16),
  frontendPace: [1, 0.95, 0.9],
  codegenPace: [1, 0.9, 0.85],
  codegenParallel: 0.8,
  handOverSeconds: 0.002,
};

function millisecondsOf(body: () => void): number {
  const started = performance.now();
  body();
  return performance.now() - started;
}

const large = madeUp(2000, 1);
const simulateMs = millisecondsOf(() => {
  const jobs = jobsOf(large);
  const ranks = Float64Array.from(jobs, (_, job) => job);
  simulate(jobs, machine, { priorities: dependentCounts(jobs), ranks });
});
const units = madeUp(500, 2);
const measured = { units, machine, errorShare: 0.001, plans: new Map() };
let candidates = 0;
const rankMs = millisecondsOf(() => {
  candidates = advise(measured, 1000, 10).length;
});
console.log(JSON.stringify({ simulateMs, rankMs, candidates }));
