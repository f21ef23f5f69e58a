/**
 * Speed, as ratios against a peer or limits in the same run: these figures are only worth something side by side.
 *
 *   npm run bench                    all crates of tests/real/crates.json that are marked `bench`
 *   npm run bench -- mini-redis      those whose name contains the word
 *   npm run bench -- large           the workspace of bench/large-workspace.ts, which takes a quarter of an hour
 *   npm run bench -- deep            `--deep` on the crate with the most dependencies, against `cargo check`
 *   npm run bench -- simulator       the simulator of `assay build` on made-up builds (bench/simulator.ts)
 *   npm run bench -- --rounds 3      rounds of the cold comparison (default 1; cold builds are minutes)
 *
 * Cold: `cargo clippy` and `assay async`, each from an empty target directory, in turn. Large: real MIR repeated to 300 MB
 * (bench/large-evidence.ts). Exit code 1 where a limit of the table is exceeded.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fetchCrate } from '../scripts/real-crate.ts';
import { peakMemoryOf, writeLargeEvidence } from './large-evidence.ts';
import { layOutLargeWorkspace, lineCountOf } from './large-workspace.ts';

const limits = { coldRatio: 1.5, unchangedSeconds: 0.7, helpSeconds: 0.15, parseRate: 60, peakBytes: 1e9 };
/** For a workspace of 100,000 lines and more. */
const largeLimits = { coldRatio: 1.5, unchangedSeconds: 1, peakBytes: 1.5e9 };
/** With the dependencies, of which there are 300 or so, against a `cargo check` of the same. */
const deepLimits = { coldRatio: 5, unchangedSeconds: 1 };
/** 2,000 units once; a ranking of what-ifs over 500. Each in a process that has simulated nothing before. */
const simulatorLimits = { simulateSeconds: 0.05, rankSeconds: 2 };
const largeBytes = 300e6;

interface RealCrate {
  readonly name: string;
  readonly version: string;
  readonly flags: readonly string[];
  readonly bench?: boolean;
  readonly units: number;
}

const assay = resolve(import.meta.dirname, '../bin/assay.js');
const args = process.argv.slice(2);
const rounds = Number(valueAfter('--rounds') ?? '1');
const words = args.filter((arg, index) => !arg.startsWith('--') && args[index - 1] !== '--rounds');

const known = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../tests/real/crates.json'), 'utf8'),
) as RealCrate[];
const crates = known.filter(krate =>
  words.length === 0 ? krate.bench === true : words.some(word => krate.name.includes(word)),
);

