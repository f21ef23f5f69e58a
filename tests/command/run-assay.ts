import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const bin = resolve(import.meta.dirname, '../../bin/assay.js');

export interface AssayRun {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Called once with the process id and a function that sends a signal to it alone. */
  readonly onStart?: (kill: (signal: NodeJS.Signals) => void, output: () => string) => void;
}

/** Runs the built command as a user does: no terminal, no colour, the user's own environment otherwise. */
export function runAssay(args: readonly string[], options: RunOptions): Promise<AssayRun> {
  const { promise, run } = startAssay(args, options);
  options.onStart?.(
    signal => run.kill(signal),
    () => run.output(),
  );
  return promise;
}

function startAssay(args: readonly string[], options: RunOptions) {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: options.cwd,
    env: { ...process.env, NO_COLOR: '1', CARGO_TERM_COLOR: 'never', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', chunk => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', chunk => {
    stderr += chunk;
  });
  const promise = new Promise<AssayRun>((done, fail) => {
    child.on('error', fail);
    child.on('close', (exitCode, signal) => done({ exitCode, signal, stdout, stderr }));
  });
  return {
    promise,
    run: { kill: (signal: NodeJS.Signals) => void child.kill(signal), output: () => stdout + stderr },
  };
}

/** The report of a run, from `--format json`. */
export async function reportOf(
  args: readonly string[],
  options: RunOptions,
): Promise<import('#model/report.ts').Report> {
  const run = await runAssay([...args, '--format', 'json', '-q'], options);
  try {
    return JSON.parse(run.stdout);
  } catch {
    throw new Error(`no report: exit ${run.exitCode}\n${run.stdout}\n${run.stderr}`);
  }
}
