/**
 * Takes in the MIR dumps of one rustc call while it runs, and removes them: a large crate would otherwise leave hundreds
 * of megabytes in thousands of files.
 *
 * rustc writes one file per body and pass. Kept are
 * - `X.coroutine_before.0.mir`, or `X.StateTransform.before.mir` where the text says `yields`: coroutines as they enter that pass,
 * - `X.built.after.mir` of every other body,
 * sorted by file name and joined into chunks, so that the same crate always gives the same bytes.
 *
 * While rustc runs, a dump is taken only when nothing was written to it for a second: printing one body can make rustc
 * build and print another, so a newer file does not prove that an older one is finished. So the folder is read once a second
 * at most, and a dump is looked at when it was there the time before. Files are read by direct calls and kept as bytes: a large
 * workspace has 100,000 of them, and each asynchronous call costs more than the reading.
 *
 * Not detectable: a dump that rustc could not create (a file name longer than the file system allows); rustc ignores it.
 */
import { readdirSync, readFileSync, statSync, unlinkSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';

const compress = promisify(deflate);

// Limit: 8 MB of text per chunk, the unit in which readers hold MIR in memory.
const chunkBytesMax = 8 * 1024 * 1024;
// Limit: texts above this are kept in a spool file until the unit ends, so memory does not grow with the crate.
const heldBytesMax = 32 * 1024 * 1024;
const quietMs = 1000;

interface Entry {
  readonly name: string;
  readonly bytes: number;
  /** Null when it is in the spool file at `offset`. */
  text: Buffer | null;
  offset: number;
}

export interface StoredChunks {
  /** Compressed sizes of `0000.mir.z`, `0001.mir.z`, … */
  readonly chunkBytes: readonly number[];
  /** Dumps that could not be read, with why. */
  readonly unreadable: readonly string[];
}

export interface DumpIntake {
  /** Takes what is certainly finished and was there a call before, once a second at most. Calls must not overlap. */
  takeFinished(nowMs: number): Promise<void>;
  /** Takes the rest, after rustc has ended, and writes the chunks into `folder`, which it replaces. */
  store(folder: string): Promise<StoredChunks>;
  /** Drops everything. */
  discard(): Promise<void>;
}

/** `rewrite` is applied to each kept text, for paths that must not be shown as rustc saw them. */
export function openDumpIntake(dumpDir: string, rewrite: (text: Buffer) => Buffer): DumpIntake {
  const entries: Entry[] = [];
  const coroutines = new Set<string>();
  const unreadable: string[] = [];
  const spoolPath = `${dumpDir}.spool`;
  let spool: FileHandle | null = null;
  let spoolBytes = 0;
  let heldBytes = 0;

  let seen: ReadonlySet<string> = new Set();
  let lastTakeMs = Number.NEGATIVE_INFINITY;

  return { takeFinished, store, discard };

  async function takeFinished(nowMs: number): Promise<void> {
    if (nowMs - lastTakeMs < quietMs) return;
    lastTakeMs = nowMs;
    const names = dumpNames();
    await take(names.filter(name => useOf(name) === 'none' || (seen.has(name) && isQuiet(name, nowMs))));
    seen = new Set(names);
  }

  function dumpNames(): string[] {
    try {
      return readdirSync(dumpDir);
    } catch {
      return [];
    }
  }

  function isQuiet(name: string, nowMs: number): boolean {
    const found = statSync(join(dumpDir, name), { throwIfNoEntry: false });
    return found !== undefined && nowMs - found.mtimeMs >= quietMs;
  }

  async function take(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const path = join(dumpDir, name);
      const use = useOf(name);
      if (use === 'none') {
        drop(path);
        continue;
      }
      try {
        const text = readFileSync(path);
        drop(path);
        if (use === 'coroutine' && !hasYields(text)) continue;
        if (use === 'coroutine') coroutines.add(bodyName(name));
        await keep(name, rewrite(text));
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        if (code === 'ENOSPC' || code === 'EDQUOT') throw error;
        unreadable.push(`${name}: ${code ?? String(error)}`);
        drop(path);
      }
    }
  }

  function drop(path: string): void {
    try {
      unlinkSync(path);
    } catch {
      // What cannot be removed goes with the folder.
    }
  }

  async function keep(name: string, text: Buffer): Promise<void> {
    const entry: Entry = { name, bytes: text.length, text, offset: 0 };
    if (heldBytes + text.length > heldBytesMax) {
      spool ??= await open(spoolPath, 'w+');
      await spool.write(text, 0, text.length, spoolBytes);
      entry.text = null;
      entry.offset = spoolBytes;
      spoolBytes += text.length;
    } else {
      heldBytes += text.length;
    }
    entries.push(entry);
  }

  async function store(folder: string): Promise<StoredChunks> {
    await take(dumpNames());
    // The `built` dump of a coroutine comes first and says the same as the later one.
    const kept = entries
      .filter(entry => useOf(entry.name) === 'coroutine' || !coroutines.has(bodyName(entry.name)))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    const draft = `${folder}.new`;
    await rm(draft, { recursive: true, force: true });
    const chunkBytes: number[] = [];
    try {
      await mkdir(draft, { recursive: true });
      await writeChunks(draft, kept, chunkBytes);
      await rm(folder, { recursive: true, force: true });
      await rename(draft, folder);
    } finally {
      await rm(draft, { recursive: true, force: true });
      await discard();
    }
    return { chunkBytes, unreadable: unreadable.sort() };
  }

  async function writeChunks(draft: string, kept: readonly Entry[], chunkBytes: number[]): Promise<void> {
    let parts: Buffer[] = [];
    let size = 0;
    const flush = async () => {
      if (parts.length === 0) return;
      const packed = await compress(Buffer.concat(parts), { level: 1 });
      await writeFile(join(draft, chunkFileName(chunkBytes.length)), packed);
      chunkBytes.push(packed.length);
      parts = [];
      size = 0;
    };
    for (const entry of kept) {
      if (size > 0 && size + entry.bytes > chunkBytesMax) await flush();
      parts.push(entry.text ?? (await readSpooled(entry)));
      size += entry.bytes;
    }
    await flush();
  }

  async function readSpooled(entry: Entry): Promise<Buffer> {
    const text = Buffer.alloc(entry.bytes);
    await spool!.read(text, 0, entry.bytes, entry.offset);
    return text;
  }

  async function discard(): Promise<void> {
    await spool?.close();
    spool = null;
    entries.length = 0;
    await rm(spoolPath, { force: true });
    await rm(dumpDir, { recursive: true, force: true });
  }
}

/** `0003.mir.z` */
export function chunkFileName(index: number): string {
  return `${String(index).padStart(4, '0')}.mir.z`;
}

const coroutineEnds = ['.coroutine_before.0.mir', '.StateTransform.before.mir'];
const builtEnd = '.built.after.mir';

function useOf(name: string): 'coroutine' | 'built' | 'none' {
  if (coroutineEnds.some(end => name.endsWith(end))) return 'coroutine';
  return name.endsWith(builtEnd) ? 'built' : 'none';
}

/** What a dump's name says before the pass; a pass number (`.2-2-010`) may stand between. */
function bodyName(name: string): string {
  const end = coroutineEnds.find(candidate => name.endsWith(candidate)) ?? builtEnd;
  const stem = name.slice(0, -end.length);
  return stem.replace(/\.(\d+-\d+-\d+|-{7})$/, '');
}

/** `yields T` stands on a line of its own after the signature. */
function hasYields(text: Buffer): boolean {
  const body = text.indexOf('\n {');
  const signature = body === -1 ? text : text.subarray(0, body);
  return signature.includes('\nyields ');
}
