/**
 * All that must be known before cargo is run, and the memory of it: asking cargo and rustc again costs more than an
 * unchanged workspace should take. What was learnt is kept in `<target>/assay/state` with the size and time of every file
 * and folder that it rests on, and the environment variables that cargo and rustup read; any difference asks again.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { type CargoConfig, readCargoConfig } from './cargo-config.ts';
import { failureFromFileError } from './failure.ts';
import { locateToolchain, type Toolchain } from './locate.ts';
import { guardLockFile, type LockFileGuard } from './lock-file.ts';
import { type PassLock, takePassLock } from './pass-lock.ts';
import type { PassOptions } from './pass-options.ts';
import { handOver, makePrivateHome } from './private-home.ts';
import { type Capabilities, probeCapabilities } from './probe.ts';
import {
  locateWorkspaceRoot,
  readMetadata,
  type WorkspaceFacts,
  watchedPaths,
  workspaceFacts,
} from './workspace-facts.ts';
import { writeWhole } from './write-whole.ts';

export interface Preparation {
  readonly config: CargoConfig;
  readonly toolchain: Toolchain;
  readonly capabilities: Capabilities;
  /** May cargo's `-Z` flags be used: a nightly cargo, or an override that activates nothing of the user's. */
  readonly mayUseUnstableCargo: boolean;
  /** Output of `cargo metadata`, with the user's own cargo home in its paths. */
  readonly metadata: string;
  readonly facts: WorkspaceFacts;
  /** `<target>/assay` */
  readonly assayDir: string;
  readonly lockFile: LockFileGuard;
  readonly passLock: PassLock;
}

/** Environment for every cargo call of Assay. */
export function cargoEnvironment(
  env: NodeJS.ProcessEnv,
  assayDir: string,
  targetDir: string | null,
): NodeJS.ProcessEnv {
  const clean: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(env)) if (!ofOuterCargo.test(name)) clean[name] = value;
  return {
    ...clean,
    CARGO_HOME: privateHomePath(assayDir),
    // Ours would know nothing of when the user last used a crate, and would clean up what they need.
    CARGO_CACHE_AUTO_CLEAN_FREQUENCY: 'never',
    ...(targetDir === null ? {} : { CARGO_TARGET_DIR: targetDir }),
  };
}

/** What cargo sets for the programs that it runs; left over when Assay itself was started by `cargo run` or a build. */
const ofOuterCargo =
  /^(CARGO_(CRATE_NAME|BIN_NAME|PRIMARY_PACKAGE|MANIFEST_(DIR|PATH|LINKS)|PKG_.*|TARGET_TMPDIR)|OUT_DIR)$/;

export function privateHomePath(assayDir: string): string {
  return join(assayDir, 'cargo-home');
}

/** Throws the failures of `locateToolchain`, `locateWorkspaceRoot` and `readMetadata`, and those of writing files. */
export async function preparePass(options: PassOptions, signal: AbortSignal): Promise<Preparation> {
  const directory = resolve(options.directory);
  const config = await readCargoConfig(directory, options.env);
  const name = `${questionHash(directory, options)}.json`;
  const onWait = (pid: number) => options.onProgress?.({ stage: 'waiting', pid });
  const remembered = await recall(directory, options, config, name);
  if (remembered !== null) {
    const passLock = await takePassLock(remembered.assayDir, signal, onWait);
    const lockFile = await guardLockFile(remembered.facts.root);
    try {
      await lockFile.lend(remembered.assayDir);
      await makePrivateHome(privateHomePath(remembered.assayDir), config);
    } catch (error) {
      lockFile.restore(null);
      await passLock.release();
      throw failureFromFileError(error, remembered.assayDir);
    }
    return { ...remembered, config, lockFile, passLock };
  }
  const toolchain = await locateToolchain(directory, options.env, config, signal);
  const [root, capabilities] = await Promise.all([
    locateWorkspaceRoot(toolchain, options.selection, directory, options.env, signal),
    probeCapabilities(toolchain, directory, options.env, signal),
  ]);
  const chosen = options.selection.targetDir;
  let targetDir = chosen === null ? (config.targetDir ?? join(root, 'target')) : resolve(directory, chosen);
  // A second round only where an included config file names another target directory.
  for (;;) {
    const assayDir = join(targetDir, 'assay');
    await makeAssayDir(assayDir);
    const passLock = await takePassLock(assayDir, signal, onWait);
    const lockFile = await guardLockFile(root);
    try {
      const lockStamp = await pathStamp(join(root, 'Cargo.lock'));
      await makePrivateHome(privateHomePath(assayDir), config);
      await lockFile.lend(assayDir);
      const env = cargoEnvironment(options.env, assayDir, chosen === null ? null : targetDir);
      const onLine = (line: string) => options.onProgress?.({ stage: 'cargo', line });
      const text = await readMetadata(
        toolchain,
        options.selection,
        config.buildTargets,
        directory,
        env,
        signal,
        onLine,
      );
      await handOver(privateHomePath(assayDir), config);
      const metadata = withUserHome(text, assayDir, config);
      const facts = workspaceFacts(metadata);
      if (facts.targetDir === targetDir) {
        const mayUseUnstableCargo = toolchain.nightly || !config.hasUnstableTable;
        const found: Found = { toolchain, capabilities, mayUseUnstableCargo, metadata, facts, assayDir };
        await remember(directory, options, config, name, found, lockStamp);
        return { ...found, config, lockFile, passLock };
      }
      targetDir = facts.targetDir;
      lockFile.restore(null);
      await passLock.release();
    } catch (error) {
      lockFile.restore(null);
      await passLock.release();
      throw failureFromFileError(error, assayDir);
    }
  }
}

