import { statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { CargoSelection } from '#toolchain/pass-options.ts';
import { type Flags, UsageError } from './flags.ts';

/**
 * Where to work and what to build. A path may name a folder (searched upwards as cargo does) or a Cargo.toml.
 * @throws UsageError where the path does not exist.
 */
export function selectionFrom(
  flags: Flags,
  currentDirectory: string,
): { directory: string; selection: CargoSelection } {
  let directory = currentDirectory;
  let manifestPath = flags.manifestPath === null ? null : resolve(currentDirectory, flags.manifestPath);
  if (flags.path !== null) {
    const path = resolve(currentDirectory, flags.path);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) {
      throw new UsageError(`\`${flags.path}\` is neither a verb of Assay nor a path that exists`);
    }
    if (stats.isDirectory()) directory = path;
    else if (basename(path) === 'Cargo.toml') {
      manifestPath = path;
      directory = join(path, '..');
    } else throw new UsageError(`\`${flags.path}\` is a file; expected a folder or a Cargo.toml`);
  }
  return {
    directory,
    selection: {
      manifestPath,
      packages: flags.packages,
      workspace: flags.workspace,
      exclude: flags.exclude,
      features: flags.features,
      allFeatures: flags.allFeatures,
      noDefaultFeatures: flags.noDefaultFeatures,
      targets: flags.targets,
      triples: flags.target === null ? [] : [flags.target],
      profile: flags.release ? 'release' : flags.profile,
      targetDir: flags.targetDir === null ? null : resolve(currentDirectory, flags.targetDir),
      offline: flags.offline,
      locked: flags.locked,
      frozen: flags.frozen,
      jobs: flags.jobs,
    },
  };
}
