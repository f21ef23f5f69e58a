/**
 * `cargo build --unit-graph -Zunstable-options`: cargo's plan, printed without building. Version 1.
 * Defined in the cargo book, "Unstable features: unit-graph"; seen from cargo 1.95 and 1.97 (which adds `nounused` to
 * dependencies). It is the only source of the profile of each unit and of the targets' real kinds.
 * Not read: `public`, `noprelude` and `nounused` of dependencies, and the names that they are imported under.
 */
import {
  asBoolean,
  asIndex,
  asIndexes,
  asList,
  asObject,
  asString,
  asStrings,
  type JsonObject,
  parseJsonObject,
} from '#base/json-value.ts';
import type { Parsed, Problem } from '#base/parsed.ts';
import type { PlannedUnit, Profile, UnitGraph, UnitIndex } from '#model/build.ts';
import { targetFromJson } from '#model/cargo-target.ts';
import { packageNameAndVersion } from '#model/package-id.ts';

/** A graph without units where the text is no unit graph. */
export function parseUnitGraph(text: string): Parsed<UnitGraph> {
  const problems: Problem[] = [];
  const graph = parseJsonObject(text);
  if (graph === null) return { value: { units: [], roots: [] }, problems: [{ what: 'not a JSON object' }] };
  const version = asIndex(graph.version);
  if (version !== 1) problems.push({ what: `version ${version ?? 'missing'}, read as version 1` });

  const items = asList(graph.units);
  const units: PlannedUnit[] = [];
  for (const [index, item] of items.entries()) {
    const unit = asObject(item);
    const planned = unit && parseUnit(unit, index, items.length, problems);
    if (planned) units.push(planned);
    else problems.push({ what: `unit ${index} has no package id, target or mode` });
  }
  if (units.length === 0) problems.push({ what: 'no units' });
  return { value: { units, roots: inRange(asIndexes(graph.roots), items.length) }, problems };
}

function parseUnit(
  unit: JsonObject,
  index: UnitIndex,
  unitCount: number,
  problems: Problem[],
): PlannedUnit | null {
  const packageId = asString(unit.pkg_id);
  const target = targetFromJson(unit.target);
  const mode = asString(unit.mode);
  if (packageId === null || target === null || mode === null) return null;
  const named = packageNameAndVersion(packageId);
  if (named === null) problems.push({ what: `unit ${index}: no name and version in package id` });
  const dependencies = asList(unit.dependencies).map(item => asIndex(asObject(item)?.index));
  const known = dependencies.filter(dependency => dependency !== null);
  if (inRange(known, unitCount).length < dependencies.length) {
    problems.push({ what: `unit ${index} depends on a unit that does not exist` });
  }
  return {
    index,
    packageId,
    packageName: named?.name ?? target.name,
    version: named?.version ?? '',
    targetName: target.name,
    targetKind: target.kind[0]!,
    mode,
    platform: asString(unit.platform),
    features: asStrings(unit.features),
    dependencies: inRange(known, unitCount),
    crateTypes: target.crateTypes,
    sourcePath: target.srcPath,
    edition: target.edition,
    profile: parseProfile(asObject(unit.profile) ?? {}),
  };
}

function parseProfile(profile: JsonObject): Profile {
  const debuginfo = profile.debuginfo;
  return {
    name: asString(profile.name) ?? 'unknown',
    optLevel: asString(profile.opt_level) ?? '0',
    lto: asString(profile.lto) ?? 'false',
    codegenBackend: asString(profile.codegen_backend),
    codegenUnits: asIndex(profile.codegen_units),
    debuginfo: typeof debuginfo === 'number' ? String(debuginfo) : (asString(debuginfo) ?? '0'),
    splitDebuginfo: asString(profile.split_debuginfo),
    debugAssertions: asBoolean(profile.debug_assertions) ?? false,
    overflowChecks: asBoolean(profile.overflow_checks) ?? false,
    rpath: asBoolean(profile.rpath) ?? false,
    incremental: asBoolean(profile.incremental) ?? false,
    panic: asString(profile.panic) ?? 'unwind',
    strip: parseStrip(profile.strip),
  };
}

/** `"none"`, or serialized internals: `{"deferred":"None"}`, `{"resolved":{"Named":"symbols"}}`. */
function parseStrip(value: unknown): string {
  const plain = asString(value);
  if (plain !== null) return plain.toLowerCase();
  const wrapped = asObject(value);
  const inner = wrapped?.resolved ?? wrapped?.deferred;
  return asString(asObject(inner)?.Named) ?? asString(inner)?.toLowerCase() ?? 'none';
}

function inRange(indexes: readonly number[], count: number): readonly number[] {
  return indexes.filter(index => index < count);
}
