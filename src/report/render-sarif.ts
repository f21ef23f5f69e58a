/**
 * SARIF 2.1.0 (OASIS Standard, https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as GitHub code scanning reads it.
 *
 * One run per area: GitHub wants a category per run, and takes what stands before the last `/` of
 * `automationDetails.id` for it, hence the slash at the end. GitHub's own `primaryLocationLineHash` is left to its upload
 * action, which warns about a value that it did not compute.
 *
 * Not written: artifacts, fixes, security severities (Assay does not rate vulnerabilities).
 */

import type {
  CodeFlow,
  Log,
  Notification,
  PhysicalLocation,
  Region,
  ReportingDescriptor,
  Result,
  Run,
  Location as SarifLocation,
} from 'sarif';
import type { Confidence, Finding } from '#model/finding.ts';
import type { Location } from '#model/location.ts';
import type { Area, Report, ToolFailure } from '#model/report.ts';
import { areas } from './report-sections.ts';
import type { RuleInfo } from './rule-info.ts';
import { type SourceLines, sourceLinesFromExcerpts } from './source-lines.ts';
import { toolOutputLines } from './tool-output.ts';

export interface SarifOptions {
  /** The rules that may have run. A finding of another rule gets a descriptor without words. */
  readonly rules: readonly RuleInfo[];
}

/** The report as a SARIF log: two spaces, a line break at the end. */
export function renderSarif(report: Report, options: SarifOptions): string {
  const source = sourceLinesFromExcerpts(report.excerpts);
  const areasSeen = areas.filter(
    area => report[area] !== undefined || report.findings.some(finding => areaOf(finding) === area),
  );
  const log: Log = {
    version: '2.1.0',
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    runs: areasSeen.map(area => areaRun(area, report, options, source)),
  };
  // A log without a run could not tell that a tool failed.
  if (log.runs.length === 0) log.runs.push(areaRun(null, report, options, source));
  return `${JSON.stringify(log, null, 2)}\n`;
}

function areaOf(finding: Finding): string {
  return finding.rule.split('/')[0]!;
}

function areaRun(area: Area | null, report: Report, options: SarifOptions, source: SourceLines): Run {
  const findings = report.findings.filter(finding => (area === null ? true : areaOf(finding) === area));
  const ruleNames = new Set(findings.map(finding => finding.rule));
  const infoByName = new Map(options.rules.map(info => [info.name, info]));
  for (const info of options.rules) if (info.name.startsWith(`${area}/`)) ruleNames.add(info.name);
  const rules = [...ruleNames].sort();
  const indexByRule = new Map(rules.map((name, index) => [name, index]));
  return {
    tool: {
      driver: {
        name: 'Assay',
        version: report.assay.version,
        rules: rules.map(name => ruleDescriptor(name, infoByName.get(name), findings)),
      },
    },
    automationDetails: { id: `assay/${area ?? 'workspace'}/` },
    originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the workspace.' } } },
    columnKind: 'utf16CodeUnits',
    invocations: [
      {
        executionSuccessful: report.failures.length === 0,
        toolExecutionNotifications: notifications(area, report),
      },
    ],
    results: findings.map(finding => findingResult(finding, indexByRule.get(finding.rule)!, source)),
  };
}

function ruleDescriptor(
  name: string,
  info: RuleInfo | undefined,
  findings: readonly Finding[],
): ReportingDescriptor {
  const ofRule = findings.filter(finding => finding.rule === name);
  const severity = ofRule[0]?.severity ?? 'warning';
  const [area = '', pattern = name] = name.split('/');
  return {
    id: name,
    name: pattern.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: info?.summary ?? name },
    fullDescription: { text: info?.why ?? name },
    help: { text: info?.why ?? name, markdown: helpMarkdown(name, info) },
    ...(info?.helpUri === undefined ? {} : { helpUri: info.helpUri }),
    defaultConfiguration: { level: severity },
    properties: {
      tags: ['rust', area],
      precision: precisionOf(ofRule),
      'problem.severity': severity === 'note' ? 'recommendation' : severity,
    },
  };
}

function helpMarkdown(name: string, info: RuleInfo | undefined): string {
  const allow = `Where it is meant, \`// assay: allow(${name}): reason\` above the line silences it.`;
  return info === undefined ? allow : `**${info.summary}**\n\n${info.why}\n\n${allow}`;
}

const precisionByConfidence = { proved: 'very-high', likely: 'high', possible: 'medium' } as const;

/** A rule is as precise as its least sure finding here. */
function precisionOf(findings: readonly Finding[]): (typeof precisionByConfidence)[Confidence] {
  for (const confidence of ['possible', 'likely'] as const) {
    if (findings.some(finding => finding.confidence === confidence)) return precisionByConfidence[confidence];
  }
  return findings.length === 0 ? 'high' : 'very-high';
}

