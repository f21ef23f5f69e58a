/**
 * The RUSTC_WRAPPER: a few lines of POSIX sh, since starting Node per rustc call would cost more than the measurement.
 *
 * - What is not cargo compiling a crate (`rustc -vV`, a build script that tries something out) goes straight on.
 * - Every compilation leaves `<marks>/<key>.start` and `.end`; the files' times are the time stamps.
 * - In a profiled pass every crate except build scripts gets RUSTC_BOOTSTRAP and the self-profiler's flags.
 * - Workspace members, except their build scripts, get RUSTC_BOOTSTRAP and the dump flags, for that one rustc call. In a
 *   pass without dumps they get at most RUSTC_BOOTSTRAP, so that a stable rustc times its sections.
 *
 * Members are known by CARGO_MANIFEST_DIR against the list of `cargo metadata`, not by CARGO_PRIMARY_PACKAGE: cargo sets
 * that only for packages selected on the command line, so with `-p a` a member that `a` depends on lacks it (seen with
 * cargo 1.95).
 *
 * A wrapper that the user has (sccache) is called for everything but crates that are dumped or profiled: a cache hit
 * would leave nothing. A `rustc-workspace-wrapper` stays in place, since cargo passes it as the first argument.
 *
 * The Windows script has not been run; it only passes on and measures nothing.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ProfileFlags } from './probe.ts';
import { typeSizesFlag } from './type-sizes.ts';
import { writeWhole } from './write-whole.ts';

export interface WrapperPlan {
  /** Directories of the members' manifests, exactly as cargo spells them. */
  readonly memberDirs: readonly string[];
  /** The same of dependencies that are dumped as well: proc macros among them are not. */
  readonly dependencyDirs?: readonly string[];
  /** Where start and end marks and dump folders go; absolute. */
  readonly marksDir: string;
  readonly userWrapper: string | null;
  readonly members: MemberCalls;
  /** Keys of units of which futures alone are dumped: see `futuresOnly`. */
  readonly narrow?: readonly string[];
  /** cargo adds `--json=…,timings -Zunstable-options` to every call, which a stable rustc refuses without bootstrap. */
  readonly stripSectionTimings: boolean;
}

/**
 * What a member's rustc call gets: dumps (`flags` lack `-Zdump-mir-dir`), leave to time its sections, or nothing; or that
 * all crates are profiled, and members with the arguments of activities, which show macros by name.
 */
export type MemberCalls =
  | { readonly kind: 'dumped'; readonly flags: readonly string[] }
  | { readonly kind: 'timed' }
  | { readonly kind: 'profiled'; readonly flags: ProfileFlags }
  | { readonly kind: 'plain' };

/** Writes the script if it differs: cargo asks rustc for its version again when the wrapper's time changes. */
export async function writeWrapper(folder: string, plan: WrapperPlan): Promise<string> {
  const windows = process.platform === 'win32';
  // One file for each kind, so that passes in turn do not rewrite each other's.
  const kind = plan.dependencyDirs === undefined ? plan.members.kind : 'deep';
  const path = join(folder, `rustc-wrapper-${kind}${windows ? '.cmd' : ''}`);
  const script = windows ? windowsScript(plan) : posixScript(plan);
  if ((await readFile(path, 'utf8').catch(() => null)) === script) return path;
  await mkdir(dirname(path), { recursive: true });
  await writeWhole(path, script, 0o755);
  return path;
}

export function posixScript(plan: WrapperPlan): string {
  const next = plan.userWrapper === null ? '' : `${quote(plan.userWrapper)} `;
  const dirs = plan.members.kind === 'plain' ? [] : plan.memberDirs;
  const members = dirs.length === 0 ? "''" : dirs.map(quote).join(' | ');
  const strip = plan.stripSectionTimings
    ? `
  for arg do
    shift
    case $arg in
      -Zunstable-options) continue ;;
      --json=*,timings) arg=\${arg%,timings} ;;
      --json=*,timings,*) arg=\${arg%%,timings,*},\${arg#*,timings,} ;;
    esac
    set -- "$@" "$arg"
  done`
    : '';
  if (plan.members.kind === 'profiled')
    return profilingScript(next, members, plan.marksDir, strip, plan.members.flags);
  const memberCall = plan.members.kind === 'dumped' ? dumpCall(plan.members.flags) : `${next}"$@"`;
  const dumped = plan.members.kind === 'dumped' ? '$member' : '';
  const dependencies =
    plan.dependencyDirs === undefined || plan.dependencyDirs.length === 0
      ? ''
      : `
[ -n "$member" ] || case \${CARGO_MANIFEST_DIR:--} in ${plan.dependencyDirs.map(quote).join(' | ')}) member=2 ;; esac
[ "$member$kind" != 2proc-macro ] || member=`;
  const dependencyCall =
    dependencies === '' || plan.members.kind !== 'dumped'
      ? ''
      : `
elif [ "$member" = 2 ]; then
  RUSTC_BOOTSTRAP=1 ${dumpCall(plan.members.flags.filter(flag => flag !== typeSizesFlag))}`;
  return `${scriptHead(next, plan.marksDir)}member=
case \${CARGO_MANIFEST_DIR:--} in ${members}) member=1 ;; esac${dependencies}
# A build script is a bin without CARGO_BIN_NAME: compiled like any dependency.
case $CARGO_CRATE_NAME in build_script_*) [ "$kind$\{CARGO_BIN_NAME-}" != bin ] || member= ;; esac

${dumpSelection(plan)}${startMark(dumped)}if [ "$member" = 1 ]; then
  RUSTC_BOOTSTRAP=1 ${memberCall}${dependencyCall}
else${strip}
  ${next}"$@"
fi
${scriptTail}`;
}

