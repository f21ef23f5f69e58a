/** The parts of an evidence set that the build area judges, parsed. */
import type { Parsed, Problem } from '#base/parsed.ts';
import { parseBuildEvents } from '#formats/build-events/parse.ts';
import { parseCalibration } from '#formats/calibration/parse.ts';
import { parseCargoMetadata } from '#formats/cargo-metadata/parse.ts';
import { parseChanges } from '#formats/changes/parse.ts';
import { parseMacroStats } from '#formats/macro-stats/parse.ts';
import { parseProofs } from '#formats/proofs/parse.ts';
import { parseScenarioRuns } from '#formats/scenario-runs/parse.ts';
import { parseScriptEvents } from '#formats/script-events/parse.ts';
import { parseTimingsHtml } from '#formats/timings-html/parse.ts';
import { parseUnitGraph } from '#formats/unit-graph/parse.ts';
import { parseWrapperEvents } from '#formats/wrapper-events/parse.ts';
import type { BuildRecord, Proof, ScenarioRun, ScriptCost, UnitGraph, UnitIndex } from '#model/build.ts';
import type { Calibration } from '#model/calibration.ts';
import type { ChangeHistory } from '#model/change-history.ts';
import type { EvidenceSource } from '#model/evidence.ts';
import type { ProfiledUnit } from '#model/self-profile.ts';
import type { Workspace } from '#model/workspace.ts';
import { alignUnitGraph } from './align-unit-graph.ts';
import type { InsideEvidence } from './inside/blocks.ts';
import { parseInside } from './inside/profiled-unit.ts';
import { type ProcessFacts, processesOf, scriptCostsOf } from './processes.ts';

export interface BuildEvidence {
  /** Null where no timing was recorded. */
  readonly record: BuildRecord | null;
  /** Numbered as the record, where there is one. */
  readonly graph: UnitGraph | null;
  /** Units of the record that could not be found in the graph; empty where there is no graph. */
  readonly unplanned: readonly UnitIndex[];
  readonly workspace: Workspace | null;
  /** Of the whole cargo call, from the header. */
  readonly wallSeconds: number;
  readonly cpuSeconds: number | null;
  /** What was learned of the units' processes. */
  readonly processes: ReadonlyMap<UnitIndex, ProcessFacts>;
  /** cargo's plans of other commands, by the command after `cargo`. */
  readonly otherCommands: ReadonlyMap<string, UnitGraph>;
  /** What was learned of runs of build scripts. */
  readonly scripts: ReadonlyMap<UnitIndex, ScriptCost>;
  /** Builds with other features, by the features as they were asked for. */
  readonly otherFeatures: ReadonlyMap<string, OtherFeatures>;
  /** In the order in which they were measured. */
  readonly scenarios: readonly ScenarioRun[];
  readonly proofs: readonly Proof[];
  /** Null where it was not asked for. */
  readonly changes: ChangeHistory | null;
  /** Null where it was not measured. */
  readonly calibration: Calibration | null;
  /** What rustc's self-profiles say; null where rustc was not profiled. */
  readonly inside: InsideEvidence | null;
  readonly problems: readonly Problem[];
}

export interface OtherFeatures {
  /** Numbered as the record, where there is one. */
  readonly plan: UnitGraph;
  /** Of the units that the measured build does not have; null where they were not built. */
  readonly record: BuildRecord | null;
}

/** The sources of a timeline, from the one that says most to the one that says least. */
const recordParts: readonly (readonly [string, (text: string) => Parsed<BuildRecord>])[] = [
  ['build-events.jsonl', parseBuildEvents],
  ['timings.html', parseTimingsHtml],
  ['wrapper-events.jsonl', parseWrapperEvents],
];

