/**
 * A cargo home of our own that looks like the user's: symlinks to every entry of theirs, except the files that cargo
 * rewrites on every run. `-Zbuild-analysis` logs and cargo's last-use tracker would otherwise change the user's home.
 *
 * Crates that must be downloaded land in the user's `registry` and `git`, through the links, as any cargo command would
 * put them there. Where the user has no such folder yet, cargo makes it in ours and `handOver` moves it to theirs.
 *
 * cargo's lock files are linked too where they exist: they are empty and stay so, and a download by the user's own cargo
 * at the same time is then kept apart from ours.
 *
 * Limit: a relative path in the user's home config (`$CARGO_HOME/config.toml`) is relative to the parent of the cargo
 * home, so it would resolve elsewhere here. Bare program names and absolute paths are what is found there in practice.
 */
import { lstat, mkdir, readdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { CargoConfig } from './cargo-config.ts';

const ownNames = /^(log|\.global-cache.*)$/;
const movableNames = ['registry', 'git'];

export async function makePrivateHome(path: string, config: CargoConfig): Promise<void> {
  await mkdir(path, { recursive: true });
  const wanted = new Set<string>();
  for (const name of await readdir(config.home).catch(() => [] as string[])) {
    if (ownNames.test(name)) continue;
    // The walk up from the workspace finds the same file: linked a second time, its arrays would be merged twice.
    if (config.homeConfigIsAncestor && (name === 'config' || name === 'config.toml')) continue;
    wanted.add(name);
  }
  for (const name of await readdir(path)) {
    const linked = await readlink(join(path, name)).catch(() => null);
    if (linked === join(config.home, name) && wanted.has(name)) {
      wanted.delete(name);
    } else if (linked !== null || (wanted.has(name) && name.startsWith('.package-cache'))) {
      await rm(join(path, name), { recursive: true, force: true });
    }
  }
  for (const name of wanted) {
    const here = join(path, name);
    if ((await lstat(here).catch(() => null)) !== null) await rm(here, { recursive: true, force: true });
    const there = join(config.home, name);
    const isDirectory = (await stat(there).catch(() => null))?.isDirectory() ?? false;
    await symlink(there, here, isDirectory ? 'junction' : 'file');
  }
  await rm(join(path, 'log'), { recursive: true, force: true });
}

/** Moves folders that cargo had to make in the private home to where a plain cargo would have made them. */
export async function handOver(path: string, config: CargoConfig): Promise<void> {
  for (const name of movableNames) {
    const here = join(path, name);
    const there = join(config.home, name);
    const made = await lstat(here).catch(() => null);
    if (made === null || !made.isDirectory() || (await lstat(there).catch(() => null)) !== null) continue;
    await mkdir(config.home, { recursive: true });
    // Across file systems it stays where it is: a second copy would gain nothing.
    const moved = await rename(here, there).then(
      () => true,
      () => false,
    );
    if (moved) await symlink(there, here, 'junction');
  }
}
