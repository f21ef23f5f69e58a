/**
 * What the report says about an observed build: where its time went, what its end hung on, and why units were built.
 * Everything shown was seen in the record; what it could not tell is counted as unknown.
 */
import type { AreaResult } from '#model/area-result.ts';
import type { PlannedUnit } from '#model/build.ts';
import type { BuildSection, EditPrice, ScenarioFigures } from '#model/build-report.ts';
import { pluralText, secondsText } from '#model/measure-text.ts';
import type { Unknown } from '#model/report.ts';
import type { Block, MeasureBlock, TableBlock, TimelineBlock } from '#model/section.ts';
import { type CriticalPath, observedCriticalPath, type PathStep, releasesOf } from './critical-path.ts';
import { editPrices, editTable } from './edit-prices.ts';
import { type BuildFacts, buildFacts, type Simulated, unitsWithWork } from './facts.ts';
import type { BuildEvidence } from './gather.ts';
import { insideBlocks, insideUnknowns } from './inside/blocks.ts';
import { scenarioFigures, scenarioTable, scenarioUnknowns } from './scenarios.ts';
import { roundedSeconds } from './seconds.ts';
import { criticalPathTable, longestUnitsTable, rebuildTable, wasteBlocks } from './tables.ts';
import { deriveTimeline, type Timeline } from './timeline.ts';
import { unproved } from './waste/proved.ts';
import { type FoundWaste, wasteOf, wasteWithoutCost } from './waste/waste.ts';
import { type Answers, answersOf, type BuildQuestions, errorPercentMax } from './whatif/answers.ts';
import { type OtherPlan, otherPlan } from './whatif/other-plan.ts';

export interface JudgedBuild extends AreaResult {
  /** Questions that are wrong, in words. */
  readonly wrong: readonly string[];
}

export function judgeBuild(
  evidence: BuildEvidence,
  questions: BuildQuestions = { whatIf: [], advise: false },
): JudgedBuild {
  const { record, graph, workspace, problems } = evidence;
  if (record === null) {
    const summary = 'How the time of the build was spent is not known: no timing was recorded.';
    const section = { title: 'Build', summary, blocks: [] };
    return { section, findings: [], unknowns: [noTiming], problems, wrong: [] };
  }
  const timeline = deriveTimeline(record, graph, workspace);
  const path = observedCriticalPath(record, graph);
  const wallSeconds = Math.max(evidence.wallSeconds, timeline.durationSeconds);
  const tables: readonly TableBlock[] = [
    criticalPathTable(path, timeline),
    longestUnitsTable(timeline, path),
    rebuildTable(timeline),
  ];
  const facts = buildFacts(evidence, timeline, path, wallSeconds);
  const answers = answersTo(evidence, facts, timeline, questions);
  const waste =
    facts.simulated === null || isOff(facts)
      ? wasteWithoutCost(evidence.proofs)
      : wasteIn(evidence, facts.simulated, timeline);
  const scenarios = scenarioFigures(evidence.scenarios);
  const edits = editsIn(evidence, facts, timeline, scenarios);
  const measures = measuresOf(evidence, timeline, path, wallSeconds, facts);
  const inside = evidence.inside === null ? [] : insideBlocks(evidence.inside);
  const observed: readonly Block[] =
    timeline.bars.length === 0
      ? [measures, ...(scenarios.length === 0 ? [] : [scenarioTable(scenarios)]), ...wasteBlocks(waste)]
      : [
          measures,
          ...answers.blocks,
          ...(scenarios.length === 0 ? [] : [scenarioTable(scenarios)]),
          ...(edits.length === 0 ? [] : [editTable(edits, evidence.changes!)]),
          ...wasteBlocks(waste),
          timelineBlock(evidence, timeline, path),
          ...tables.filter(table => table.rows.length > 0),
        ];
  const section: BuildSection = {
    title: 'Build',
    summary:
      summaryOf(timeline, path, record.jobs, wallSeconds, facts) +
      (evidence.inside === null ? '' : profiledNote),
    blocks: [...observed, ...inside],
    ...facts.named,
    ...answers.named,
    ...(scenarios.length === 0 ? {} : { scenarios }),
    ...(edits.length === 0 ? {} : { edits }),
    ...(waste.shown.length === 0 ? {} : { waste: waste.shown }),
  };
  const unknowns = [
    ...unknownsOf(evidence, timeline, path),
    ...unsimulated(facts),
    ...scenarioUnknowns(evidence.scenarios),
    ...unproved(evidence.proofs),
  ];
  return { section, findings: [], unknowns, problems, wrong: answers.wrong };
}

