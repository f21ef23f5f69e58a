import { type Severity, severities } from '#model/finding.ts';
import type { Report } from '#model/report.ts';
import { isCounted } from './finding-counts.ts';

/** The severity from which on a finding fails the run. */
export type FailOn = Severity | 'never';

/** 3: a tool failed; 1: a finding that counts is at or above `failOn`; else 0. (2, a wrong request, has no report.) */
export function exitCode(report: Report, failOn: FailOn): 0 | 1 | 3 {
  if (report.failures.length > 0) return 3;
  if (failOn === 'never') return 0;
  const worstAllowed = severities.indexOf(failOn);
  const fails = report.findings.some(
    finding => isCounted(finding) && severities.indexOf(finding.severity) <= worstAllowed,
  );
  return fails ? 1 : 0;
}
