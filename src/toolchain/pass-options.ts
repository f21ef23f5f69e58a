import type { DependencyUnit, EvidenceSource } from '#model/evidence.ts';
import type { Scenario } from './scenario.ts';

/** What to build and how: cargo's own flags, by cargo's names. */
export interface CargoSelection {
  /** `--manifest-path`; null: found from `directory` upwards, as cargo does. */
  readonly manifestPath: string | null;
  readonly packages: readonly string[];
  readonly workspace: boolean;
  readonly exclude: readonly string[];
  readonly features: readonly string[];
  readonly allFeatures: boolean;
  readonly noDefaultFeatures: boolean;
  /** `--lib`, `--bins`, `--bin NAME`, `--all-targets`, … as a user would write them, one word each. */
  readonly targets: readonly string[];
  /** `--target` triples. */
  readonly triples: readonly string[];
  /** `--profile NAME`; `--release` is `release`; null: cargo's default. */
  readonly profile: string | null;
  /** `--target-dir`; Assay keeps to `<it>/assay`. */
  readonly targetDir: string | null;
  readonly offline: boolean;
  readonly locked: boolean;
  readonly frozen: boolean;
  readonly jobs: string | null;
}

/** A selection without any flag. */
export const plainSelection: CargoSelection = {
  manifestPath: null,
  packages: [],
  workspace: false,
  exclude: [],
  features: [],
  allFeatures: false,
  noDefaultFeatures: false,
  targets: [],
  triples: [],
  profile: null,
  targetDir: null,
  offline: false,
  locked: false,
  frozen: false,
  jobs: null,
};

export interface DeepPass {
  /** Summaries that another version made are made again. */
  readonly version: string;
  readonly summarise: Summarise;
}

/** What is kept of the self-profile of each rustc call. */
export interface InsidePass {
  /** What another version kept is made again. */
  readonly version: string;
  readonly summarise: SummariseProfile;
}

/**
 * One rustc call's profile to the text that is kept of it. `profile` gives the `.mm_profdata` from its begin, as often as
 * it is called; null where rustc left none. `monoStats` is the text of `-Zdump-mono-stats`.
 */
export type SummariseProfile = (
  profile: (() => AsyncIterable<Uint8Array>) | null,
  monoStats: string | null,
  call: ProfiledCall,
) => Promise<string>;

export interface ProfiledCall {
  /** File-name-safe and unique in the workspace: the crate's name and the hash that cargo gave the unit. */
  readonly key: string;
  /** `name version`. */
  readonly package: string;
  readonly member: boolean;
}

export interface KnownDependency {
  readonly unit: DependencyUnit;
  /** What `Summarise` made of it. */
  readonly text: string;
}

/** One unit's MIR to a text, given those of the crates below it and the metadata of the whole workspace. */
export type Summarise = (
  evidence: EvidenceSource,
  below: readonly KnownDependency[],
  metadata: string,
) => Promise<string>;

export type PassProgress =
  | { readonly stage: 'waiting'; readonly pid: number }
  | { readonly stage: 'preparing' }
  | {
      readonly stage: 'compiling';
      /** Units done so far, fresh ones included. */
      readonly done: number;
      /** Units of the whole build; null where cargo could not say. */
      readonly total: number | null;
      /** Crates that are being compiled now, oldest first. */
      readonly crates: readonly string[];
    }
  /** A scenario is measured. */
  | { readonly stage: 'measuring'; readonly what: string; readonly done: number; readonly total: number }
  /** rustc is timed beside itself. */
  | { readonly stage: 'calibrating'; readonly done: number; readonly total: number }
  /** A dependency's MIR is read. */
  | {
      readonly stage: 'summarising';
      readonly done: number;
      readonly total: number;
      readonly crateName: string;
    }
  /** A line of cargo's own (`Downloading`, `Blocking waiting for file lock`). */
  | { readonly stage: 'cargo'; readonly line: string }
  /** A diagnostic of rustc as rustc draws it, whole. Given once per diagnostic of this run. */
  | { readonly stage: 'diagnostic'; readonly level: string; readonly rendered: string };

export interface PassOptions {
  /** Where the user stands. */
  readonly directory: string;
  readonly selection: CargoSelection;
  /** `build` yields the timeline of a real build, besides what `check` yields. */
  readonly pass: 'check' | 'build';
  /**
   * Is the members' MIR wanted? It costs their compilations some time and rules out incremental compilation. Without,
   * they are compiled as the user's own cargo would.
   */
  readonly mir: boolean;
  /** In a build: measure how rustc's threads slow each other down, even where the build is short. */
  readonly calibrate?: boolean;
  /** In a build: lists of features, with commas between, that are planned too, and whose own units are built. */
  readonly otherFeatures?: readonly string[];
  /** In a build: ask cargo what other commands would compile. */
  readonly otherCommands?: boolean;
  /** In a build: compile without what seems to be unused. */
  readonly prove?: boolean;
  /** In a build: read how often files were changed, and measure an edit of those that were changed most. */
  readonly edits?: boolean;
  /** In a build: further builds that are measured. */
  readonly scenarios?: readonly Scenario[];
  /** Is the dependencies' MIR read as well, and what is made of it? Only with `mir`. */
  readonly deep?: DeepPass | undefined;
  /** Is rustc itself profiled, in all crates? Only in a `build` without `mir`; its target directory is its own. */
  readonly inside?: InsidePass | undefined;
  /** Version of Assay, for the evidence's header. */
  readonly assayVersion: string;
  /** Environment of the tools; `process.env` in the product. */
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress?: (progress: PassProgress) => void;
  readonly signal?: AbortSignal;
}
