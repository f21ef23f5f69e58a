import { rules } from '#async/rules/registry.generated.ts';
import type { RuleInfo } from '#report/rule-info.ts';

/** What renderers need of every rule that this version has. */
export function ruleInfos(): RuleInfo[] {
  return rules.map(rule => ({ name: rule.name, summary: rule.summary, why: rule.why }));
}
