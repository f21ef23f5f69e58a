/**
 * How right the simulator of `assay build` is, on published crates (tests/real/build-accuracy.json):
 *
 *     npm run accuracy:build [-- NAME…] [--rounds 3] [--keep DIR]
 *
 * Each crate is built from nothing with -j2, with -j1, and with -j2 and other features, in turn. Every build is replayed; from
 * every -j2 the others are predicted, and -j2 from -j1. Keeps what was measured in tests/real/build-accuracy-runs.json and writes the
 * table of docs/accuracy.md. Exit 1 where a bar is exceeded. The machine must have nothing else to do.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Report } from '#model/report.ts';
import { withTables } from './accuracy-tables.ts';
import {
  type BuildCrate,
  type BuildRun,
  type BuildRuns,
  beyondBars,
  buildTables,
  figuresOf,
} from './build-accuracy-tables.ts';
import { fetchCrate } from './real-crate.ts';

const root = resolve(import.meta.dirname, '..');
const assay = join(root, 'bin/assay.js');
const runsFile = join(root, 'tests/real/build-accuracy-runs.json');
const docFile = join(root, 'docs/accuracy.md');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, keep: { type: 'string' } },
});
const rounds = Number(values.rounds ?? 3);
const crates = JSON.parse(readFileSync(join(root, 'tests/real/build-accuracy.json'), 'utf8')) as BuildCrate[];
const recorded = existsSync(runsFile) ? (JSON.parse(readFileSync(runsFile, 'utf8')) as BuildRuns[]) : [];
const wanted = crates.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const scratch = resolve(values.keep ?? mkdtempSync(join(tmpdir(), 'assay-accuracy-build-')));

const ran: BuildRuns[] = [];
try {
  for (const crate of wanted) ran.push(await runsOf(crate));
} finally {
  if (values.keep === undefined) rmSync(scratch, { recursive: true, force: true });
}
const known = crates.flatMap(
  ({ name }) => ran.find(runs => runs.name === name) ?? recorded.find(runs => runs.name === name) ?? [],
);
writeFileSync(runsFile, `${JSON.stringify(known, null, 2)}\n`);
spawnSync('npx', ['biome', 'format', '--write', runsFile], { cwd: root });
const figures = known.map(figuresOf);
writeFileSync(docFile, withTables(readFileSync(docFile, 'utf8'), { builds: buildTables(figures) }));
console.log(buildTables(figures));
const wrong = beyondBars(figures);
for (const line of wrong) console.log(line);
process.exitCode = wrong.length === 0 ? 0 : 1;

async function runsOf(crate: BuildCrate): Promise<BuildRuns> {
  const directory = join(scratch, crate.name);
  if (!existsSync(directory)) {
    mkdirSync(scratch, { recursive: true });
    await fetchCrate(crate.name, crate.version, directory);
  }
  spawnSync('cargo', ['fetch', '--quiet'], { cwd: directory, stdio: 'inherit' });
  const runs: BuildRun[] = [];
  for (let round = 0; round < rounds; round++) {
    runs.push(build(crate, directory, 2, false));
    runs.push(build(crate, directory, 1, false));
    if (crate.features !== null) runs.push(build(crate, directory, 2, true));
  }
  console.error(buildTables([figuresOf({ ...crate, runs })]));
  return { ...crate, runs };
}

/** One build from nothing; only what was learned of the machine is kept. */
function build(crate: BuildCrate, directory: string, jobs: 1 | 2, withFeatures: boolean): BuildRun {
  for (const name of ['cargo-plain', 'evidence'])
    rmSync(join(directory, 'target/assay', name), { recursive: true, force: true });
  const selection = withFeatures ? ['--no-default-features', '--features', crate.features!] : [];
  const questions = withFeatures
    ? []
    : [`jobs=${3 - jobs}`, ...(jobs === 2 && crate.features !== null ? [`features=${crate.features}`] : [])];
  const args = ['build', directory, '-q', `-j${jobs}`, ...selection, '--format', 'json'];
  const asked = questions.flatMap(question => ['--what-if', question]);
  const result = spawnSync(process.execPath, [assay, ...args, ...asked], {
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  if (result.status !== 0) throw new Error(`assay build of ${crate.name} failed\n${result.stderr}`);
  const { build: section } = JSON.parse(result.stdout) as Report;
  const { replay, whatIf = [], units = [], wallSeconds = 0 } = section!;
  if (replay === undefined) throw new Error(`nothing was simulated of ${crate.name}`);
  const predicted = (question: string) =>
    whatIf.find(({ change }) => change === question)?.predictedSeconds ?? null;
  return {
    jobs,
    withFeatures,
    units: units.length,
    wallSeconds,
    errorPercent: replay.errorPercent,
    startErrorPercent: replay.startErrorPercent,
    otherJobsSeconds: withFeatures ? null : predicted(`jobs=${3 - jobs}`),
    featuresSeconds: predicted(`features=${crate.features}`),
  };
}