const scratch = mkdtempSync(join(tmpdir(), 'assay-bench-'));
let exceeded = 0;
console.log(`${cpus().length} cores, Node ${process.version}, ${oneLine('rustc', ['--version'])}`);
console.log(
  `cold: median of ${rounds} round${rounds === 1 ? '' : 's'}; unchanged and help: median of 7 runs\n`,
);
try {
  row('what', 'clippy', 'assay', 'ratio', 'limit');
  for (const krate of crates) await benchCrate(krate);
  await benchLarge();
  if (words.length === 0 || words.includes('simulator')) benchSimulator();
  if (words.includes('large')) await benchLargeWorkspace();
  if (words.includes('deep')) await benchDeep();
  const help = median(repeat(7, () => seconds('node', [assay, '--help'], scratch)));
  row('assay --help', '', format(help), '', format(limits.helpSeconds), help <= limits.helpSeconds);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = exceeded > 0 ? 1 : 0;

async function benchCrate(krate: RealCrate): Promise<void> {
  const directory = join(scratch, krate.name);
  await fetchCrate(krate.name, krate.version, directory);
  const label = `${krate.name} ${krate.version}`;
  const clippy: number[] = [];
  const cold: number[] = [];
  for (let round = 0; round < rounds; round++) {
    removeTarget(directory);
    clippy.push(seconds('cargo', ['clippy', '--quiet', ...krate.flags], directory));
    removeTarget(directory);
    cold.push(seconds('node', [assay, 'async', '-q', '--fail-on', 'never', ...krate.flags], directory));
  }
  const ratio = median(cold) / median(clippy);
  row(
    `${label}: async, cold`,
    format(median(clippy)),
    format(median(cold)),
    ratio.toFixed(2),
    limits.coldRatio.toFixed(2),
    ratio <= limits.coldRatio,
  );
  const again = median(
    repeat(7, () => seconds('node', [assay, 'async', '-q', '--fail-on', 'never', ...krate.flags], directory)),
  );
  row(
    `${label}: async, unchanged`,
    '',
    format(again),
    '',
    format(limits.unchangedSeconds),
    again <= limits.unchangedSeconds,
  );
  rmSync(directory, { recursive: true, force: true });
}

/** MIR of the first crate of the list, repeated: how fast it is parsed, and what judging all of it needs. */
async function benchLarge(): Promise<void> {
  const [krate] = crates;
  if (krate === undefined) return;
  const directory = join(scratch, 'large');
  await fetchCrate(krate.name, krate.version, directory);
  const collected = join(scratch, 'collected.assay');
  seconds('node', [assay, 'collect', '-q', '-o', collected, ...krate.flags], directory);
  const large = await writeLargeEvidence(collected, largeBytes, scratch);
  // One run over all of it, the cold start included.
  const files = Array.from({ length: large.copies }, () => large.mirFiles).flat();
  const parseArgs = ['tsx', join(import.meta.dirname, 'mir-parse.ts'), '--repeat=1', ...files];
  const parsed = spawnSync('npx', parseArgs, {
    cwd: resolve(import.meta.dirname, '..'),
    encoding: 'utf8',
  });
  const rates = /^MB\/s of each run.*: (.*)$/m.exec(parsed.stdout)?.[1]?.split(', ').map(Number) ?? [];
  const slowest = Math.min(...rates);
  row(
    `${(large.mirBytes / 1e6).toFixed(0)} MB of MIR text parsed, from a cold start`,
    '',
    `${slowest.toFixed(0)} MB/s`,
    '',
    `${limits.parseRate} MB/s`,
    slowest >= limits.parseRate,
  );
  const flags = ['async', '--from', large.path, '-q', '--fail-on', 'never', '--format', 'json'];
  const judged = await peakMemoryOf(process.execPath, [assay, ...flags, '-o', join(scratch, 'large.json')]);
  const what = `${(large.mirBytes / 1e6).toFixed(0)} MB of MIR judged in ${format(judged.seconds)}, peak memory`;
  const peak = judged.peakBytes;
  if (peak === null) row(what, '', 'unknown', '', megabytes(limits.peakBytes));
  else row(what, '', megabytes(peak), '', megabytes(limits.peakBytes), peak < limits.peakBytes);
}

/** As for a crate, with the memory of Assay's own process: the compilers' is the same with and without it. */
async function benchLargeWorkspace(): Promise<void> {
  const directory = join(scratch, 'workspace');
  await layOutLargeWorkspace(directory);
  const lines = `${Math.floor(lineCountOf(directory) / 1000)},000 lines`;
  const flags = ['async', '-q', '--fail-on', 'never'];
  const clippy: number[] = [];
  const cold: number[] = [];
  const peaks: (number | null)[] = [];
  for (let round = 0; round < rounds; round++) {
    removeTarget(directory);
    clippy.push(seconds('cargo', ['clippy', '--quiet', '--locked'], directory));
    removeTarget(directory);
    const judged = await peakMemoryOf(process.execPath, [assay, ...flags, '--locked'], directory);
    cold.push(judged.seconds);
    peaks.push(judged.peakBytes);
  }
  const ratio = median(cold) / median(clippy);
  row(
    `${lines}: async, cold`,
    format(median(clippy)),
    format(median(cold)),
    ratio.toFixed(2),
    largeLimits.coldRatio.toFixed(2),
    ratio <= largeLimits.coldRatio,
  );
  const peak = Math.max(...peaks.map(bytes => bytes ?? 0));
  row(
    `${lines}: peak memory of Assay's process`,
    '',
    peak === 0 ? 'unknown' : megabytes(peak),
    '',
    megabytes(largeLimits.peakBytes),
    peak === 0 ? undefined : peak < largeLimits.peakBytes,
  );
  const again = median(repeat(7, () => seconds('node', [assay, ...flags, '--locked'], directory)));
  const limit = largeLimits.unchangedSeconds;
  row(`${lines}: async, unchanged`, '', format(again), '', format(limit), again <= limit);
}

async function benchDeep(): Promise<void> {
  const krate = known.toSorted((a, b) => b.units - a.units)[0]!;
  const directory = join(scratch, 'deep');
  await fetchCrate(krate.name, krate.version, directory);
  const flags = ['async', '--deep', '-q', '--fail-on', 'never', ...krate.flags];
  const check: number[] = [];
  const cold: number[] = [];
  for (let round = 0; round < rounds; round++) {
    removeTarget(directory);
    check.push(seconds('cargo', ['check', '--quiet', ...krate.flags], directory));
    removeTarget(directory);
    cold.push(seconds('node', [assay, ...flags], directory));
  }
  const ratio = median(cold) / median(check);
  const label = `${krate.name} ${krate.version}, ${krate.units} units`;
  row(
    `${label}: --deep, cold, against cargo check`,
    format(median(check)),
    format(median(cold)),
    ratio.toFixed(2),
    deepLimits.coldRatio.toFixed(2),
    ratio <= deepLimits.coldRatio,
  );
  const again = median(repeat(7, () => seconds('node', [assay, ...flags], directory)));
  const limit = deepLimits.unchangedSeconds;
  row(`${label}: --deep, unchanged`, '', format(again), '', format(limit), again <= limit);
}

function benchSimulator(): void {
  const runs = Array.from({ length: 5 }, () => {
    const script = ['tsx', join(import.meta.dirname, 'simulator.ts')];
    const { stdout } = spawnSync('npx', script, {
      cwd: resolve(import.meta.dirname, '..'),
      encoding: 'utf8',
    });
    return JSON.parse(stdout) as { simulateMs: number; rankMs: number };
  });
  const simulated = median(runs.map(run => run.simulateMs)) / 1000;
  const ranked = median(runs.map(run => run.rankMs)) / 1000;
  const { simulateSeconds, rankSeconds } = simulatorLimits;
  row(
    '2,000 units simulated',
    '',
    inThousandths(simulated),
    '',
    inThousandths(simulateSeconds),
    simulated <= simulateSeconds,
  );
  row('what-ifs over 500 units ranked', '', format(ranked), '', format(rankSeconds), ranked <= rankSeconds);
}

function inThousandths(value: number): string {
  return `${(value * 1000).toFixed(0)} ms`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

function removeTarget(directory: string): void {
  const target = join(directory, 'target');
  if (existsSync(target)) rmSync(target, { recursive: true, force: true });
}

/** Wall time of a command; a command that fails ends the bench, because its time means nothing. */
function seconds(command: string, commandArgs: readonly string[], cwd: string): number {
  const started = process.hrtime.bigint();
  const result = spawnSync(command, commandArgs, {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (result.status !== 0)
    throw new Error(`${command} ${commandArgs.join(' ')} exited with ${result.status}\n${result.stderr}`);
  return Number(process.hrtime.bigint() - started) / 1e9;
}

function repeat(count: number, measure: () => number): number[] {
  return Array.from({ length: count }, measure);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function format(value: number): string {
  return `${value.toFixed(2)} s`;
}

function row(
  what: string,
  clippy: string,
  ours: string,
  ratio: string,
  limit: string,
  holds?: boolean,
): void {
  if (holds === false) exceeded += 1;
  const verdict = holds === undefined ? '' : holds ? 'holds' : 'EXCEEDED';
  console.log(
    `${what.padEnd(52)}${clippy.padStart(10)}${ours.padStart(10)}${ratio.padStart(8)}${limit.padStart(9)}  ${verdict}`,
  );
}

function oneLine(command: string, commandArgs: readonly string[]): string {
  return spawnSync(command, commandArgs, { encoding: 'utf8' }).stdout.trim();
}

function valueAfter(name: string): string | undefined {
  const index = args.indexOf(name);
  return index === -1 ? undefined : args[index + 1];
}
