import type { Finding, Severity } from '#model/finding.ts';

export interface Filter {
  /** Words that must all occur, in any order; case does not matter. */
  readonly query: string;
  /** Severities to show. */
  readonly severities: ReadonlySet<Severity>;
  /** The part of a rule's name before `/`; null shows every area. */
  readonly area: string | null;
}

/** Positions in `findings` of those that pass, in order. `texts` holds `searchText` of each. */
export function filterFindings(
  findings: readonly Finding[],
  texts: readonly string[],
  filter: Filter,
): number[] {
  const words = filter.query
    .toLowerCase()
    .split(/\s+/u)
    .filter(word => word !== '');
  const passing: number[] = [];
  for (const [index, finding] of findings.entries()) {
    if (!filter.severities.has(finding.severity)) continue;
    if (filter.area !== null && areaOf(finding) !== filter.area) continue;
    const text = texts[index] ?? '';
    if (words.every(word => text.includes(word))) passing.push(index);
  }
  return passing;
}

/** Everything of a finding that a reader may remember of it, in lower case. */
export function searchText(finding: Finding): string {
  const { location } = finding;
  return [
    finding.message,
    finding.rule,
    finding.severity,
    finding.confidence,
    finding.function ?? '',
    finding.package ?? '',
    `${location.file}:${location.startLine}:${location.startColumn}`,
    finding.label ?? '',
    ...finding.steps.flatMap(step => [step.message, `${step.location.file}:${step.location.startLine}`]),
    ...(finding.notes ?? []),
    ...(finding.help ?? []),
    finding.suppressed?.reason ?? '',
    finding.fingerprint,
  ]
    .join('\n')
    .toLowerCase();
}

export function areaOf(finding: Finding): string {
  return finding.rule.split('/', 1)[0] ?? finding.rule;
}

/** Whether a finding counts: suppressed ones and those of the baseline never fail a run and are folded away. */
export function standingOf(finding: Finding): 'counts' | 'baseline' | 'suppressed' {
  if (finding.suppressed !== undefined) return 'suppressed';
  return finding.baseline === 'unchanged' ? 'baseline' : 'counts';
}
