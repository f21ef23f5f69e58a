/**
 * cargo's build log (`-Zbuild-analysis`, `$CARGO_HOME/log/<run-id>.jsonl`): one event a line, told apart by `reason`.
 * Defined in cargo's src/util/log_message.rs, unstable; seen from cargo 1.95 and 1.97. The smaller first version of 1.93
 * (the unit described by its `unit-started`, `rebuild` instead of `unit-fingerprint`) is read from its definition.
 *
 * All times are seconds since cargo's start. Units that were fresh have no `unit-started`. A build that failed or was
 * interrupted ends without a word: its units have a start and no finish. `platform` is a triple for host units too, so the
 * log cannot tell a host unit from one built for `--target` with the host's triple.
 * Not read: time stamps (the elapsed seconds are the same clock), `requested`.
 */
import {
  asIndex,
  asIndexes,
  asNumber,
  asObject,
  asString,
  asStrings,
  type JsonObject,
  parseJsonObject,
} from '#base/json-value.ts';
import type { Parsed, Problem } from '#base/parsed.ts';
import type { BuildRecord, Freshness, Unit, UnitIndex, UnitRun } from '#model/build.ts';
import { packageNameAndVersion } from '#model/package-id.ts';
import { dirtyCauseInWords } from './dirty-cause.ts';

export function parseBuildEvents(text: string): Parsed<BuildRecord> {
  const log = newLog();
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const event = parseJsonObject(line);
    const reason = asString(event?.reason);
    if (event === null || reason === null) {
      const cut = index === lines.length - 1;
      log.problems.push({
        what: cut ? 'the last line is cut off' : 'a line that is no event',
        line: index + 1,
      });
      continue;
    }
    if (isOfThisBuild(log, event)) readEvent(log, reason, event, index + 1);
  }
  return { value: recordOf(log), problems: problemsOf(log) };
}

interface OpenRun extends UnitRun {
  rmetaSeconds: number | null;
  finishSeconds: number | null;
  sections: { name: string; startSeconds: number; endSeconds: number }[];
  unblockedByRmeta: readonly UnitIndex[];
  unblocked: readonly UnitIndex[];
  /** Sections that began and have not ended. */
  readonly begun: Map<string, number>;
}

interface Log {
  runId: string | null;
  started: JsonObject;
  lastSeconds: number | null;
  readonly units: Map<UnitIndex, Unit>;
  readonly runs: Map<UnitIndex, OpenRun>;
  readonly fingerprints: { readonly event: JsonObject; readonly line: number }[];
  readonly rebuilds: JsonObject[];
  readonly problems: Problem[];
  /** Events left out, by why. */
  readonly leftOut: Map<string, number>;
}

function newLog(): Log {
  return {
    runId: null,
    started: {},
    lastSeconds: null,
    units: new Map(),
    runs: new Map(),
    fingerprints: [],
    rebuilds: [],
    problems: [],
    leftOut: new Map(),
  };
}

/** A file holds one build; should several have been joined, the first counts. */
function isOfThisBuild(log: Log, event: JsonObject): boolean {
  const runId = asString(event.run_id);
  log.runId ??= runId;
  if (runId === null || runId === log.runId) return true;
  leaveOut(log, 'of another build');
  return false;
}

function readEvent(log: Log, reason: string, event: JsonObject, line: number): void {
  const elapsed = asNumber(event.elapsed);
  if (elapsed !== null) log.lastSeconds = Math.max(log.lastSeconds ?? 0, elapsed);
  switch (reason) {
    case 'build-started':
      log.started = event;
      return;
    case 'resolution-started':
    case 'resolution-finished':
    case 'unit-graph-started':
    case 'unit-graph-finished':
      return;
    case 'unit-registered':
      registerUnit(log, event, asIndexes(event.dependencies), line);
      return;
    case 'unit-fingerprint':
      log.fingerprints.push({ event, line });
      return;
    case 'rebuild':
      log.rebuilds.push(event);
      return;
    case 'unit-started':
      startUnit(log, event, elapsed, line);
      return;
    case 'unit-rmeta-finished':
    case 'unit-section-started':
    case 'unit-section-finished':
    case 'unit-finished':
      continueUnit(log, reason, event, elapsed, line);
      return;
    default:
      leaveOut(log, `with the unknown reason \`${reason}\``);
  }
}

function registerUnit(
  log: Log,
  event: JsonObject,
  dependencies: readonly UnitIndex[] | null,
  line: number,
): void {
  const index = asIndex(event.index);
  const packageId = asString(event.package_id);
  const target = asObject(event.target);
  const targetName = asString(target?.name);
  if (index === null || packageId === null || targetName === null) {
    log.problems.push({ what: 'a unit without index, package or target', line });
    return;
  }
  if (log.units.has(index)) {
    log.problems.push({ what: `unit ${index} is registered twice`, line });
    return;
  }
  const named = packageNameAndVersion(packageId);
  const kind = asString(target?.kind) ?? 'unknown';
  const platform = asString(event.platform);
  log.units.set(index, {
    index,
    packageId,
    packageName: named?.name ?? targetName,
    version: named?.version ?? '',
    targetName,
    // The log says `lib` for procedural macros and every other kind of library: only the unit graph knows better.
    targetKind: kind === 'build-script' ? 'custom-build' : kind,
    mode: asString(event.mode) ?? 'unknown',
    platform: platform === asString(log.started.host) ? null : platform,
    features: asStrings(event.features),
    dependencies,
  });
}

