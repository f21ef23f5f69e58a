/**
 * Keeps the user's Cargo.lock as it is, byte for byte. Any cargo command writes it where it is missing or out of date;
 * so what was there is kept in memory, and put back when the pass ends, by an error or Ctrl-C too. (Killed outright, a
 * pass may leave the lock file that a plain cargo command would have left: deleting it later could delete the user's.)
 *
 * Where the user has no Cargo.lock, the one that cargo made is kept in `<target>/assay` and lent to cargo again in the
 * next pass, so that the versions do not move from run to run.
 *
 * cargo's own `lockfile-path` is not used: it is unstable and its spelling differs between the versions that Assay
 * supports.
 */
import { existsSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { copyFile, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { onExit } from './child-groups.ts';

export interface LockFileGuard {
  /** Lends the lock file of the last pass where the user has none. */
  lend(assayDir: string): Promise<void>;
  /** Puts back what was there; `assayDir` null: a lock file that cargo made is not kept. Safe to call twice. */
  restore(assayDir: string | null): void;
}

export async function guardLockFile(workspaceRoot: string): Promise<LockFileGuard> {
  const path = join(workspaceRoot, 'Cargo.lock');
  const before = await readFile(path).catch(() => null);
  const times = before === null ? null : await stat(path);

  let done = false;
  let keepIn: string | null = null;
  const restore = (assayDir: string | null) => {
    if (done) return;
    done = true;
    forget();
    if (before === null) {
      if (existsSync(path)) takeAway(path, assayDir);
    } else if (!existsSync(path) || !readFileSync(path).equals(before)) {
      const draft = `${path}.assay-restore`;
      writeFileSync(draft, before);
      if (times !== null) utimesSync(draft, times.atime, times.mtime);
      renameSync(draft, path);
    }
  };
  const forget = onExit(() => restore(keepIn));
  return {
    async lend(assayDir) {
      keepIn = assayDir;
      if (before === null && !existsSync(path))
        await copyFile(join(assayDir, 'Cargo.lock'), path).catch(() => {});
    },
    restore,
  };
}

function takeAway(path: string, assayDir: string | null): void {
  if (assayDir !== null) {
    const kept = join(assayDir, 'Cargo.lock');
    writeFileSync(`${kept}.new`, readFileSync(path));
    renameSync(`${kept}.new`, kept);
  }
  rmSync(path);
}