function notifications(area: Area | null, report: Report): Notification[] {
  const failures = report.failures.map(failure => ({
    level: 'error' as const,
    message: {
      text: messageText(failureText(failure)),
    },
  }));
  const unknowns = report.unknowns
    .filter(unknown => area === null || unknown.area === area || unknown.area === 'workspace')
    .map(unknown => ({
      level: 'note' as const,
      message: { text: messageText(`unknown, ${unknown.count} ×: ${unknown.what}: ${unknown.why}`) },
    }));
  return [...failures, ...unknowns];
}

function failureText(failure: ToolFailure): string {
  const output = toolOutputLines(failure.output, 'removed').join('\n');
  return `${failure.tool}: ${failure.message}${output === '' ? '' : `\n\n${output}`}`;
}

function findingResult(finding: Finding, ruleIndex: number, source: SourceLines): Result {
  const { suppressed } = finding;
  return {
    ruleId: finding.rule,
    ruleIndex,
    level: finding.severity,
    message: { text: messageText(resultText(finding)) },
    locations: [
      {
        physicalLocation: physicalLocation(finding.location, source),
        ...(finding.function === undefined
          ? {}
          : { logicalLocations: [{ fullyQualifiedName: finding.function, kind: 'function' }] }),
      },
    ],
    ...(finding.steps.length === 0
      ? {}
      : { codeFlows: [codeFlow(finding, source)], relatedLocations: relatedLocations(finding, source) }),
    partialFingerprints: { 'assayFingerprint/v1': finding.fingerprint },
    ...(suppressed === undefined
      ? {}
      : {
          suppressions: [
            {
              kind: 'inSource' as const,
              status: 'accepted' as const,
              justification: wellFormed(suppressed.reason),
              location: { physicalLocation: physicalLocation(suppressed.location, source) },
            },
          ],
        }),
    ...(finding.baseline === undefined ? {} : { baselineState: finding.baseline }),
    properties: {
      confidence: finding.confidence,
      ...(finding.package === undefined ? {} : { package: finding.package }),
      evidence: finding.evidence.map(({ kind, what }) => `${kind}: ${wellFormed(what)}`),
    },
  };
}

/** GitHub shows the message alone, so notes and help go with it. */
function resultText(finding: Finding): string {
  const notes = (finding.notes ?? []).map(note => `note: ${note}`);
  const help = (finding.help ?? []).map(line => `help: ${line}`);
  return [finding.message, ...notes, ...help].join('\n');
}

function codeFlow(finding: Finding, source: SourceLines): CodeFlow {
  const locations = finding.steps.map(step => ({ location: stepLocation(step, source) }));
  return { threadFlows: [{ locations }] };
}

function relatedLocations(finding: Finding, source: SourceLines): SarifLocation[] {
  return finding.steps.map((step, index) => ({ id: index + 1, ...stepLocation(step, source) }));
}

function stepLocation(step: Finding['steps'][number], source: SourceLines): SarifLocation {
  return {
    physicalLocation: physicalLocation(step.location, source),
    message: { text: messageText(step.message) },
  };
}

function physicalLocation(location: Location, source: SourceLines): PhysicalLocation {
  return { artifactLocation: artifactLocation(location.file), region: regionOf(location, source) };
}

/** Files of the workspace are relative to it; the compiler's names of others (`/rustc/…`) become `file:` URIs. */
function artifactLocation(file: string): PhysicalLocation['artifactLocation'] {
  const path = file.replaceAll('\\', '/');
  const encoded = path
    .split('/')
    .map(segment => encodeURIComponent(wellFormed(segment)))
    .join('/');
  if (path.startsWith('/')) return { uri: `file://${encoded}` };
  if (/^[A-Za-z]:\//.test(path)) return { uri: `file:///${encoded.replace('%3A', ':')}` };
  return { uri: encoded, uriBaseId: '%SRCROOT%' };
}

/**
 * Columns become UTF-16 code units with the line at hand. Without it the region is of whole lines: a column that may
 * be wrong is worse than none.
 */
function regionOf(location: Location, source: SourceLines): Region {
  const { file, startLine, startColumn, endColumn } = location;
  const endLine = Math.max(startLine, location.endLine);
  const first = source.line(file, startLine);
  const last = source.line(file, endLine);
  if (first === null || last === null) return { startLine, endLine };
  const start = utf16Column(first, startColumn);
  const end = utf16Column(last, endColumn);
  return {
    startLine,
    startColumn: start,
    endLine,
    endColumn: startLine === endLine ? Math.max(start, end) : end,
  };
}

/** 1-based column in UTF-16 code units of a 1-based column in characters; clamped to the line. */
function utf16Column(line: string, column: number): number {
  let units = 0;
  let characters = 1;
  for (const character of line) {
    if (characters >= column) break;
    units += character.length;
    characters++;
  }
  return units + 1;
}

/**
 * The text of a message about the user's code. SARIF 3.11.5 and 3.11.6: braces are doubled, and a bracket that would
 * open an embedded link is escaped. The words of a rule are no messages: their links are meant.
 */
function messageText(text: string): string {
  return wellFormed(text)
    .replace(/[{}]/g, brace => brace + brace)
    .replace(/\[(?=[^\]\n]*\]\()/g, '\\[');
}

/** Without lone surrogates, which have no UTF-8 form. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
