import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { floorSeconds, shortestLengths, totalWork } from './floor.ts';
import type { Job } from './job.ts';
import { idealMachine, type Machine } from './machine.ts';
import { dependentCounts, longestPaths } from './priority.ts';
import { simulate } from './simulate.ts';
import { workOf } from './work-of.ts';

/**
 * Random graphs: a job needs only jobs before it. Lengths are tenths of seconds, so that ends often fall together. `scripts`: some
 * jobs have threads beyond the slots.
 */
function graphs(jobsMax: number, scripts = false): fc.Arbitrary<readonly Job[]> {
  const tenths = (most: number) => fc.integer({ min: 0, max: most }).map(count => count / 10);
  const draft = fc.record({
    needs: fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 4 }),
    frontend: tenths(20),
    codegen: tenths(20),
    rest: tenths(5),
    codegenUnits: fc.integer({ min: 1, max: 16 }),
    ...(scripts
      ? {
          parallel: fc.constantFrom(undefined, 0.5, 1),
          ownThreads: fc.constantFrom(undefined, undefined, true as const),
        }
      : {}),
  });
  return fc.array(draft, { minLength: 1, maxLength: jobsMax }).map(drafts =>
    drafts.map(({ needs, ...work }, index): Job => {
      const metadata = new Set<number>();
      const objects = new Set<number>();
      if (index > 0) for (const [need, whole] of needs) (whole ? objects : metadata).add(need % index);
      for (const need of objects) metadata.delete(need);
      return { ...work, needsMetadata: [...metadata], needsObjects: [...objects] };
    }),
  );
}

const machines: fc.Arbitrary<Machine> = fc.record({
  slots: fc.integer({ min: 1, max: 5 }),
  cores: fc.integer({ min: 1, max: 5 }),
  frontendPace: fc.constantFrom([1], [1, 0.9], [1, 0.8, 0.7]),
  codegenPace: fc.constantFrom([1], [1, 0.7]),
  codegenParallel: fc.constantFrom(0, 0.5, 0.9),
  handOverSeconds: fc.constantFrom(0, 0.01),
  beforeSeconds: fc.constantFrom(0, 0.3),
  afterSeconds: fc.constantFrom(0, 0.1),
  basis: fc.constant('assumed' as const),
});

function run(jobs: readonly Job[], machine: Machine) {
  const ranks = jobs.map((_, job) => job);
  return simulate(jobs, machine, { priorities: dependentCounts(jobs), ranks });
}

describe('the simulator', () => {
  test('a build of two slots, drawn', () => {
    // base <- (a by metadata, b by objects), app is linked with all.
    const job = (name: string, frontend: number, codegen: number, needs: Partial<Job>): [string, Job] => [
      name,
      { needsMetadata: [], needsObjects: [], frontend, codegen, rest: 0, codegenUnits: 1, ...needs },
    ];
    const named = [
      job('base', 2, 3, {}),
      job('a', 2, 1, { needsMetadata: [0] }),
      job('b', 2, 2, { needsObjects: [0] }),
      job('app', 1, 1, { needsObjects: [0, 1, 2] }),
    ];
    const jobs = named.map(([, one]) => one);
    const { starts, metadata, ends } = run(jobs, idealMachine(2));
    const drawn = named.map(([name], index) => {
      const cells = Array.from({ length: 12 }, (_, at) =>
        at < starts[index]! || at >= ends[index]! ? ' ' : at < metadata[index]! ? '=' : '#',
      );
      return `${name.padEnd(5)}|${cells.join('')}|`;
    });
    expect(drawn).toMatchInlineSnapshot(`
      [
        "base |==###       |",
        "a    |  ==#       |",
        "b    |     ==##   |",
        "app  |         =# |",
      ]
    `);
  });

  test('what many need starts first, and among equals the one that became ready last', () => {
    const none: Job = {
      needsMetadata: [],
      needsObjects: [],
      frontend: 1,
      codegen: 0,
      rest: 0,
      codegenUnits: 1,
    };
    const jobs = [
      none,
      { ...none, frontend: 5 },
      none,
      { ...none, needsObjects: [2] },
      { ...none, needsObjects: [3] },
    ];
    const { starts } = run(jobs, idealMachine(1));
    const order = [...starts.keys()].sort((a, b) => starts[a]! - starts[b]!);
    expect(order).toEqual([2, 3, 4, 0, 1]);
  });

  test('is never shorter than the floor or than the work shared by the cores', () => {
    fc.assert(
      fc.property(graphs(30, true), machines, (jobs, machine) => {
        const { makespan, ends, stuck } = run(jobs, machine);
        expect(stuck).toBe(0);
        expect(makespan).toBeGreaterThanOrEqual(floorSeconds(jobs, machine) - 1e-6);
        expect(makespan).toBeGreaterThanOrEqual(totalWork(jobs) / machine.cores - 1e-6);
        expect(makespan).toBeGreaterThanOrEqual(Math.max(...ends) - 1e-9);
      }),
      { numRuns: 500 },
    );
  });

  test('on a machine without friction: needs are met, slots are not exceeded, and none is idle while a job is ready', () => {
    fc.assert(
      fc.property(graphs(20), fc.integer({ min: 1, max: 4 }), (jobs, slots) => {
        const { starts, metadata, ends } = run(jobs, idealMachine(slots));
        const longest = longestPaths(jobs, shortestLengths(jobs, idealMachine(slots)));
        jobs.forEach((job, index) => {
          const ready = Math.max(
            0,
            ...job.needsMetadata.map(need => metadata[need]!),
            ...job.needsObjects.map(need => ends[need]!),
          );
          expect(starts[index]!).toBeGreaterThanOrEqual(ready - 1e-6);
          const busyAt = (at: number) =>
            jobs.filter((_, other) => starts[other]! <= at && ends[other]! > at).length;
          expect(busyAt(starts[index]!)).toBeLessThanOrEqual(slots);
          const middle = (ready + starts[index]!) / 2;
          if (starts[index]! - ready > 1e-3) expect(busyAt(middle)).toBe(slots);
          expect(longest[index]!).toBeGreaterThanOrEqual(job.frontend + job.codegen + job.rest - 1e-9);
        });
      }),
      { numRuns: 300 },
    );
  });

  test('equals a reference that goes through time in steps of a tenth of a second', () => {
    fc.assert(
      fc.property(graphs(9), fc.integer({ min: 1, max: 3 }), (jobs, slots) => {
        const { starts, ends } = run(jobs, idealMachine(slots));
        const reference = inSteps(jobs, slots);
        jobs.forEach((_, job) => {
          expect(starts[job]!).toBeCloseTo(reference.starts[job]! / 10, 5);
          expect(ends[job]!).toBeCloseTo(reference.ends[job]! / 10, 5);
        });
      }),
      { numRuns: 500 },
    );
  });

  test('backwards: the work that is read out of a schedule is the work that went into it', () => {
    // Spare slots go to the first that started: which that was cannot be read out of two starts at one moment.
    const apart = machines.map(machine => ({ ...machine, handOverSeconds: 0.01 }));
    fc.assert(
      fc.property(graphs(25, true), apart, (jobs, machine) => {
        const { starts, metadata, codegenEnds, ends } = run(jobs, machine);
        const measured = jobs.map((_, job) => ({
          start: starts[job]!,
          metadata: metadata[job]!,
          codegenEnd: codegenEnds[job]!,
          end: ends[job]!,
        }));
        for (const [job, [frontend, codegen, rest]] of workOf(measured, jobs, machine).entries()) {
          expect(frontend).toBeCloseTo(jobs[job]!.frontend, 5);
          expect(codegen).toBeCloseTo(jobs[job]!.codegen, 5);
          expect(rest).toBeCloseTo(jobs[job]!.rest, 5);
        }
      }),
    );
  });

  test('jobs that need each other never start, and the others do', () => {
    const job = (needsObjects: number[]): Job => ({
      needsMetadata: [],
      needsObjects,
      frontend: 1,
      codegen: 0,
      rest: 0,
      codegenUnits: 1,
    });
    const { stuck, makespan } = run([job([1]), job([0]), job([])], idealMachine(2));
    expect({ stuck, makespan }).toEqual({ stuck: 2, makespan: 1 });
  });
});

