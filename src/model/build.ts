/** Index of a unit in a build's own numbering (cargo's unit graph); not necessarily dense. */
export type UnitIndex = number;

/** A unit of work of cargo: one rustc call or one run of a build script. */
export interface Unit {
  readonly index: UnitIndex;
  /** Absent where the source does not name it (the `--timings` page). */
  readonly packageId: string | null;
  readonly packageName: string;
  readonly version: string;
  readonly targetName: string;
  /** cargo's target kind: `lib`, `bin`, `proc-macro`, `custom-build`, `test`, …; `unknown` where not said. */
  readonly targetKind: string;
  /** `build`, `check`, `test`, `run-custom-build`, `doc`, …; `unknown` where not said. */
  readonly mode: string;
  /** Target triple, or null for the host. */
  readonly platform: string | null;
  readonly features: readonly string[];
  /** Units whose result this one needs; null where the source has no edges. */
  readonly dependencies: readonly UnitIndex[] | null;
}

export interface UnitRun {
  readonly unit: UnitIndex;
  readonly startSeconds: number;
  /** When its .rmeta was there; null where there is none or it was not seen. */
  readonly rmetaSeconds: number | null;
  /** Null when it never finished (failed or interrupted). */
  readonly finishSeconds: number | null;
  /** rustc's own sections (`codegen`, `link`), absolute in the build's clock. */
  readonly sections: readonly {
    readonly name: string;
    readonly startSeconds: number;
    readonly endSeconds: number;
  }[];
  /** Units that could start because this one's metadata, or this one, was the last that they waited for. */
  readonly unblockedByRmeta: readonly UnitIndex[];
  readonly unblocked: readonly UnitIndex[];
  /** CPU time of the process, and the most memory that it was seen to hold, where the source says so. */
  readonly cpuSeconds?: number;
  readonly peakMemoryBytes?: number;
}

/** What a run of a build script cost, as far as it was looked at. */
export interface ScriptCost {
  readonly packageName: string;
  readonly version: string;
  /** The first and the last look, in the build's clock, and the CPU time of the script and all that it started between them. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly cpuSeconds: number;
  /** Share of that time in which a `make` or a `ninja` that divides its work among jobs was at work. */
  readonly dividedShare: number;
  /** The number of those jobs was its own, or else asked of cargo's jobserver. */
  readonly ownJobs: boolean;
}

/** One run of a scenario: a build from nothing, with nothing changed, or after an edit. Seconds; null is what was not measured. */
export interface ScenarioRun {
  /** As it is written after `--scenario`. */
  readonly scenario: string;
  readonly command: string;
  readonly seconds: number | null;
  readonly cpuSeconds: number | null;
  /** Until cargo printed the first error that rustc found in the edit. */
  readonly firstDiagnosticSeconds: number | null;
  /** Artifacts that were made, and those that cargo found fresh. */
  readonly ran: number;
  readonly fresh: number;
  /** What was edited; null in a build without an edit. */
  readonly changed: string | null;
  /** What cargo said where it should not have failed. */
  readonly failure: string | null;
}

/** A dependency or a feature of one, and whether the workspace compiles without it. */
export interface Proof {
  readonly kind: 'dependency' | 'feature';
  /** `name version` of the member that asks for it. */
  readonly member: string;
  /** `dependencies`, `dev-dependencies`, `build-dependencies`; empty where it was not looked at. */
  readonly section: string;
  /** As the manifest calls it. */
  readonly name: string;
  /** `default`, or a feature's name; null for a dependency as a whole. */
  readonly feature: string | null;
  /** `name version` of what it is. */
  readonly package: string;
  readonly outcome: 'compiles' | 'needed' | 'unknown';
  /** The first error, or what stood against trying. */
  readonly why: string;
  /** Commands that compile without it. */
  readonly commands: readonly string[];
  /** Does the workspace also compile without this and all other features at once that it compiles without? */
  readonly together: boolean;
  /** Units of the measured build that are gone then, each `package-id target kind mode platform`. */
  readonly gone: readonly string[];
}

export interface Freshness {
  readonly unit: UnitIndex;
  readonly status: 'new' | 'dirty' | 'fresh';
  /** Why it was dirty, in words; null where cargo gave none. */
  readonly cause: string | null;
}

/** One observed build. All times are seconds since cargo's start. */
export interface BuildRecord {
  readonly source: 'build-analysis' | 'timings-html' | 'wrapper';
  readonly command: string | null;
  readonly host: string | null;
  /** The platform that was asked for; null where the source does not say. */
  readonly target: string | null;
  readonly profile: string | null;
  readonly jobs: number | null;
  readonly cpuCount: number | null;
  readonly rustcVersion: string | null;
  readonly units: readonly Unit[];
  readonly runs: readonly UnitRun[];
  readonly freshness: readonly Freshness[];
  /** Whole machine CPU use in percent over time, where sampled. */
  readonly cpuUsage: readonly { readonly atSeconds: number; readonly percent: number }[];
  /** From cargo's start to the last thing that the source saw. */
  readonly durationSeconds: number | null;
  /** What the source itself says about how many units were fresh and how many were run; null where it does not. */
  readonly unitCounts: { readonly fresh: number; readonly dirty: number } | null;
}

/** cargo's plan of a build (`--unit-graph`): every unit, with its profile and the targets' real kinds. */
export interface UnitGraph {
  readonly units: readonly PlannedUnit[];
  /** What was asked for. */
  readonly roots: readonly UnitIndex[];
}

export interface PlannedUnit extends Unit {
  /** `lib`, `rlib`, `bin`, `proc-macro`, `cdylib`, … */
  readonly crateTypes: readonly string[];
  /** Absolute. */
  readonly sourcePath: string;
  readonly edition: string;
  readonly profile: Profile;
  readonly dependencies: readonly UnitIndex[];
}

/** The settings that one unit is compiled with. Null: left to rustc's or cargo's default. */
export interface Profile {
  /** `dev`, `release`, … */
  readonly name: string;
  /** `0`–`3`, `s`, `z`. */
  readonly optLevel: string;
  /** `false`, `true`, `thin`, `fat`, `off`. */
  readonly lto: string;
  readonly codegenBackend: string | null;
  readonly codegenUnits: number | null;
  /** `0`, `1`, `2`, `line-tables-only`, `line-directives-only`. */
  readonly debuginfo: string;
  readonly splitDebuginfo: string | null;
  readonly debugAssertions: boolean;
  readonly overflowChecks: boolean;
  readonly rpath: boolean;
  readonly incremental: boolean;
  readonly panic: string;
  /** `none`, `debuginfo`, `symbols`. */
  readonly strip: string;
}
