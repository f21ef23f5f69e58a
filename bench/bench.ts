/**
 * Speed, as ratios against a peer or limits in the same run: these figures are only worth something side by side.
 *
 *   npm run bench                    all crates of tests/real/crates.json that are marked `bench`
 *   npm run bench -- mini-redis      those whose name contains the word
 *   npm run bench -- --rounds 3      rounds of the cold comparison (default 1; cold builds are minutes)
 *
 * Cold: `cargo clippy` and `assay async`, each from an empty target directory, in turn. Exit code 1 where a limit of
 * the table is exceeded.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fetchCrate } from '../scripts/real-crate.ts';

const limits = { coldRatio: 1.5, unchangedSeconds: 0.7, helpSeconds: 0.15 };

interface RealCrate {
  readonly name: string;
  readonly version: string;
  readonly flags: readonly string[];
  readonly bench?: boolean;
}

const assay = resolve(import.meta.dirname, '../bin/assay.js');
const args = process.argv.slice(2);
const rounds = Number(valueAfter('--rounds') ?? '1');
const words = args.filter((arg, index) => !arg.startsWith('--') && args[index - 1] !== '--rounds');

const crates = (
  JSON.parse(readFileSync(resolve(import.meta.dirname, '../tests/real/crates.json'), 'utf8')) as RealCrate[]
).filter(krate =>
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
    `${what.padEnd(44)}${clippy.padStart(10)}${ours.padStart(10)}${ratio.padStart(8)}${limit.padStart(8)}  ${verdict}`,
  );
}

function oneLine(command: string, commandArgs: readonly string[]): string {
  return spawnSync(command, commandArgs, { encoding: 'utf8' }).stdout.trim();
}

function valueAfter(name: string): string | undefined {
  const index = args.indexOf(name);
  return index === -1 ? undefined : args[index + 1];
}
