/**
 * A unit as cargo's job queue sees it, and as rustc works on it. Jobs are numbered by their place in a list.
 *
 * Work is in seconds of one thread that has the machine for itself, so the same job has a length on any number of cores.
 */
export interface Job {
  /** Jobs whose .rmeta must be there. */
  readonly needsMetadata: readonly number[];
  /** Jobs that must have ended. */
  readonly needsObjects: readonly number[];
  /** Until its .rmeta is there, or until code generation begins where it has none. One thread. */
  readonly frontend: number;
  /** Code generation. Up to `codegenUnits` threads. */
  readonly codegen: number;
  /** The link, and what else comes after code generation; in a check, or a run of a build script, nothing. One thread. */
  readonly rest: number;
  readonly codegenUnits: number;
  /** Share of `codegen` that several threads can do side by side, where it is not the machine's. */
  readonly parallel?: number | undefined;
  /** Its threads are as many as there are slots, whoever holds them. */
  readonly ownThreads?: true | undefined;
}

/** A schedule: for each job its start, when its metadata was there, when its code was generated, and its end; seconds. */
export interface Schedule {
  readonly starts: Float64Array;
  readonly metadata: Float64Array;
  readonly codegenEnds: Float64Array;
  readonly ends: Float64Array;
  /** The last end, with what cargo needs afterwards. 0 where there are no jobs. */
  readonly makespan: number;
  /** Jobs that could never start: their needs form a cycle. */
  readonly stuck: number;
}
