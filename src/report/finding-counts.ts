import { type Finding, severities } from '#model/finding.ts';
import { countText, pluralText } from '#model/measure-text.ts';
import type { Report } from '#model/report.ts';

/** Whether a finding counts: neither allowed in the source nor known from the baseline. */
export function isCounted(finding: Finding): boolean {
  return finding.suppressed === undefined && finding.baseline !== 'unchanged';
}

/** `2 errors, 1 warning (2 suppressed, 3 in the baseline); 5 unknowns`: what counts, and besides it what does not. */
export function countsText(report: Report): string {
  const counted = report.findings.filter(isCounted);
  const parts = severities
    .map(severity => ({ severity, count: counted.filter(finding => finding.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => pluralText(count, severity));
  const suppressedCount = report.findings.filter(finding => finding.suppressed !== undefined).length;
  const baselineCount = report.findings.length - counted.length - suppressedCount;
  const besides = [];
  if (suppressedCount > 0) besides.push(`${countText(suppressedCount)} suppressed`);
  if (baselineCount > 0) besides.push(`${countText(baselineCount)} in the baseline`);
  const unknownCount = report.unknowns.reduce((sum, unknown) => sum + unknown.count, 0);
  let text = parts.length === 0 ? 'no findings' : parts.join(', ');
  if (besides.length > 0) text += ` (${besides.join(', ')})`;
  if (unknownCount > 0) text += `; ${pluralText(unknownCount, 'unknown')}`;
  if (report.failures.length > 0) text += `; ${pluralText(report.failures.length, 'failed tool')}`;
  return text;
}