/** Rejects only where the source itself cannot be read. */
export async function gatherBuildEvidence(source: EvidenceSource): Promise<BuildEvidence> {
  const problems: Problem[] = [];
  const read = async <T>(name: string, parse: (text: string) => Parsed<T>): Promise<T | null> => {
    const text = await source.readPart(name);
    if (text === null) return null;
    const parsed = parse(text);
    problems.push(...parsed.problems.map(problem => ({ ...problem, input: name })));
    return parsed.value;
  };

  const workspace = await read('cargo-metadata.json', parseCargoMetadata);
  const planned = await read('unit-graph.json', parseUnitGraph);
  let record: BuildRecord | null = null;
  for (const [name, parse] of recordParts) {
    const candidate = await read(name, parse);
    if (candidate !== null && saysSomething(candidate)) {
      record = candidate;
      break;
    }
    if (candidate !== null) problems.push({ what: 'no units in it', input: name });
  }
  const marks =
    record === null || record.source === 'wrapper'
      ? null
      : await read('wrapper-events.jsonl', parseWrapperEvents);
  const processes = record === null ? new Map() : processesOf(record, marks ?? record);
  const costs = (await read('script-events.jsonl', parseScriptEvents)) ?? [];
  const scripts = record === null ? new Map() : scriptCostsOf(record, costs);
  const otherCommands = new Map<string, UnitGraph>();
  for (const name of source.partNames) {
    const command = /^plan-command=(.*)\.json$/.exec(name)?.[1];
    const plan = command === undefined ? null : await read(name, parseUnitGraph);
    if (plan !== null && plan.units.length > 0) otherCommands.set(decodeURIComponent(command!), plan);
  }
  const otherFeatures = new Map<string, OtherFeatures>();
  for (const name of source.partNames) {
    const features = /^plan-features=(.*)\.json$/.exec(name)?.[1];
    const plan = features === undefined ? null : await read(name, parseUnitGraph);
    if (plan === null || plan.units.length === 0) continue;
    const built = await read(`build-features=${features}.jsonl`, parseBuildEvents);
    otherFeatures.set(decodeURIComponent(features!), {
      plan: built === null ? plan : alignUnitGraph(plan, built).graph,
      record: built,
    });
  }
  const graph = planned !== null && planned.units.length > 0 ? planned : null;
  const aligned = graph !== null && record !== null ? alignUnitGraph(graph, record) : null;
  return {
    record,
    graph: aligned?.graph ?? graph,
    unplanned: aligned?.unmatched ?? [],
    workspace,
    wallSeconds: source.header.wallSeconds,
    cpuSeconds: source.header.cpuSeconds,
    processes,
    scripts,
    otherFeatures,
    otherCommands,
    changes: await read('changes.json', parseChanges),
    proofs: (await read('proofs.jsonl', parseProofs)) ?? [],
    scenarios: (await read('scenarios.jsonl', parseScenarioRuns)) ?? [],
    calibration: (await read('calibration.json', parseCalibration)) ?? null,
    inside: await gatherInside(source, problems),
    problems,
  };
}

async function gatherInside(source: EvidenceSource, problems: Problem[]): Promise<InsideEvidence | null> {
  const { insideUnits } = source.header;
  if (insideUnits === undefined) return null;
  const units: ProfiledUnit[] = [];
  const unread: InsideEvidence['unread'][number][] = [];
  const partly: InsideEvidence['partly'][number][] = [];
  for (const { key, crateName, package: named, targetKind } of insideUnits) {
    const unit = `${named} ${targetKind}`;
    const part = `inside/${key}.json`;
    const text = await source.readPart(part);
    if (text === null) {
      unread.push({ unit, why: 'the evidence lacks it' });
      continue;
    }
    const parsed = parseInside(text);
    problems.push(...parsed.problems.map(problem => ({ ...problem, input: part })));
    const { profile, monoItems, problems: said } = parsed.value;
    for (const { what } of said) (profile === null ? unread : partly).push({ unit, why: what });
    if (profile !== null) units.push({ name: unit, package: named, crateName, monoItems, profile });
  }
  const macroText = await source.readPart('macro-stats.txt');
  const macros = macroText === null ? null : parseMacroStats(macroText);
  problems.push(...(macros?.problems ?? []).map(problem => ({ ...problem, input: 'macro-stats.txt' })));
  return { units, macros: macros?.value ?? [], unread, partly };
}

/** A build in which everything was fresh has no runs and still says so. */
function saysSomething(record: BuildRecord): boolean {
  return record.runs.length > 0 || record.freshness.length > 0 || record.unitCounts !== null;
}
