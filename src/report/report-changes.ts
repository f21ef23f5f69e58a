import type { Finding } from '#model/finding.ts';
import type { Report } from '#model/report.ts';

/** What a report says that the one before did not. Findings are the same where their fingerprints are. */
export interface ReportChanges {
  readonly added: readonly Finding[];
  /** Known ones of which something else changed: the place, mostly. */
  readonly updated: readonly Finding[];
  /** Fingerprints of those that are gone. */
  readonly removed: readonly string[];
}

export function reportChanges(before: Report, after: Report): ReportChanges {
  const known = new Map(before.findings.map(finding => [finding.fingerprint, finding]));
  const still = new Set(after.findings.map(({ fingerprint }) => fingerprint));
  return {
    added: after.findings.filter(({ fingerprint }) => !known.has(fingerprint)),
    updated: after.findings.filter(finding => {
      const old = known.get(finding.fingerprint);
      return old !== undefined && JSON.stringify(old) !== JSON.stringify(finding);
    }),
    removed: before.findings.map(({ fingerprint }) => fingerprint).filter(print => !still.has(print)),
  };
}
