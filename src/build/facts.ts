/**
 * The facts of a build by name, for scripts and for the simulator in the page, and what the simulator says of them.
 *
 * Nothing is simulated where a unit did not finish, where edges are unknown, or where nothing was run.
 */
import type { BuildRecord, ScriptCost, UnitGraph, UnitIndex } from '#model/build.ts';
import type { BuildSection, BuildUnit } from '#model/build-report.ts';
import type { Workspace } from '#model/workspace.ts';
import { type CpuAccount, cpuAccount } from './cpu-account.ts';
import type { CriticalPath } from './critical-path.ts';
import type { BuildEvidence } from './gather.ts';
import { handOverSeconds } from './hand-over.ts';
import { type ObservedUnits, observedUnits } from './observed-units.ts';
import { floorSeconds } from './schedule/floor.ts';
import { jobsOf } from './schedule/jobs-of.ts';
import type { Machine } from './schedule/machine.ts';
import { type Prediction, predict } from './schedule/plan.ts';
import { replayOf } from './schedule/replay.ts';
import { workOf } from './schedule/work-of.ts';
import { roundedSeconds } from './seconds.ts';
import { deriveTimeline, type Timeline } from './timeline.ts';
import { waitingPace } from './waiting.ts';

export interface BuildFacts {
  readonly named: Omit<BuildSection, keyof import('#model/section.ts').Section>;
  /** Null where nothing was simulated. */
  readonly simulated: Simulated | null;
  /** Why nothing was; null where it was. */
  readonly refusal: string | null;
}

export interface Simulated {
  readonly units: readonly BuildUnit[];
  readonly machine: Machine;
  readonly replay: Prediction;
}

export function buildFacts(
  evidence: BuildEvidence,
  timeline: Timeline,
  path: CriticalPath,
  wallSeconds: number,
): BuildFacts {
  const record = evidence.record!;
  const onPath = path.steps.filter(step => step.kind === 'unit');
  const critical = new Set(onPath.flatMap(step => step.unit ?? []));
  const observed = observedUnits(record, evidence.graph, timeline, critical, evidence.processes);
  const known = {
    wallSeconds: roundedSeconds(wallSeconds),
    ...(evidence.cpuSeconds === null ? {} : { cpuSeconds: roundedSeconds(evidence.cpuSeconds) }),
    ...(record.jobs === null ? {} : { jobs: record.jobs }),
    ...(record.cpuCount === null ? {} : { cores: record.cpuCount }),
    ...(path.basis === 'none' || onPath.length === 0
      ? {}
      : {
          criticalPathSeconds: roundedSeconds(
            onPath.reduce((sum, step) => sum + step.endSeconds - step.startSeconds, 0),
          ),
        }),
  };
  const refusal = refusalOf(evidence, timeline, observed.withoutEdges);
  if (refusal !== null) return { named: { ...known, units: observed.units }, simulated: null, refusal };

  const scripts = new Map(
    timeline.bars.flatMap(({ unit }, place) => {
      const cost = evidence.scripts.get(unit);
      return cost === undefined ? [] : [[place, cost]];
    }),
  );
  const account = cpuAccount(observed.units, evidence.cpuSeconds, record.jobs!, scripts);
  const machine = machineOf(evidence, observed, account, wallSeconds);
  const wide = observed.units.map((unit, place) =>
    withThreads(unit, account.widthOf(place), scripts.get(place), record.jobs!),
  );
  const measured = observed.measured.map((phases, index) =>
    wide[index]!.parallel === undefined ? phases : { ...phases, metadata: phases.start },
  );
  const works = workOf(
    measured,
    wide.map(({ codegenUnits = 1, parallel, ownThreads }) => ({ codegenUnits, parallel, ownThreads })),
    machine,
  );
  const units = wide.map((unit, index): BuildUnit => {
    const [frontend, codegen, rest] = works[index]!;
    return { ...unit, work: [exact(frontend), exact(codegen), exact(rest)] };
  });
  const replay = predict(units, machine);
  const judged = replayOf(replay, observed.measured, wallSeconds);
  return {
    named: {
      ...known,
      floorSeconds: roundedSeconds(floorSeconds(jobsOf(units), machine)),
      replay: {
        predictedSeconds: roundedSeconds(judged.predictedSeconds),
        lowSeconds: roundedSeconds(judged.lowSeconds),
        highSeconds: roundedSeconds(judged.highSeconds),
        errorPercent: roundedSeconds(judged.errorPercent),
        startErrorPercent: roundedSeconds(judged.startErrorPercent),
      },
      machine,
      units,
    },
    simulated: { units, machine, replay },
    refusal: null,
  };
}

