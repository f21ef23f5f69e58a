/**
 * What a build does more than once, or only for the sake of other parts of itself, with what it costs: the work, and by simulation
 * the seconds by which the build would end earlier without it. On a path that nothing waits for that is nothing.
 *
 * Seen in cargo's plan and in what was measured. That a dependency or a feature is not needed cannot be seen so: it is said where a
 * compilation without it was made (`--prove`).
 */

import type { Proof, UnitGraph } from '#model/build.ts';
import type { Waste } from '#model/build-report.ts';
import type { Machine } from '../schedule/machine.ts';
import { predict } from '../schedule/plan.ts';
import { roundedSeconds } from '../seconds.ts';
import { builtAgain } from './across-commands.ts';
import { builtTwice } from './built-twice.ts';
import { debugInfo } from './debug-info.ts';
import { type PlannedBuildUnit, workIn } from './draft.ts';
import { duplicateVersions } from './duplicate-versions.ts';
import { forTheBuild } from './for-the-build.ts';
import { provedUnused } from './proved.ts';

/** Below these, of the whole work and in seconds, an entry is counted and not shown. */
const worthShare = 0.01;
const worthSeconds = 0.1;

export interface FoundWaste {
  /** Those that cost most wall time first, then most work. */
  readonly shown: readonly Waste[];
  /** Entries that cost too little to be worth a line, and their work. */
  readonly smallCount: number;
  readonly smallWorkSeconds: number;
}

/** What was proved, where no build was measured that would tell what it costs. */
export function wasteWithoutCost(proofs: readonly Proof[]): FoundWaste {
  const shown = provedUnused([], proofs).map(
    ({ kind, what, because }): Waste => ({ kind, what, because, proof: 'compiled' }),
  );
  return { shown, smallCount: 0, smallWorkSeconds: 0 };
}

export function wasteOf(
  units: readonly PlannedBuildUnit[],
  machine: Machine,
  proofs: readonly Proof[] = [],
  otherCommands: ReadonlyMap<string, UnitGraph> = new Map(),
): FoundWaste {
  const plain = units.map(({ unit }) => unit);
  const before = predict(plain, machine, { orders: 0 }).seconds;
  const total = plain.reduce((sum, unit) => sum + workIn(unit), 0);
  const worth = Math.max(worthSeconds, worthShare * total);
  const shown: Waste[] = [];
  let smallCount = 0;
  let smallWorkSeconds = 0;
  const proved = (of: readonly PlannedBuildUnit[]) => provedUnused(of, proofs);
  const again = (of: readonly PlannedBuildUnit[]) => builtAgain(of, otherCommands);
  for (const make of [proved, again, builtTwice, duplicateVersions, forTheBuild, debugInfo]) {
    for (const { without, workSeconds, ...draft } of make(units)) {
      // What nothing needs is told however little it costs.
      if (workSeconds < worth && make !== proved) {
        smallCount++;
        smallWorkSeconds += workSeconds;
        continue;
      }
      const saved = without === null ? null : before - predict(without, machine, { orders: 0 }).seconds;
      shown.push({
        ...draft,
        workSeconds: roundedSeconds(workSeconds),
        ...(saved === null ? {} : { wallSeconds: roundedSeconds(Math.max(0, saved)) }),
        proof: make === proved ? 'compiled' : 'seen',
      });
    }
  }
  shown.sort(
    (a, b) =>
      (b.wallSeconds ?? 0) - (a.wallSeconds ?? 0) ||
      (b.workSeconds ?? 0) - (a.workSeconds ?? 0) ||
      (a.what < b.what ? -1 : 1),
  );
  return { shown, smallCount, smallWorkSeconds: roundedSeconds(smallWorkSeconds) };
}
