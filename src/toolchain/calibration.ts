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
import { calibrationCrate } from './calibration-crate.ts';
import type { Toolchain } from './locate.ts';
import { runTool } from './run-tool.ts';
import { writeWhole } from './write-whole.ts';

const rounds = 3;
/** Where the machine was busy with something else, so many times. */
const attempts = 3;

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
  const hash = createHash('sha256').update(`3 ${cores} ${toolchain.rustcVersionVerbose}`).digest('hex');
  const keptPath = join(assayDir, 'state', `calibration-${hash.slice(0, 12)}.txt`);
  const kept = await readFile(keptPath, 'utf8').catch(() => null);
  if (kept !== null) return kept;
  const folder = join(assayDir, 'calibration');
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'frontend.rs'), calibrationCrate(70));
    await writeFile(join(folder, 'codegen.rs'), calibrationCrate(12));
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
  const total = rounds * (2 * counts.length + 1);
  let done = 0;
  const compile = async (copies: number, kind: Kind, tokens: number): Promise<readonly Times[]> => {
    const runs = Array.from({ length: copies }, (_, copy) =>
      timesOf(toolchain, folder, kind, copy, tokens, env, signal),
    );
    const times = await Promise.all(runs);
    onProgress(++done, Math.max(done, total));
    return times.filter(one => one !== null);
  };
  // The least of several runs: other work makes a run slower and never faster.
  const least = (times: readonly Times[], key: keyof Times) =>
    milliseconds(Math.min(...times.map(one => one[key])));
  const disturbed = () =>
    counts.some(count => {
      const runs = frontend[count]!;
      return least(runs, 'seconds') > disturbedRatio * least(runs, 'cpuSeconds');
    });
  // One kind after the other in each round, so that a slow moment of the machine does not fall on one kind alone.
  for (let round = 0; round < rounds * attempts; round++) {
    for (const count of counts) {
      frontend[count]!.push(...(await compile(count, 'frontend', 0)));
      codegen[count]!.push(...(await compile(count, 'codegen', 0)));
    }
    parallel.push(...(await compile(1, 'codegen', cores - 1)));
    const lists = [...counts.flatMap(count => [frontend[count]!, codegen[count]!]), parallel];
    if (lists.some(list => list.length === 0)) return null;
    if (round + 1 >= rounds && !disturbed()) break;
  }
  const rows = (runs: Runs) =>
    counts.map(count => [count, least(runs[count]!, 'seconds'), least(runs[count]!, 'cpuSeconds')]);
  const text = `${JSON.stringify({
    schema: 'assay-calibration/1',
    cores,
    frontend: rows(frontend),
    codegen: rows(codegen),
    parallelCodegenSeconds: least(parallel, 'seconds'),
  })}\n`;
  return { text, disturbed: disturbed() };
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
