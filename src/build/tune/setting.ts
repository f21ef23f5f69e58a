import type { TomlEdit } from '#base/edit-toml.ts';

/** What a team may want to keep, whatever it gains without. */
export type Keep =
  | 'debuginfo'
  | 'dependency-debuginfo'
  | 'backtraces'
  | 'unwinding'
  | 'stable-toolchain'
  | 'release-code';

export const keeps: readonly Keep[] = [
  ...(['debuginfo', 'dependency-debuginfo', 'backtraces'] as const),
  ...(['unwinding', 'stable-toolchain', 'release-code'] as const),
];

/** Safe: nothing that a developer would miss in the workspace's own code. */
export const keptByDefault: readonly Keep[] = keeps.filter(keep => keep !== 'dependency-debuginfo');

/** The machine and its tools, as far as a setting depends on them. */
export interface TuneHost {
  /** `x86_64-unknown-linux-gnu` */
  readonly triple: string;
  readonly cores: number;
  readonly nightly: boolean;
  /** `mold`, `wild`, `ld.lld`, `clang`, `sccache`: those that were found in the search path. */
  readonly programs: ReadonlySet<string>;
  /** Codegen backends besides LLVM that this rustc has: `cranelift`. */
  readonly backends: ReadonlySet<string>;
  /** Who says `rustflags` today: the sources exclude each other, so further ones belong to the same. */
  readonly rustflags: 'target' | 'build' | 'environment' | 'unclear';
}

/** `manifest`: Cargo.toml of the workspace. `config`: .cargo/config.toml beside it. */
export interface SettingEdit {
  readonly file: 'manifest' | 'config';
  readonly edit: TomlEdit;
}

export type ScenarioKind = 'clean' | 'check' | 'test' | 'release' | 'no-op' | 'edit' | 'edit-api';

/** One way to build otherwise. A new one is a new file in settings/; the registry is generated. */
export interface Setting {
  readonly name: string;
  /** What is done, in a few words. */
  readonly what: string;
  /** What the team pays for it; null where nothing is known. */
  readonly costs: string | null;
  readonly givesUp: readonly Keep[];
  /** Of the settings of one group at most one can hold. Settings that write the same key exclude each other anyway. */
  readonly group?: 'linker';
  /** Names of settings that are pointless or wrong beside it. */
  readonly excludes?: readonly string[];
  /** Kinds of scenarios that must not be built so: where one is among those of the team, it is not tried. */
  readonly spoils?: readonly ScenarioKind[];
  /** Kinds of scenarios whose time it can change. */
  readonly affects: readonly ScenarioKind[];
  /** What is missing here to try it; null where nothing is. */
  readonly missing: (host: TuneHost) => string | null;
  readonly edits: (host: TuneHost) => readonly SettingEdit[];
  /** Where it is known from, and what it was reported to do. */
  readonly source: string;
  /** Share of a clean build that it was seen or reported to take away; what promises more is tried first. */
  readonly promise: number;
}

/** Kinds of scenarios that build with the dev profile (or the test profile, which inherits it) and generate code. */
export const devCode: readonly ScenarioKind[] = ['clean', 'test', 'no-op', 'edit', 'edit-api'];
/** Proc macros and build scripts are compiled and linked for a check too. */
export const everyKind: readonly ScenarioKind[] = [...devCode, 'check', 'release'];

export function nothingMissing(): null {
  return null;
}

/** An entry of the dev profile in Cargo.toml. `below`: `package.*` or `build-override`, or nothing for the profile itself. */
export function devProfile(
  below: readonly string[],
  key: string,
  value: TomlEdit['value'],
): readonly SettingEdit[] {
  return [{ file: 'manifest', edit: { table: ['profile', 'dev', ...below], key, value } }];
}

/** Flags for rustc in .cargo/config.toml, beside those that are there. */
export function rustflags(host: TuneHost, ...flags: readonly string[]): readonly SettingEdit[] {
  const table = host.rustflags === 'build' ? ['build'] : ['target', host.triple];
  const edit = { table, key: 'rustflags', value: flags, append: true };
  return [{ file: 'config', edit }];
}
