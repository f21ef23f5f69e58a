/**
 * A recorded evidence set in one file, read part by part.
 *
 * Format `assay-evidence/1`, all numbers little-endian:
 *
 *     "ASSAYEV1"                        8 bytes
 *     blocks                            each a zlib stream (RFC 1950) of one part's UTF-8 text, in the order of the index
 *     index                             a zlib stream of JSON: { header, parts: [{ name, offset, packed, bytes, sha256 }] }
 *     index offset, index length        two u64
 *     sha256 of the index as stored     32 bytes
 *     "ASSAYEND"                        8 bytes
 *
 * `offset`, `packed` and `sha256` are those of the block as it stands in the file, `bytes` is the size of the text. So
 * every bit of the file is under a checksum or has one right value, and all of it is looked at when the file is opened:
 * a bit of a compressed stream may mean nothing (two of its header do), and a part may not be read for every question.
 *
 * There is no time in it: the same evidence gives the same bytes. A part is held in memory whole (MIR parts are 8 MB at
 * most); a file is not.
 *
 * Limit: a text may unpack to at most 1 GB, so a garbled or hostile file cannot fill the memory.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import type { Problem } from '#base/parsed.ts';
import type { EvidenceHeader, EvidenceSource } from '#model/evidence.ts';
import { failureFromFileError } from './failure.ts';
import { outputPlace } from './output-place.ts';

const compress = promisify(deflate);
const decompress = promisify(inflate);

const magic = Buffer.from('ASSAYEV1');
const endMagic = Buffer.from('ASSAYEND');
const tailBytes = 16 + 32 + endMagic.length;
const textBytesMax = 1024 * 1024 * 1024;

/** What a recorded evidence file yields: null when nothing of it can be used; `problems` says why. */
export interface OpenedEvidence {
  readonly source: EvidenceSource | null;
  /** Damaged parts, which read as null. Grows only where the file changes or cannot be read any more. */
  readonly problems: readonly Problem[];
  /** Closes the file; reading parts after that gives null. */
  close(): Promise<void>;
}

