import type { Section } from './section.ts';

/**
 * The section of a build in the report: besides its blocks, the same facts by names that scripts may rely on. All times are
 * seconds; those of units count from cargo's start. Absent is what the evidence cannot tell.
 */
export interface BuildSection extends Section {
  readonly wallSeconds?: number;
  readonly cpuSeconds?: number;
  /** Slots that cargo had (`-j`), and cores of the machine. */
  readonly jobs?: number;
  readonly cores?: number;
  /** Work on the critical path that was observed. */
  readonly criticalPathSeconds?: number;
  /** The least that the build could take with this graph: any number of cores, no unit slowed down by another. */
  readonly floorSeconds?: number;
  /** What the simulator makes of the very build that was measured. */
  readonly replay?: Replay;
  /** What the simulator starts from. */
  readonly machine?: MachineFacts;
  /** Units that were run, in the order of their start. */
  readonly units?: readonly BuildUnit[];
  readonly whatIf?: readonly WhatIf[];
  readonly scenarios?: readonly ScenarioFigures[];
  readonly edits?: readonly EditPrice[];
  readonly waste?: readonly Waste[];
}

export interface Replay {
  readonly predictedSeconds: number;
  /** Over the orders in which cargo might have taken units of equal priority. */
  readonly lowSeconds: number;
  readonly highSeconds: number;
  /** Of the end of the last unit, in percent of the measured build; without sign. */
  readonly errorPercent: number;
  /** Mean distance of the units' starts, in percent of the measured build. */
  readonly startErrorPercent: number;
}

export interface BuildUnit {
  readonly package: string;
  readonly version: string;
  /** `lib`, `bin "shop"`, `proc-macro`, `build script`, `build script (run)`, … */
  readonly target: string;
  /** cargo's mode: `build`, `check`, `test`, `run-custom-build`, … */
  readonly mode: string;
  readonly startSeconds: number;
  readonly durationSeconds: number;
  /** Until its metadata was there, or until code generation began; absent where the split is not known. */
  readonly frontendSeconds?: number;
  readonly codegenSeconds?: number;
  readonly linkSeconds?: number;
  /** CPU time of the process, and the most memory that it held. */
  readonly cpuSeconds?: number;
  readonly peakMemoryBytes?: number;
  readonly critical: boolean;
  /** A unit of a workspace member. */
  readonly member: boolean;
  /** Places in `units` of those that it depends on directly and that were run too. */
  readonly dependencies: readonly number[];
  /** It needs all objects below it, since it is linked or run. */
  readonly linked: boolean;
  /** Its .rmeta is enough for those that are pipelined themselves: it is a library, and code is generated for it. */
  readonly pipelined: boolean;
  /** Seconds that it would take alone on this machine with one thread: until its metadata, generating code, the rest. */
  readonly work?: readonly [frontend: number, codegen: number, rest: number];
  /** Most threads that can generate its code, or that its build script can use. */
  readonly codegenUnits?: number;
  /** Share of a build script's work that several threads can do side by side, where it used several or could have. */
  readonly parallel?: number;
  /** Its threads are as many as cargo has jobs and are asked of no jobserver (`make -j` of a build script). */
  readonly ownThreads?: true;
}

/** How fast threads are on the measured machine; see src/build/schedule/machine.ts. */
export interface MachineFacts {
  readonly slots: number;
  readonly cores: number;
  /** Pace of each of n busy threads against one alone, for n = 1, 2, …; the last holds for more. */
  readonly frontendPace: readonly number[];
  readonly codegenPace: readonly number[];
  /** Share of code generation that several threads can do side by side (Amdahl). */
  readonly codegenParallel: number;
  /** From a free slot to the start of the next unit. */
  readonly handOverSeconds: number;
  /** cargo's own time before the first unit and after the last. */
  readonly beforeSeconds: number;
  readonly afterSeconds: number;
  /** What the paces rest on. */
  readonly basis: 'calibrated' | 'assumed';
}

export interface WhatIf {
  /** As it is written after `--what-if`. */
  readonly change: string;
  readonly predictedSeconds: number;
  readonly lowSeconds: number;
  readonly highSeconds: number;
  /** What the change asks of the team, where it is advice. */
  readonly effort?: 'setting' | 'manifest' | 'code';
  readonly note?: string;
}

/** A build as a team meets it, measured: medians of `runs` runs, and the range of their ends. */
export interface ScenarioFigures {
  /** As it is written after `--scenario`. */
  readonly scenario: string;
  readonly command: string;
  readonly runs: number;
  readonly wallSeconds: number;
  readonly lowSeconds: number;
  readonly highSeconds: number;
  readonly cpuSeconds?: number;
  /** From cargo's start until it printed rustc's first error, with a type error in the same place. */
  readonly firstDiagnosticSeconds?: number;
  readonly artifactsMade: number;
  readonly artifactsFresh: number;
  readonly changed?: string;
}

/** What changes of a file cost the team. */
export interface EditPrice {
  readonly file: string;
  readonly package: string;
  /** Commits that changed it. */
  readonly commits: number;
  readonly unitsRebuilt: number;
  /** What building them takes by the times of a build from nothing; incremental compilation makes it less. */
  readonly mostSeconds: number;
  /** A measured edit of a function's body in it. */
  readonly measuredSeconds?: number;
  /** Of all its commits: by what was measured, or else by the most. */
  readonly totalSeconds: number;
}

export interface Waste {
  readonly kind:
    | 'built-twice'
    | 'duplicate-version'
    | 'unused-dependency'
    | 'compiles-without'
    | 'build-script'
    | 'proc-macro'
    | 'debug-info';
  readonly what: string;
  /** Who asks for it, and through what. */
  readonly because: string;
  /** Seconds of work that it costs; absent where no build was measured. */
  readonly workSeconds?: number;
  /** Seconds by which the build would end earlier without it, by simulation; absent where that cannot be said. */
  readonly wallSeconds?: number;
  /** `seen`: follows from cargo's plan. `compiled`: proved by compiling without it. */
  readonly proof: 'seen' | 'compiled';
}
