/**
 * cargo's reason for building a unit again, in words. The log holds serialized internals of cargo (`DirtyReason`,
 * `FsStatus` and `StaleItem` of cargo's fingerprint module), which cargo declares unstable: each name that is known has its
 * words, and any other name is said as it is with blanks for hyphens. Values of environment variables are left out: they
 * may be secrets, and a report is passed around.
 */
import { asNumber, asObject, asString, asStrings, type JsonObject } from '#base/json-value.ts';

/**
 * How the dirty unit calls the unit of that index ("its dependency `serde`"), and what is said when that one was renewed
 * ("was built again"); null where the index is unknown.
 */
export type NameOfUnit = (unit: number) => { readonly name: string; readonly renewed: string } | null;

/** Files are named relative to `root` where they lie in it. Null where the value is no cause at all. */
export function dirtyCauseInWords(value: unknown, root: string | null, nameOf: NameOfUnit): string | null {
  const cause = asObject(value);
  const name = asString(cause?.dirty_reason);
  if (cause === null || name === null) return null;
  switch (name) {
    case 'fresh-build':
      return 'first build';
    case 'forced':
      return 'a rebuild was forced';
    case 'nothing-obvious':
      return 'cargo found no reason';
    case 'rustc-changed':
      return 'rustc changed';
    case 'features-changed':
      return `its features changed${listChange(cause)}`;
    case 'declared-features-changed':
      return `the features in its manifest changed${listChange(cause)}`;
    case 'target-configuration-changed':
      return 'its target settings in the manifest changed';
    case 'path-to-source-changed':
      return 'the path of its source changed';
    case 'profile-configuration-changed':
      return 'the profile changed';
    case 'rustflags-changed':
      return `the rustflags changed${flagChange(cause)}`;
    case 'config-settings-changed':
      return "cargo's configuration changed";
    case 'compile-kind-changed':
      return 'the platform that it is built for changed';
    case 'local-lengths-changed':
      return 'its build script watches more or fewer things than before';
    case 'rerun-if-changed-output-file-changed':
    case 'rerun-if-changed-output-paths-changed':
      return 'its build script watches other files than before';
    case 'precalculated-components-changed':
      return packageFileChange(cause);
    case 'checksum-use-changed':
    case 'fingerprint-method-changed':
      return 'cargo tells changed files in another way (time stamps or checksums)';
    case 'dep-info-output-changed':
      return 'the place of its dep-info file changed';
    case 'env-vars-changed':
      return 'the environment variables that it depends on changed';
    case 'env-var-changed':
      return variableChange(asString(cause.name), cause.old_value, cause.new_value);
    case 'local-fingerprint-type-changed':
      return 'what cargo watches for it changed';
    case 'number-of-dependencies-changed':
      return `its number of dependencies changed (${asNumber(cause.old) ?? '?'} → ${asNumber(cause.new) ?? '?'})`;
    case 'unit-dependency-name-changed':
      return `its dependency \`${asString(cause.old) ?? '?'}\` is now \`${asString(cause.new) ?? '?'}\``;
    case 'unit-dependency-info-changed':
      return `${dependency(cause, nameOf).name} changed`;
    case 'fs-status-outdated':
      return staleStatus(cause, root, nameOf);
    default:
      return name.replaceAll('-', ' ');
  }
}

function staleStatus(cause: JsonObject, root: string | null, nameOf: NameOfUnit): string {
  const status = asString(cause.fs_status) ?? 'stale';
  switch (status) {
    case 'stale':
      return 'it was out of date, cargo did not say why';
    case 'stale-dependency':
    case 'stale-dep-fingerprint': {
      const { name, renewed } = dependency(cause, nameOf);
      return `${name} ${renewed}`;
    }
    case 'stale-item':
      return staleItem(cause, root);
    default:
      return status.replaceAll('-', ' ');
  }
}

function staleItem(cause: JsonObject, root: string | null): string {
  const item = asString(cause.stale_item) ?? 'stale item';
  const path = asString(cause.stale) ?? asString(cause.path) ?? asString(cause.source);
  const file = path === null ? 'a file' : `\`${relativeTo(root, path)}\``;
  switch (item) {
    case 'changed-file':
    case 'changed-checksum':
    case 'file-size-changed':
      return `${file} changed`;
    case 'missing-file':
      return `${file} is missing`;
    case 'unable-to-read-file':
    case 'failed-to-read-metadata':
      return `${file} could not be read`;
    case 'missing-checksum':
      return `${file} has no checksum from the last build`;
    case 'changed-env':
      return variableChange(asString(cause.var), cause.previous, cause.current);
    default:
      return `${item.replaceAll('-', ' ')}${path === null ? '' : ` (${file})`}`;
  }
}

function dependency(
  cause: JsonObject,
  nameOf: NameOfUnit,
): { readonly name: string; readonly renewed: string } {
  const unit = asNumber(cause.unit);
  const known = unit === null ? null : nameOf(unit);
  if (known !== null) return known;
  // cargo before 1.94 names the dependency itself instead of its unit.
  const named = asString(cause.name) ?? asString(cause.new_name);
  return {
    name: named === null ? 'a dependency' : `its dependency \`${named}\``,
    renewed: 'was built again',
  };
}

function variableChange(name: string | null, before: unknown, after: unknown): string {
  const what = `the environment variable \`${name ?? '?'}\``;
  if (asString(before) === null && asString(after) !== null) return `${what} was set`;
  if (asString(before) !== null && asString(after) === null) return `${what} was unset`;
  return `${what} changed`;
}

/** `1795480392.118573056s (src/lib.rs)`: the newest file of a package whose build script names none to watch. */
function packageFileChange(cause: JsonObject): string {
  const file = /^\d+\.\d+s \((.+)\)$/.exec(asString(cause.new) ?? '')?.[1];
  return file === undefined ? 'its package changed' : `a file of its package changed (newest: \`${file}\`)`;
}

/** `old` and `new` are lists of features printed as text: `["default", "jam"]`. */
function listChange(cause: JsonObject): string {
  const before = printedList(cause.old);
  const after = printedList(cause.new);
  if (before === null || after === null) return '';
  const changes = [
    ...after.filter(item => !before.includes(item)).map(item => `+${item}`),
    ...before.filter(item => !after.includes(item)).map(item => `-${item}`),
  ];
  return changes.length === 0 ? '' : ` (${changes.join(', ')})`;
}

function printedList(value: unknown): readonly string[] | null {
  try {
    const list: unknown = JSON.parse(asString(value) ?? '');
    return Array.isArray(list) ? asStrings(list) : null;
  } catch {
    return null;
  }
}

function flagChange(cause: JsonObject): string {
  const before = asStrings(cause.old).join(' ');
  const after = asStrings(cause.new).join(' ');
  return before === after ? '' : ` (\`${before}\` → \`${after}\`)`;
}

function relativeTo(root: string | null, path: string): string {
  const normal = path.replaceAll('\\', '/');
  const prefix = root === null ? null : `${root.replaceAll('\\', '/').replace(/\/$/, '')}/`;
  return prefix !== null && normal.startsWith(prefix) ? normal.slice(prefix.length) : normal;
}
