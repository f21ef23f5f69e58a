/**
 * Where the CPU time of a build went besides rustc: what cargo and the compilers' start took (background), and how many cores the
 * build scripts kept busy.
 *
 * The whole is known (cargo and all that it waited for), and that of each rustc. What is left is background and build scripts.
 * Where scripts ran for a small part of the build they are taken to use one core, and the background follows. Else the
 * background is taken from its usual size, and the scripts have the rest: one that runs `make` with all jobs uses them all.
 */
import type { BuildUnit } from '#model/build-report.ts';

export interface CpuAccount {
  /** CPU time of the background for each second of rustc's. It competes with the compilers when all cores are busy. */
  readonly backgroundShare: number;
  /** Cores that a build script of a second or more kept busy while it ran; 1 for shorter ones. */
  readonly scriptWidth: number;
}

/** Of cargo, the shell of the wrapper and the start of rustc: 16 to 22 ms in builds of 45 to 256 units. */
const backgroundSecondsPerUnit = 0.018;
const smallShare = 0.03;
export const longScriptSeconds = 1;

/** `cpuSeconds`: of the whole build. Without it, or without that of most units, nothing competes and scripts use one core. */
export function cpuAccount(
  units: readonly BuildUnit[],
  cpuSeconds: number | null,
  slots: number,
): CpuAccount {
  const compiled = units.filter(unit => unit.mode !== 'run-custom-build');
  const known = compiled.filter(unit => unit.cpuSeconds !== undefined);
  const none: CpuAccount = { backgroundShare: 0, scriptWidth: 1 };
  if (cpuSeconds === null || known.length === 0 || sumOf(known, wall) < 0.9 * sumOf(compiled, wall))
    return none;
  const rustc = sumOf(known, unit => unit.cpuSeconds!);
  const scripts = units.filter(unit => unit.mode === 'run-custom-build');
  const scriptWall = sumOf(scripts, wall);
  const rest = Math.max(0, cpuSeconds - rustc);
  if (scriptWall < smallShare * (rustc + scriptWall))
    return { backgroundShare: Math.max(0, rest - scriptWall) / rustc, scriptWidth: 1 };
  const background = Math.min(rest, backgroundSecondsPerUnit * units.length);
  const long = scripts.filter(unit => wall(unit) >= longScriptSeconds);
  const longWall = sumOf(long, wall);
  const longCpu = rest - background - (scriptWall - longWall);
  const width = longWall === 0 ? 1 : Math.min(slots, Math.max(1, longCpu / longWall));
  return { backgroundShare: background / rustc, scriptWidth: width };
}

function wall(unit: BuildUnit): number {
  return unit.durationSeconds;
}

function sumOf(units: readonly BuildUnit[], of: (unit: BuildUnit) => number): number {
  return units.reduce((sum, unit) => sum + of(unit), 0);
}
