/**
 * A copy of a workspace that may be edited. It stays where it is, so that what cargo built of it is warm for the next time, and
 * what differs from the workspace is copied anew with its time, since cargo goes by times.
 */
import { copyFile, lstat, mkdir, readdir, readlink, rm, symlink, utimes } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { ToolchainFailure } from './failure.ts';
import type { CargoSelection, PassOptions } from './pass-options.ts';
import type { Preparation } from './preparation.ts';

export interface WorkspaceCopy {
  readonly folder: string;
  /** Where a path of the workspace is in the copy; the copy itself for a path outside. */
  of(path: string): string;
  /** Where the user stands, and what is selected, in the copy. */
  readonly directory: string;
  readonly selection: CargoSelection;
}

/** Brings the copy below `home` up to date. Throws `bad-request` where a package lies outside of the workspace. */
export async function openCopy(
  home: string,
  { directory, selection }: PassOptions,
  { facts }: Preparation,
): Promise<WorkspaceCopy> {
  const { root, targetDir, pathManifests } = facts;
  const outside = pathManifests.find(manifest => !manifest.startsWith(`${root}${sep}`));
  if (outside !== undefined) {
    const why = `an edit is made on a copy of the workspace, and ${outside} lies outside of it`;
    throw new ToolchainFailure('bad-request', 'assay', why);
  }
  const folder = join(home, 'copy');
  // Configuration at the root is found from a copy below it as well; its lists would count twice if it were copied.
  const config = home.startsWith(`${root}${sep}`) ? [join(root, '.cargo')] : [];
  await updateCopy(root, folder, new Set([targetDir, ...config]));
  const of = (path: string): string => {
    const inside = relative(root, path);
    return inside.startsWith('..') || isAbsolute(inside) ? folder : join(folder, inside);
  };
  const { manifestPath } = selection;
  return {
    folder,
    of,
    directory: of(directory),
    selection:
      manifestPath === null
        ? selection
        : { ...selection, manifestPath: of(resolve(directory, manifestPath)) },
  };
}

/** `leftOut`: folders of the workspace, absolute. `.git` and folders that are tagged as a cache are left out too. */
async function updateCopy(from: string, to: string, leftOut: ReadonlySet<string>): Promise<void> {
  await mkdir(to, { recursive: true });
  const entries = await readdir(from, { withFileTypes: true });
  const names = new Set<string>();
  for (const entry of entries) {
    const source = join(from, entry.name);
    const copy = join(to, entry.name);
    if (entry.name === '.git' || leftOut.has(source)) continue;
    if (entry.isDirectory()) {
      if (await isCache(source)) continue;
      names.add(entry.name);
      await updateCopy(source, copy, leftOut);
    } else if (entry.isSymbolicLink()) {
      names.add(entry.name);
      const target = await readlink(source);
      if ((await readlink(copy).catch(() => null)) === target) continue;
      await rm(copy, { recursive: true, force: true });
      await symlink(target, copy);
    } else if (entry.isFile()) {
      names.add(entry.name);
      await updateFile(source, copy);
    }
  }
  for (const entry of await readdir(to)) {
    if (!names.has(entry)) await rm(join(to, entry), { recursive: true, force: true });
  }
}

async function updateFile(source: string, copy: string): Promise<void> {
  const [original, present] = await Promise.all([lstat(source), lstat(copy).catch(() => null)]);
  const same =
    present?.isFile() === true &&
    present.size === original.size &&
    Math.abs(present.mtimeMs - original.mtimeMs) < 1;
  if (same) return;
  if (present !== null && !present.isFile()) await rm(copy, { recursive: true, force: true });
  await copyFile(source, copy);
  await utimes(copy, original.atime, original.mtime);
}

async function isCache(folder: string): Promise<boolean> {
  return (await lstat(join(folder, 'CACHEDIR.TAG')).catch(() => null)) !== null;
}
