/**
 * From what was measured to work: how long each job would have taken alone, with one thread. The measured time is gone through
 * from event to event, and each job's share of it is counted at the pace that it had then, by the same model that the
 * simulator runs forwards.
 */
import type { Job } from './job.ts';
import type { Machine, PhaseKind } from './machine.ts';
import { type ActiveJob, setRates } from './rates.ts';

/** The measured phases of a job, in seconds from cargo's start; each ends where the next begins. */
export interface MeasuredJob {
  readonly start: number;
  readonly metadata: number;
  readonly codegenEnd: number;
  readonly end: number;
}

/** For each job its work: until its metadata, code generation, the rest. `jobs` are asked for their codegen units only. */
export function workOf(
  measured: readonly MeasuredJob[],
  jobs: readonly Pick<Job, 'codegenUnits' | 'parallel' | 'ownThreads'>[],
  machine: Machine,
): readonly (readonly [number, number, number])[] {
  const changes: { at: number; job: number; phase: PhaseKind | null }[] = [];
  for (const [job, { start, metadata, codegenEnd, end }] of measured.entries()) {
    changes.push({ at: start, job, phase: 'frontend' });
    changes.push({ at: metadata, job, phase: 'codegen' });
    changes.push({ at: codegenEnd, job, phase: 'rest' });
    changes.push({ at: end, job, phase: null });
  }
  // Stable: the phases of a job stay in their order where they have no length.
  changes.sort((a, b) => a.at - b.at);
  const work = measured.map((): [number, number, number] => [0, 0, 0]);
  const active: ActiveJob[] = [];
  let from = 0;
  for (const { at, job, phase } of changes) {
    if (at > from && active.length > 0) {
      setRates(active, jobs as readonly Job[], machine);
      for (const one of active) work[one.job]![placeOf[one.phase]] += (at - from) * one.rate;
    }
    from = at;
    const present = active.find(one => one.job === job);
    if (phase === null) active.splice(active.indexOf(present!), 1);
    else if (present === undefined) active.push({ job, phase, left: 0, rate: 0 });
    else present.phase = phase;
  }
  return work;
}

const placeOf = { frontend: 0, codegen: 1, rest: 2 } as const;
