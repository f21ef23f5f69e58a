/**
 * One pass at a time per target directory. The lock is a file that names its owner; it is created whole by linking, and
 * a lock whose owner has died is taken over.
 */
import { readFileSync, unlinkSync } from 'node:fs';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onExit } from './child-groups.ts';
import { failureFromFileError, ToolchainFailure } from './failure.ts';

export interface PassLock {
  release(): Promise<void>;
}

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Kernel's start time of the process, which tells a reused pid; empty where /proc is missing. */
  readonly started: string;
}

const heartbeatMs = 10_000;
// Limit: an owner on another host (a shared folder, a container) cannot be asked; without a beat for this long it is dead.
const silentMsMax = 60_000;

/** Waits for the lock; `onWait` is told who holds it, once per owner. */
export async function takePassLock(
  folder: string,
  signal: AbortSignal,
  onWait: (pid: number) => void,
): Promise<PassLock> {
  const path = join(folder, 'lock');
  const mine: Owner = { pid: process.pid, host: hostname(), started: await startTime(process.pid) };
  const text = JSON.stringify({ ...mine, nonce: Math.random().toString(36).slice(2) });
  const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    await writeFile(draft, text);
    let told = -1;
    while (!(await tryLink(draft, path))) {
      const holder = await readFile(path, 'utf8').catch(() => null);
      if (holder === null) continue;
      const owner = parseOwner(holder);
      if (owner === null || !(await isAlive(owner, path))) {
        await removeStale(path, holder);
        continue;
      }
      if (owner.pid !== told) onWait(owner.pid);
      told = owner.pid;
      if (signal.aborted) throw new ToolchainFailure('interrupted', 'assay', 'interrupted');
      await sleep(100);
    }
  } catch (error) {
    throw failureFromFileError(error, path);
  } finally {
    await rm(draft, { force: true });
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, heartbeatMs);
  beat.unref();
  const releaseNow = () => {
    clearInterval(beat);
    if (readFileSync(path, 'utf8') === text) unlinkSync(path);
  };
  const forget = onExit(releaseNow);
  let released = false;
  return {
    async release() {
      if (released) return;
      released = true;
      forget();
      try {
        releaseNow();
      } catch {
        // Someone removed the folder: nothing is locked any more.
      }
    },
  };
}

async function tryLink(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function parseOwner(text: string): Owner | null {
  try {
    const owner = JSON.parse(text) as Partial<Owner>;
    if (typeof owner.pid !== 'number' || typeof owner.host !== 'string') return null;
    return { pid: owner.pid, host: owner.host, started: String(owner.started ?? '') };
  } catch {
    return null;
  }
}

async function isAlive(owner: Owner, path: string): Promise<boolean> {
  if (owner.host !== hostname()) {
    const beatMs = (await stat(path).catch(() => null))?.mtimeMs ?? 0;
    return Date.now() - beatMs < silentMsMax;
  }
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return owner.started === '' || owner.started === (await startTime(owner.pid));
}

/** Moves the stale lock aside and looks again: another waiter may have replaced it in between. */
async function removeStale(path: string, expected: string): Promise<void> {
  const aside = `${path}.stale.${process.pid}`;
  await rename(path, aside).catch(() => {});
  const moved = await readFile(aside, 'utf8').catch(() => null);
  if (moved !== null && moved !== expected) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold spaces and brackets. */
async function startTime(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
