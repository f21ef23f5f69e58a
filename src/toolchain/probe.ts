/**
 * What this cargo and this rustc can do, found by asking them and never by version number.
 *
 * The channel override (`__CARGO_TEST_CHANNEL_OVERRIDE_DO_NOT_USE_THIS=nightly`) makes a stable cargo accept its own
 * `-Z` flags without any effect on rustc. It is internal to cargo, so all that needs it has a fallback.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Toolchain } from './locate.ts';
import { runTool } from './run-tool.ts';
import { typeSizesFlag } from './type-sizes.ts';

export const channelOverride = '__CARGO_TEST_CHANNEL_OVERRIDE_DO_NOT_USE_THIS';

export interface Capabilities {
  /** `-Z` names of cargo that Assay uses, as far as this cargo lists them. */
  readonly cargoFlags: readonly string[];
  /** `-Z` names of rustc that Assay uses, as far as this rustc lists them. */
  readonly rustcFlags: readonly string[];
  /** Does this rustc know `coroutine_before`, a dump of coroutines alone? */
  readonly coroutineDumps: boolean;
}

const wantedCargoFlags = ['build-analysis', 'section-timings'];
const wantedRustcFlags = [
  'dump-mir',
  'dump-mir-dir',
  'dump-mir-exclude-pass-number',
  'dump-mir-exclude-alloc-bytes',
  'mir-include-spans',
  'print-type-sizes',
  'trim-diagnostic-paths',
  'self-profile',
  'self-profile-events',
  'dump-mono-stats',
  'dump-mono-stats-format',
  'macro-stats',
];

export async function probeCapabilities(
  toolchain: Toolchain,
  directory: string,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<Omit<Capabilities, 'coroutineDumps'>> {
  const deadlineMs = 60_000;
  const [cargo, rustc] = await Promise.all([
    runTool({
      program: toolchain.cargo,
      args: ['-Zhelp'],
      cwd: directory,
      env: { ...env, [channelOverride]: 'nightly' },
      signal,
      deadlineMs,
    }),
    runTool({
      program: toolchain.rustc,
      args: ['-Zhelp'],
      cwd: directory,
      env: { ...env, RUSTC_BOOTSTRAP: '1' },
      signal,
      deadlineMs,
    }),
  ]);
  return {
    cargoFlags: cargo.exitCode === 0 ? listedFlags(cargo.stdout, wantedCargoFlags) : [],
    rustcFlags: rustc.exitCode === 0 ? listedFlags(rustc.stdout, wantedRustcFlags) : [],
  };
}

/**
 * Compiles a function in `folder`, which is made and removed. Names of dumps are nowhere listed, so the only way to know one is
 * to ask for it. Seen with rustc 1.95 and 1.97; older ones may lack it.
 */
export async function probeCoroutineDumps(
  toolchain: Toolchain,
  folder: string,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'probe.rs'), 'pub async fn probe() {}\n');
    const result = await runTool({
      program: toolchain.rustc,
      args: [
        'probe.rs',
        '--edition=2021',
        '--crate-type=lib',
        '--emit=metadata',
        '-Zdump-mir=coroutine_before',
        '-Zdump-mir-dir=dumps',
      ],
      cwd: folder,
      env: { ...env, RUSTC_BOOTSTRAP: '1' },
      signal,
      deadlineMs: 60_000,
    });
    if (result.exitCode !== 0) return false;
    const dumps = await readdir(join(folder, 'dumps')).catch(() => []);
    return dumps.some(name => name.endsWith('.coroutine_before.0.mir'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `-Zhelp` prints `    -Z   name=val -- what it does`; the padding differs between cargo and rustc. */
export function listedFlags(help: string, wanted: readonly string[]): readonly string[] {
  const listed = new Set<string>();
  for (const match of help.matchAll(/^\s*-Z\s*([a-z0-9-]+)/gm)) listed.add(match[1]!);
  return wanted.filter(name => listed.has(name));
}

/**
 * The flags that make rustc write the MIR of a member, or none where it cannot: spans and untrimmed paths are needed.
 *
 * `built` and not `analysis`: the filter is a substring of the pass name, and in a full build `analysis` also matches
 * `analysis-post-cleanup` and `SimplifyCfg-post-analysis`, which triples what is written.
 * `coroutine_before` and not `StateTransform`: the same text, without a second one of what the pass made of it.
 */
export function dumpFlags(capabilities: Capabilities): readonly string[] {
  const has = (name: string) => capabilities.rustcFlags.includes(name);
  const needed = ['dump-mir', 'dump-mir-dir', 'mir-include-spans', 'trim-diagnostic-paths'];
  if (!needed.every(has)) return [];
  const flags = [
    capabilities.coroutineDumps
      ? '-Zdump-mir=coroutine_before | built'
      : '-Zdump-mir=StateTransform & {closure# | built',
    '-Zmir-include-spans=on',
    '-Ztrim-diagnostic-paths=no',
  ];
  if (has('dump-mir-exclude-pass-number')) flags.push('-Zdump-mir-exclude-pass-number');
  if (has('dump-mir-exclude-alloc-bytes')) flags.push('-Zdump-mir-exclude-alloc-bytes=yes');
  if (has('print-type-sizes')) flags.push(typeSizesFlag);
  return flags;
}

export interface ProfileFlags {
  readonly monoStats: boolean;
  readonly macroStats: boolean;
}

/** What a profiled rustc call is asked for beside its profile; null where this rustc has no self-profiler. */
export function profileFlags({ rustcFlags }: Capabilities): ProfileFlags | null {
  const has = (name: string) => rustcFlags.includes(name);
  if (!has('self-profile') || !has('self-profile-events')) return null;
  return {
    monoStats: has('dump-mono-stats') && has('dump-mono-stats-format'),
    macroStats: has('macro-stats'),
  };
}
