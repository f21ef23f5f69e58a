/**
 * What the runs of `npm run accuracy` and the verdicts of their readers amount to: sums, precision, what is unread, and
 * the tables of docs/accuracy.md. Takes values and gives values and text.
 */
import type { Severity } from '#model/finding.ts';

/** A crate of tests/real/accuracy.json. */
export interface AccuracyCrate {
  readonly name: string;
  readonly version: string;
  /** Cargo's own: features and targets. */
  readonly flags: readonly string[];
  /** What `cargo update` is given before, one call each, where the crate's own lock does not compile. */
  readonly updates?: readonly string[];
  /** Why it is in the list or why it needs what it needs. */
  readonly why?: string;
}

/** An error or a warning as a run gave it. */
export interface JudgedFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly confidence: string;
  /** `file:line:column`, relative to the crate. */
  readonly at: string;
  readonly function: string;
  readonly message: string;
}

/** What one run said of one crate; recorded in tests/real/accuracy-runs.json. */
export interface AccuracyRun {
  readonly name: string;
  readonly version: string;
  /** Lines of the crate's Rust files, without its tests, benches and examples. */
  readonly lines: number;
  /** The summary of the async section, e.g. `no hazard found in 3 async bodies with 4 awaits`. */
  readonly summary: string;
  /** Errors and warnings, in the report's order. */
  readonly findings: readonly JudgedFinding[];
  /** Number of notes by rule. */
  readonly notes: Readonly<Record<string, number>>;
  /** Wall time of the run with the crate's dependencies; null when evidence that was kept was judged. */
  readonly seconds: number | null;
}

/** What a reader says of one finding; tests/real/verdicts.json. */
export interface Verdict {
  readonly crate: string;
  readonly version: string;
  readonly rule: string;
  readonly at: string;
  readonly verdict: 'true' | 'false' | 'arguable';
  /** One line. */
  readonly why: string;
  /** One line: what it costs whom. */
  readonly hurts: string;
}

export interface LevelSum {
  readonly findings: number;
  readonly true: number;
  readonly false: number;
  readonly arguable: number;
  readonly unread: number;
}

export interface Accuracy {
  readonly error: LevelSum;
  readonly warning: LevelSum;
  readonly notes: number;
  /** Findings that no verdict is of. */
  readonly unread: readonly string[];
  /** Verdicts of crates that ran and of findings that are not there any more. */
  readonly stale: readonly string[];
  /** What is under the bar, in words. */
  readonly underBar: readonly string[];
}

/** The share of findings that a reader must have called true, by level. An arguable one counts as not true. */
const bars = { error: 0.9, warning: 0.75 } as const;

const levels = ['error', 'warning'] as const;

/** Sums over `runs`; verdicts of crates without a run are left out. */
export function accuracyOf(runs: readonly AccuracyRun[], verdicts: readonly Verdict[]): Accuracy {
  const verdictByKey = new Map(verdicts.map(verdict => [keyOfVerdict(verdict), verdict]));
  const ran = new Set(runs.map(run => `${run.name} ${run.version}`));
  const seen = new Set<string>();
  const unread: string[] = [];
  for (const run of runs) {
    for (const finding of run.findings) {
      const key = keyOf(run, finding);
      seen.add(key);
      if (!verdictByKey.has(key)) unread.push(`${key}: ${finding.message}`);
    }
  }
  const stale = [...verdictByKey]
    .filter(([key, { crate, version }]) => ran.has(`${crate} ${version}`) && !seen.has(key))
    .map(([key]) => key);
  const error = sumOf(runs, verdictByKey, 'error');
  const warning = sumOf(runs, verdictByKey, 'warning');
  const underBar = levels.flatMap(level => {
    const precision = precisionOf({ error, warning }[level]);
    if (precision === null || precision >= bars[level]) return [];
    return [`precision of ${level}s is ${percent(precision)}, the bar is ${percent(bars[level])}`];
  });
  const notes = runs.reduce((total, run) => total + noteCount(run), 0);
  return { error, warning, notes, unread, stale, underBar };
}

/** `crate version rule file:line:column`. */
export function keyOf(run: Pick<AccuracyRun, 'name' | 'version'>, finding: JudgedFinding): string {
  return `${run.name} ${run.version} ${finding.rule} ${finding.at}`;
}

function keyOfVerdict({ crate, version, rule, at }: Verdict): string {
  return `${crate} ${version} ${rule} ${at}`;
}

/** Of what was read, how much was called true; null when nothing was. */
export function precisionOf(sum: LevelSum): number | null {
  const read = sum.true + sum.false + sum.arguable;
  return read === 0 ? null : sum.true / read;
}

function sumOf(
  runs: readonly AccuracyRun[],
  verdictByKey: ReadonlyMap<string, Verdict>,
  level: Severity,
): LevelSum {
  const sum = { findings: 0, true: 0, false: 0, arguable: 0, unread: 0 };
  for (const run of runs) {
    for (const finding of run.findings) {
      if (finding.severity !== level) continue;
      sum.findings++;
      sum[verdictByKey.get(keyOf(run, finding))?.verdict ?? 'unread']++;
    }
  }
  return sum;
}