/** The profiler takes time of its own, and `RUSTC_BOOTSTRAP` may change what a compilation does. */
const profiledNote =
  ' rustc was profiled in this build, which makes it slower: its times are not those of a build without `--inside`.';

const noTiming: Unknown = {
  area: 'build',
  what: 'timeline of the build',
  why: 'the evidence has no build events, no timings page and no wrapper events',
  count: 1,
};

function answersTo(
  evidence: BuildEvidence,
  facts: BuildFacts,
  timeline: Timeline,
  questions: BuildQuestions,
): Answers {
  const none: Answers = { named: {}, blocks: [], wrong: [] };
  const { simulated } = facts;
  if (simulated === null || isOff(facts)) return none;
  const { graph } = evidence;
  const indexes = timeline.bars.map(bar => bar.unit);
  const plans = new Map<string, OtherPlan>();
  for (const [features, { plan, record }] of evidence.otherFeatures) {
    const built =
      record === null ? new Map() : unitsWithWork(record, plan, evidence.workspace, simulated.machine);
    if (graph !== null) plans.set(features, otherPlan(simulated.units, indexes, graph, plan, built));
  }
  return answersOf(simulated, facts.named.replay!.errorPercent, plans, questions);
}

function editsIn(
  evidence: BuildEvidence,
  facts: BuildFacts,
  timeline: Timeline,
  scenarios: readonly ScenarioFigures[],
): readonly EditPrice[] {
  const { changes, workspace } = evidence;
  const { simulated } = facts;
  if (changes === null || workspace === null || simulated === null || isOff(facts)) return [];
  const { units, machine } = simulated;
  return editPrices(units, plansOf(evidence, timeline), machine, changes, workspace.root, scenarios);
}

/** cargo's plan of each unit, in the order of the bars. */
function plansOf(evidence: BuildEvidence, timeline: Timeline): readonly (PlannedUnit | null)[] {
  const plannedByIndex = new Map(evidence.graph?.units.map(planned => [planned.index, planned]));
  return timeline.bars.map(({ unit }) => plannedByIndex.get(unit) ?? null);
}

function wasteIn(evidence: BuildEvidence, simulated: Simulated, timeline: Timeline): FoundWaste {
  const plans = plansOf(evidence, timeline);
  const units = simulated.units.map((unit, place) => ({ unit, planned: plans[place]! }));
  return wasteOf(units, simulated.machine, evidence.proofs, evidence.otherCommands);
}

function isOff(facts: BuildFacts): boolean {
  return facts.named.replay !== undefined && facts.named.replay.errorPercent > errorPercentMax;
}

function unsimulated(facts: BuildFacts): readonly Unknown[] {
  const why = isOff(facts)
    ? `the simulator is off by more than ${errorPercentMax} % for the build that was measured`
    : facts.refusal;
  if (why === null || facts.named.units?.length === 0) return [];
  return [{ area: 'build', what: 'what a change would make of the build', why, count: 1 }];
}

