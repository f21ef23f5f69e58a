/** How threads of rustc slow each other down on the machine where a build was measured. */
export interface Calibration {
  readonly cores: number;
  readonly frontend: Paces;
  readonly codegen: Paces;
  /** Share of code generation that several threads can do side by side (Amdahl). */
  readonly codegenParallel: number;
}

/** Of each of n busy threads against one alone, for n = 1, 2, …; the first is 1, none is more. */
export interface Paces {
  /** By wall time: with the time in which a thread waited for a core. */
  readonly wall: readonly number[];
  /** By CPU time: caches, memory and threads that share one core. */
  readonly cpu: readonly number[];
}
