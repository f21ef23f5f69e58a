/**
 * Runs the built Assay on the published crates of tests/real/accuracy.json and holds every error and warning against
 * the verdicts of tests/real/verdicts.json, which rest on reading the source:
 *
 *     npm run accuracy [-- NAME…] [--evidence DIR]
 *
 * Prints a table, keeps what the runs said in tests/real/accuracy-runs.json, and writes the tables of docs/accuracy.md.
 * Exit 1: something is unread, a verdict's finding is gone, a crate could not be judged, or precision is under the bar.
 *
 * `--evidence DIR` keeps what was recorded of each crate in DIR and judges that the next time: a changed rule is tried
 * on all of them in seconds. Without it each crate is fetched, checked from nothing and removed again.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Report } from '#model/report.ts';
import { writeEvidenceFile } from '#toolchain/evidence-file.ts';
import { runPass } from '#toolchain/instrumented-pass.ts';
import { plainSelection } from '#toolchain/pass-options.ts';
import {
  type AccuracyCrate,
  type AccuracyRun,
  accuracyOf,
  crateTable,
  docTables,
  sumTable,
  type Verdict,
  withTables,
} from './accuracy-tables.ts';
import { fetchCrate } from './real-crate.ts';

const root = resolve(import.meta.dirname, '..');
const runsFile = join(root, 'tests/real/accuracy-runs.json');
const docFile = join(root, 'docs/accuracy.md');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { evidence: { type: 'string' } },
});
const crates = read<AccuracyCrate[]>('tests/real/accuracy.json');
const verdicts = read<Verdict[]>('tests/real/verdicts.json');
const wanted = crates.filter(
  ({ name, version }) =>
    positionals.length === 0 || positionals.includes(name) || positionals.includes(`${name}-${version}`),
);
if (wanted.length === 0) {
  console.error(`no crate of tests/real/accuracy.json is called ${positionals.join(' or ')}`);
  process.exit(2);
}

const runs = new Map(read<AccuracyRun[]>('tests/real/accuracy-runs.json').map(run => [idOf(run), run]));
const ran: AccuracyRun[] = [];
const failed: string[] = [];
for (const krate of wanted) {
  try {
    const run = await runOf(krate);
    ran.push(run);
    runs.set(idOf(krate), run);
    console.error(`${idOf(krate)}: ${run.summary}${run.seconds === null ? '' : ` (${run.seconds} s)`}`);
  } catch (error) {
    failed.push(`${idOf(krate)} could not be judged: ${(error as Error).message}`);
    console.error(failed.at(-1));
  }
}

const known = crates.flatMap(krate => runs.get(idOf(krate)) ?? []);
writeFileSync(runsFile, `${JSON.stringify(known, null, 2)}\n`);
spawnSync('npx', ['biome', 'format', '--write', runsFile], { cwd: root });
writeFileSync(docFile, withTables(readFileSync(docFile, 'utf8'), docTables(known, verdicts, crates)));

const accuracy = accuracyOf(ran, verdicts);
console.log(`${crateTable(ran, verdicts, crates)}\n${sumTable(accuracy)}`);
const wrong = [
  ...failed,
  ...accuracy.unread.map(what => `unread: ${what}`),
  ...accuracy.stale.map(what => `a verdict of what is not reported: ${what}`),
  ...accuracy.underBar,
];
for (const line of wrong) console.log(line);
process.exitCode = wrong.length === 0 ? 0 : 1;

async function runOf(krate: AccuracyCrate): Promise<AccuracyRun> {
  const kept = values.evidence === undefined ? null : resolve(values.evidence, fileOf(krate));
  const before = runs.get(idOf(krate));
  if (kept !== null && existsSync(kept) && before !== undefined)
    return runFrom(krate, assay(['async', '--from', kept], root), before.lines, before.seconds);

  const scratch = mkdtempSync(join(tmpdir(), 'assay-accuracy-'));
  try {
    const directory = join(scratch, krate.name);
    await fetchCrate(krate.name, krate.version, directory);
    const lines = lineCount(directory, '');
    update(krate, directory);
    const wasKept = kept !== null && existsSync(kept);
    const started = Date.now();
    if (kept !== null && !wasKept) await record(krate, directory, kept);
    const report =
      kept === null
        ? assay(['async', '.', ...krate.flags, '-j', '2'], directory)
        : assay(['async', '--from', kept], root);
    const seconds = wasKept ? null : Math.round((Date.now() - started) / 1000);
    return runFrom(krate, report, lines, seconds);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function update(krate: AccuracyCrate, directory: string): void {
  for (const what of krate.updates ?? []) {
    const done = spawnSync('cargo', ['update', ...what.split(' ')], { cwd: directory, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`cargo update ${what}: ${done.stderr}`);
  }
}

/** The same pass as that of `assay async`; `assay collect` would make a full build. */
async function record(krate: AccuracyCrate, directory: string, evidence: string): Promise<void> {
  mkdirSync(dirname(evidence), { recursive: true });
  const features = krate.flags.filter(flag => flag.startsWith('--features='));
  const result = await runPass({
    directory,
    selection: {
      ...plainSelection,
      features: features.map(flag => flag.slice('--features='.length)),
      allFeatures: krate.flags.includes('--all-features'),
      jobs: '2',
    },
    pass: 'check',
    mir: true,
    assayVersion: '0.0.0',
    env: process.env,
  });
  try {
    const [failure] = result.evidence.header.failures;
    if (failure !== undefined) throw new Error(`${failure.message}\n${failure.output}`);
    await writeEvidenceFile(result.evidence, evidence);
  } finally {
    await result.close();
  }
}

function assay(args: readonly string[], cwd: string): Report {
  const run = spawnSync(
    process.execPath,
    [join(root, 'bin/assay.js'), ...args, '--format', 'json', '--fail-on', 'never', '-q'],
    { cwd, encoding: 'utf8', maxBuffer: 1 << 30 },
  );
  if (run.status !== 0) throw new Error(`exit code ${run.status}\n${run.stderr}`);
  return JSON.parse(run.stdout) as Report;
}

function runFrom(
  { name, version }: AccuracyCrate,
  report: Report,
  lines: number,
  seconds: number | null,
): AccuracyRun {
  const notes: Record<string, number> = {};
  for (const { rule, severity, suppressed } of report.findings)
    if (severity === 'note' && suppressed === undefined) notes[rule] = (notes[rule] ?? 0) + 1;
  const findings = report.findings
    .filter(finding => finding.severity !== 'note' && finding.suppressed === undefined)
    .map(({ rule, severity, confidence, location, message, function: func }) => ({
      rule,
      severity,
      confidence,
      at: `${location.file}:${location.startLine}:${location.startColumn}`,
      function: func ?? '',
      message,
    }));
  return { name, version, lines, summary: report.async?.summary ?? '', findings, notes, seconds };
}

/** Lines of Rust below a crate's folder, without what only tests and shows it. */
function lineCount(directory: string, below: string): number {
  let count = 0;
  for (const entry of readdirSync(join(directory, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (/^(tests|benches|examples|target)$/.test(path)) continue;
    if (entry.isDirectory()) count += lineCount(directory, path);
    else if (path.endsWith('.rs'))
      count += readFileSync(join(directory, path), 'utf8').split('\n').length - 1;
  }
  return count;
}

function read<T>(path: string): T {
  return JSON.parse(readFileSync(resolve(root, path), 'utf8')) as T;
}

function fileOf({ name, version }: AccuracyCrate): string {
  return `${name}-${version}.assay`;
}

function idOf({ name, version }: Pick<AccuracyCrate, 'name' | 'version'>): string {
  return `${name} ${version}`;
}