function summaryOf(
  timeline: Timeline,
  path: CriticalPath,
  jobs: number | null,
  wallSeconds: number,
  facts: BuildFacts,
): string {
  const { bars, counts } = timeline;
  if (bars.length === 0) {
    return counts.fresh === null || counts.fresh === 0
      ? 'No unit was built.'
      : `Nothing had to be built: all ${counts.fresh} units were fresh.`;
  }
  const slots = jobs === null ? '' : ` with ${pluralText(jobs, 'job')}`;
  const unfinished = bars.filter(bar => !bar.finished).length;
  const broken = unfinished === 0 ? '' : ` ${pluralText(unfinished, 'unit')} did not finish.`;
  const first =
    `${pluralText(bars.length, 'unit')} took ${secondsText(wallSeconds)}${slots}; ` +
    `${timeline.meanActive.toFixed(1)} units were active on average.${broken}`;
  if (path.steps.length === 0) return first;
  const onPath = path.steps.filter(step => step.kind === 'unit');
  const work = secondsOf(path, ['unit']);
  const waiting = secondsOf(path, ['slot', 'other-wait', 'wait']);
  if (path.basis === 'none') return `${first} What the end waited for is not known.`;
  const chain = onPath.length === 1 ? 'one unit' : `a chain of ${onPath.length} units`;
  const waited = waiting < 0.005 ? '' : ` and ${secondsText(waiting)} of waiting`;
  const slotSeconds = secondsOf(path, ['slot']);
  const held = slotSeconds > work ? ' Slots held the build up more than its dependencies did.' : '';
  const { floorSeconds } = facts.named;
  const floor =
    floorSeconds === undefined || isOff(facts)
      ? ''
      : ` With any number of cores it would take ${secondsText(floorSeconds)} at least.`;
  return `${first} The end hung on ${chain}: ${secondsText(work)} of work${waited}.${held}${floor}`;
}

function measuresOf(
  evidence: BuildEvidence,
  timeline: Timeline,
  path: CriticalPath,
  wallSeconds: number,
  facts: BuildFacts,
): MeasureBlock {
  const { cpuSeconds } = evidence;
  const { counts } = timeline;
  const measures: MeasureBlock['measures'][number][] = [
    { label: 'wall time', value: roundedSeconds(wallSeconds), unit: 's', note: 'single run' },
  ];
  if (cpuSeconds !== null) {
    measures.push({
      label: 'CPU time',
      value: roundedSeconds(cpuSeconds),
      unit: 's',
      note: 'cargo and all it ran',
    });
    if (wallSeconds > 0) {
      const value = roundedSeconds(cpuSeconds / wallSeconds);
      measures.push({
        label: 'CPU time per wall time',
        value,
        unit: 'ratio',
        note: 'cores kept busy on average',
      });
    }
  }
  if (counts.run > 0) {
    measures.push({
      label: 'active units on average',
      value: roundedSeconds(timeline.meanActive),
      unit: 'ratio',
      note: 'a waiting rustc counts as active',
    });
  }
  measures.push({ label: 'units run', value: counts.run, unit: 'count' });
  const { fresh, dirty } = counts;
  if (fresh !== null)
    measures.push({ label: 'fresh units', value: fresh, unit: 'count', note: 'nothing to do' });
  if (dirty !== null) measures.push({ label: 'units built again', value: dirty, unit: 'count' });
  if (counts.new !== null) {
    const note = 'cargo had no earlier build with these settings';
    measures.push({ label: 'units built for the first time', value: counts.new, unit: 'count', note });
  }
  if (path.steps.length > 0 && path.basis !== 'none') {
    const seconds = (label: string, kind: PathStep['kind'], note: string) =>
      measures.push({ label, value: roundedSeconds(secondsOf(path, [kind])), unit: 's', note });
    seconds('work on the critical path', 'unit', 'units at work, each until the next could begin');
    if (evidence.record?.jobs === null)
      seconds('waiting on it', 'wait', 'ready; the number of jobs is not known');
    else {
      seconds('waiting for a slot on it', 'slot', 'ready, while as many units were active as there are jobs');
      seconds(
        'other waiting on it',
        'other-wait',
        'ready, and fewer were: tokens held by rustc threads, or cargo itself',
      );
    }
  }
  const { floorSeconds, replay } = facts.named;
  if (floorSeconds !== undefined && replay !== undefined) {
    measures.push({
      label: 'floor',
      value: floorSeconds,
      unit: 's',
      note: 'the longest chain, any number of cores, nothing slowed down',
    });
    measures.push({
      label: 'replayed by the simulator',
      value: replay.predictedSeconds,
      unit: 's',
      note: `off by ${replay.errorPercent.toFixed(1)} %; starts of units by ${replay.startErrorPercent.toFixed(1)} % on average`,
    });
  }
  return { kind: 'measures', measures };
}

