/** Nouns of `assay tune`: what is tried, what was measured, what follows. */
import type { Section } from './section.ts';

export type TunePurpose = 'control' | 'screening' | 'combination';

export type Verdict = 'faster' | 'slower' | 'within-noise' | 'failed';

/**
 * Builds that were measured one after the other: today's settings (A) and changed ones (B) in the order ABBA or BAAB, so that a
 * machine that gets slower or faster favours neither. A block without `settings` is the control: A against another A.
 */
export interface TuneBlock {
  /** Names of the settings of B, sorted. */
  readonly settings: readonly string[];
  readonly scenario: string;
  /** What was chosen by its screening is measured anew as a combination: the pairs that let it win would flatter it. */
  readonly purpose: TunePurpose;
  readonly first: 'today' | 'changed';
  /** Wall seconds in the order of the runs; as many of each. A pair is the nth of both. */
  readonly today: readonly number[];
  readonly changed: readonly number[];
  /** Cores in the mean that something else kept busy while the builds ran; null where that is not known. */
  readonly otherCores: number | null;
  /** Wall time of the whole block, with what was built unmeasured to be warm. */
  readonly spentSeconds: number;
  /** What cargo said where a build failed with the changed settings; then nothing is compared. */
  readonly failure: string | null;
}

/** How the same scenario takes under the changed settings: today's time divided by theirs, so above 1 is faster. */
export interface TuneTrial {
  readonly settings: readonly string[];
  readonly scenario: string;
  readonly pairs: number;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly verdict: Verdict;
}

export interface TuneScenario {
  readonly scenario: string;
  /** Median of all builds under today's settings. */
  readonly todaySeconds: number;
  /** A ratio nearer to 1 than this is no difference: what the control of today against today showed. */
  readonly noisePercent: number;
}

/** The section of `assay tune` in the report, with the facts by names that scripts may rely on. */
export interface TuneSection extends Section {
  readonly scenarios: readonly TuneScenario[];
  readonly trials: readonly TuneTrial[];
  /** Absent where today’s settings are best. */
  readonly best?: TuneBest;
}

export interface TuneBest {
  readonly settings: readonly string[];
  readonly results: readonly TuneTrial[];
  /** As `patch -p1` takes it. */
  readonly patch: string;
}
