/** Finds the recorded unit of each member artifact that cargo named, fresh ones included. */
import { sep } from 'node:path';
import { type CompilerArtifact, profileFolders, unitKeyOfFile } from './cargo-messages.ts';
import type { SelectedUnit } from './evidence-folder.ts';
import type { UnitRecord } from './unit-store.ts';

export interface Selected {
  readonly units: readonly SelectedUnit[];
  /** Artifacts of members without a whole record. */
  readonly missing: readonly CompilerArtifact[];
}

export function selectUnits(
  artifacts: readonly CompilerArtifact[],
  recordByKey: ReadonlyMap<string, UnitRecord>,
): Selected {
  const units = new Map<string, SelectedUnit>();
  const missing: CompilerArtifact[] = [];
  const recordsBySource = new Map<string, UnitRecord[]>();
  for (const record of recordByKey.values()) {
    const records = recordsBySource.get(record.srcPath);
    if (records === undefined) recordsBySource.set(record.srcPath, [record]);
    else records.push(record);
  }
  for (const artifact of artifacts) {
    const targetKind = artifact.test ? 'test' : (artifact.targetKind[0] ?? 'unknown');
    const record = recordOf(artifact, recordByKey, recordsBySource.get(artifact.srcPath) ?? []);
    if (record === null) missing.push(artifact);
    else units.set(record.key, { record, targetKind });
  }
  return { units: [...units.values()], missing };
}

/** By the hash in a file name; where cargo names only the uplifted file (`debug/shop`), by what the unit was made of. */
function recordOf(
  artifact: CompilerArtifact,
  recordByKey: ReadonlyMap<string, UnitRecord>,
  sameSource: readonly UnitRecord[],
): UnitRecord | null {
  let hashed = false;
  for (const path of artifact.filenames) {
    const key = unitKeyOfFile(path);
    if (key === null) continue;
    hashed = true;
    const record = recordByKey.get(key) ?? recordByKey.get(key.replace(/^lib/, ''));
    if (record !== undefined) return record;
  }
  if (hashed) return null;
  const folders = new Set(profileFolders(artifact));
  for (const record of sameSource) {
    const below = record.outDir.slice(0, record.outDir.lastIndexOf(sep));
    const same =
      record.test === artifact.test &&
      (record.test || record.crateTypes.join() === artifact.crateTypes.join()) &&
      record.features.join('\n') === artifact.features.join('\n') &&
      (folders.has(record.outDir) || folders.has(below));
    if (same) return record;
  }
  return null;
}