function noteCount(run: AccuracyRun): number {
  return Object.values(run.notes).reduce((total, count) => total + count, 0);
}

/** The table that is printed and that stands in the doc: a row per crate, then the sums. */
export function crateTable(
  runs: readonly AccuracyRun[],
  verdicts: readonly Verdict[],
  crates: readonly AccuracyCrate[],
): string {
  const rows = runs.map(run => {
    const { error, warning } = accuracyOf([run], verdicts);
    const both = (word: 'true' | 'false' | 'arguable' | 'unread') => error[word] + warning[word];
    const flags = crates.find(krate => krate.name === run.name && krate.version === run.version)?.flags ?? [];
    return [
      [`${run.name} ${run.version}`, ...flags.map(flag => `\`${flag}\``)].join(' '),
      run.lines,
      /\d+ async bod\w+ with \d+ awaits?/.exec(run.summary)?.[0].match(/\d+/g)?.join(' / ') ?? '–',
      error.findings,
      warning.findings,
      noteCount(run),
      both('true'),
      both('false'),
      both('arguable'),
      both('unread'),
      run.seconds ?? '–',
    ];
  });
  return table(
    [
      'crate',
      'lines',
      'async bodies / awaits',
      'errors',
      'warnings',
      'notes',
      'true',
      'false',
      'arguable',
      'unread',
      'seconds',
    ],
    rows,
  );
}

/** Two rows: errors and warnings. */
export function sumTable(accuracy: Accuracy): string {
  const rows = levels.map(level => {
    const sum = accuracy[level];
    const precision = precisionOf(sum);
    return [
      level,
      sum.findings,
      sum.true,
      sum.false,
      sum.arguable,
      sum.unread,
      precision === null ? '–' : percent(precision),
      percent(bars[level]),
    ];
  });
  return table(['level', 'findings', 'true', 'false', 'arguable', 'unread', 'precision', 'bar'], rows);
}

/** The same by rule. */
export function ruleTable(runs: readonly AccuracyRun[], verdicts: readonly Verdict[]): string {
  const rules = new Set(
    runs.flatMap(run => [...run.findings.map(found => found.rule), ...Object.keys(run.notes)]),
  );
  const rows = [...rules].sort().map(rule => {
    const ofRule = runs.map(run => ({
      ...run,
      findings: run.findings.filter(finding => finding.rule === rule),
      notes: { [rule]: run.notes[rule] ?? 0 },
    }));
    const { error, warning, notes } = accuracyOf(ofRule, verdicts);
    return [
      `\`${rule}\``,
      error.findings,
      warning.findings,
      notes,
      error.true + warning.true,
      error.false + warning.false,
      error.arguable + warning.arguable,
    ];
  });
  return table(['rule', 'errors', 'warnings', 'notes', 'true', 'false', 'arguable'], rows);
}

/** Every error and warning with its verdict. */
export function findingTable(runs: readonly AccuracyRun[], verdicts: readonly Verdict[]): string {
  const verdictByKey = new Map(verdicts.map(verdict => [keyOfVerdict(verdict), verdict]));
  const rows = runs.flatMap(run =>
    run.findings.map(finding => {
      const verdict = verdictByKey.get(keyOf(run, finding));
      return [
        `${run.name} ${run.version} \`${finding.at.replace(/:\d+$/, '')}\``,
        `${finding.severity}, ${finding.confidence}`,
        `\`${finding.rule.replace(/^async\//, '')}\`: ${finding.message}`,
        `**${verdict?.verdict ?? 'unread'}**`,
        verdict?.why ?? '',
        verdict?.hurts ?? '',
      ];
    }),
  );
  return table(['at', 'level', 'what', 'verdict', 'why', 'can it hurt'], rows);
}

/** The tables of docs/accuracy.md by the name of their place. */
export function docTables(
  runs: readonly AccuracyRun[],
  verdicts: readonly Verdict[],
  crates: readonly AccuracyCrate[],
): Record<string, string> {
  return {
    sums: sumTable(accuracyOf(runs, verdicts)),
    rules: ruleTable(runs, verdicts),
    crates: crateTable(runs, verdicts, crates),
    findings: findingTable(runs, verdicts),
  };
}

/** `doc` with what stands between `<!-- NAME -->` and `<!-- end of NAME -->` replaced. Throws where a mark is missing. */
export function withTables(doc: string, tables: Readonly<Record<string, string>>): string {
  let text = doc;
  for (const [name, body] of Object.entries(tables)) {
    const start = `<!-- ${name} -->\n`;
    const end = `<!-- end of ${name} -->`;
    const from = text.indexOf(start);
    const to = text.indexOf(end);
    if (from === -1 || to < from) throw new Error(`docs/accuracy.md has no place for ${name}`);
    text = `${text.slice(0, from + start.length)}\n${body}\n${text.slice(to)}`;
  }
  return text;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map(cell => String(cell).replaceAll('|', '\\|')).join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

function percent(share: number): string {
  return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
}
