/**
 * Manifests without a dependency, or without a feature of one, for a copy that only cargo reads: the text is written anew, and no
 * comment survives.
 */
import { parse, stringify } from 'smol-toml';

export type Section = 'dependencies' | 'dev-dependencies' | 'build-dependencies';

type Table = { [key: string]: unknown };

/** Null where the manifest does not have it so, or where a feature of the package names it. */
export function withoutDependency(manifest: string, section: Section, key: string): string | null {
  const root = parse(manifest) as Table;
  const entries = tableAt(root, section);
  if (entries === null || !(key in entries) || isNamedByFeatures(root, key)) return null;
  delete entries[key];
  return stringify(root);
}

/** `feature` may be `default`. The entry may be in a section of a package, or what members inherit (`workspace.dependencies`). */
export function withoutFeature(
  manifest: string,
  section: Section | 'workspace.dependencies',
  key: string,
  feature: string,
): string | null {
  const root = parse(manifest) as Table;
  const owner = section === 'workspace.dependencies' ? (tableAt(root, 'workspace') ?? {}) : root;
  const entries = tableAt(owner, section === 'workspace.dependencies' ? 'dependencies' : section);
  const entry = entries?.[key];
  if (entries === null || entry === undefined) return null;
  const table: Table | null = typeof entry === 'string' ? { version: entry } : asTable(entry);
  if (table === null) return null;
  if (feature === 'default') {
    // A member's entry that inherits cannot switch the default off: the workspace's says so.
    if (table.workspace === true || table['default-features'] === false || table.default_features === false)
      return null;
    entries[key] = { ...table, 'default-features': false };
  } else {
    const features = Array.isArray(table.features) ? (table.features as unknown[]) : [];
    if (!features.includes(feature)) return null;
    entries[key] = { ...table, features: features.filter(one => one !== feature) };
  }
  return stringify(root);
}

/** `dep:key`, `key/feature`, `key?/feature` or the name of an optional dependency in `[features]`. */
function isNamedByFeatures(root: Table, key: string): boolean {
  const features = tableAt(root, 'features') ?? {};
  return Object.values(features).some(
    list =>
      Array.isArray(list) &&
      list.some(item => typeof item === 'string' && item.replace(/^dep:/, '').split(/\??\//)[0] === key),
  );
}

function tableAt(owner: Table, key: string): Table | null {
  return asTable(owner[key] ?? owner[key.replace('-', '_')]);
}

function asTable(value: unknown): Table | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : null;
}
