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

/** `async-bodies`: MIR of coroutines before their transformation; `type-shapes`: fields of the workspace's types. */
export type FactName = 'async-bodies' | 'type-shapes';

export interface Rule<Input, Messages> extends RuleMetadata {
  /** Texts by key, so that tests of the rule's logic need not compare prose. */
  readonly messages: Messages;
  /** Looks at one subject (for async rules: one body). Must not depend on the order of subjects. */
  check(input: Input, report: (draft: FindingDraft) => void): void;
}

export function defineRule<Input, Messages>(rule: Rule<Input, Messages>): Rule<Input, Messages> {
  return rule;
}