/** The rules in the words of cargo's source, slowly: every tenth of a second all jobs are looked at. */
function inSteps(jobs: readonly Job[], slots: number): { starts: number[]; ends: number[] } {
  const starts = jobs.map(() => Number.NaN);
  const ends = jobs.map(() => Number.NaN);
  const left = jobs.map(({ frontend, codegen, rest }) => ({
    frontend: Math.round(frontend * 10),
    whole: Math.round(frontend * 10) + Math.round(codegen * 10) + Math.round(rest * 10),
  }));
  const needed = jobs.map((_, job) => {
    const above = new Set([job]);
    for (let size = 0; size !== above.size; ) {
      size = above.size;
      jobs.forEach((other, index) => {
        if ([...other.needsMetadata, ...other.needsObjects].some(need => above.has(need))) above.add(index);
      });
    }
    return above.size;
  });
  const pending: number[] = [];
  const queued = new Set<number>();
  const worked = jobs.map(() => 0);
  const hasMetadata = (job: number) => !Number.isNaN(starts[job]!) && worked[job]! >= left[job]!.frontend;
  for (let tick = 0; queued.size < jobs.length || ends.some(Number.isNaN); tick++) {
    // What is done at this moment may free others at the same moment, also through jobs of no length.
    for (let changed = true; changed; ) {
      changed = false;
      jobs.forEach((_, job) => {
        if (!Number.isNaN(starts[job]!) && Number.isNaN(ends[job]!) && worked[job]! >= left[job]!.whole) {
          ends[job] = tick;
          changed = true;
        }
      });
      const ready = jobs.flatMap((job, index) =>
        !queued.has(index) &&
        job.needsMetadata.every(hasMetadata) &&
        job.needsObjects.every(need => !Number.isNaN(ends[need]!))
          ? [index]
          : [],
      );
      ready.sort((a, b) => needed[a]! - needed[b]! || b - a);
      for (const job of ready) {
        queued.add(job);
        const after = pending.findIndex(other => needed[other]! > needed[job]!);
        pending.splice(after < 0 ? pending.length : after, 0, job);
      }
      const active = () =>
        jobs.filter((_, job) => !Number.isNaN(starts[job]!) && Number.isNaN(ends[job]!)).length;
      while (pending.length > 0 && active() < slots) {
        starts[pending.pop()!] = tick;
        changed = true;
      }
    }
    jobs.forEach((_, job) => {
      if (!Number.isNaN(starts[job]!) && Number.isNaN(ends[job]!)) worked[job]!++;
    });
    if (tick > 10_000) throw new Error('the reference does not end');
  }
  return { starts, ends };
}
