/**
 * Says when sources of a workspace change. Each folder is watched for itself, because a recursive watch cannot leave the
 * target directory out (and on Linux Node's would take an inotify watch for every file in it). What did not change is told
 * by the content, so a file that is written anew as it was, as cargo's lock file may be, is no change.
 */
import { createHash } from 'node:crypto';
import { existsSync, type FSWatcher, watch } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

export interface SourceWatch {
  /** Folders that are watched now. */
  folderCount(): number;
  /** Folders that cannot be watched: there are too many, or the system gave no more watches. */
  skippedCount(): number;
  /** Resolves when nothing more changes for a moment: to the files that changed; to none when `signal` fires before. */
  next(signal: AbortSignal): Promise<readonly string[]>;
  /** Watches these too, with all below them. */
  add(folders: readonly string[]): Promise<void>;
  close(): void;
}

export interface SourceWatchOptions {
  readonly folders: readonly string[];
  /** Absolute folders that are not looked into: the target directory. */
  readonly ignored: readonly string[];
  /** Changes up to this moment are known, milliseconds since 1970: files that are younger count as changed. */
  readonly knownUntilMs: number;
}

// Limit: beyond this the folders are counted as skipped; the largest workspaces known have some ten thousand.
const foldersMax = 50_000;
// An editor saves a file in several steps, a checkout writes many files.
const quietMs = 100;

export async function watchSources(options: SourceWatchOptions): Promise<SourceWatch> {
  const ignored = new Set(options.ignored.map(folder => resolve(folder)));
  const watchers = new Map<string, FSWatcher>();
  /** Content of the files that were seen to change, as a hash; empty where there is none. */
  const contents = new Map<string, string>();
  /** By path, whether something of that name came or went. */
  const touched = new Map<string, boolean>();
  let skipped = 0;
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | null = null;
  let wake: (() => void) | null = null;

  await add(options.folders);

  return {
    folderCount: () => watchers.size,
    skippedCount: () => skipped,
    add,
    async next(signal) {
      while (!signal.aborted) {
        if (changed.size > 0) {
          const paths = [...changed].sort();
          changed.clear();
          return paths;
        }
        await new Promise<void>(done => {
          wake = done;
          signal.addEventListener('abort', () => done(), { once: true });
        });
      }
      return [];
    },
    close() {
      if (timer !== null) clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };

  async function add(folders: readonly string[]): Promise<void> {
    for (const folder of folders) await addFolder(resolve(folder), options.knownUntilMs);
    if (changed.size > 0) wake?.();
  }

  /** `sinceMs`: files that were written later count as changed. */
  async function addFolder(root: string, sinceMs: number): Promise<void> {
    const pending = [root];
    for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
      if (watchers.has(folder) || ignored.has(folder)) continue;
      // cargo marks target directories, also those of other tools.
      if (existsSync(join(folder, 'CACHEDIR.TAG'))) continue;
      if (!watchFolder(folder)) {
        skipped++;
        continue;
      }
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        const path = join(folder, entry.name);
        if (!isOfSources(entry.name)) continue;
        if (entry.isDirectory()) pending.push(path);
        else if (entry.isFile() && (await isYounger(path, sinceMs))) changed.add(path);
      }
    }
  }

  function watchFolder(folder: string): boolean {
    if (watchers.size >= foldersMax) return false;
    try {
      const watcher = watch(folder, (kind, name) => {
        if (name !== null && !isOfSources(name)) return;
        touch(name === null ? folder : join(folder, name), kind === 'rename');
      });
      const drop = () => {
        watcher.close();
        if (watchers.get(folder) === watcher) watchers.delete(folder);
      };
      // A folder that is removed ends its watch; the folder above says so too.
      watcher.on('error', drop);
      watchers.set(folder, watcher);
      return true;
    } catch {
      return false;
    }
  }

  function touch(path: string, isNew: boolean): void {
    touched.set(path, isNew || touched.get(path) === true);
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void settle(), quietMs);
  }

  async function settle(): Promise<void> {
    timer = null;
    const paths = [...touched];
    touched.clear();
    for (const [path, isNew] of paths) {
      const stats = await lstat(path).catch(() => null);
      // The watch of a folder that went is dead, also where another one came in its place.
      if (isNew) forget(path);
      if (stats?.isDirectory() === true) {
        if (isNew) await addFolder(path, 0);
        continue;
      }
      const content = stats === null ? '' : await contentOf(path);
      if (contents.get(path) === content) continue;
      contents.set(path, content);
      changed.add(path);
    }
    if (changed.size > 0) wake?.();
  }

  function forget(path: string): void {
    for (const [folder, watcher] of watchers) {
      if (folder !== path && !folder.startsWith(`${path}/`)) continue;
      watcher.close();
      watchers.delete(folder);
    }
  }
}

/** Not what version control, editors and other package managers keep beside sources. */
function isOfSources(name: string): boolean {
  if (name === '.cargo') return true;
  return !/^\.|^#.*#$|~$|\.sw[a-z]$|^4913$|^node_modules$/.test(name);
}

async function isYounger(path: string, sinceMs: number): Promise<boolean> {
  const stats = await lstat(path).catch(() => null);
  return stats !== null && stats.mtimeMs > sinceMs;
}

/** A file that cannot be read counts as one that is not there. */
async function contentOf(path: string): Promise<string> {
  const bytes = await readFile(path).catch(() => null);
  return bytes === null ? '' : createHash('sha256').update(bytes).digest('hex');
}
