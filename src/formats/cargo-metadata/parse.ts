/**
 * `cargo metadata --format-version 1`: one JSON object with the packages and the workspace's folders.
 * Defined in the cargo book, "cargo metadata"; seen from cargo 1.95 and 1.97.
 * Not read: the resolve graph (the unit graph says what is really built), dependencies, features, free-form metadata.
 */
import {
  asIndex,
  asList,
  asObject,
  asString,
  asStrings,
  type JsonObject,
  parseJsonObject,
} from '#base/json-value.ts';
import type { Parsed, Problem } from '#base/parsed.ts';
import { targetFromJson } from '#model/cargo-target.ts';
import type { Package, Target, Workspace } from '#model/workspace.ts';

/** Null where the text is no metadata: truncated, garbled, or without a workspace root. */
export function parseCargoMetadata(text: string): Parsed<Workspace | null> {
  const problems: Problem[] = [];
  const metadata = parseJsonObject(text);
  if (metadata === null) return { value: null, problems: [{ what: 'not a JSON object' }] };
  const version = asIndex(metadata.version);
  if (version !== 1) problems.push({ what: `format version ${version ?? 'missing'}, read as version 1` });
  const root = asString(metadata.workspace_root);
  if (root === null) return { value: null, problems: [...problems, { what: 'no workspace_root' }] };

  const packages: Package[] = [];
  for (const [index, item] of asList(metadata.packages).entries()) {
    const krate = asObject(item);
    const parsed = krate && parsePackage(krate, problems);
    if (parsed) packages.push(parsed);
    else problems.push({ what: `a package without id, name or version (number ${index + 1})` });
  }
  const memberIds = asStrings(metadata.workspace_members);
  const value: Workspace = {
    root,
    targetDirectory: asString(metadata.target_directory) ?? '',
    memberIds,
    // cargo before 1.71 does not print the default members; all members are then the default.
    defaultMemberIds: Array.isArray(metadata.workspace_default_members)
      ? asStrings(metadata.workspace_default_members)
      : memberIds,
    packages,
  };
  return { value, problems };
}

function parsePackage(krate: JsonObject, problems: Problem[]): Package | null {
  const id = asString(krate.id);
  const name = asString(krate.name);
  const version = asString(krate.version);
  if (id === null || name === null || version === null) return null;
  const targets: Target[] = [];
  for (const item of asList(krate.targets)) {
    const target = targetFromJson(item);
    if (target) targets.push(target);
    else problems.push({ what: `a target without name or kind in ${name} ${version}` });
  }
  return {
    id,
    name,
    version,
    edition: asString(krate.edition) ?? '2015',
    rustVersion: asString(krate.rust_version),
    source: asString(krate.source),
    manifestPath: asString(krate.manifest_path) ?? '',
    targets,
  };
}
