/** Many self-profiles to one summary: a workspace's, by phase, by activity, by crate. */
import { type Activity, eventKinds, type ProfiledUnit } from '#model/self-profile.ts';
import { isWork, type PhaseName, phaseOf, phases } from './phases.ts';

export interface InsideTotals {
  /** In the order of `phases`, `other` last; phases without time are left out. */
  readonly byPhase: readonly PhaseTotal[];
  /** Sorted by self time, largest first; equal ones by label. */
  readonly byActivity: readonly ActivityTotal[];
  /** Sorted by work, largest first; equal ones by name. */
  readonly byUnit: readonly UnitTotal[];
}

export interface PhaseTotal {
  readonly phase: PhaseName;
  readonly selfNs: number;
  /** How many labels it was made of. */
  readonly labels: number;
}

export interface ActivityTotal {
  readonly label: string;
  readonly phase: PhaseName;
  readonly selfNs: number;
  readonly inclusiveNs: number;
  /** How often it ran; for a query, how often its result was not in the cache. */
  readonly count: number;
  readonly cacheHits: number;
  /** Of its self time, what loading of results from the incremental cache took. */
  readonly loadNs: number;
  readonly units: number;
  /** The unit with the most self time. */
  readonly most: string;
}

export interface UnitTotal {
  readonly unit: ProfiledUnit;
  /** Self time of all phases but waiting and the profiler. */
  readonly workNs: number;
  readonly byPhase: readonly PhaseTotal[];
}

export function totalsOf(units: readonly ProfiledUnit[]): InsideTotals {
  const byLabel = new Map<string, MutableTotal>();
  for (const unit of units) {
    for (const activity of unit.profile.activities) {
      const total = byLabel.get(activity.label) ?? emptyTotal(activity.label);
      byLabel.set(activity.label, total);
      addActivity(total, activity, unit);
    }
  }
  const byActivity = [...byLabel.values()]
    .map(({ mostNs: _, ...total }): ActivityTotal => total)
    .sort((a, b) => b.selfNs - a.selfNs || compare(a.label, b.label));
  const byUnit = units
    .map((unit): UnitTotal => {
      const phasesOfUnit = phaseTotals(unit.profile.activities);
      const workNs = phasesOfUnit
        .filter(({ phase }) => isWork(phase))
        .reduce((sum, { selfNs }) => sum + selfNs, 0);
      return { unit, workNs, byPhase: phasesOfUnit };
    })
    .sort((a, b) => b.workNs - a.workNs || compare(a.unit.name, b.unit.name));
  return { byPhase: phaseTotals(byActivity), byActivity, byUnit };
}

interface MutableTotal {
  label: string;
  phase: PhaseName;
  selfNs: number;
  inclusiveNs: number;
  count: number;
  cacheHits: number;
  loadNs: number;
  units: number;
  most: string;
  mostNs: number;
}

function emptyTotal(label: string): MutableTotal {
  const sums = { selfNs: 0, inclusiveNs: 0, count: 0, cacheHits: 0, loadNs: 0, units: 0 };
  return { label, phase: phaseOf(label), ...sums, most: '', mostNs: -1 };
}

function addActivity(total: MutableTotal, activity: Activity, unit: ProfiledUnit): void {
  total.selfNs += activity.selfNs;
  total.inclusiveNs += activity.inclusiveNs;
  total.cacheHits += activity.cacheHits;
  total.units++;
  for (const { kind, count, selfNs } of activity.kinds) {
    if (kind === eventKinds.load) total.loadNs += selfNs;
    else if (kind !== eventKinds.hashing && kind !== eventKinds.blocked) total.count += count;
  }
  if (activity.selfNs <= total.mostNs) return;
  total.most = unit.name;
  total.mostNs = activity.selfNs;
}

function phaseTotals(
  activities: readonly { readonly label: string; readonly selfNs: number }[],
): PhaseTotal[] {
  const byPhase = new Map<PhaseName, { selfNs: number; labels: number }>();
  for (const { label, selfNs } of activities) {
    const phase = phaseOf(label);
    const total = byPhase.get(phase) ?? { selfNs: 0, labels: 0 };
    byPhase.set(phase, total);
    total.selfNs += selfNs;
    total.labels++;
  }
  return [...phases.map(({ name }) => name), 'other' as const].flatMap(phase => {
    const total = byPhase.get(phase);
    return total === undefined || total.selfNs === 0 ? [] : [{ phase, ...total }];
  });
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
