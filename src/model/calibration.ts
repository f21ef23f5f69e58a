/** How threads of rustc slow each other down on the machine where a build was measured. */
export interface Calibration {
  readonly cores: number;
  /** Pace of each of n busy threads against one alone, for n = 1, 2, …; the first is 1. */
  readonly frontendPace: readonly number[];
  readonly codegenPace: readonly number[];
  /** Share of code generation that several threads can do side by side. */
  readonly codegenParallel: number;
}
