/**
 * How fast threads work beside each other.
 *
 * Two rustc on two cores do not take the time of one: they share caches, memory and, where two "cores" are the two threads of
 * one core, the core itself. A simulator that is blind to that is off by the slow-down when the number of jobs changes. The
 * model: with n busy threads each works at `pace(n)` of the speed of one alone, by kind of work, since code generation and the
 * frontend suffer differently. More threads than cores share the cores. `slots` is cargo's number of jobs, which may differ.
 *
 * Code generation of one unit speeds up with k threads by Amdahl's law, with the share that can be done side by side. Threads
 * beyond a unit's first come from the slots that no unit holds, as rustc's come from the jobserver.
 */
import type { MachineFacts } from '#model/build-report.ts';

export type Machine = MachineFacts;

export type PhaseKind = 'frontend' | 'codegen' | 'rest';

/** Speed of one of n busy threads, 1 for one that is alone. A thread that is busy for part of the time counts as that part. */
export function paceOf(machine: Machine, kind: PhaseKind, busy: number): number {
  const { cores } = machine;
  const table = kind === 'codegen' ? machine.codegenPace : machine.frontendPace;
  const pace = paceIn(table, Math.min(busy, cores));
  return busy > cores ? (pace * cores) / busy : pace;
}

/** Between two numbers of threads, in proportion; beyond the table, its last. */
export function paceIn(table: readonly number[], busy: number): number {
  const below = Math.floor(busy);
  const low = table[Math.min(below, table.length) - 1] ?? 1;
  const high = table[Math.min(below + 1, table.length) - 1] ?? 1;
  return busy === Number.POSITIVE_INFINITY ? low : low + (busy - below) * (high - low);
}

/** How much faster k threads are than one, by Amdahl's law, when `share` of the work can be done side by side. */
export function codegenSpeedup(share: number, threads: number): number {
  return 1 / (1 - share + share / threads);
}

/** A machine on which nothing slows anything down and nothing costs time in between. */
export function idealMachine(slots: number, cores: number = slots): Machine {
  return {
    slots,
    cores,
    frontendPace: [1],
    codegenPace: [1],
    codegenParallel: 0,
    handOverSeconds: 0,
    beforeSeconds: 0,
    afterSeconds: 0,
    basis: 'assumed',
  };
}