/**
 * Every crate is profiled, whose bootstrap changes what is made of it, so all of a target directory are or none. A build
 * script is not: it may look for features of rustc by its own means, and those of a stable rustc must stay what they are.
 */
function profilingScript(
  next: string,
  members: string,
  marksDir: string,
  strip: string,
  flags: ProfileFlags,
): string {
  const asked = [
    '"$@"',
    '"-Zself-profile=$marks/$key.profile"',
    '"-Zself-profile-events=$events"',
    ...(flags.monoStats ? ['"-Zdump-mono-stats=$marks/$key.mono"', '-Zdump-mono-stats-format=json'] : []),
    ...(flags.macroStats ? ['-Zmacro-stats'] : []),
  ];
  return `${scriptHead(next, marksDir)}events=default
case \${CARGO_MANIFEST_DIR:--} in ${members}) events=default,args ;; esac
profiled=profiled
case $CARGO_CRATE_NAME in build_script_*) [ "$kind\${CARGO_BIN_NAME-}" != bin ] || profiled= ;; esac

${startMark('$profiled')}if [ -n "$profiled" ]; then
  RUSTC_BOOTSTRAP=1 ${asked.join(' ')}
else${strip}
  ${next}"$@"
fi
${scriptTail}`;
}

function scriptHead(next: string, marksDir: string): string {
  return `#!/bin/sh
# Written by Assay before each run. Marks when rustc starts and ends; may ask for MIR of workspace members.
[ -n "\${CARGO_CRATE_NAME-}" ] || exec ${next}"$@"

key= kind= previous=
for arg do
  case $arg in
    extra-filename=*) key=\${arg#extra-filename=} ;;
    -Cextra-filename=*) key=\${arg#-Cextra-filename=} ;;
  esac
  [ "$previous" != --crate-type ] || kind=$arg
  previous=$arg
done
key=$CARGO_CRATE_NAME$key
marks=${quote(marksDir)}

`;
}

function startMark(asked: string): string {
  return `printf '%s\\0' "${asked}" "$$" "$CARGO_CRATE_NAME" "\${CARGO_PKG_NAME-}" "\${CARGO_PKG_VERSION-}" \\
  "\${CARGO_MANIFEST_DIR-}" "$@" > "$marks/$key.start"
`;
}

const scriptTail = `code=$?
{ printf '%s\\n' "$code"; times; } > "$marks/$key.end"
exit "$code"
`;

function dumpCall(flags: readonly string[]): string {
  const flagWord = (flag: string) => (isSelection(flag) ? '"$dump"' : quote(flag));
  const words = ['"$@"', ...flags.map(flagWord), '"-Zdump-mir-dir=$marks/$key.dumps"'];
  // What cargo reads of a compilation is on standard error; on standard output are only the sizes.
  if (flags.includes(typeSizesFlag)) words.push('> "$marks/$key.sizes"');
  return words.join(' ');
}

function isSelection(flag: string): boolean {
  return flag.startsWith('-Zdump-mir=');
}

/** What is dumped, for all units and for those that must do with less. */
function dumpSelection({ members, narrow = [] }: WrapperPlan): string {
  const selection = members.kind === 'dumped' ? members.flags.find(isSelection) : undefined;
  if (selection === undefined) return '';
  const all = `dump=${quote(selection)}\n`;
  if (narrow.length === 0) return all;
  return `${all}case $key in ${narrow.map(quote).join(' | ')}) dump=${quote(futuresOnly(selection))} ;; esac\n`;
}

/** The dumps without those of `built`: see `dumpFlags`. */
export function futuresOnly(selection: string): string {
  return selection.replace(/ \| built$/, '');
}

function windowsScript(plan: WrapperPlan): string {
  const next = plan.userWrapper === null ? '' : `"${plan.userWrapper}" `;
  return `@echo off\r\n${next}%*\r\nexit /b %errorlevel%\r\n`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** What the wrapper wrote when a rustc call had ended; null when the mark is not whole yet. */
export function parseEndMark(
  text: string,
): { readonly exitCode: number; readonly cpuSeconds: number | null } | null {
  // The code, then what POSIX `times` prints: one line for the shell, one for its children.
  const [code, , children, rest] = text.split('\n');
  if (code === undefined || children === undefined || rest === undefined) return null;
  const times = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  return { exitCode: Number(code), cpuSeconds: times.length === 2 ? times[0]! + times[1]! : null };
}

/** What the wrapper wrote when a rustc call began. */
export interface StartMark {
  /** A unit whose MIR rustc was asked for. */
  readonly dumped: boolean;
  /** A unit whose profile rustc was asked for. */
  readonly profiled: boolean;
  /** Process id of the wrapper, whose child rustc is. */
  readonly pid: number;
  readonly crateName: string;
  readonly packageName: string;
  readonly version: string;
  readonly manifestDir: string;
  /** rustc's arguments, the program itself excluded. */
  readonly args: readonly string[];
}

/** Null when the mark is not whole yet. */
export function parseStartMark(text: string): StartMark | null {
  const fields = text.split('\0');
  if (fields.length < 8 || fields.pop() !== '') return null;
  const [asked = '', pid = '', crateName = '', packageName = '', version = '', manifestDir = '', , ...args] =
    fields;
  const profiled = asked === 'profiled';
  const dumped = asked !== '' && !profiled;
  return { dumped, profiled, pid: Number(pid), crateName, packageName, version, manifestDir, args };
}
