/**
 * The evidence of one selection in `<target>/assay/evidence/<name>/`: a header and compressed parts. MIR parts stand in
 * the unit store, which all selections share; source parts are the workspace's own files.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import type { DependencyUnit, EvidenceHeader, EvidenceSource, InsideUnit, MirUnit } from '#model/evidence.ts';
import { chunkFileName } from './dump-intake.ts';
import { failureFromFileError, ToolchainFailure } from './failure.ts';
import { typeSizesFile } from './type-sizes.ts';
import { fileStamp, readSummary, summaryFile, type UnitRecord, type UnitStore } from './unit-store.ts';

const compress = promisify(deflate);
const decompress = promisify(inflate);

/** A unit of this selection: what was recorded, and what cargo calls it. */
export interface SelectedUnit {
  readonly record: UnitRecord;
  readonly targetKind: string;
}

/** The header without what follows from the units. */
export type HeaderFacts = Omit<EvidenceHeader, 'mirUnits' | 'dependencies' | 'insideUnits'>;

export interface StoredSet {
  readonly header: HeaderFacts;
  /** Names of the parts that are stored in the folder. */
  readonly partNames: readonly string[];
}

export interface EvidenceFolder extends EvidenceSource {
  /**
   * Differs where any part or the header may differ, and costs no reading of parts: the compilation that each unit's
   * record came from, and time and size of every other file, the sources' among them.
   */
  identity(): Promise<string>;
}

/** What was stored by the last pass with this selection; null when there is none or it is not whole. */
export async function readStoredSet(folder: string): Promise<StoredSet | null> {
  try {
    const set = JSON.parse(await readFile(join(folder, 'set.json'), 'utf8')) as StoredSet;
    if (set.header.schema !== 'assay-evidence/1') return null;
    const there = new Set(await readdir(folder));
    return set.partNames.every(name => there.has(`${name}.z`)) ? set : null;
  } catch {
    return null;
  }
}

/** Text of a stored part; null when it cannot be read. */
export async function readStoredPart(folder: string, name: string): Promise<string | null> {
  try {
    return (await decompress(await readFile(join(folder, `${name}.z`)))).toString('utf8');
  } catch {
    return null;
  }
}

/** Replaces the folder as a whole. */
export async function storeSet(
  folder: string,
  header: HeaderFacts,
  parts: ReadonlyMap<string, string>,
): Promise<void> {
  const draft = `${folder}.new`;
  try {
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true });
    for (const [name, text] of parts) {
      await writeFile(join(draft, `${name}.z`), await compress(Buffer.from(text), { level: 1 }));
    }
    const set: StoredSet = { header, partNames: [...parts.keys()].sort() };
    await writeFile(join(draft, 'set.json'), JSON.stringify(set));
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => {});
    throw failureFromFileError(error, folder);
  }
}

/** The evidence of a stored set and the units that belong to it. */
export function openEvidenceFolder(
  folder: string,
  set: StoredSet,
  units: readonly SelectedUnit[],
  missing: readonly MirUnit[],
  store: UnitStore,
  manifests: readonly string[],
  dependencies: readonly DependencyUnit[] | null,
  profiled: readonly SelectedUnit[] | null,
): EvidenceFolder {
  const recordByKey = new Map(units.map(unit => [unit.record.key, unit.record]));
  const mirUnits = [...units.map(mirUnit), ...missing].sort(byPackageAndKey);
  const sources = sourceParts(set.header.root, units, manifests);
  const mirNames = mirUnits.flatMap(unit =>
    Array.from(
      { length: unit.chunkCount },
      (_, index) => `mir/${unit.key}/${chunkFileName(index).slice(0, -2)}`,
    ),
  );
  const sizeNames = units.flatMap(({ record }) =>
    record.typeSizesBytes === null ? [] : [`type-sizes/${record.key}.txt`],
  );
  const summaryNames = (dependencies ?? []).map(({ key }) => `dependency/${key}.json`);
  const insideNames = (profiled ?? []).map(({ record }) => `inside/${record.key}.json`);
  const partNames = [
    ...set.partNames,
    ...mirNames,
    ...sizeNames,
    ...summaryNames,
    ...insideNames,
    ...sources.keys(),
  ].sort();
  const header = {
    ...set.header,
    mirUnits,
    ...(dependencies === null ? {} : { dependencies }),
    ...(profiled === null ? {} : { insideUnits: profiled.map(insideUnit).sort(byPackageAndKey) }),
  };
  return { header, partNames, readPart, identity };

  // A dependency that is compiled anew makes cargo compile the members anew, too.
  async function identity(): Promise<string> {
    const compilations = [...units, ...(profiled ?? [])].map(({ record }) => [
      record.key,
      record.depInfoStamp,
      record.chunkBytes,
    ]);
    const files = [...set.partNames.map(name => join(folder, `${name}.z`)), ...sources.values()];
    const stamps = await Promise.all(files.map(async path => [path, await fileStamp(path)]));
    // Cargo names units in the order in which it is done with them.
    const known = [header, partNames, compilations.sort(), stamps.sort()];
    return createHash('sha256').update(JSON.stringify(known)).digest('hex');
  }

  async function readPart(name: string): Promise<string | null> {
    if (set.partNames.includes(name)) {
      const text = await readStoredPart(folder, name);
      if (text === null)
        throw await damaged(join(folder, `${name}.z`), () => rm(folder, { recursive: true }));
      return text;
    }
    const source = sources.get(name);
    if (source !== undefined) return readFile(source, 'utf8').catch(() => null);
    if (summaryNames.includes(name) || insideNames.includes(name)) {
      const key = name.slice(name.indexOf('/') + 1, -'.json'.length);
      const text = await readSummary(store, key);
      if (text === null)
        throw await damaged(join(store.unitFolder(key), summaryFile), () => store.remove(key));
      return text;
    }
    const place = unitPart(name);
    if (place === null || !recordByKey.has(place.key)) return null;
    const { key, file } = place;
    const path = join(store.unitFolder(key), file);
    try {
      return (await unpackMir(await readFile(path))).toString('utf8');
    } catch {
      throw await damaged(path, () => store.remove(key));
    }
  }
}

