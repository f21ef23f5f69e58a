/**
 * What was recorded of each rustc call of a member: `<evidence>/units/<key>/` with a record and its MIR chunks.
 *
 * A record is tied to the compilation that it came from by the size and time of the dep-info file that rustc wrote in it.
 * If cargo compiled the unit since without our taking note (a pass that was killed), the stamp differs, and the record
 * does not count.
 */
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { chunkFileName } from './dump-intake.ts';
import { typeSizesFile } from './type-sizes.ts';
import { writeWhole } from './write-whole.ts';

const decompress = promisify(inflate);

/** What a dependency has in place of its chunks. */
export const summaryFile = 'summary.z';

export interface UnitRecord {
  readonly schema: 1;
  readonly key: string;
  /** Which flags and intake rules made it; another recipe means that it must be made again. */
  readonly recipe: string;
  readonly crateName: string;
  readonly packageName: string;
  readonly version: string;
  readonly manifestDir: string;
  readonly edition: string;
  /** Absolute path of the crate's root source file. */
  readonly srcPath: string;
  readonly crateTypes: readonly string[];
  readonly test: boolean;
  readonly features: readonly string[];
  readonly outDir: string;
  readonly depInfo: string;
  readonly depInfoStamp: string;
  /** Absolute paths of the sources that rustc read, sorted. */
  readonly sources: readonly string[];
  readonly chunkBytes: readonly number[];
  readonly unreadable: readonly string[];
  /** Size of `type-sizes.z`; null when there is none. */
  readonly typeSizesBytes: number | null;
  /** Size of `summary.z`, which a dependency has in place of its chunks; null when there is none. */
  readonly summaryBytes: number | null;
}

export interface UnitStore {
  readonly folder: string;
  /** Folder of a unit's chunks. */
  unitFolder(key: string): string;
  save(record: UnitRecord): Promise<void>;
  remove(key: string): Promise<void>;
  /** Records that are whole and belong to the last compilation of their unit; the others are removed. */
  load(recipe: string): Promise<Map<string, UnitRecord>>;
}

export async function openUnitStore(folder: string): Promise<UnitStore> {
  await mkdir(folder, { recursive: true });
  const unitFolder = (key: string) => join(folder, key);
  const recordPath = (key: string) => join(folder, `${key}.json`);
  const remove = async (key: string) => {
    await rm(recordPath(key), { force: true });
    await rm(unitFolder(key), { recursive: true, force: true });
  };
  return {
    folder,
    unitFolder,
    remove,
    async save(record) {
      await writeWhole(recordPath(record.key), JSON.stringify(record));
    },
    async load(recipe) {
      const byKey = new Map<string, UnitRecord>();
      const names = await readdir(folder);
      const read = async (name: string) => {
        const record = await readRecord(join(folder, name));
        if (record === null || record.recipe !== recipe || !(await isWhole(record, unitFolder(record.key)))) {
          await remove(name.slice(0, -'.json'.length));
        } else {
          byKey.set(record.key, record);
        }
      };
      await Promise.all(names.filter(name => name.endsWith('.json')).map(read));
      return byKey;
    },
  };
}

/** Text of a unit's summary; null when it cannot be read. */
export async function readSummary(store: UnitStore, key: string): Promise<string | null> {
  try {
    return (await decompress(await readFile(join(store.unitFolder(key), summaryFile)))).toString('utf8');
  } catch {
    return null;
  }
}

/** Time and size of the file that rustc wrote last; empty when there is none. */
export async function fileStamp(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found === null ? '' : `${found.mtimeNs}:${found.size}`;
}

async function readRecord(path: string): Promise<UnitRecord | null> {
  try {
    const record = JSON.parse(await readFile(path, 'utf8')) as UnitRecord;
    return record.schema === 1 ? record : null;
  } catch {
    return null;
  }
}

async function isWhole(record: UnitRecord, folder: string): Promise<boolean> {
  if ((await fileStamp(record.depInfo)) !== record.depInfoStamp) return false;
  const files: [name: string, bytes: number][] = record.chunkBytes.map((bytes, index) => [
    chunkFileName(index),
    bytes,
  ]);
  if (record.typeSizesBytes !== null) files.push([typeSizesFile, record.typeSizesBytes]);
  if (record.summaryBytes !== null) files.push([summaryFile, record.summaryBytes]);
  const sizes = files.map(async ([name, bytes]) => {
    const found = await stat(join(folder, name)).catch(() => null);
    return found?.size === bytes;
  });
  return (await Promise.all(sizes)).every(Boolean);
}

/**
 * The prerequisites of a dep-info file's first rule (Makefile syntax: spaces escaped by `\`), as rustc wrote them:
 * relative ones start in rustc's working directory.
 */
export function parseDepInfo(text: string): string[] {
  const line = text.slice(0, text.indexOf('\n') === -1 ? undefined : text.indexOf('\n'));
  const start = line.search(/:( |$)/);
  if (start === -1) return [];
  const paths: string[] = [];
  let current = '';
  for (let i = start + 1; i < line.length; i++) {
    const char = line[i]!;
    if (char === '\\' && line[i + 1] === ' ') {
      current += ' ';
      i++;
    } else if (char === ' ') {
      if (current !== '') paths.push(current);
      current = '';
    } else {
      current += char;
    }
  }
  if (current !== '') paths.push(current);
  return paths;
}