function timelineBlock(evidence: BuildEvidence, timeline: Timeline, path: CriticalPath): TimelineBlock {
  const releases = releasesOf(evidence.record!, evidence.graph);
  const critical = new Set(path.steps.filter(step => step.kind === 'unit').map(step => step.unit));
  const concurrency = new Map<number, number>();
  for (const { atSeconds, active } of timeline.concurrency)
    concurrency.set(roundedSeconds(atSeconds), active);
  return {
    kind: 'timeline',
    title: 'Timeline',
    durationSeconds: roundedSeconds(timeline.durationSeconds),
    bars: timeline.bars.map(bar => {
      const release = releases.releaseOf(bar.unit);
      return {
        id: bar.unit,
        label: bar.label,
        detail: bar.detail,
        startSeconds: roundedSeconds(bar.startSeconds),
        endSeconds: roundedSeconds(bar.endSeconds),
        segments: bar.segments.map(segment => ({
          name: segment.name,
          startSeconds: roundedSeconds(segment.startSeconds),
          endSeconds: roundedSeconds(segment.endSeconds),
        })),
        critical: critical.has(bar.unit),
        member: bar.member,
        features: bar.features,
        ...(bar.reason === null ? {} : { reason: bar.reason }),
        waitedFor: release === null ? [] : [release.by],
      };
    }),
    concurrency: [...concurrency].map(([atSeconds, active]) => ({ atSeconds, active })),
  };
}

function unknownsOf(evidence: BuildEvidence, timeline: Timeline, path: CriticalPath): readonly Unknown[] {
  const { bars } = timeline;
  const lost = path.steps.filter(step => step.kind === 'unknown').length;
  const candidates: Unknown[] = [
    {
      area: 'build',
      what: 'end of a unit',
      why: 'it failed, or the build was interrupted',
      count: bars.filter(bar => !bar.finished).length,
    },
    {
      area: 'build',
      what: 'split of a unit into frontend, codegen and link',
      why: 'rustc reported no sections of it, and cargo saw no .rmeta before its end',
      count: bars.filter(bar => bar.segments.length === 0 && bar.finished && !bar.detail.endsWith('(run)'))
        .length,
    },
    {
      area: 'build',
      what: 'reason why a unit was built',
      why:
        evidence.record!.source === 'build-analysis'
          ? 'cargo gave none'
          : "only cargo's build log has reasons, and this cargo or this run has none",
      count: bars.filter(bar => bar.reason === null).length,
    },
    {
      area: 'build',
      what: 'what a unit on the critical path waited for',
      why: 'the record has neither lists of unblocked units nor dependencies, or not the run of a build script',
      count: lost,
    },
    {
      area: 'build',
      what: "a unit's place in cargo's unit graph",
      why: 'no unit of the graph, or more than one, has its package, target, mode, platform and features',
      count: evidence.unplanned.length,
    },
    {
      area: 'build',
      what: 'which units belong to the workspace',
      why: 'cargo metadata is missing from the evidence',
      count: evidence.workspace === null ? bars.length : 0,
    },
  ];
  const inside = evidence.inside === null ? [] : insideUnknowns(evidence.inside);
  return [...candidates.filter(unknown => unknown.count > 0), ...inside];
}

function secondsOf(path: CriticalPath, kinds: readonly CriticalPath['steps'][number]['kind'][]): number {
  return path.steps
    .filter(step => kinds.includes(step.kind))
    .reduce((sum, step) => sum + step.endSeconds - step.startSeconds, 0);
}
