/**
 * The page that `cargo build --timings` writes. It is meant for people, so it is read with care: facts from the summary
 * table, and the data that the page's script carries (`const UNIT_DATA = […]`, `const CPU_USAGE = […]`).
 * Seen from cargo 1.95 and 1.97; the shapes of older versions are read from their definition in cargo's timings module:
 *
 * - up to 1.90: `rmeta_time`, `unlocked_units`, `unlocked_rmeta_units`
 * - 1.91, 1.92: and `sections`, null unless `-Zsection-timings`
 * - 1.93: `unblocked_units`, `unblocked_rmeta_units`
 * - 1.94: no `rmeta_time`: `sections` carries `frontend` and `codegen`, made from it; `features`; `i` is the index in the
 *   unit graph and no longer counts up
 * - 1.95 to 1.97: and units that were fresh stand there with start 0 and duration 0
 * - later: units that never started are left out again
 *
 * The page has no package ids, no dependencies, no platforms and no reasons; times are rounded to 10 ms. A library's
 * target is empty, whatever its crate type. Not read: CONCURRENCY_DATA, which is derived from UNIT_DATA.
 */
import {
  asIndex,
  asIndexes,
  asList,
  asNumber,
  asObject,
  asString,
  asStrings,
  type JsonObject,
} from '#base/json-value.ts';
import type { Parsed, Problem } from '#base/parsed.ts';
import type { BuildRecord, Freshness, Unit, UnitRun } from '#model/build.ts';
import { readScriptArray } from './script-array.ts';
import { parseSummaryTable } from './summary-table.ts';
import { parseTargetLabel } from './target-label.ts';

export function parseTimingsHtml(text: string): Parsed<BuildRecord> {
  const problems: Problem[] = [];
  const summary = parseSummaryTable(text);
  const units = new Map<number, Unit>();
  const runs: UnitRun[] = [];
  const freshness: Freshness[] = [];

  for (const item of readScriptArray(text, 'UNIT_DATA', problems)) {
    const data = asObject(item);
    const unit = data && parseUnit(data);
    if (!data || !unit) {
      problems.push({ what: 'a unit of UNIT_DATA without index or name' });
    } else if (units.has(unit.index)) {
      problems.push({ what: `unit ${unit.index} of UNIT_DATA stands there twice` });
    } else {
      units.set(unit.index, unit);
      if (isFresh(data)) freshness.push({ unit: unit.index, status: 'fresh', cause: null });
      else readRun(data, unit, runs, problems);
    }
  }
  const lastFinish = runs.reduce((last, run) => Math.max(last, run.finishSeconds ?? 0), 0);
  const known = runs.length > 0 || summary.totalSeconds !== null;
  const value: BuildRecord = {
    source: 'timings-html',
    command: null,
    host: summary.host,
    target: summary.target,
    profile: summary.profile,
    jobs: summary.jobs,
    cpuCount: summary.cpuCount,
    rustcVersion: summary.rustcVersion,
    units: [...units.values()],
    runs,
    freshness,
    cpuUsage: readScriptArray(text, 'CPU_USAGE', problems).flatMap(parseSample),
    // The table rounds to 0.1 s and DURATION to whole seconds: the last unit's end is often the better number.
    durationSeconds: known ? Math.max(summary.totalSeconds ?? 0, lastFinish) : null,
    unitCounts: summary.unitCounts,
  };
  return { value, problems };
}

function parseUnit(data: JsonObject): Unit | null {
  const index = asIndex(data.i);
  const name = asString(data.name);
  if (index === null || name === null) return null;
  const label = parseTargetLabel(asString(data.target) ?? '', asString(data.mode), name);
  return {
    index,
    packageId: null,
    packageName: name,
    version: asString(data.version) ?? '',
    targetName: label.name,
    targetKind: label.kind,
    mode: label.mode,
    platform: null,
    features: asStrings(data.features),
    dependencies: null,
  };
}

/** cargo 1.95 to 1.97 list units that never started with zeros. A unit that ran cannot start with cargo's first 5 ms. */
function isFresh(data: JsonObject): boolean {
  return data.start === 0 && data.duration === 0 && data.sections === null;
}

function readRun(data: JsonObject, unit: Unit, runs: UnitRun[], problems: Problem[]): void {
  const start = asNumber(data.start);
  const duration = asNumber(data.duration);
  if (start === null || start < 0 || (duration !== null && duration < 0)) {
    problems.push({ what: `unit ${unit.index} of UNIT_DATA (${unit.packageName}) has no times` });
    return;
  }
  const sections = parseSections(data.sections, start, duration);
  const rmeta = asNumber(data.rmeta_time);
  runs.push({
    unit: unit.index,
    startSeconds: start,
    rmetaSeconds: rmeta !== null && rmeta >= 0 ? start + rmeta : sections.rmetaSeconds,
    finishSeconds: duration === null ? null : start + duration,
    sections: sections.reported,
    unblockedByRmeta: asIndexes(data.unblocked_rmeta_units ?? data.unlocked_rmeta_units),
    unblocked: asIndexes(data.unblocked_units ?? data.unlocked_units),
  });
}

/**
 * Sections relative to the unit's start. `frontend` and `codegen` alone that fill the unit are cargo's own split at the
 * .rmeta; anything more is what rustc reported.
 */
function parseSections(
  value: unknown,
  start: number,
  duration: number | null,
): { rmetaSeconds: number | null; reported: UnitRun['sections'] } {
  const sections = asList(value).flatMap(item => {
    const [name, range] = asList(item);
    const from = asNumber(asObject(range)?.start);
    const to = asNumber(asObject(range)?.end);
    if (typeof name !== 'string' || from === null || to === null || from < 0) return [];
    return [{ name, startSeconds: start + from, endSeconds: start + Math.max(from, to) }];
  });
  const names = sections.map(section => section.name).join(' ');
  const end = start + (duration ?? 0);
  if (names === 'frontend codegen' && Math.abs(sections[1]!.endSeconds - end) < 0.006) {
    return { rmetaSeconds: sections[0]!.endSeconds, reported: [] };
  }
  const reported = sections.filter(section => section.name !== 'frontend' && section.name !== 'other');
  return { rmetaSeconds: null, reported };
}

function parseSample(value: unknown): { atSeconds: number; percent: number }[] {
  const [at, percent] = asList(value).map(asNumber);
  return typeof at === 'number' && typeof percent === 'number' ? [{ atSeconds: at, percent }] : [];
}
