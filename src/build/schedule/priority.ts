/**
 * Which of the jobs that could start is taken first.
 *
 * cargo gives each unit 100 × (1 + the number of units that need it, however indirectly) (src/util/dependency_queue.rs: every
 * cost is 100), so only that number matters: a long job that few need waits behind short ones that many need. What that costs
 * shows the same schedule by the longest path to the end instead, which is the classic priority of list scheduling.
 */
import type { Job } from './job.ts';

/** For each job the number of jobs that need it, itself included. Jobs in cycles count each other. */
export function dependentCounts(jobs: readonly Job[]): Float64Array {
  const words = (jobs.length + 31) >>> 5;
  const reach = new Uint32Array(jobs.length * words);
  const dependents = dependentsOf(jobs);
  const counts = new Float64Array(jobs.length);
  for (const job of dependentsFirst(jobs, dependents)) {
    const row = job * words;
    reach[row + (job >>> 5)]! |= 1 << (job & 31);
    for (const dependent of dependents[job]!) {
      const other = dependent * words;
      for (let word = 0; word < words; word++) reach[row + word]! |= reach[other + word]!;
    }
    let count = 0;
    for (let word = 0; word < words; word++) count += bitCount(reach[row + word]!);
    counts[job] = count;
  }
  return counts;
}

/** For each job the longest way from its start to the end, each job with its length. */
export function longestPaths(jobs: readonly Job[], lengths: JobLengths): Float64Array {
  const longest = new Float64Array(jobs.length);
  const byMetadata = new Float64Array(jobs.length);
  const byObjects = new Float64Array(jobs.length);
  const dependents = dependentsOf(jobs);
  for (const job of dependentsFirst(jobs, dependents)) {
    const frontend = lengths.frontend(job);
    const whole = lengths.whole(job);
    longest[job] = Math.max(whole + byObjects[job]!, frontend + byMetadata[job]!, whole);
    for (const need of jobs[job]!.needsMetadata) {
      byMetadata[need] = Math.max(byMetadata[need]!, longest[job]!);
    }
    for (const need of jobs[job]!.needsObjects) byObjects[need] = Math.max(byObjects[need]!, longest[job]!);
  }
  return longest;
}

export interface JobLengths {
  frontend(job: number): number;
  whole(job: number): number;
}

export function dependentsOf(jobs: readonly Job[]): readonly (readonly number[])[] {
  const dependents: number[][] = jobs.map(() => []);
  for (const [index, job] of jobs.entries()) {
    for (const need of job.needsMetadata) dependents[need]!.push(index);
    for (const need of job.needsObjects) dependents[need]!.push(index);
  }
  return dependents;
}

/** Each job after all that need it; jobs in a cycle at the end, in the order of their numbers. */
function dependentsFirst(
  jobs: readonly Job[],
  dependents: readonly (readonly number[])[],
): readonly number[] {
  const open = dependents.map(list => list.length);
  const order: number[] = [];
  const ready = open.flatMap((count, job) => (count === 0 ? [job] : []));
  for (let job = ready.pop(); job !== undefined; job = ready.pop()) {
    order.push(job);
    for (const need of jobs[job]!.needsMetadata) if (--open[need]! === 0) ready.push(need);
    for (const need of jobs[job]!.needsObjects) if (--open[need]! === 0) ready.push(need);
  }
  if (order.length < jobs.length) {
    const seen = new Set(order);
    for (let job = 0; job < jobs.length; job++) if (!seen.has(job)) order.push(job);
  }
  return order;
}

function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
