/**
 * The part of cargo's configuration that Assay must know before it runs cargo.
 *
 * Source: The Cargo Book, "Configuration": `.cargo/config.toml` (or `.cargo/config`, which wins where both exist) in the
 * current directory and every parent, then `$CARGO_HOME/config.toml`; nearest wins; environment variables come before
 * files. A path value with a separator is relative to the parent of the directory that holds the config file.
 *
 * Not supported: `--config` on the command line, and `include` (cargo itself honours it; Assay does not look inside).
 */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { parse } from 'smol-toml';

export interface CargoConfig {
  /** The user's cargo home: `$CARGO_HOME`, else `~/.cargo`. */
  readonly home: string;
  /** Does the walk from the current directory upwards meet the cargo home's own config file? */
  readonly homeConfigIsAncestor: boolean;
  /** Program of `RUSTC_WRAPPER`, `CARGO_BUILD_RUSTC_WRAPPER` or `build.rustc-wrapper`; null: none. */
  readonly rustcWrapper: string | null;
  /** Program of `RUSTC`, `CARGO_BUILD_RUSTC` or `build.rustc`; null: cargo's default. */
  readonly rustc: string | null;
  /** `CARGO_TARGET_DIR`, `CARGO_BUILD_TARGET_DIR` or `build.target-dir`, absolute; null: `<workspace>/target`. */
  readonly targetDir: string | null;
  /** `CARGO_BUILD_TARGET` or `build.target`: triples, or paths of target files; empty: the host. */
  readonly buildTargets: readonly string[];
  /**
   * Who says `rustflags`. Sources exclude each other: the environment, then `[target]`, then `[build]`.
   * `targets`: the keys of `[target]` that have some: triples and `cfg(…)`.
   */
  readonly rustflags: {
    readonly environment: boolean;
    readonly targets: readonly string[];
    readonly build: boolean;
  };
  /** An `[unstable]` table or a `CARGO_UNSTABLE_…` variable that stable cargo ignores and nightly would obey. */
  readonly hasUnstableTable: boolean;
  /** Every path where a config file is or could be, for noticing change. */
  readonly candidatePaths: readonly string[];
}

export async function readCargoConfig(directory: string, env: NodeJS.ProcessEnv): Promise<CargoConfig> {
  const home = resolve(directory, env.CARGO_HOME || join(homedir(), '.cargo'));
  const folders: string[] = [];
  for (let at = resolve(directory); ; at = dirname(at)) {
    folders.push(join(at, '.cargo'));
    if (dirname(at) === at) break;
  }
  const homeConfigIsAncestor = folders.includes(home);
  if (!homeConfigIsAncestor) folders.push(home);

  const candidatePaths: string[] = [];
  const layers: {
    readonly base: string;
    readonly build: Table;
    readonly target: Table;
    readonly unstable: boolean;
  }[] = [];
  for (const folder of folders) {
    const paths = [join(folder, 'config'), join(folder, 'config.toml')];
    candidatePaths.push(...paths);
    for (const path of paths) {
      const table = await readToml(path);
      if (table === null) continue;
      const build = isTable(table.build) ? table.build : {};
      const target = isTable(table.target) ? table.target : {};
      layers.push({ base: dirname(folder), build, target, unstable: isTable(table.unstable) });
      break;
    }
  }
  const fromFiles = (key: string, always: boolean): string | null => {
    for (const layer of layers) {
      const value = layer.build[key];
      if (typeof value === 'string') return programPath(value, layer.base, always);
    }
    return null;
  };
  const program = (variables: readonly string[], key: string): string | null => {
    for (const variable of variables) {
      const value = env[variable];
      if (value !== undefined) return value === '' ? null : programPath(value, directory, false);
    }
    return fromFiles(key, false) || null;
  };
  const envTargetDir = env.CARGO_TARGET_DIR || env.CARGO_BUILD_TARGET_DIR;
  return {
    home,
    homeConfigIsAncestor,
    rustcWrapper: program(['RUSTC_WRAPPER', 'CARGO_BUILD_RUSTC_WRAPPER'], 'rustc-wrapper'),
    rustc: program(['RUSTC', 'CARGO_BUILD_RUSTC'], 'rustc'),
    targetDir: envTargetDir ? resolve(directory, envTargetDir) : fromFiles('target-dir', true),
    buildTargets: env.CARGO_BUILD_TARGET
      ? [env.CARGO_BUILD_TARGET]
      : (layers.map(layer => stringsOf(layer.build.target)).find(targets => targets.length > 0) ?? []),
    rustflags: {
      environment: Object.keys(env).some(name =>
        /^((CARGO_ENCODED_|CARGO_BUILD_)?RUSTFLAGS|CARGO_TARGET_.*_RUSTFLAGS)$/.test(name),
      ),
      targets: layers.flatMap(({ target }) =>
        Object.keys(target).filter(key => isTable(target[key]) && target[key].rustflags !== undefined),
      ),
      build: layers.some(({ build }) => build.rustflags !== undefined),
    },
    hasUnstableTable:
      layers.some(layer => layer.unstable) ||
      Object.keys(env).some(name => name.startsWith('CARGO_UNSTABLE_')),
    candidatePaths,
  };
}

type Table = Record<string, unknown>;

async function readToml(path: string): Promise<Table | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return parse(text) as Table;
  } catch {
    // cargo refuses it too and says where; its words are better than ours.
    return {};
  }
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function stringsOf(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter(item => typeof item === 'string');
}

/** A bare program name is looked up on PATH; anything with a separator is relative to `base`. */
function programPath(value: string, base: string, always: boolean): string {
  if (isAbsolute(value) || value === '') return value;
  return always || /[\\/]/.test(value) ? resolve(base, value) : value;
}