/** Puts the user's cargo home where cargo printed ours. Works in JSON too: a path is escaped the same way in both. */
export function withUserHome(text: string, assayDir: string, config: CargoConfig): string {
  const ours = privateHomePath(assayDir);
  const escaped = JSON.stringify(ours).slice(1, -1);
  const rewritten = text.replaceAll(escaped, JSON.stringify(config.home).slice(1, -1));
  return escaped === ours ? rewritten : rewritten.replaceAll(ours, config.home);
}

/** A path below the user's cargo home, as cargo spells it in a pass. */
export function withPrivateHome(path: string, assayDir: string, { home }: CargoConfig): string {
  return path.startsWith(`${home}${sep}`)
    ? join(privateHomePath(assayDir), path.slice(home.length + 1))
    : path;
}

/** Makes `<target>/assay`, tagged as a cache so that backup programs leave it out. */
async function makeAssayDir(assayDir: string): Promise<void> {
  try {
    await mkdir(join(assayDir, 'state'), { recursive: true });
    const tag =
      'Signature: 8a477f597d28d172789f06886806bc55\n# This folder holds what Assay can make again.\n' +
      '# For information about cache directory tags see https://bford.info/cachedir/\n';
    await writeFile(join(assayDir, 'CACHEDIR.TAG'), tag);
  } catch (error) {
    throw failureFromFileError(error, assayDir);
  }
}

type Found = Omit<Preparation, 'config' | 'lockFile' | 'passLock'>;

interface Memory {
  readonly schema: 1;
  readonly found: Found;
  /** `path` to `mtime:size`, or `` when it did not exist. */
  readonly stamps: readonly (readonly [path: string, stamp: string])[];
}

/** Everything that the answers depend on besides files. */
function questionHash(directory: string, options: PassOptions): string {
  const relevant = Object.entries(options.env)
    .filter(([name]) => /^(CARGO|RUST|__CARGO|PATH$|HOME$)/.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const { manifestPath, features, allFeatures, noDefaultFeatures, triples, targetDir } = options.selection;
  const chosen = { manifestPath, features, allFeatures, noDefaultFeatures, triples, targetDir };
  return createHash('sha256')
    .update(JSON.stringify([4, directory, chosen, relevant]))
    .digest('hex')
    .slice(0, 16);
}

async function recall(
  directory: string,
  options: PassOptions,
  config: CargoConfig,
  name: string,
): Promise<Found | null> {
  const chosen = options.selection.targetDir;
  const targetDirs: string[] = [];
  if (chosen !== null) targetDirs.push(resolve(directory, chosen));
  else if (config.targetDir !== null) targetDirs.push(config.targetDir);
  else
    for (const folder of ancestors(manifestFolder(directory, options)))
      targetDirs.push(join(folder, 'target'));
  for (const targetDir of targetDirs) {
    const text = await readFile(join(targetDir, 'assay', 'state', name), 'utf8').catch(() => null);
    if (text === null) continue;
    try {
      const memory = JSON.parse(text) as Memory;
      if (memory.schema !== 1) continue;
      const now = await Promise.all(memory.stamps.map(([path]) => pathStamp(path)));
      if (memory.stamps.every(([, stamp], index) => stamp === now[index])) return memory.found;
    } catch {
      // A memory that was cut off is no memory.
    }
  }
  return null;
}

async function remember(
  directory: string,
  options: PassOptions,
  config: CargoConfig,
  name: string,
  found: Found,
  lockStamp: string,
): Promise<void> {
  const rustup = options.env.RUSTUP_HOME || join(homedir(), '.rustup');
  const paths = new Set([
    ...config.candidatePaths,
    ...found.toolchain.binaries,
    join(rustup, 'settings.toml'),
    ...watchedPaths(found.facts),
  ]);
  for (const folder of [...ancestors(directory), ...ancestors(manifestFolder(directory, options))]) {
    for (const file of ['Cargo.toml', 'rust-toolchain', 'rust-toolchain.toml']) paths.add(join(folder, file));
  }
  // The lock file as the user has it: cargo's changes to it are taken back.
  const lockPath = join(found.facts.root, 'Cargo.lock');
  const stampNow = async (path: string) =>
    [path, path === lockPath ? lockStamp : await pathStamp(path)] as const;
  const stamps = await Promise.all([...paths].map(stampNow));
  const memory: Memory = { schema: 1, found, stamps };
  const path = join(found.assayDir, 'state', name);
  try {
    await writeWhole(path, JSON.stringify(memory));
    await forgetOldest(join(found.assayDir, 'state'));
  } catch (error) {
    throw failureFromFileError(error, path);
  }
}

// Limit: answers to this many different questions (selections, environments) are kept.
const memoriesMax = 8;

async function forgetOldest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter(name => name.endsWith('.json'));
  const aged = await Promise.all(
    names.map(async name => ({
      name,
      atMs: (await stat(join(folder, name)).catch(() => null))?.mtimeMs ?? 0,
    })),
  );
  aged.sort((a, b) => b.atMs - a.atMs);
  for (const { name } of aged.slice(memoriesMax)) await rm(join(folder, name), { force: true });
}

function manifestFolder(directory: string, options: PassOptions): string {
  const path = options.selection.manifestPath;
  return path === null ? directory : dirname(isAbsolute(path) ? path : resolve(directory, path));
}

function ancestors(folder: string): string[] {
  const folders = [folder];
  for (let at = folder; dirname(at) !== at; at = dirname(at)) folders.push(dirname(at));
  return folders;
}

async function pathStamp(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  return found === null ? '' : found.isDirectory() ? `${found.mtimeMs}` : `${found.mtimeMs}:${found.size}`;
}
