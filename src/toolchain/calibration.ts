/**
 * Measures how threads of rustc slow each other down on this machine: a generated crate is compiled alone and beside copies of
 * itself. A simulator needs that to say what another number of jobs would do. On two cores, units of real builds (regex-automata,
 * clap_builder, tokio, …) gave within a few percent the paces of this crate, which needs nothing but `std`.
 *
 * The answer is kept in Assay's folder for each rustc; it takes some seconds once. Raw seconds are recorded; what follows from
 * them is judged (formats/calibration).
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { calibrationCrate } from './calibration-crate.ts';
import type { Toolchain } from './locate.ts';
import { runTool } from './run-tool.ts';
import { writeWhole } from './write-whole.ts';

const rounds = 3;

interface Runs {
  readonly [copies: number]: number[];
}

/** The text of the evidence part `calibration.json`, or null where it could not be measured. Throws when interrupted. */
export async function calibrate(
  toolchain: Toolchain,
  assayDir: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
  onProgress: (done: number, total: number) => void,
): Promise<string | null> {
  const cores = availableParallelism();
  const hash = createHash('sha256').update(`1 ${cores} ${toolchain.rustcVersionVerbose}`).digest('hex');
  const keptPath = join(assayDir, 'state', `calibration-${hash.slice(0, 12)}.txt`);
  const kept = await readFile(keptPath, 'utf8').catch(() => null);
  if (kept !== null) return kept;
  const folder = join(assayDir, 'calibration');
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'frontend.rs'), calibrationCrate(70));
    await writeFile(join(folder, 'codegen.rs'), calibrationCrate(12));
    const text = await measure(toolchain, folder, cores, env, signal, onProgress);
    if (text !== null) await writeWhole(keptPath, text);
    return text;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(
  toolchain: Toolchain,
  folder: string,
  cores: number,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
  onProgress: (done: number, total: number) => void,
): Promise<string | null> {
  const counts = copyCounts(cores);
  const frontend: Runs = Object.fromEntries(counts.map(count => [count, []]));
  const codegen: Runs = Object.fromEntries(counts.map(count => [count, []]));
  const parallel: number[] = [];
  const total = rounds * (2 * counts.length + 1);
  let done = 0;
  const compile = async (copies: number, crate: string, args: readonly string[]) => {
    const runs = Array.from({ length: copies }, (_, copy) =>
      codegenTimes(toolchain, folder, crate, [...args, '--out-dir', `out-${copy}`], env, signal),
    );
    const times = await Promise.all(runs);
    onProgress(++done, total);
    return times;
  };
  // One kind after the other in each round, so that a slow moment of the machine does not fall on one kind alone.
  for (let round = 0; round < rounds; round++) {
    for (const count of counts) {
      const checked = await compile(count, 'frontend.rs', ['--emit=metadata']);
      frontend[count]!.push(...checked.flatMap(times => times?.seconds ?? []));
      const built = await compile(count, 'codegen.rs', [...codegenArgs, '-Zno-parallel-backend']);
      codegen[count]!.push(...built.flatMap(times => times?.codegenSeconds ?? []));
    }
    const [one] = await compile(1, 'codegen.rs', codegenArgs);
    if (one?.codegenSeconds != null) parallel.push(one.codegenSeconds);
  }
  const lists = [...counts.flatMap(count => [frontend[count]!, codegen[count]!]), parallel];
  if (lists.some(list => list.length === 0)) return null;
  const medians = (runs: Runs) => counts.map(count => [count, milliseconds(median(runs[count]!))]);
  return `${JSON.stringify({
    schema: 'assay-calibration/1',
    cores,
    frontendSeconds: medians(frontend),
    codegenSeconds: medians(codegen),
    parallelCodegenSeconds: milliseconds(median(parallel)),
  })}\n`;
}

const codegenArgs = [
  '--emit=link',
  '-Cdebuginfo=2',
  '-Ccodegen-units=16',
  '--error-format=json',
  '--json=timings',
];

/** 1, 2, 4, … and the number of cores. */
function copyCounts(cores: number): readonly number[] {
  const counts: number[] = [];
  for (let count = 1; count < cores; count *= 2) counts.push(count);
  return [...counts, cores];
}

interface Times {
  readonly seconds: number;
  readonly codegenSeconds: number | null;
}

/** Null where rustc refused: it may be too old to time its sections. */
async function codegenTimes(
  toolchain: Toolchain,
  folder: string,
  crate: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<Times | null> {
  const at = new Map<string, number>();
  const result = await runTool({
    program: toolchain.rustc,
    args: ['--edition=2021', '--crate-type=lib', '-Zunstable-options', ...args, crate],
    cwd: folder,
    env: { ...env, RUSTC_BOOTSTRAP: '1' },
    signal,
    onStderrLine: line => {
      const section = /"name":"codegen","event":"(start|end)","timestamp":(\d+)/.exec(line);
      if (section !== null) at.set(section[1]!, Number(section[2]));
    },
  });
  if (result.exitCode !== 0) return null;
  const start = at.get('start');
  const end = at.get('end');
  const codegenSeconds = start === undefined || end === undefined ? null : (end - start) / 1e6;
  return { seconds: result.seconds, codegenSeconds };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
