/**
 * Measures how threads of rustc slow each other down on this machine: a generated crate is compiled alone and beside copies of
 * itself. A simulator needs that to say what another number of jobs would do.
 *
 * Each rustc gets a jobserver of its own, as from cargo: without tokens it generates code with one thread, while under
 * `-Zno-parallel-backend` its main thread would work beside. CPU time is recorded too: where it stays the same and only the wall
 * time grows, threads waited for a core, and where it grows, they slowed each other down.
 *
 * The answer is kept in Assay's folder for each rustc; it takes some seconds once. Raw seconds are recorded; what follows from
 * them is judged (formats/calibration).
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { median } from '#base/median.ts';
import { calibrationCrate } from './calibration-crate.ts';
import type { Toolchain } from './locate.ts';
import { runTool } from './run-tool.ts';
import { writeWhole } from './write-whole.ts';

/**
 * Machines change their speed by some per cent within seconds. So each round has every number of copies once, one right after
 * the other, and what is judged is the ratio within a round; every second round goes the other way, so that a drift cancels out.
 * Rounds are added until the ratios of the rounds agree, or the time is up.
 */
const roundsMin = 4;
const roundsMax = 16;
const secondsMax = 60;
/** Standard error of a ratio, as a share of it. */
const agreement = 0.007;

/** One for each round: mean over the copies. */
interface Runs {
  readonly [copies: number]: Times[];
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
  const hash = createHash('sha256').update(`4 ${cores} ${toolchain.rustcVersionVerbose}`).digest('hex');
  const keptPath = join(assayDir, 'state', `calibration-${hash.slice(0, 12)}.txt`);
  const kept = await readFile(keptPath, 'utf8').catch(() => null);
  if (kept !== null) return kept;
  const folder = join(assayDir, 'calibration');
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'frontend.rs'), calibrationCrate(140));
    await writeFile(join(folder, 'codegen.rs'), calibrationCrate(24));
    const measured = await measure(toolchain, folder, cores, env, signal, onProgress);
    // What was measured beside other work is used once and not kept.
    if (measured !== null && !measured.disturbed) await writeWhole(keptPath, measured.text);
    return measured?.text ?? null;
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
): Promise<{ readonly text: string; readonly disturbed: boolean } | null> {
  const counts = copyCounts(cores);
  const frontend: Runs = Object.fromEntries(counts.map(count => [count, []]));
  const codegen: Runs = Object.fromEntries(counts.map(count => [count, []]));
  const parallel: Times[] = [];
  const lists = [...counts.flatMap(count => [frontend[count]!, codegen[count]!]), parallel];
  const compile = async (copies: number, kind: Kind, tokens: number): Promise<readonly Times[]> => {
    const runs = Array.from({ length: copies }, (_, copy) =>
      timesOf(toolchain, folder, kind, copy, tokens, env, signal),
    );
    const times = (await Promise.all(runs)).filter(one => one !== null);
    if (times.length === 0) return [];
    const mean = (key: keyof Times) => times.reduce((sum, one) => sum + one[key], 0) / times.length;
    return [{ seconds: mean('seconds'), cpuSeconds: mean('cpuSeconds') }];
  };
  const disturbed = () =>
    counts.some(count => {
      const runs = frontend[count]!;
      return median(column(runs, 'seconds'))! > disturbedRatio * median(column(runs, 'cpuSeconds'))!;
    });
  const started = performance.now();
  const spent = () => (performance.now() - started) / 1000;
  for (let round = 0; round < roundsMax; round++) {
    for (const count of round % 2 === 0 ? counts : counts.toReversed()) {
      frontend[count]!.push(...(await compile(count, 'frontend', 0)));
      codegen[count]!.push(...(await compile(count, 'codegen', 0)));
    }
    parallel.push(...(await compile(1, 'codegen', cores - 1)));
    if (lists.some(list => list.length !== round + 1)) return null;
    const agreed = [frontend, codegen].every(runs => ratioErrors(runs).every(error => error < agreement));
    onProgress(round + 1, agreed ? round + 1 : Math.max(roundsMin, round + 2));
    // One more round takes about as long as one did.
    const next = spent() * (1 + 1 / (round + 1));
    if (round + 1 >= roundsMin && (next > secondsMax || (agreed && !disturbed()))) break;
  }
  const rows = (runs: Runs) =>
    counts.map(count => [count, column(runs[count]!, 'seconds'), column(runs[count]!, 'cpuSeconds')]);
  const text = `${JSON.stringify({
    schema: 'assay-calibration/2',
    cores,
    frontend: rows(frontend),
    codegen: rows(codegen),
    parallelCodegenSeconds: column(parallel, 'seconds'),
  })}\n`;
  return { text, disturbed: disturbed() };
}

