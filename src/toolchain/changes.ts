/**
 * How often each Rust file of a workspace was changed, from git's history, and which crates are compiled from it, from rustc's own
 * dep-info. Only reads: git takes no lock and writes no index.
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { ToolchainFailure } from './failure.ts';
import type { Preparation } from './preparation.ts';
import { runTool } from './run-tool.ts';
import type { Scenario } from './scenario.ts';
import { parseDepInfo } from './unit-store.ts';

export const changesPart = 'changes.json';
// Limit: merges aside, of the last so many commits; a year of a busy team.
const commitsMax = 1000;
const measuredFiles = 3;
// Limit: so many folders deep below the target directory lie the folders of a profile.
const depthMax = 4;

export interface Changes {
  readonly schema: 'assay-changes/1';
  readonly commits: number;
  /** ISO dates of the oldest and the newest commit that was looked at. */
  readonly from: string;
  readonly to: string;
  /** Files that are still there, from the root of the workspace with `/`, and the number of commits that changed them. */
  readonly files: readonly (readonly [file: string, commits: number])[];
  /** For each dep-info that names files of the workspace: the crate, and those files, the crate's root first. */
  readonly crates: readonly { readonly crate: string; readonly files: readonly string[] }[];
}

/** Edits of the files that were changed most; each costs ten builds. */
export function mostChanged({ files }: Changes, root: string): readonly Scenario[] {
  return files
    .slice(0, measuredFiles)
    .map(([file]) => ({ kind: 'edit', path: join(root, ...file.split('/')), optional: true }));
}

/** Throws `bad-request` where git knows nothing of the workspace: better before a build than after it. */
export async function requireHistory(
  env: NodeJS.ProcessEnv,
  root: string,
  signal: AbortSignal,
): Promise<void> {
  const result = await runTool({
    program: 'git',
    args: ['rev-parse', '--verify', 'HEAD'],
    cwd: root,
    env: { ...env, GIT_OPTIONAL_LOCKS: '0' },
    signal,
  });
  if (result.exitCode === 0) return;
  const words = result.stderr.trim().split('\n')[0] ?? '';
  throw new ToolchainFailure(
    'bad-request',
    'git',
    `the workspace has no history that git can read: ${words}`,
  );
}

/** Throws `bad-request` where there is no history, and `interrupted`. */
export async function readChanges(
  cargoDir: string,
  env: NodeJS.ProcessEnv,
  preparation: Preparation,
  signal: AbortSignal,
): Promise<Changes> {
  const { root } = preparation.facts;
  const format = '--format=%x00%cI';
  const args = [
    'log',
    '--no-merges',
    '-n',
    String(commitsMax),
    '--name-only',
    '--relative',
    format,
    '--',
    '.',
  ];
  const result = await runTool({
    program: 'git',
    args: ['-c', 'core.quotePath=false', ...args],
    cwd: root,
    env: { ...env, GIT_OPTIONAL_LOCKS: '0' },
    signal,
  });
  if (result.exitCode !== 0) {
    const words = result.stderr.trim().split('\n')[0] ?? '';
    throw new ToolchainFailure(
      'bad-request',
      'git',
      `the workspace has no history that git can read: ${words}`,
    );
  }
  const commits = result.stdout.split('\0').slice(1);
  const counts = new Map<string, number>();
  for (const commit of commits) {
    for (const file of commit.split('\n').slice(1)) {
      if (file.endsWith('.rs')) counts.set(file, (counts.get(file) ?? 0) + 1);
    }
  }
  const crates = await cratesBelow(cargoDir, root);
  const compiled = new Set(crates.flatMap(({ files }) => files));
  const dates = commits.map(commit => commit.split('\n')[0]!);
  return {
    schema: 'assay-changes/1',
    commits: commits.length,
    from: dates.at(-1) ?? '',
    to: dates[0] ?? '',
    files: [...counts]
      .filter(([file]) => compiled.has(file))
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)),
    crates,
  };
}

async function cratesBelow(cargoDir: string, root: string): Promise<Changes['crates'][number][]> {
  const crates = new Map<string, Changes['crates'][number]>();
  for (const path of await depInfosBelow(cargoDir, 0)) {
    const sources = parseDepInfo(await readFile(path, 'utf8').catch(() => ''));
    const files = sources.flatMap(source => {
      const inside = relative(root, isAbsolute(source) ? source : resolve(root, source));
      return inside.startsWith('..') || isAbsolute(inside) ? [] : [inside.split(sep).join('/')];
    });
    const crate = basename(path).replace(/-[0-9a-f]+\.d$/, '');
    if (files.length > 0) crates.set(`${crate} ${files.join(' ')}`, { crate, files });
  }
  return [...crates.values()].sort((a, b) =>
    a.crate < b.crate ? -1 : a.crate > b.crate ? 1 : a.files.length - b.files.length,
  );
}

/** Files `deps/<crate>-<hash>.d` of a target directory, also below a target's triple and in cargo's newer layout. */
async function depInfosBelow(folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isFile() && /-[0-9a-f]{16}\.d$/.test(entry.name)) found.push(path);
    const skipped = ['incremental', '.fingerprint', 'examples'].includes(entry.name);
    if (entry.isDirectory() && depth < depthMax && !skipped && (entry.name !== 'build' || depth > 2)) {
      found.push(...(await depInfosBelow(path, depth + 1)));
    }
  }
  return found;
}
