/**
 * cargo's job queue, simulated.
 *
 * As in cargo (src/compiler/job_queue, src/util/dependency_queue.rs; unchanged from 2022 to 1.97): what can start moves into a
 * list that is sorted by priority, new ones after equals; while a slot is free the last of the list starts. A job holds its
 * slot until it ends, through its code generation, and frees what needs only its metadata before. Among jobs that become ready
 * at one moment with equal priority cargo's order is that of a hash map, different in each run; here it is `ranks`.
 *
 * Between events every active job works at a constant pace (rates.ts), so the simulation goes from event to event.
 *
 * Not simulated: rustc keeps the tokens of its code generation threads until few modules are left, and a job that becomes ready
 * then waits for one. Threads of linkers are in no one's count. Time: events × active jobs.
 */
import type { Job, Schedule } from './job.ts';
import type { Machine } from './machine.ts';
import { type ActiveJob, setRates } from './rates.ts';

export interface SimulationOrder {
  /** For each job: higher starts earlier. */
  readonly priorities: ArrayLike<number>;
  /** For each job, among those of equal priority that become ready at one moment: lower starts earlier. */
  readonly ranks: ArrayLike<number>;
}

/** Jobs in cycles never start and are counted; everything else is scheduled. Rates must be above 0. */
export function simulate(jobs: readonly Job[], machine: Machine, order: SimulationOrder): Schedule {
  const count = jobs.length;
  const starts = new Float64Array(count).fill(Number.NaN);
  const metadata = new Float64Array(count).fill(Number.NaN);
  const codegenEnds = new Float64Array(count).fill(Number.NaN);
  const ends = new Float64Array(count).fill(Number.NaN);
  const { priorities, ranks } = order;
  const { byMetadata, byObjects, unmet } = edgesOf(jobs);
  const pending: number[] = [];
  const active: ActiveJob[] = [];
  let now = machine.beforeSeconds;
  let lastEnd = 0;
  let done = 0;

  let batch: number[] = [];
  for (let job = 0; job < count; job++) if (unmet[job] === 0) batch.push(job);
  enqueueBatch();
  let startAt = now;
  for (;;) {
    while (pending.length > 0 && active.length < machine.slots && startAt <= now) {
      const job = pending.pop()!;
      starts[job] = now;
      active.push({ job, phase: 'frontend', left: jobs[job]!.frontend, rate: 0 });
      startAt = now + machine.handOverSeconds;
    }
    if (active.length === 0 && pending.length === 0) break;
    setRates(active, jobs, machine);
    let next = pending.length > 0 && active.length < machine.slots ? startAt : Number.POSITIVE_INFINITY;
    for (const one of active) next = Math.min(next, now + one.left / one.rate);
    const step = next - now;
    const couldStart = pending.length > 0 && active.length < machine.slots;
    now = next;
    advance(step);
    enqueueBatch();
    // A slot that is taken at once was asked for before: the hand-over begins with the event that made the start possible.
    if (!couldStart) startAt = Math.max(startAt, now + machine.handOverSeconds);
  }
  const makespan = count === 0 ? 0 : lastEnd + machine.afterSeconds;
  return { starts, metadata, codegenEnds, ends, makespan, stuck: count - done };

  function advance(step: number): void {
    for (const one of active) one.left -= step * one.rate;
    for (let index = 0; index < active.length; ) {
      const one = active[index]!;
      if (one.left > 1e-9) {
        index++;
        continue;
      }
      const job = jobs[one.job]!;
      if (one.phase === 'frontend') {
        metadata[one.job] = now;
        for (const dependent of byMetadata[one.job]!) meet(dependent);
        one.phase = 'codegen';
        one.left = job.codegen;
      } else if (one.phase === 'codegen') {
        codegenEnds[one.job] = now;
        one.phase = 'rest';
        one.left = job.rest;
      } else {
        ends[one.job] = now;
        lastEnd = Math.max(lastEnd, now);
        done++;
        active.splice(index, 1);
        for (const dependent of byObjects[one.job]!) meet(dependent);
      }
    }
  }

  function meet(dependent: number): void {
    if (--unmet[dependent]! === 0) batch.push(dependent);
  }

  function enqueueBatch(): void {
    if (batch.length === 0) return;
    batch.sort((a, b) => priorities[a]! - priorities[b]! || ranks[b]! - ranks[a]!);
    for (const job of batch) pending.splice(placeOf(priorities[job]!), 0, job);
    batch = [];
  }

  /** After all that have the priority or a lower one. */
  function placeOf(priority: number): number {
    let low = 0;
    let high = pending.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (priorities[pending[middle]!]! <= priority) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

interface Edges {
  readonly byMetadata: readonly (readonly number[])[];
  readonly byObjects: readonly (readonly number[])[];
  readonly unmet: Int32Array;
}

const edgesByJobs = new WeakMap<readonly Job[], Omit<Edges, 'unmet'>>();

function edgesOf(jobs: readonly Job[]): Edges {
  let edges = edgesByJobs.get(jobs);
  if (edges === undefined) {
    const byMetadata: number[][] = jobs.map(() => []);
    const byObjects: number[][] = jobs.map(() => []);
    for (const [index, job] of jobs.entries()) {
      for (const need of job.needsMetadata) byMetadata[need]!.push(index);
      for (const need of job.needsObjects) byObjects[need]!.push(index);
    }
    edges = { byMetadata, byObjects };
    edgesByJobs.set(jobs, edges);
  }
  const unmet = Int32Array.from(jobs, job => job.needsMetadata.length + job.needsObjects.length);
  return { ...edges, unmet };
}