/** Units of another build on the same machine, by their number in its record, with their work. Those that failed are left out. */
export function unitsWithWork(
  record: BuildRecord,
  plan: UnitGraph,
  workspace: Workspace | null,
  machine: Machine,
): ReadonlyMap<UnitIndex, BuildUnit> {
  const { bars } = deriveTimeline(record, plan, workspace);
  const { units, measured } = observedUnits(record, plan, { bars }, new Set(), new Map());
  const works = workOf(
    measured,
    units.map(({ codegenUnits = 1 }) => ({ codegenUnits })),
    machine,
  );
  return new Map(
    bars.flatMap((bar, place) => {
      const [frontend, codegen, rest] = works[place]!;
      const work = [exact(frontend), exact(codegen), exact(rest)] as const;
      return bar.finished ? [[bar.unit, { ...units[place]!, work }]] : [];
    }),
  );
}

/**
 * A build script that keeps several cores busy shares them with what else runs, as code generation does. How much of it can be
 * done side by side is the part of its time in which `make` or `ninja` were at work: that is so with one job as well, where
 * its width says nothing. Where none was seen it follows from its width.
 */
function withThreads(unit: BuildUnit, width: number, cost: ScriptCost | undefined, slots: number): BuildUnit {
  if (cost !== undefined && cost.dividedShare > 0.05) {
    // Of its work, not of its time: what was divided took less time than it is work, and the rest has one core.
    const parallel = exact(Math.max(0, 1 - (1 - cost.dividedShare) / width));
    return { ...unit, codegenUnits: 256, parallel, ...(cost.ownJobs ? { ownThreads: true } : {}) };
  }
  if (width < 1.2 || slots < 2) return unit;
  return { ...unit, codegenUnits: 256, parallel: exact(Math.min(1, (1 - 1 / width) / (1 - 1 / slots))) };
}

function refusalOf(evidence: BuildEvidence, timeline: Timeline, withoutEdges: number): string | null {
  const record = evidence.record!;
  if (timeline.bars.length === 0) return 'nothing was built';
  if (record.jobs === null) return 'the number of jobs is not in the record';
  if (timeline.bars.some(bar => !bar.finished)) return 'not every unit finished';
  if (withoutEdges > 0) return 'the record has no dependencies between units';
  if (record.source === 'wrapper') return 'the record has no runs of build scripts';
  return null;
}

function machineOf(
  evidence: BuildEvidence,
  { measured, units }: ObservedUnits,
  account: CpuAccount,
  wallSeconds: number,
): Machine {
  const record = evidence.record!;
  const { calibration } = evidence;
  const first = measured.reduce((least, { start }) => Math.min(least, start), Number.POSITIVE_INFINITY);
  const last = measured.reduce((most, { end }) => Math.max(most, end), 0);
  const slots = record.jobs!;
  const cores = record.cpuCount ?? slots;
  const busy = Math.min(slots, cores);
  const waiting = waitingPace(units, busy);
  // While the build shows how long its compilers waited for a core, that is what they waited; else it is what the background,
  // which goes along with them, must have cost when every core was busy. With fewer busy threads there was a core for it.
  const pacesIn = (cpu: readonly number[]): readonly number[] =>
    cpu.map((pace, index) => {
      const threads = index + 1;
      if (waiting !== null) return exact(pace * (1 - Math.min(1, index / (busy - 1)) * (1 - waiting)));
      return exact(pace * Math.min(1, cores / (threads * (1 + account.backgroundShare))));
    });
  return {
    slots,
    cores,
    frontendPace: calibration === null ? [1] : pacesIn(calibration.frontend.cpu),
    codegenPace: calibration === null ? [1] : pacesIn(calibration.codegen.cpu),
    codegenParallel: calibration?.codegenParallel ?? 0,
    handOverSeconds: exact(handOverSeconds(measured)),
    beforeSeconds: exact(first),
    afterSeconds: exact(Math.max(0, wallSeconds - last)),
    basis: calibration === null ? 'assumed' : 'calibrated',
  };
}

/** To a tenth of a microsecond: enough for any clock here, and the JSON report stays readable. */
function exact(seconds: number): number {
  return Math.round(seconds * 1e7) / 1e7;
}