interface IndexEntry {
  readonly name: string;
  readonly offset: number;
  readonly packed: number;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Writes every part of `source` into one compressed file; the same evidence always gives the same bytes. Nothing stands
 * at `path` until all is written, unless it is a device or a pipe. Throws `disk-full` and `unwritable-target`.
 */
export async function writeEvidenceFile(source: EvidenceSource, path: string): Promise<void> {
  const place = await outputPlace(path);
  const draft = place.isStream ? null : `${place.path}.${process.pid}.new`;
  try {
    const file = await open(draft ?? place.path, 'w');
    try {
      await writeParts(file, source);
    } finally {
      await file.close();
    }
    if (draft !== null) await rename(draft, place.path);
  } catch (error) {
    if (draft !== null) await rm(draft, { force: true }).catch(() => {});
    throw failureFromFileError(error, path);
  }
}

async function writeParts(file: FileHandle, source: EvidenceSource): Promise<void> {
  const parts: IndexEntry[] = [];
  await file.writeFile(magic);
  let offset = magic.length;
  for (const name of [...source.partNames].sort()) {
    const text = await source.readPart(name);
    if (text === null) continue;
    const raw = Buffer.from(text);
    const packed = await compress(raw, { level: 6 });
    await file.writeFile(packed);
    parts.push({
      name,
      offset,
      packed: packed.length,
      bytes: raw.length,
      sha256: sha256(packed).toString('hex'),
    });
    offset += packed.length;
  }
  const index = await compress(Buffer.from(JSON.stringify({ header: source.header, parts })), { level: 6 });
  const place = Buffer.alloc(16);
  place.writeBigUInt64LE(BigInt(offset), 0);
  place.writeBigUInt64LE(BigInt(index.length), 8);
  await file.writeFile(Buffer.concat([index, place, sha256(index), endMagic]));
}

/** Opens a recorded file. Never throws on what is in it; a file that cannot be opened at all is a problem too. */
export async function openEvidenceFile(path: string): Promise<OpenedEvidence> {
  const problems: Problem[] = [];
  let file: FileHandle | null = null;
  const close = async () => {
    const open = file;
    file = null;
    await open?.close();
  };
  const unusable = async (what: string): Promise<OpenedEvidence> => {
    problems.push({ what, input: path });
    await close();
    return { source: null, problems, close };
  };
  try {
    file = await open(path, 'r');
  } catch (error) {
    return unusable(`cannot be opened (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
  let index: Index | string;
  try {
    index = await readIndex(file);
  } catch (error) {
    index = `cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`;
  }
  if (typeof index === 'string') return unusable(index);
  const entryByName = new Map(index.parts.map(entry => [entry.name, entry]));
  const damagedNames = new Set<string>();
  const noteDamage = (name: string) => {
    if (damagedNames.has(name)) return;
    damagedNames.add(name);
    problems.push({ what: `part ${name} is damaged`, input: path });
  };
  for (const entry of index.parts) if ((await readBlock(file, entry)) === null) noteDamage(entry.name);
  const readPart = async (name: string): Promise<string | null> => {
    const entry = entryByName.get(name);
    if (entry === undefined || file === null || damagedNames.has(name)) return null;
    const text = await readText(file, entry);
    if (text === null) noteDamage(name);
    return text;
  };
  const partNames = [...entryByName.keys()].sort();
  return { source: { header: index.header, partNames, readPart }, problems, close };
}

interface Index {
  readonly header: EvidenceHeader;
  readonly parts: readonly IndexEntry[];
}

/** The index, or what is wrong with the file. */
async function readIndex(file: FileHandle): Promise<Index | string> {
  const { size } = await file.stat();
  const start = await readBytes(file, 0, Math.min(magic.length, size));
  if (!start.equals(magic)) return 'is not an evidence file of Assay';
  if (size < magic.length + tailBytes) return 'is truncated';
  const tail = await readBytes(file, size - tailBytes, tailBytes);
  if (!tail.subarray(48).equals(endMagic)) return 'is truncated or was changed: its end is missing';
  const offset = Number(tail.readBigUInt64LE(0));
  const length = Number(tail.readBigUInt64LE(8));
  if (offset + length !== size - tailBytes || offset < magic.length)
    return 'is damaged: its index is not where it should be';
  const packed = await readBytes(file, offset, length);
  if (!sha256(packed).equals(tail.subarray(16, 48)))
    return 'is damaged: its index does not match its checksum';
  try {
    const index = JSON.parse((await unpack(packed)).toString('utf8')) as Index;
    if (index.header?.schema !== 'assay-evidence/1')
      return `has schema ${String(index.header?.schema)}, which is not known`;
    return index;
  } catch {
    return 'is damaged: its index cannot be unpacked';
  }
}

/** Null when the block is not as it was written. */
async function readBlock(file: FileHandle, entry: IndexEntry): Promise<Buffer | null> {
  try {
    const block = await readBytes(file, entry.offset, entry.packed);
    return sha256(block).toString('hex') === entry.sha256 ? block : null;
  } catch {
    return null;
  }
}

async function readText(file: FileHandle, entry: IndexEntry): Promise<string | null> {
  const block = await readBlock(file, entry);
  if (block === null) return null;
  try {
    const text = await unpack(block, entry.bytes);
    return text.length === entry.bytes ? text.toString('utf8') : null;
  } catch {
    return null;
  }
}

async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** `bytes`: about how many come out; zlib hands over a piece at a time, and its own size of a piece is 16 KB. */
function unpack(packed: Buffer, bytes = 0): Promise<Buffer> {
  const chunkSize = Math.min(Math.max(bytes + 64, 16 * 1024), pieceBytesMax);
  return decompress(packed, { maxOutputLength: textBytesMax, chunkSize });
}

// Limit: one piece of what is unpacked; a part is about as long.
const pieceBytesMax = 16 * 1024 * 1024;

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
