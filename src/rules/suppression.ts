import type { Finding } from '#model/finding.ts';
import type { Location } from '#model/location.ts';
import { withFingerprints } from './fingerprint.ts';

/** A source file of the workspace. */
export interface SourceText {
  /** Relative to the workspace root. */
  readonly file: string;
  readonly text: string;
}

interface Allow {
  readonly rule: string;
  /** Empty where none was written. */
  readonly reason: string;
  readonly location: Location;
  /** 1-based line of code that the comment stands on or above. */
  readonly codeLine: number;
  used: boolean;
}

/**
 * Applies `// assay: allow(area/rule): reason` (`# assay: …` in a manifest). An allow covers a finding of that rule when it stands
 *
 * - at the end of the primary line or of a step's line,
 * - in the comment and attribute lines directly above one of these, or
 * - in those directly above the `fn` that the finding is in.
 *
 * A reason is required: without one the allow covers nothing and is itself a warning. An allow that names no rule of
 * the area is a warning, one that covers nothing is a note. `ruleNames` are the rules of `area`.
 */
export function applySuppressions(
  area: string,
  ruleNames: readonly string[],
  findings: readonly Finding[],
  sources: readonly SourceText[],
): Finding[] {
  const sourceByFile = new Map(sources.map(source => [source.file, source]));
  const allowsByFile = new Map<string, Allow[]>();
  for (const source of sources) {
    const allows = parseAllows(source, area);
    if (allows.length > 0) allowsByFile.set(source.file, allows);
  }
  const judged = findings.map(finding => {
    const allow = findAllow(finding, allowsByFile, sourceByFile);
    if (allow === undefined) return finding;
    allow.used = true;
    return { ...finding, suppressed: { reason: allow.reason, location: allow.location } };
  });
  const complaints: Omit<Finding, 'fingerprint'>[] = [];
  for (const allow of [...allowsByFile.values()].flat())
    complaints.push(...complaintsAbout(allow, area, ruleNames));
  return [...judged, ...withFingerprints(complaints, file => sourceByFile.get(file)?.text ?? null)];
}

function complaintsAbout(
  allow: Allow,
  area: string,
  ruleNames: readonly string[],
): Omit<Finding, 'fingerprint'>[] {
  const common = {
    confidence: 'proved',
    location: allow.location,
    steps: [],
    evidence: [{ kind: 'source', what: 'the comment' }],
  } as const;
  if (!ruleNames.includes(allow.rule)) {
    return [
      {
        ...common,
        rule: `${area}/allow-unknown-rule`,
        severity: 'warning',
        message: `no rule is named \`${allow.rule}\``,
        help: [`the rules are: ${ruleNames.join(', ')}`],
      },
    ];
  }
  if (allow.reason === '') {
    return [
      {
        ...common,
        rule: `${area}/allow-without-reason`,
        severity: 'warning',
        message: `this allow of \`${allow.rule}\` gives no reason, so it allows nothing`,
        help: [
          `write \`${isManifest(allow.location.file) ? '#' : '//'} assay: allow(${allow.rule}): why this is right here\``,
        ],
      },
    ];
  }
  if (!allow.used) {
    return [
      {
        ...common,
        rule: `${area}/allow-unused`,
        severity: 'note',
        message: `nothing here needs this allow of \`${allow.rule}\``,
      },
    ];
  }
  return [];
}

const allowPattern = /\/\/[/!]?\s*assay:\s*allow\(([^()]*)\)\s*(?::\s*(.*))?$/;
/** In a manifest a comment begins with `#`. */
const manifestAllowPattern = /#\s*assay:\s*allow\(([^()]*)\)\s*(?::\s*(.*))?$/;

/** The allows of a file that belong to `area`; those of areas that do not exist go to `async`, so that a typo is seen. */
function parseAllows(source: SourceText, area: string): Allow[] {
  if (!source.text.includes('assay:')) return [];
  const lines = source.text.split(/\r?\n/);
  const allows: Allow[] = [];
  for (const [index, line] of lines.entries()) {
    const match = (isManifest(source.file) ? manifestAllowPattern : allowPattern).exec(line);
    if (match === null || isInsideString(line, match.index)) continue;
    const rule = match[1]!.trim();
    const prefix = rule.split('/')[0]!;
    const owner = ['build', 'async', 'certify', 'embed'].includes(prefix) ? prefix : 'async';
    if (owner !== area) continue;
    const startColumn = [...line.slice(0, match.index)].length + 1;
    allows.push({
      rule,
      reason: (match[2] ?? '').trim(),
      location: {
        file: source.file,
        startLine: index + 1,
        startColumn,
        endLine: index + 1,
        endColumn: startColumn + [...match[0]].length,
      },
      codeLine: codeLineFor(
        lines,
        index,
        match.index,
        isManifest(source.file) ? /^\s*#/ : commentOrAttribute,
      ),
      used: false,
    });
  }
  return allows;
}

function isManifest(file: string): boolean {
  return file.endsWith('.toml');
}

/** A comment after code belongs to its own line; a comment line belongs to the next line of code. */
function codeLineFor(lines: readonly string[], index: number, column: number, skipped: RegExp): number {
  if (lines[index]!.slice(0, column).trim() !== '') return index + 1;
  let next = index + 1;
  while (next < lines.length && skipped.test(lines[next]!)) next += 1;
  return next + 1;
}

const commentOrAttribute = /^\s*(\/\/|#!?\[|\/\*|\*)/;

/** Conservative: an odd number of quotes before the comment means that it stands in a string on this line. */
function isInsideString(line: string, column: number): boolean {
  const quotes = line.slice(0, column).replace(/\\./g, '').replace(/'"'/g, '').match(/"/g);
  return (quotes?.length ?? 0) % 2 === 1;
}

function findAllow(
  finding: Finding,
  allowsByFile: ReadonlyMap<string, readonly Allow[]>,
  sourceByFile: ReadonlyMap<string, SourceText>,
): Allow | undefined {
  for (const location of [finding.location, ...finding.steps.map(step => step.location)]) {
    const allow = allowsByFile
      .get(location.file)
      ?.find(
        candidate =>
          candidate.rule === finding.rule &&
          candidate.reason !== '' &&
          candidate.codeLine === location.startLine,
      );
    if (allow !== undefined) return allow;
  }
  const fnLine = functionLine(finding, sourceByFile.get(finding.location.file)?.text);
  if (fnLine === null) return undefined;
  return allowsByFile
    .get(finding.location.file)
    ?.find(
      candidate =>
        candidate.rule === finding.rule && candidate.reason !== '' && candidate.codeLine === fnLine,
    );
}

/** The nearest `fn name` at or above the primary line, `name` being the innermost named function of the path. */
function functionLine(finding: Finding, text: string | undefined): number | null {
  const name = finding.function
    ?.replace(/<impl at [^>]*>/g, '')
    .split('::')
    .filter(segment => /^[A-Za-z_]\w*$/.test(segment))
    .at(-1);
  if (name === undefined || text === undefined) return null;
  const lines = text.split('\n');
  const pattern = new RegExp(`\\bfn\\s+(?:r#)?${name}\\b`);
  for (let line = Math.min(finding.location.startLine, lines.length); line >= 1; line--) {
    if (pattern.test(lines[line - 1]!)) return line;
  }
  return null;
}