function startUnit(log: Log, event: JsonObject, elapsed: number | null, line: number): void {
  const index = asIndex(event.index);
  if (index === null || elapsed === null || elapsed < 0) {
    log.problems.push({ what: 'a start without unit or time', line });
    return;
  }
  if (log.runs.has(index)) {
    log.problems.push({ what: `unit ${index} starts twice`, line });
    return;
  }
  if (!log.units.has(index) && asString(event.package_id) !== null) registerUnit(log, event, null, line);
  log.runs.set(index, {
    unit: index,
    startSeconds: elapsed,
    rmetaSeconds: null,
    finishSeconds: null,
    sections: [],
    unblockedByRmeta: [],
    unblocked: [],
    begun: new Map(),
  });
}

function continueUnit(
  log: Log,
  reason: string,
  event: JsonObject,
  elapsed: number | null,
  line: number,
): void {
  const run = log.runs.get(asIndex(event.index) ?? -1);
  if (run === undefined || elapsed === null || elapsed < run.startSeconds) {
    log.problems.push({ what: `a ${reason} that fits no started unit`, line });
    return;
  }
  const section = asString(event.section) ?? '';
  switch (reason) {
    case 'unit-rmeta-finished':
      run.rmetaSeconds = elapsed;
      run.unblockedByRmeta = asIndexes(event.unblocked);
      return;
    case 'unit-finished':
      run.finishSeconds = elapsed;
      run.unblocked = asIndexes(event.unblocked);
      return;
    case 'unit-section-started':
      run.begun.set(section, elapsed);
      return;
    default: {
      const startSeconds = run.begun.get(section);
      if (startSeconds === undefined) {
        log.problems.push({ what: `section \`${section}\` ends without a beginning`, line });
        return;
      }
      run.begun.delete(section);
      run.sections.push({ name: section, startSeconds, endSeconds: Math.max(startSeconds, elapsed) });
    }
  }
}

function recordOf(log: Log): BuildRecord {
  const started = log.started;
  const runs: UnitRun[] = [];
  for (const { begun: _, ...run } of log.runs.values()) {
    if (log.units.has(run.unit)) runs.push(run);
    else leaveOut(log, 'of units that were never registered');
  }
  return {
    source: 'build-analysis',
    command: commandLine(asStrings(started.command)),
    host: asString(started.host),
    target: null,
    profile: asString(started.profile),
    jobs: asIndex(started.jobs),
    cpuCount: asIndex(started.num_cpus),
    rustcVersion: asString(started.rustc_version),
    units: [...log.units.values()],
    runs,
    freshness: freshnessOf(log),
    cpuUsage: [],
    durationSeconds: log.lastSeconds,
    unitCounts: null,
  };
}

function freshnessOf(log: Log): Freshness[] {
  const root = asString(log.started.workspace_root);
  const freshness = new Map<UnitIndex, Freshness>();
  for (const { event, line } of log.fingerprints) {
    const unit = log.units.get(asIndex(event.index) ?? -1);
    const status = asString(event.status);
    if (unit === undefined || (status !== 'new' && status !== 'dirty' && status !== 'fresh')) {
      log.problems.push({ what: 'a fingerprint of an unknown unit or with an unknown status', line });
      continue;
    }
    const cause = dirtyCauseInWords(event.cause, root, other => dependencyName(log.units.get(other), unit));
    freshness.set(unit.index, { unit: unit.index, status, cause });
  }
  for (const event of log.rebuilds) {
    const unit = unitOfRebuild(log, event);
    if (unit === null) leaveOut(log, 'of units that were never registered');
    else {
      const cause = dirtyCauseInWords(event.cause, root, () => null);
      const status = cause === 'first build' ? 'new' : 'dirty';
      freshness.set(unit.index, { unit: unit.index, status, cause: status === 'new' ? null : cause });
    }
  }
  return [...freshness.values()];
}

function unitOfRebuild(log: Log, event: JsonObject): Unit | null {
  const targetName = asString(asObject(event.target)?.name);
  for (const unit of log.units.values()) {
    if (
      unit.packageId === asString(event.package_id) &&
      unit.targetName === targetName &&
      unit.mode === asString(event.mode)
    ) {
      return unit;
    }
  }
  return null;
}

function dependencyName(
  dependency: Unit | undefined,
  dependent: Unit,
): { readonly name: string; readonly renewed: string } | null {
  if (dependency === undefined) return null;
  if (dependency.targetKind !== 'custom-build' || dependency.packageId !== dependent.packageId) {
    return { name: `its dependency \`${dependency.packageName}\``, renewed: 'was built again' };
  }
  return dependency.mode === 'run-custom-build'
    ? { name: "its build script's output", renewed: 'was made again' }
    : { name: 'its build script', renewed: 'was built again' };
}

/** Null for an empty list. The program is named without its folder. */
function commandLine(args: readonly string[]): string | null {
  const [program, ...rest] = args;
  if (program === undefined) return null;
  const name = program
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.exe$/, '');
  return [name, ...rest].map(arg => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : JSON.stringify(arg))).join(' ');
}

function leaveOut(log: Log, why: string): void {
  log.leftOut.set(why, (log.leftOut.get(why) ?? 0) + 1);
}

function problemsOf(log: Log): readonly Problem[] {
  const counted = [...log.leftOut].map(([why, count]) => ({ what: `${count} events ${why}` }));
  return [...log.problems, ...counted];
}
