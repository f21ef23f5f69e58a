/**
 * The time stamps of Assay's own compiler wrapper, for cargos that give no better source: one JSON object a line,
 * `{"crate":"serde","key":"serde-1a2b…","package":"serde 1.0.219","kind":"lib","start":12.345,"end":13.2,"rmeta":null,"status":0,
 * "cpu":1.1,"memory":104857600}`.
 * Times are seconds since the pass began; every field but `crate` and `start` may be null. `kind` is rustc's crate type, or
 * `test` for anything compiled with the test harness. The wrapper sees rustc alone: no build script runs, no dependencies,
 * no features, no reason.
 */
import { asIndex, asNumber, asString, type JsonObject, parseJsonObject } from '#base/json-value.ts';
import type { Parsed, Problem } from '#base/parsed.ts';
import type { BuildRecord, Unit, UnitRun } from '#model/build.ts';

export function parseWrapperEvents(text: string): Parsed<BuildRecord> {
  const units: Unit[] = [];
  const runs: UnitRun[] = [];
  const problems: Problem[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const event = parseJsonObject(line);
    const crateName = asString(event?.crate);
    const start = asNumber(event?.start);
    if (event === null || crateName === null || start === null || start < 0) {
      problems.push({ what: 'a line without a crate and its start', line: index + 1 });
      continue;
    }
    units.push(parseUnit(event, crateName, units.length));
    runs.push(parseRun(event, start, runs.length));
  }
  const times = runs.flatMap(run => [run.startSeconds, run.finishSeconds ?? 0]);
  const value: BuildRecord = {
    source: 'wrapper',
    command: null,
    host: null,
    target: null,
    profile: null,
    jobs: null,
    cpuCount: null,
    rustcVersion: null,
    units,
    runs,
    freshness: [],
    cpuUsage: [],
    durationSeconds: times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b)),
    unitCounts: null,
  };
  return { value, problems };
}

function parseUnit(event: JsonObject, crateName: string, index: number): Unit {
  const [name, version] = (asString(event.package) ?? crateName).split(' ');
  return {
    index,
    packageId: null,
    packageName: name || crateName,
    version: version ?? '',
    targetName: crateName,
    ...kindAndMode(asString(event.kind) ?? 'unknown', crateName),
    platform: null,
    features: [],
    dependencies: null,
  };
}

/** With the test harness the kind of the target is not known; without it, whether the unit is built or only checked. */
function kindAndMode(
  kind: string,
  crateName: string,
): { readonly targetKind: string; readonly mode: string } {
  if (kind === 'test') return { targetKind: 'unknown', mode: 'test' };
  // cargo gives this name to build scripts alone, whatever their file is called (`build_script_main` for main.rs).
  const isBuildScript = kind === 'bin' && crateName.startsWith('build_script_');
  return { targetKind: isBuildScript ? 'custom-build' : kind, mode: 'unknown' };
}

/** An end or an .rmeta before the start is a broken clock, and counts as not seen. */
function parseRun(event: JsonObject, start: number, unit: number): UnitRun {
  const end = asNumber(event.end);
  const rmeta = asNumber(event.rmeta);
  const cpu = asNumber(event.cpu);
  const memory = asIndex(event.memory);
  return {
    unit,
    startSeconds: start,
    rmetaSeconds: rmeta !== null && rmeta >= start ? rmeta : null,
    finishSeconds: end !== null && end >= start ? end : null,
    sections: [],
    unblockedByRmeta: [],
    unblocked: [],
    ...(cpu !== null && cpu >= 0 ? { cpuSeconds: cpu } : {}),
    ...(memory !== null ? { peakMemoryBytes: memory } : {}),
  };
}