/** MIR text is ten times as long as it is packed; zlib would hand it over in pieces of 16 KB. */
function unpackMir(packed: Buffer): Promise<Buffer> {
  const chunkSize = Math.min(Math.max(packed.length * 12, 16 * 1024), 16 * 1024 * 1024);
  return decompress(packed, { chunkSize });
}

/** The file of a unit's folder that a part is kept in. */
function unitPart(name: string): { key: string; file: string } | null {
  const [room, key = '', file] = name.split('/');
  if (room === 'mir' && file !== undefined) return { key, file: `${file}.z` };
  return room === 'type-sizes' ? { key: key.replace(/\.txt$/, ''), file: typeSizesFile } : null;
}

/** Removes what is damaged, so that the next run makes it again. */
async function damaged(path: string, remove: () => Promise<void>): Promise<ToolchainFailure> {
  await remove().catch(() => {});
  const message = `${path} is damaged and was removed; the next run records it again`;
  return new ToolchainFailure('tool-failed', 'assay', message);
}

function mirUnit({ record, targetKind }: SelectedUnit): MirUnit {
  return {
    key: record.key,
    crateName: record.crateName,
    package: `${record.packageName} ${record.version}`,
    targetKind,
    edition: record.edition,
    chunkCount: record.chunkBytes.length,
    unreadable: record.unreadable,
  };
}

function insideUnit({ record, targetKind }: SelectedUnit): InsideUnit {
  return {
    key: record.key,
    crateName: record.crateName,
    package: `${record.packageName} ${record.version}`,
    targetKind,
  };
}

function byPackageAndKey(a: InsideUnit, b: InsideUnit): number {
  const left = [a.package, a.targetKind, a.key].join('\0');
  const right = [b.package, b.targetKind, b.key].join('\0');
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * `source/<path in workspace>` to the file: Rust sources that rustc read for a unit, and the members' manifests. Sources
 * outside the workspace and generated ones (under a target directory's `build/…/out`) are left out.
 */
function sourceParts(
  root: string,
  units: readonly SelectedUnit[],
  manifests: readonly string[],
): Map<string, string> {
  const files = new Map<string, string>();
  const add = (path: string) => {
    const inside = relative(root, path);
    if (inside.startsWith('..') || inside === '' || inside === path) return;
    files.set(`source/${inside.split(sep).join('/')}`, path);
  };
  for (const { record } of units) {
    for (const path of record.sources) if (path.endsWith('.rs') && !isGenerated(path, record)) add(path);
  }
  for (const path of manifests) add(path);
  return files;
}

function isGenerated(path: string, record: UnitRecord): boolean {
  const cargoDir = record.outDir.slice(0, record.outDir.lastIndexOf(`${sep}assay${sep}cargo${sep}`));
  return cargoDir !== '' && path.startsWith(`${cargoDir}${sep}assay${sep}cargo${sep}`);
}
