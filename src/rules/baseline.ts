import type { Parsed } from '#base/parsed.ts';
import type { Finding } from '#model/finding.ts';

/**
 * A baseline: the findings that a team knows and has not yet repaired. Only new ones fail a run. The file is JSON that
 * a person can review in a diff; a finding is recognised by its fingerprint, the other fields are for the reader.
 */
export interface Baseline {
  readonly schema: 'assay-baseline/1';
  readonly findings: readonly BaselineEntry[];
}

export interface BaselineEntry {
  readonly fingerprint: string;
  readonly rule: string;
  readonly file: string;
  readonly function?: string;
  readonly message: string;
}

/** Marks each finding as known or new. A fingerprint in the baseline covers every finding that has it. */
export function markAgainstBaseline(findings: readonly Finding[], baseline: Baseline): Finding[] {
  const known = new Set(baseline.findings.map(entry => entry.fingerprint));
  return findings.map(finding => ({
    ...finding,
    baseline: known.has(finding.fingerprint) ? 'unchanged' : 'new',
  }));
}

/** The findings that count now, as a baseline: notes and allowed findings never fail a run by themselves and stay out. */
export function renderBaseline(findings: readonly Finding[]): string {
  const entries: BaselineEntry[] = findings
    .filter(finding => finding.suppressed === undefined && finding.severity !== 'note')
    .map(finding => ({
      fingerprint: finding.fingerprint,
      rule: finding.rule,
      file: finding.location.file,
      ...(finding.function === undefined ? {} : { function: finding.function }),
      message: finding.message,
    }));
  entries.sort(
    (a, b) => compare(a.rule, b.rule) || compare(a.file, b.file) || compare(a.fingerprint, b.fingerprint),
  );
  const baseline: Baseline = { schema: 'assay-baseline/1', findings: entries };
  return `${JSON.stringify(baseline, null, 2)}\n`;
}

/** Null where the text is no baseline at all; entries without a fingerprint are problems and are left out. */
export function parseBaseline(text: string): Parsed<Baseline | null> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { value: null, problems: [{ what: 'not JSON' }] };
  }
  const object = value as { schema?: unknown; findings?: unknown } | null;
  if (typeof object !== 'object' || object === null || object.schema !== 'assay-baseline/1') {
    return {
      value: null,
      problems: [{ what: 'not a baseline of Assay (`schema` is not `assay-baseline/1`)' }],
    };
  }
  if (!Array.isArray(object.findings))
    return { value: null, problems: [{ what: '`findings` is not a list' }] };
  const findings: BaselineEntry[] = [];
  const problems = [];
  for (const [index, entry] of object.findings.entries()) {
    const candidate = entry as Partial<BaselineEntry> | null;
    if (typeof candidate?.fingerprint === 'string') findings.push(candidate as BaselineEntry);
    else problems.push({ what: `entry ${index + 1} has no fingerprint` });
  }
  return { value: { schema: 'assay-baseline/1', findings }, problems };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
