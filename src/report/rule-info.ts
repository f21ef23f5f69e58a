/** What a renderer must know of a rule. */
export interface RuleInfo {
  /** `async/guard-held-across-await` */
  readonly name: string;
  /** One sentence: what the rule finds. */
  readonly summary: string;
  /** Why it matters, in Markdown. */
  readonly why: string;
  /** The rule's page. */
  readonly helpUri?: string;
}
