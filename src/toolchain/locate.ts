/**
 * Finds cargo and rustc as cargo would. rustup's proxies obey `rust-toolchain.toml` because they are run where the user
 * stands.
 */
import { access, realpath } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { CargoConfig } from './cargo-config.ts';
import { ToolchainFailure } from './failure.ts';
import { runTool } from './run-tool.ts';

/** `-Zmir-include-spans` and the MIR text that formats/mir-text reads exist from here on. */
export const oldestRustc = '1.85.0';

export interface Toolchain {
  readonly cargo: string;
  readonly rustc: string;
  /** `cargo -vV` and `rustc -vV`, whole. */
  readonly cargoVersionVerbose: string;
  readonly rustcVersionVerbose: string;
  readonly release: string;
  readonly host: string;
  /** A nightly or dev compiler takes `-Z` flags without RUSTC_BOOTSTRAP. */
  readonly nightly: boolean;
  readonly sysroot: string;
  /** The files behind the two program names, for noticing change. */
  readonly binaries: readonly string[];
}

/** Throws `no-cargo`, `rustc-too-old`, or `tool-failed` (rustup's own words when a toolchain is not installed). */
export async function locateToolchain(
  directory: string,
  env: NodeJS.ProcessEnv,
  config: CargoConfig,
  signal?: AbortSignal,
): Promise<Toolchain> {
  const cargo = env.CARGO || 'cargo';
  const rustc = config.rustc ?? 'rustc';
  const ask = async (program: string, args: readonly string[]): Promise<string> => {
    const result = await runTool({ program, args, cwd: directory, env, signal, deadlineMs: 60_000 });
    if (result.exitCode === 0) return result.stdout;
    const command = [program, ...args].join(' ');
    throw new ToolchainFailure('tool-failed', program, `${command} failed`, result.stderr + result.stdout);
  };
  const [cargoVersionVerbose, rustcVersionVerbose, sysroot] = await Promise.all([
    ask(cargo, ['-vV']),
    ask(rustc, ['-vV']),
    ask(rustc, ['--print', 'sysroot']),
  ]);
  const release = versionField(rustcVersionVerbose, 'release');
  const host = versionField(rustcVersionVerbose, 'host');
  if (release === null || host === null) {
    throw new ToolchainFailure(
      'tool-failed',
      rustc,
      `${rustc} -vV names no release and host`,
      rustcVersionVerbose,
    );
  }
  if (isOlder(release, oldestRustc)) {
    const message = `rustc ${release} is too old: ${oldestRustc} or newer is needed`;
    throw new ToolchainFailure('rustc-too-old', 'rustc', message, rustcVersionVerbose);
  }
  const found = [await findProgram(cargo, env), await findProgram(rustc, env)];
  const tools = ['cargo', 'rustc'].map(name => join(sysroot.trim(), 'bin', name));
  return {
    cargo,
    rustc,
    cargoVersionVerbose,
    rustcVersionVerbose,
    release,
    host,
    nightly: /-(nightly|dev)/.test(release),
    sysroot: sysroot.trim(),
    binaries: [...found.filter(path => path !== null), ...tools],
  };
}

/** The value of a `name: value` line of `-vV` output. */
export function versionField(verbose: string, name: string): string | null {
  for (const line of verbose.split('\n')) {
    if (line.startsWith(`${name}: `)) return line.slice(name.length + 2).trim();
  }
  return null;
}

/** Compares `major.minor.patch`, ignoring what follows (`1.85.0-beta.3` is not older than `1.85.0`). */
export function isOlder(release: string, needed: string): boolean {
  const a = release.split('-')[0]!.split('.').map(Number);
  const b = needed.split('.').map(Number);
  for (let i = 0; i < b.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

async function findProgram(program: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  const folders = isAbsolute(program) ? [''] : (env.PATH ?? '').split(delimiter);
  for (const folder of folders) {
    const path = folder === '' ? program : join(folder, program);
    const found = await access(path).then(
      () => true,
      () => false,
    );
    if (found) return realpath(path).catch(() => path);
  }
  return null;
}
