import type { Finding, Severity } from '#model/finding.ts';

/** A finding as a rule makes it; the engine adds the rule's name, the fingerprint and the suppression. */
export type FindingDraft = Omit<Finding, 'rule' | 'fingerprint' | 'suppressed' | 'baseline'>;

export interface RuleMetadata {
  /** `area/name`; the name reads well after "allow" and names the pattern, not the cure. */
  readonly name: string;
  /** Version of Assay that had it first. */
  readonly since: string;
  /** Severities that a finding can have, most severe first. */
  readonly levels: readonly Severity[];
  /** One sentence: what it finds. */
  readonly summary: string;
  /** Why it is bad, in a paragraph or two of Markdown. */
  readonly why: string;
  readonly whenToAllow: string;
  /** What the rule does not see, as a Markdown list. */
  readonly cannotSee: string;
  /** The facts that it needs, so that a user can be told what could not be checked without them. */
  readonly needs: readonly FactName[];
}

/**
 * `async-bodies`: MIR of coroutines before their transformation; `bodies`: MIR of the other functions; `type-shapes`:
 * fields of the workspace's types; `call-graph`: who calls whom; `packages`: cargo's metadata.
 */
export type FactName = 'async-bodies' | 'bodies' | 'type-shapes' | 'call-graph' | 'packages';
