/**
 * How fast each active job works at a moment, given what all of them do. The simulator runs it forwards, and `workOf` backwards
 * over what was measured, so that a build that is replayed comes out with the lengths that it had.
 */
import type { Job } from './job.ts';
import { codegenSpeedup, type Machine, type PhaseKind, paceOf } from './machine.ts';

export interface ActiveJob {
  readonly job: number;
  phase: PhaseKind;
  /** Seconds of work left in the phase. */
  left: number;
  /** Set by `setRates`. */
  rate: number;
}

/**
 * `active` in the order in which the jobs started: slots that no job holds go to the first that generates code. A
 * build script that runs `make -j` has threads beyond the slots: they share the cores with all others.
 */
export function setRates(active: readonly ActiveJob[], jobs: readonly Job[], machine: Machine): void {
  let spare = Math.max(0, machine.slots - active.length);
  let busy = active.length;
  for (const one of active) {
    one.rate = 1;
    if (one.phase !== 'codegen') continue;
    const { codegenUnits, parallel, ownThreads } = jobs[one.job]!;
    const extra = Math.min(ownThreads ? machine.slots - 1 : spare, Math.max(0, codegenUnits - 1));
    if (extra === 0) continue;
    if (!ownThreads) spare -= extra;
    one.rate = codegenSpeedup(parallel ?? machine.codegenParallel, 1 + extra);
    // Threads that wait for work take no core.
    busy += one.rate - 1;
  }
  for (const one of active) one.rate *= paceOf(machine, one.phase, busy);
}
