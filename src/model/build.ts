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
  readonly sections: readonly { readonly name: string; readonly startSeconds: number; readonly endSeconds: number }[];
  /** Units that could start because this one's metadata, or this one, was the last that they waited for. */
  readonly unblockedByRmeta: readonly UnitIndex[];
  readonly unblocked: readonly UnitIndex[];
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
  readonly profile: string | null;
  readonly jobs: number | null;
  readonly cpuCount: number | null;
  readonly rustcVersion: string | null;
  readonly units: readonly Unit[];
  readonly runs: readonly UnitRun[];
  readonly freshness: readonly Freshness[];
  /** Whole machine CPU use in percent over time, where sampled. */
  readonly cpuUsage: readonly { readonly atSeconds: number; readonly percent: number }[];
  readonly durationSeconds: number | null;
}
