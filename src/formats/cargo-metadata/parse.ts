/**
 * `cargo metadata --format-version 1`: one JSON object with the packages and the workspace's folders.
 * Defined in the cargo book, "cargo metadata"; seen from cargo 1.95 and 1.97.
 * The resolve graph is the resolver's, with features unified over the workspace; the unit graph says what is really built.
 * Not read: dependencies as the manifests ask for them, features as they are declared, free-form metadata.
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
import type {
  DependencyKind,
  Package,
  Resolved,
  ResolvedDependency,
  Target,
  Workspace,
} from '#model/workspace.ts';

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
    resolved: parseResolve(metadata.resolve, problems),
  };
  return { value, problems };
}

/** Empty for `cargo metadata --no-deps`, which says `null`. */
function parseResolve(resolve: unknown, problems: Problem[]): Map<string, Resolved> {
  const resolved = new Map<string, Resolved>();
  for (const [index, item] of asList(asObject(resolve)?.nodes).entries()) {
    const node = asObject(item);
    const id = asString(node?.id);
    if (node === null || id === null) {
      problems.push({ what: `a resolved package without id (number ${index + 1})` });
      continue;
    }
    const dependencies: ResolvedDependency[] = [];
    for (const entry of asList(node.deps)) {
      const dependency = asObject(entry);
      const packageId = asString(dependency?.pkg);
      if (dependency === null || packageId === null)
        problems.push({ what: `a dependency without package in ${id}` });
      else
        dependencies.push({
          packageId,
          externName: asString(dependency.name) ?? '',
          kinds: parseKinds(dependency.dep_kinds),
        });
    }
    resolved.set(id, { features: asStrings(node.features), dependencies });
  }
  return resolved;
}

/** One entry per section and platform; kinds that are not known count as normal. */
function parseKinds(dependencyKinds: unknown): DependencyKind[] {
  const kinds = asList(dependencyKinds).map((item): DependencyKind => {
    const kind = asString(asObject(item)?.kind);
    return kind === 'dev' || kind === 'build' ? kind : 'normal';
  });
  return kinds.length === 0 ? ['normal'] : [...new Set(kinds)];
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
