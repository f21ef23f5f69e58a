/**
 * Where the CPU time of a build went besides rustc: what cargo and the compilers' start took (background), and how many cores each
 * long build script kept busy.
 *
 * The whole is known (cargo and all that it waited for), and that of each rustc; what scripts cost was seen where the system
 * tells it (toolchain/script-watch.ts). What is left is background. Where long scripts were not seen: if scripts ran for a
 * small part of the build they are taken to use one core; else the background is taken from its usual size, and the scripts
 * share the rest: one that runs `make` with all jobs uses them all.
 */
import type { ScriptCost } from '#model/build.ts';
import type { BuildUnit } from '#model/build-report.ts';

export interface CpuAccount {
  /** CPU time of the background for each second of rustc's. It competes with the compilers when all cores are busy. */
  readonly backgroundShare: number;
  /** Cores that the unit kept busy, where it is a run of a build script of a second or more. 1 for all others. */
  readonly widthOf: (place: number) => number;
}

/** Of cargo, the shell of the wrapper and the start of rustc: 16 to 22 ms in builds of 45 to 256 units. */
const backgroundSecondsPerUnit = 0.018;
const smallShare = 0.03;
const longScriptSeconds = 1;

/**
 * `cpuSeconds`: of the whole build. Without it, or without that of most units, nothing competes and scripts that were not seen use
 * one core. `scripts`: by place in `units`.
 */
export function cpuAccount(
  units: readonly BuildUnit[],
  cpuSeconds: number | null,
  slots: number,
  scripts: ReadonlyMap<number, ScriptCost>,
): CpuAccount {
  const isScript = (unit: BuildUnit) => unit.mode === 'run-custom-build';
  const isLong = (place: number) => isScript(units[place]!) && wall(units[place]!) >= longScriptSeconds;
  /** Cores in the mean over the time in which it was seen; null where that was less than half of its time. */
  const seenCores = (place: number) => {
    const cost = scripts.get(place);
    return cost === undefined || cost.toSeconds - cost.fromSeconds < 0.5 * wall(units[place]!)
      ? null
      : cost.cpuSeconds / (cost.toSeconds - cost.fromSeconds);
  };
  const seenWidth = (place: number) => {
    const cores = seenCores(place);
    return cores === null ? null : Math.max(1, cores);
  };
  const accountWith = (backgroundShare: number, unseenWidth: number): CpuAccount => ({
    backgroundShare,
    widthOf: place => (isLong(place) ? (seenWidth(place) ?? unseenWidth) : 1),
  });
  const compiled = units.filter(unit => !isScript(unit));
  const known = compiled.filter(unit => unit.cpuSeconds !== undefined);
  if (cpuSeconds === null || known.length === 0 || sumOf(known, wall) < 0.9 * sumOf(compiled, wall))
    return accountWith(0, 1);
  const rustc = sumOf(known, unit => unit.cpuSeconds!);
  const scriptWall = sumOf(units.filter(isScript), wall);
  const rest = Math.max(0, cpuSeconds - rustc);
  let unseenWall = 0;
  // Of scripts that were seen, and of short ones, which are taken to use one core: at most, for many wait for a compiler.
  let seenCpu = 0;
  for (const [place, unit] of units.entries()) {
    if (!isScript(unit)) continue;
    const cores = isLong(place) ? seenCores(place) : 1;
    if (cores === null) unseenWall += wall(unit);
    else seenCpu += cores * wall(unit);
  }
  const usual = Math.min(rest, backgroundSecondsPerUnit * units.length);
  if (unseenWall === 0 || scriptWall < smallShare * (rustc + scriptWall))
    return accountWith(Math.max(usual, rest - seenCpu - unseenWall) / rustc, 1);
  const unseenWidth = Math.min(slots, Math.max(1, (rest - usual - seenCpu) / unseenWall));
  return accountWith(usual / rustc, unseenWidth);
}

function wall(unit: BuildUnit): number {
  return unit.durationSeconds;
}

function sumOf(units: readonly BuildUnit[], of: (unit: BuildUnit) => number): number {
  return units.reduce((sum, unit) => sum + of(unit), 0);
}
