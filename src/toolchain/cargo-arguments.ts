import type { CargoSelection } from './pass-options.ts';

/** Flags that choose features and how the lock file and the network are used; `cargo metadata` takes them too. */
export function resolutionArguments(selection: CargoSelection): string[] {
  const args: string[] = [];
  if (selection.manifestPath !== null) args.push('--manifest-path', selection.manifestPath);
  for (const feature of selection.features) args.push('--features', feature);
  if (selection.allFeatures) args.push('--all-features');
  if (selection.noDefaultFeatures) args.push('--no-default-features');
  if (selection.offline) args.push('--offline');
  if (selection.locked) args.push('--locked');
  if (selection.frozen) args.push('--frozen');
  return args;
}

/** Flags of `cargo check` and `cargo build`, `--target-dir` excepted. */
export function buildArguments(selection: CargoSelection): string[] {
  const args = resolutionArguments(selection);
  for (const name of selection.packages) args.push('--package', name);
  if (selection.workspace) args.push('--workspace');
  for (const name of selection.exclude) args.push('--exclude', name);
  args.push(...selection.targets);
  for (const triple of selection.triples) args.push('--target', triple);
  if (selection.profile !== null) args.push('--profile', selection.profile);
  if (selection.jobs !== null) args.push('--jobs', selection.jobs);
  return args;
}

/** A command as a user would type it in sh. */
export function shownCommand(words: readonly string[]): string {
  return words
    .map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
