/**
 * `assay-build-diff/1`: two sides of one workspace's build, each one or more reports, compared. The published JSON Schema is
 * schema/assay-build-diff-1.json. All times are seconds.
 */
export interface BuildDiff {
  readonly schema: 'assay-build-diff/1';
  readonly assay: { readonly version: string };
  readonly before: DiffSide;
  readonly after: DiffSide;
  readonly noise: NoiseCriterion;
  /** Those that both sides have, in this order: wall, CPU, critical path, floor, replay. */
  readonly measures: readonly MeasureDiff[];
  /** Units that both sides ran: first those told from noise, then by how much they differ. */
  readonly units: readonly UnitDiff[];
  /** Units that only one side ran, longest first. */
  readonly added: readonly OneSidedUnit[];
  readonly removed: readonly OneSidedUnit[];
  /** What a reader must know of the two sides before believing the rest. */
  readonly notices: readonly string[];
}

export interface DiffSide {
  /** The reports as they were named. */
  readonly reports: readonly string[];
  /** Versions of rustc, without repetition; more than one is also a notice. */
  readonly rustc: readonly string[];
  /** Units that were run, in each report. */
  readonly unitCounts: readonly number[];
  /** The largest error of the simulator's replay, in percent of the measured build; absent where nothing was simulated. */
  readonly replayErrorPercent?: number;
}

/**
 * `spread`: each side has several runs; a difference is told where the ranges of the two sides do not overlap.
 * `assumed`: a side has a single run, which then stands for the range of `max(assumedSeconds, assumedShare × value)` around it.
 */
export interface NoiseCriterion {
  readonly kind: 'spread' | 'assumed';
  /** Medians that differ by less are never told apart. */
  readonly leastSeconds: number;
  readonly assumedSeconds: number;
  readonly assumedShare: number;
  /** How often, at most, two sides that are equal in truth would be told apart; absent for `assumed`. */
  readonly chance?: number;
}

/** Of the runs of one side. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Runs that have the value. */
  readonly runs: number;
}

export type DiffVerdict = 'slower' | 'faster' | 'within-noise';

export interface Difference {
  readonly before: Spread;
  readonly after: Spread;
  /** Of the medians, after less before. */
  readonly deltaSeconds: number;
  /** In percent of the median before; absent where that is 0. */
  readonly deltaPercent?: number;
  readonly verdict: DiffVerdict;
}

export interface MeasureDiff extends Difference {
  /** The name that the value has in the report's build section; `replaySeconds` is `replay.predictedSeconds`. */
  readonly name: MeasureName;
}

export type MeasureName =
  | 'wallSeconds'
  | 'cpuSeconds'
  | 'criticalPathSeconds'
  | 'floorSeconds'
  | 'replaySeconds';

export interface UnitDiff {
  readonly package: string;
  readonly target: string;
  readonly mode: string;
  readonly versionBefore: string;
  readonly versionAfter: string;
  readonly matchedBy: UnitMatch;
  /** On the observed critical path of any run of the side. */
  readonly criticalBefore: boolean;
  readonly criticalAfter: boolean;
  readonly duration: Difference;
  /** Each where both sides have it. */
  readonly frontend?: Difference;
  readonly codegen?: Difference;
  readonly link?: Difference;
}

/**
 * `identity`: the only one of its package, target, mode and version. `version`: the only one but for its version.
 * Of several that fit (built for host and target, or with several sets of features) `features` and `dependents` say what told
 * them apart, and `order` that nothing did: they were paired in the order of their start.
 */
export type UnitMatch = 'identity' | 'version' | 'features' | 'dependents' | 'order';

export interface OneSidedUnit {
  readonly package: string;
  readonly version: string;
  readonly target: string;
  readonly mode: string;
  readonly critical: boolean;
  readonly duration: Spread;
}
