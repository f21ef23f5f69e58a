/**
 * The one way in which Assay starts a process: own process group, line by line output with back-pressure, a deadline,
 * and the certainty that nothing of the group is left when the promise settles.
 */
import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import { forgetGroup, rememberGroup, signalGroup } from './child-groups.ts';
import { ToolchainFailure } from './failure.ts';

export interface ToolCall {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Called per line without its line end; the tool is held back while a promise that it returns is pending. */
  readonly onStdoutLine?: (line: string) => void | Promise<void>;
  readonly onStderrLine?: (line: string) => void | Promise<void>;
  readonly signal?: AbortSignal | undefined;
  readonly deadlineMs?: number;
  /** A scratch file through which the CPU time of the tool and all that it waited for is learnt (POSIX only). */
  readonly cpuFile?: string;
}

export interface ToolResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly seconds: number;
  /** User + system of the tool and its waited-for children; null where not asked for or not known. */
  readonly cpuSeconds: number | null;
  /** What was printed on a stream without a line handler, up to `captureBytesMax`. */
  readonly stdout: string;
  readonly stderr: string;
}

// Limit: 256 MiB of captured output; cargo metadata of the largest workspaces known is below 30 MB.
const captureBytesMax = 256 * 1024 * 1024;
const graceMs = 2000;

/**
 * Runs a tool to its end. Throws `ToolchainFailure`: `no-cargo` when it cannot be started, `interrupted`, `timed-out`.
 * A non-zero exit code is a result, not a failure.
 */
export async function runTool(call: ToolCall): Promise<ToolResult> {
  if (call.signal?.aborted) throw interrupted(call.program);
  const cpuFile = process.platform === 'win32' ? undefined : call.cpuFile;
  if (cpuFile === undefined) return runInGroup(call, null);
  try {
    const result = await runInGroup(call, cpuFile);
    return { ...result, cpuSeconds: await readTimes(cpuFile) };
  } finally {
    await rm(cpuFile, { force: true });
  }
}

async function runInGroup(call: ToolCall, timesFile: string | null): Promise<ToolResult> {
  // `times` of POSIX sh is the only cheap way to learn what the children of a child cost: Node has no wait4().
  const script = '"$@"; code=$?; times > "$0"; exit $code';
  const [program, args] =
    timesFile === null
      ? [call.program, call.args]
      : ['/bin/sh', ['-c', script, timesFile, call.program, ...call.args]];
  const startedAt = performance.now();
  const child = spawn(program, args, {
    cwd: call.cwd,
    env: call.env,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', error => reject(cannotStart(call.program, error)));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const pid = child.pid;
  if (pid === undefined) {
    await exited;
    throw cannotStart(call.program, null);
  }
  rememberGroup(pid);

  let stopReason: 'interrupted' | 'timed-out' | null = null;
  let killTimer: NodeJS.Timeout | undefined;
  const stop = (reason: 'interrupted' | 'timed-out') => {
    if (stopReason !== null) return;
    stopReason = reason;
    signalGroup(pid, 'SIGTERM');
    killTimer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
  };
  const onAbort = () => stop('interrupted');
  call.signal?.addEventListener('abort', onAbort, { once: true });
  const deadline =
    call.deadlineMs === undefined ? undefined : setTimeout(() => stop('timed-out'), call.deadlineMs);

  let streamError: unknown = null;
  const guard = (work: Promise<string>) =>
    work.catch(error => {
      streamError ??= error;
      stop('interrupted');
      return '';
    });
  const stdout = guard(drain(child.stdout, call.onStdoutLine));
  const stderr = guard(drain(child.stderr, call.onStderrLine));
  try {
    const { code, signal } = await exited;
    await endGroup(pid);
    const seconds = (performance.now() - startedAt) / 1000;
    const [out, err] = await Promise.all([stdout, stderr]);
    if (streamError !== null) throw streamError;
    if (stopReason === 'interrupted') throw interrupted(call.program);
    if (stopReason === 'timed-out') {
      const after = `${(call.deadlineMs ?? 0) / 1000} s`;
      throw new ToolchainFailure(
        'timed-out',
        call.program,
        `${call.program} did not end within ${after}`,
        err,
      );
    }
    return { exitCode: code, signal, seconds, cpuSeconds: null, stdout: out, stderr: err };
  } finally {
    clearTimeout(killTimer);
    clearTimeout(deadline);
    call.signal?.removeEventListener('abort', onAbort);
    signalGroup(pid, 'SIGKILL');
    forgetGroup(pid);
  }
}

/** The leader is gone; whoever stayed in its group (a rustc whose cargo was killed) is ended too. */
async function endGroup(pid: number): Promise<void> {
  if (process.platform === 'win32' || !signalGroup(pid, 'SIGTERM')) return;
  // A dead process that nobody has reaped yet still counts as there, so the wait is short.
  for (const waitMs of [5, 20, 50, 100, 200]) {
    await sleep(waitMs);
    if (!signalGroup(pid, 0)) return;
  }
  signalGroup(pid, 'SIGKILL');
}

async function drain(
  stream: Readable,
  onLine: ((line: string) => void | Promise<void>) | undefined,
): Promise<string> {
  const decoder = new StringDecoder('utf8');
  const captured: string[] = [];
  let capturedBytes = 0;
  // Pieces of a line that has not ended; joined once, so a line of many chunks costs no more than its length.
  let pending: string[] = [];
  for await (const chunk of stream) {
    const text = decoder.write(chunk as Buffer);
    if (onLine === undefined) {
      if (capturedBytes < captureBytesMax) captured.push(text);
      capturedBytes += (chunk as Buffer).length;
      continue;
    }
    let from = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      pending.push(text.slice(from, end));
      await onLine(withoutReturn(pending.join('')));
      pending = [];
      from = end + 1;
    }
    if (from < text.length) pending.push(text.slice(from));
  }
  const rest = pending.join('') + decoder.end();
  if (onLine !== undefined && rest !== '') await onLine(withoutReturn(rest));
  return captured.join('');
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** Second line of `times`: children's user and system time, `1m2.34s 0m0.56s`. */
async function readTimes(path: string): Promise<number | null> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const parts = [...(text.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.,]+)s/g)];
  if (parts.length !== 2) return null;
  let seconds = 0;
  for (const part of parts) seconds += Number(part[1]) * 60 + Number((part[2] ?? '').replace(',', '.'));
  return Number.isFinite(seconds) ? seconds : null;
}

function interrupted(program: string): ToolchainFailure {
  return new ToolchainFailure('interrupted', program, 'interrupted');
}

function cannotStart(program: string, error: Error | null): ToolchainFailure {
  const why = (error as NodeJS.ErrnoException | null)?.code ?? error?.message ?? 'unknown reason';
  return new ToolchainFailure('no-cargo', program, `cannot start ${program} (${why})`, '', error);
}
