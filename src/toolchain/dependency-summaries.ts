/**
 * Summaries of dependencies: what an area makes of the MIR of each, kept in the unit's folder in place of the MIR, which
 * is hundreds of megabytes for a few hundred crates. How they are made is the caller's; here it is decided when.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import type { DependencyUnit, EvidenceSource, MirUnit } from '#model/evidence.ts';
import type { DependencyPackage } from './dependency-packages.ts';
import { chunkFileName } from './dump-intake.ts';
import type { HeaderFacts, SelectedUnit } from './evidence-folder.ts';
import type { KnownDependency, Summarise } from './pass-options.ts';
import { readSummary, summaryFile, type UnitRecord, type UnitStore } from './unit-store.ts';

const compress = promisify(deflate);
const decompress = promisify(inflate);

/**
 * Makes the summaries that are missing, each after those of the crates below it, and returns all in that order.
 * `progress` gets how many there are and which one is being made.
 */
export async function summariseDependencies(
  selected: readonly SelectedUnit[],
  packages: readonly DependencyPackage[],
  store: UnitStore,
  header: HeaderFacts,
  metadata: string,
  summarise: Summarise,
  progress: (done: number, total: number, crateName: string) => void,
  signal: AbortSignal,
): Promise<readonly DependencyUnit[]> {
  const units = new Map<string, SelectedUnit[]>();
  for (const unit of selected) {
    const key = `${unit.record.packageName} ${unit.record.version}`;
    units.set(key, [...(units.get(key) ?? []), unit]);
  }
  const made = new Map<string, KnownDependency[]>();
  const all: DependencyUnit[] = [];
  let done = 0;
  for (const krate of packages) {
    const own = (units.get(krate.package) ?? []).sort((a, b) => (a.record.key < b.record.key ? -1 : 1));
    for (const selectedUnit of own) {
      if (signal.aborted) return all;
      const { record } = selectedUnit;
      progress(done, selected.length, record.crateName);
      const unit: DependencyUnit = {
        key: record.key,
        crateName: record.crateName,
        package: krate.package,
        dependents: krate.dependents,
      };
      let text = record.summaryBytes === null ? null : await readSummary(store, record.key);
      if (text === null) {
        const below = krate.below.flatMap(id => made.get(id) ?? []);
        text = await summarise(evidenceOf(selectedUnit, header, store), below, metadata);
        await keep(store, record, text);
      }
      made.set(krate.id, [...(made.get(krate.id) ?? []), { unit, text }]);
      all.push(unit);
      done++;
    }
  }
  return all;
}

/** The summary takes the place of the MIR. */
async function keep(store: UnitStore, record: UnitRecord, text: string): Promise<void> {
  const folder = store.unitFolder(record.key);
  const packed = await compress(Buffer.from(text), { level: 1 });
  await writeFile(join(folder, summaryFile), packed);
  await store.save({ ...record, chunkBytes: [], summaryBytes: packed.length });
  for (const index of record.chunkBytes.keys()) await rm(join(folder, chunkFileName(index)), { force: true });
}

/** One unit as an evidence set of its own, its package's folder being the workspace. */
function evidenceOf(
  { record, targetKind }: SelectedUnit,
  header: HeaderFacts,
  store: UnitStore,
): EvidenceSource {
  const unit: MirUnit = {
    key: record.key,
    crateName: record.crateName,
    package: `${record.packageName} ${record.version}`,
    targetKind,
    edition: record.edition,
    chunkCount: record.chunkBytes.length,
    unreadable: record.unreadable,
  };
  const files = new Map<string, string>();
  for (const [index] of record.chunkBytes.entries()) {
    const file = chunkFileName(index);
    files.set(`mir/${record.key}/${file.slice(0, -2)}`, join(store.unitFolder(record.key), file));
  }
  for (const path of record.sources) {
    const inside = relative(record.manifestDir, path);
    if (!path.endsWith('.rs') || inside.startsWith('..')) continue;
    files.set(`source/${inside.split(sep).join('/')}`, path);
  }
  return {
    header: { ...header, root: record.manifestDir, mirUnits: [unit] },
    partNames: [...files.keys()].sort(),
    async readPart(name) {
      const path = files.get(name);
      if (path === undefined) return null;
      if (!name.startsWith('mir/')) return readFile(path, 'utf8').catch(() => null);
      return (await decompress(await readFile(path))).toString('utf8');
    },
  };
}
