import type { Location } from './location.ts';

export type Severity = 'error' | 'warning' | 'note';

/** From most to least severe. */
export const severities: readonly Severity[] = ['error', 'warning', 'note'];

/**
 * How sure a finding is. `proved` follows from compiler facts with no open step; `likely` rests on a table entry or a
 * summary; `possible` has an unresolved call on its path.
 */
export type Confidence = 'proved' | 'likely' | 'possible';

/** One step of a finding's story, in the order in which it happens. */
export interface Step {
  readonly location: Location;
  readonly message: string;
}

/** What a finding rests on. */
export interface FindingEvidence {
  /** `mir`: a compiler fact; `table`: an entry of a data set shipped with Assay; `source`: the text of a file. */
  readonly kind: 'mir' | 'table' | 'source' | 'metadata' | 'events';
  readonly what: string;
}

export interface Finding {
  /** `area/name`, e.g. `async/guard-held-across-await`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** One sentence, lower case first letter, no full stop; code in backticks. */
  readonly message: string;
  /** Crate-qualified path of the function that the finding is in. */
  readonly function?: string;
  /** `name version` of the workspace member. */
  readonly package?: string;
  /** The primary span: what the caret line underlines. */
  readonly location: Location;
  /** The text beside the carets of the primary span. */
  readonly label?: string;
  /** Secondary spans, shown with their own labels. */
  readonly steps: readonly Step[];
  /** `= note:` lines. */
  readonly notes?: readonly string[];
  /** `= help:` lines: what can be done. */
  readonly help?: readonly string[];
  readonly evidence: readonly FindingEvidence[];
  /** 16 hex digits, stable across unrelated edits: rule, function, source text of the spans, ordinal among equals. */
  readonly fingerprint: string;
  /** Present when `// assay: allow(rule): reason` covers it. A suppressed finding never fails a run. */
  readonly suppressed?: { readonly reason: string; readonly location: Location };
  /** Present when a baseline was given: `unchanged` findings never fail a run. */
  readonly baseline?: 'new' | 'unchanged';
}
