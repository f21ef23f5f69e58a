/**
 * Takes in the self-profiles of rustc calls. A profile has tens to hundreds of megabytes; what is kept are its sums, as
 * the summary of the unit. Summing up takes time from the build that is being measured, so it waits for the build's end,
 * unless the profiles that wait would fill the disk.
 */
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import type { InsidePass } from './pass-options.ts';
import { readChunks } from './read-chunks.ts';
import { summaryFile, type UnitRecord, type UnitStore } from './unit-store.ts';

const compress = promisify(deflate);

// Limit: profiles that wait for the end of the build take no more than this.
const waitingBytesMax = 2 * 1024 * 1024 * 1024;

/** All of a record but what follows from the intake. */
export type DescribedUnit = Omit<UnitRecord, 'chunkBytes' | 'unreadable' | 'typeSizesBytes' | 'summaryBytes'>;

export interface ProfileIntake {
  /** A rustc call ended well. */
  add(unit: DescribedUnit): Promise<void>;
  /** A rustc call failed or was killed. */
  drop(key: string): Promise<void>;
  /** After the build. */
  finish(): Promise<void>;
}

export function openProfileIntake(
  marksDir: string,
  store: UnitStore,
  inside: InsidePass,
  memberDirs: readonly string[],
): ProfileIntake {
  const waiting: DescribedUnit[] = [];
  let waitingBytes = 0;
  const profileDir = (key: string) => join(marksDir, `${key}.profile`);
  const monoDir = (key: string) => join(marksDir, `${key}.mono`);

  return {
    async add(unit) {
      const profile = await fileIn(profileDir(unit.key), '.mm_profdata');
      waitingBytes += profile === null ? 0 : (await stat(profile)).size;
      waiting.push(unit);
      if (waitingBytes > waitingBytesMax) await finish();
    },
    drop,
    finish,
  };

  async function finish(): Promise<void> {
    for (const unit of waiting.splice(0)) await take(unit);
    waitingBytes = 0;
  }

  async function take(unit: DescribedUnit): Promise<void> {
    const { key } = unit;
    const profile = await fileIn(profileDir(key), '.mm_profdata');
    const mono = await fileIn(monoDir(key), '.mono_items.json');
    const text = await inside.summarise(
      profile === null ? null : () => readChunks(profile),
      mono === null ? null : await readFile(mono, 'utf8'),
      {
        key,
        package: `${unit.packageName} ${unit.version}`,
        member: memberDirs.includes(unit.manifestDir),
      },
    );
    const folder = store.unitFolder(key);
    await mkdir(folder, { recursive: true });
    const packed = await compress(Buffer.from(text), { level: 1 });
    await writeFile(join(folder, summaryFile), packed);
    const none = { chunkBytes: [], unreadable: [], typeSizesBytes: null };
    await store.save({ ...unit, ...none, summaryBytes: packed.length });
    await removeRaw(key);
  }

  async function drop(key: string): Promise<void> {
    await removeRaw(key);
    await store.remove(key);
  }

  async function removeRaw(key: string): Promise<void> {
    await rm(profileDir(key), { recursive: true, force: true });
    await rm(monoDir(key), { recursive: true, force: true });
  }
}

/** The one file that rustc wrote there; null where there is none. */
async function fileIn(folder: string, ending: string): Promise<string | null> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const name = names.sort().find(file => file.endsWith(ending));
  return name === undefined ? null : join(folder, name);
}
