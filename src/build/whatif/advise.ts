/**
 * The changes worth most: every change that can be asked of this build is simulated, and those that save most for what they ask of
 * the team come first.
 *
 * Effort is an order of magnitude and no estimate: a setting is one line (1), a dependency in a manifest is a decision and a test
 * run (4), code is work of days (16). The saving is divided by it. Below 1 % of the build, or 0.1 s, nothing is advised.
 */
import type { BuildUnit, WhatIf } from '#model/build-report.ts';
import { ask, type Measured } from './ask.ts';

type Effort = NonNullable<WhatIf['effort']>;

const weights: Readonly<Record<Effort, number>> = { setting: 1, manifest: 4, code: 16 };
const worthShare = 0.01;
const worthSeconds = 0.1;

interface Candidate {
  readonly change: string;
  readonly effort: Effort;
  readonly note: string;
}

/** At most `most`, the best first. `replaySeconds`: what the simulator makes of the measured build. */
export function advise(measured: Measured, replaySeconds: number, most = 10): readonly WhatIf[] {
  const worth = Math.max(worthSeconds, worthShare * replaySeconds);
  const ranked = candidatesOf(measured).flatMap(candidate => {
    const answer = ask(measured, candidate.change, 0);
    if (typeof answer === 'string') return [];
    const saved = replaySeconds - answer.predictedSeconds;
    return saved < worth ? [] : [{ candidate, saved: saved / weights[candidate.effort] }];
  });
  ranked.sort((a, b) => b.saved - a.saved || (a.candidate.change < b.candidate.change ? -1 : 1));
  return ranked.slice(0, most).flatMap(({ candidate }) => {
    const answer = ask(measured, candidate.change);
    if (typeof answer === 'string') return [];
    return [{ ...answer, effort: candidate.effort, note: candidate.note }];
  });
}

function candidatesOf({ units, machine }: Measured): readonly Candidate[] {
  const candidates: Candidate[] = [];
  const add = (effort: Effort, change: string, note: string) => candidates.push({ change, effort, note });
  if (machine.slots < machine.cores)
    add('setting', `jobs=${machine.cores}`, 'as many jobs as this machine has cores');
  add('setting', `cores=${2 * machine.cores}`, 'a machine with twice the cores');
  add('setting', 'no-link', 'the most that a faster linker can give');
  add('setting', 'no-codegen', 'the most that less debug info, or another backend, can give');
  add('code', 'no-build-scripts', 'build scripts and what only they need');
  for (const name of namesOf(units, unit => !unit.member && isDirect(units, unit)))
    add('manifest', `without=${name}`, 'a direct dependency, and what nothing else needs');
  for (const name of namesOf(units, unit => unit.member)) {
    add('code', `faster=${name}:2`, 'half of its compile time');
    if (units.some(unit => unit.member && unit.package === name && unit.pipelined))
      add(
        'code',
        `split=${name}:2`,
        'two crates that do not need each other: the most that a split can give',
      );
  }
  return candidates;
}

function isDirect(units: readonly BuildUnit[], unit: BuildUnit): boolean {
  const place = units.indexOf(unit);
  return units.some(other => other.member && other.dependencies.includes(place));
}

/** Names of packages, with the version where one name has several. */
function namesOf(units: readonly BuildUnit[], picked: (unit: BuildUnit) => boolean): readonly string[] {
  const versions = new Map<string, Set<string>>();
  for (const { package: name, version } of units) {
    versions.set(name, (versions.get(name) ?? new Set()).add(version));
  }
  const names = units
    .filter(picked)
    .map(unit => (versions.get(unit.package)!.size > 1 ? `${unit.package}@${unit.version}` : unit.package));
  return [...new Set(names)].sort();
}