function column(times: readonly Times[], key: keyof Times): readonly number[] {
  return times.map(one => milliseconds(one[key]));
}

/** Of the ratio of CPU times for each number of copies above one: standard error of the mean, as a share of it. */
function ratioErrors(runs: Runs): readonly number[] {
  return Object.keys(runs).flatMap(copies => {
    if (copies === '1') return [];
    const ratios = runs[Number(copies)]!.map(
      (times, round) => times.cpuSeconds / runs[1]![round]!.cpuSeconds,
    );
    const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    const square = ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0);
    return [Math.sqrt(square / (ratios.length - 1) / ratios.length) / mean];
  });
}

/**
 * The frontend is one thread, and there are as many as cores at most: where one took so much longer than its CPU time, it waited for
 * a core that something else had. 1.02 to 1.07 on a machine with nothing else to do.
 */
const disturbedRatio = 1.25;

/** 1, 2, 4, … and the number of cores. */
function copyCounts(cores: number): readonly number[] {
  const counts: number[] = [];
  for (let count = 1; count < cores; count *= 2) counts.push(count);
  return [...counts, cores];
}

type Kind = 'frontend' | 'codegen';

const argsOf: Readonly<Record<Kind, readonly string[]>> = {
  frontend: ['--emit=metadata', 'frontend.rs'],
  codegen: [
    ...['--emit=link', '-Cdebuginfo=2', '-Ccodegen-units=16', '--error-format=json', '--json=timings'],
    'codegen.rs',
  ],
};

/** Runs `"$@"` beside a jobserver that has the tokens of `$1`, one character each, and prints the CPU time of it. */
const withJobserver = `fifo=$0 tokens=$1; shift
mkfifo "$fifo" && exec 3<>"$fifo" || exit 125
[ -z "$tokens" ] || printf %s "$tokens" >&3
"$@"
code=$?
times >&2
exit "$code"`;

/** `seconds`: of the whole process, or of its code generation. `cpuSeconds`: of the whole process. */
interface Times {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Null where rustc refused: it may be too old to time its sections, or the system has no fifos. */
async function timesOf(
  toolchain: Toolchain,
  folder: string,
  kind: Kind,
  copy: number,
  tokens: number,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<Times | null> {
  const at = new Map<string, number>();
  let cpuSeconds = 0;
  const fifo = join(folder, `jobserver-${copy}`);
  await rm(fifo, { force: true });
  const rustc = [toolchain.rustc, '--edition=2021', '--crate-type=lib', '-Zunstable-options'];
  const result = await runTool({
    program: 'sh',
    args: [
      ...['-c', withJobserver, fifo, '+'.repeat(tokens)],
      ...[...rustc, '--out-dir', `out-${copy}`, ...argsOf[kind]],
    ],
    cwd: folder,
    env: { ...env, RUSTC_BOOTSTRAP: '1', CARGO_MAKEFLAGS: `-j --jobserver-auth=fifo:${fifo}` },
    signal,
    onStderrLine: line => {
      const section = /"name":"codegen","event":"(start|end)","timestamp":(\d+)/.exec(line);
      if (section !== null) at.set(section[1]!, Number(section[2]) / 1e6);
      // The second of the two lines is that of the children.
      const times = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
      if (times.length === 2) cpuSeconds = times.reduce((sum, time) => sum + secondsOf(time), 0);
    },
  });
  if (result.exitCode !== 0) return null;
  if (kind === 'frontend') return { seconds: result.seconds, cpuSeconds };
  const start = at.get('start');
  const end = at.get('end');
  return start === undefined || end === undefined ? null : { seconds: end - start, cpuSeconds };
}

function secondsOf([, minutes, seconds]: RegExpExecArray): number {
  return Number(minutes) * 60 + Number(seconds);
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
