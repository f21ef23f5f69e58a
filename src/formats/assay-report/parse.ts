/**
 * Assay's own JSON report (`assay-report/1`, schema/assay-report-1.json), as far as two builds are compared by it: the named facts
 * of its build section. Reports of versions before the named facts have a build section without `units`.
 */

import type { JsonObject } from '#base/json-value.ts';
import {
  asIndexes,
  asList,
  asNumber,
  asObject,
  asString,
  asStrings,
  parseJsonObject,
} from '#base/json-value.ts';
import type { Parsed, Problem } from '#base/parsed.ts';
import type { ReportedBuild, ReportedUnit } from '#model/reported-build.ts';

/** Value: null where the text is no report with a build; the one problem then says why. */
export function parseReportedBuild(text: string): Parsed<ReportedBuild | null> {
  const refuse = (what: string) => ({ value: null, problems: [{ what }] });
  const report = parseJsonObject(text);
  if (report === null) return refuse('it is not a JSON object');
  const schema = asString(report.schema);
  if (schema === null) return refuse('it has no `schema`, so it is no report of Assay');
  if (schema !== 'assay-report/1') return refuse(`its schema is \`${schema}\`, not \`assay-report/1\``);
  const build = asObject(report.build);
  if (build === null) return refuse('it has no build section');
  const wallSeconds = asNumber(build.wallSeconds);
  if (wallSeconds === null || !Array.isArray(build.units))
    return refuse('its build section has no wall time or no units');
  const workspace = asObject(report.workspace) ?? {};
  const replay = asObject(build.replay) ?? {};
  const problems: Problem[] = [];
  return {
    value: {
      rustc: asString(workspace.rustc) ?? '',
      host: asString(workspace.host) ?? '',
      members: asStrings(workspace.members),
      jobs: asNumber(build.jobs),
      cores: asNumber(build.cores),
      wallSeconds,
      cpuSeconds: asNumber(build.cpuSeconds),
      criticalPathSeconds: asNumber(build.criticalPathSeconds),
      floorSeconds: asNumber(build.floorSeconds),
      replaySeconds: asNumber(replay.predictedSeconds),
      replayErrorPercent: asNumber(replay.errorPercent),
      units: unitsOf(build, problems),
    },
    problems,
  };
}

function unitsOf(build: JsonObject, problems: Problem[]): readonly ReportedUnit[] {
  const listed = asList(build.units);
  const bars = barsOf(build);
  // Bars and units are both in the order of their start; a bar is a unit's own only where all are there.
  const featuresAt = (place: number): readonly string[] | null =>
    bars.length === listed.length ? asStrings(bars[place]!.features).toSorted() : null;
  // Dependencies name places: a unit that cannot be read keeps its place until all are read.
  const read = listed.map((item, place) => unitOf(asObject(item), featuresAt(place)));
  const placeOf = new Map<number, number>();
  for (const [place, unit] of read.entries()) if (unit !== null) placeOf.set(place, placeOf.size);
  const lost = read.length - placeOf.size;
  if (lost > 0) problems.push({ what: `${lost} of ${read.length} units have no name or no duration` });
  return read.flatMap(unit =>
    unit === null
      ? []
      : [{ ...unit, dependencies: unit.dependencies.flatMap(place => placeOf.get(place) ?? []) }],
  );
}

function barsOf(build: JsonObject): readonly JsonObject[] {
  const timeline = asList(build.blocks)
    .map(asObject)
    .find(block => block?.kind === 'timeline');
  return asList(timeline?.bars).map(bar => asObject(bar) ?? {});
}

function unitOf(item: JsonObject | null, features: readonly string[] | null): ReportedUnit | null {
  const name = asString(item?.package);
  const durationSeconds = asNumber(item?.durationSeconds);
  if (item === null || name === null || durationSeconds === null) return null;
  return {
    package: name,
    version: asString(item.version) ?? '',
    target: asString(item.target) ?? '',
    mode: asString(item.mode) ?? '',
    startSeconds: asNumber(item.startSeconds) ?? 0,
    durationSeconds,
    frontendSeconds: asNumber(item.frontendSeconds),
    codegenSeconds: asNumber(item.codegenSeconds),
    linkSeconds: asNumber(item.linkSeconds),
    critical: item.critical === true,
    features,
    dependencies: asIndexes(item.dependencies),
  };
}
