import { asObject, asString, asStrings } from '#base/json-value.ts';
import type { Target } from './workspace.ts';

/**
 * The target object that `cargo metadata`, the unit graph and `--message-format=json` all print:
 * `{"kind":["lib"],"crate_types":["lib"],"name":"serde","src_path":"/…/lib.rs","edition":"2021",…}`.
 * Null where it has no name or no kind; absent paths and editions are empty.
 */
export function targetFromJson(value: unknown): Target | null {
  const target = asObject(value);
  const name = asString(target?.name);
  const kind = asStrings(target?.kind);
  if (target === null || name === null || kind.length === 0) return null;
  return {
    name,
    kind,
    crateTypes: asStrings(target.crate_types),
    srcPath: asString(target.src_path) ?? '',
    edition: asString(target.edition) ?? '',
  };
}
