import type { AreaResult } from '#model/area-result.ts';
import { type Finding, severities } from '#model/finding.ts';
import type { Location } from '#model/location.ts';
import type { Area, Report, ToolFailure, ToolRun, Unknown } from '#model/report.ts';
import { excerptsAround } from './excerpts.ts';
import { areas } from './report-sections.ts';

export interface ReportParts {
  readonly assayVersion: string;
  readonly workspace: Omit<Report['workspace'], 'root'>;
  readonly areaResults: Partial<Record<Area, AreaResult>>;
  readonly tune?: Report['tune'];
  /** What could not be seen besides what the areas name. */
  readonly unknowns?: readonly Unknown[];
  readonly failures: readonly ToolFailure[];
  /** In the order in which they ran. */
  readonly provenance: readonly ToolRun[];
  readonly notices: readonly string[];
  /** The whole text of a file as a finding names it; null where it cannot be had. Called once per file. */
  readonly readSource: (file: string) => string | null;
}

/**
 * One report of what the areas found. Equal parts give an equal report, in whatever order the findings and unknowns
 * came. Findings that are equal in all they say are one: a library and its test build yield the same.
 */
export function assembleReport(parts: ReportParts): Report {
  const findings: Finding[] = [];
  const unknowns: Unknown[] = [...(parts.unknowns ?? [])];
  const sections: Partial<Record<Area, AreaResult['section']>> = {};
  for (const area of areas) {
    const result = parts.areaResults[area];
    if (!result) continue;
    sections[area] = result.section;
    for (const finding of result.findings) findings.push(finding);
    for (const unknown of result.unknowns) unknowns.push(unknown);
    for (const problem of result.problems) {
      const what = problem.input === undefined ? problem.what : `${problem.input}: ${problem.what}`;
      unknowns.push({ area, what, why: 'this part of the evidence could not be used', count: 1 });
    }
  }
  const sorted = sortFindings(findings);
  return {
    schema: 'assay-report/1',
    assay: { version: parts.assayVersion },
    workspace: { root: '.', ...parts.workspace, members: parts.workspace.members.toSorted(compareText) },
    findings: sorted,
    ...sections,
    ...(parts.tune === undefined ? {} : { tune: parts.tune }),
    unknowns: sumUnknowns(unknowns),
    failures: parts.failures,
    provenance: parts.provenance,
    excerpts: excerptsAround(sorted.flatMap(locationsOf), parts.readSource),
    notices: parts.notices,
  };
}

function locationsOf(finding: Finding): readonly Location[] {
  const locations = [finding.location, ...finding.steps.map(step => step.location)];
  if (finding.suppressed) locations.push(finding.suppressed.location);
  return locations;
}

function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  const keyed = findings.map(finding => ({ finding, whole: canonicalText(finding) }));
  keyed.sort(
    (a, b) =>
      severities.indexOf(a.finding.severity) - severities.indexOf(b.finding.severity) ||
      compareText(a.finding.location.file, b.finding.location.file) ||
      a.finding.location.startLine - b.finding.location.startLine ||
      a.finding.location.startColumn - b.finding.location.startColumn ||
      compareText(a.finding.rule, b.finding.rule) ||
      // What is left must not depend on the order in which rules ran.
      compareText(a.whole, b.whole),
  );
  return keyed
    .filter((entry, index) => entry.whole !== keyed[index - 1]?.whole)
    .map(({ finding }) => finding);
}

/** Equal for equal findings, whatever the order of their keys. */
function canonicalText(finding: Finding): string {
  return JSON.stringify(finding, (_, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => compareText(a, b)))
      : value,
  );
}

function sumUnknowns(unknowns: readonly Unknown[]): readonly Unknown[] {
  const byText = new Map<string, Unknown>();
  for (const unknown of unknowns) {
    const key = JSON.stringify([unknown.area, unknown.what, unknown.why]);
    const before = byText.get(key);
    byText.set(key, { ...unknown, count: unknown.count + (before?.count ?? 0) });
  }
  return [...byText.values()].sort(
    (a, b) => compareText(a.area, b.area) || compareText(a.what, b.what) || compareText(a.why, b.why),
  );
}

/** By UTF-16 code units: the same on every machine, unlike a locale's order. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
