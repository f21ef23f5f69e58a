/**
 * The first reading of a profile: which label each event id stands for, without the texts. Of the strings, which can be
 * most of a file, nothing is kept but 2 bytes for each query that ran and 6 for each activity with arguments.
 */
import type { Problem } from '#base/parsed.ts';
import { emptyU32, grownU16, pushU32, sortedIndexOf } from './growing.ts';
import {
  addressMax,
  endByte,
  firstRegularId,
  headerBytes,
  type Layout,
  metadataId,
  readId,
  referenceByte,
  separatorByte,
  stringBytesMax,
} from './layout.ts';
import type { StreamBytes } from './pages.ts';
import { cutRecords } from './records.ts';

/** The label of ids that the profile does not explain. */
export const unnamedKey = 0;

export interface EventNames {
  /** The key of an id's label; `unnamedKey` where the profile does not explain it. */
  keyOf(id: number): number;
  /** By key: address of the string whose text, up to a separator, is the label. Grows as ids are asked for. */
  readonly labelAddresses: readonly number[];
  /**
   * Address of the first argument's text of an id whose label is one of those asked for; -1 otherwise. rustc gives virtual
   * ids to queries alone, of which it is not asked.
   */
  argumentOf(id: number): number;
  /** -1 where there is none. */
  readonly metadataAddress: number;
  readonly problems: readonly Problem[];
}

// Limit: labels; rustc 1.95 has about 500. What is beyond is unnamed.
const keysMax = 0x7fff;
// Limit: strings that get a key before they are read.
const earlyKeysMax = 1024;
/** Beside a key: an index entry named the string. */
const namedBit = 0x8000;
// Limit: ids of which arguments are kept.
const argumentIdsMax = 200_000;

export interface NameReader {
  begin(layout: Layout): void;
  readonly stringData: StreamBytes;
  readonly stringIndex: StreamBytes;
  end(): EventNames;
}

/** `labelsWithArguments`: labels of which each event's first argument is wanted; literals of ASCII. */
export function readNames(labelsWithArguments: ReadonlySet<string>): NameReader {
  const wanted = [...labelsWithArguments].map(label => new TextEncoder().encode(label));
  const wantedLengths = new Set(wanted.map(bytes => bytes.length));
  let layout: Layout = { version: 9, idBytes: 8, eventBytes: 32 };
  let entryBytes = 16;
  /** Bytes of one reference in a string. */
  let referenceBytes = 9;
  const problems: Problem[] = [];

  // Strings `reference to a label, separator, …` in the order of their addresses, with the key of the label. Those that an
  // index entry has named are taken out: nothing else names them, or their text still can.
  const composedAt = emptyU32();
  let composedKey = new Uint16Array(1024);
  let composedNamed = 0;
  const labelAddresses: number[] = [-1];
  const keyByAddress = new Map<number, number>();
  /** To the key of the label, where a string that had a key turned out to be one of a label and arguments. */
  const keyOfEarly = new Map<number, number>();
  let lastEarlyAddress = -1;
  const wantedKeys = new Set<number>();
  const argumentByAddress = new Map<number, number>();
  let argumentsLeftOut = 0;

  // Dense, since rustc counts its queries through; ids far beyond stand apart.
  let keyOfVirtual = new Uint16Array(1024);
  const keyOfFar = new Map<number, number>();
  // Index entries whose strings were not there yet.
  let earlyIds = emptyU32();
  let earlyAddresses = emptyU32();
  let addressAtLastLook = 0;
  let indexEntries = 0;
  let metadataAddress = -1;
  let badEntries = 0;

  /** The begin of a string that chunks cut. */
  let cut = new Uint8Array(4096);
  let cutLength = 0;
  let address = headerBytes;
  let stringsEnded = false;

  let index = cutRecords(16, addEntries);

  return {
    begin(found) {
      layout = found;
      entryBytes = 2 * layout.idBytes;
      referenceBytes = 1 + layout.idBytes;
      index = cutRecords(entryBytes, addEntries);
    },
    stringData,
    stringIndex: (chunk, from, to) => index.take(chunk, from, to),
    end,
  };

  function stringData(chunk: Uint8Array, from: number, to: number): void {
    if (stringsEnded) return;
    const start = cutLength === 0 ? from : endCutString(chunk, from, to);
    const rest = addStrings(chunk, start, to);
    keepCut(chunk, rest, to);
    if (cut.length > stringBytesMax || address > addressMax) {
      const what =
        cut.length > stringBytesMax ? 'a string of more than 16 MiB' : 'more than 4 GiB of strings';
      problems.push({ what: `${what}; those behind it are not read` });
      stringsEnded = true;
      cutLength = 0;
    }
    // As many bytes as it costs to look, so that looking costs no more than reading.
    if (earlyIds.length > 0 && address - addressAtLastLook > 16 * earlyIds.length) nameEarly();
  }

  /** Returns where the string behind the cut one begins; `to` where the cut one does not end. */
  function endCutString(chunk: Uint8Array, from: number, to: number): number {
    const before = cutLength;
    // Most strings are short: no more of the chunk is copied than is needed, or twice that.
    for (let taken = Math.min(256, to - from); ; taken = Math.min(2 * taken, to - from)) {
      cutLength = before;
      keepCut(chunk, from, from + taken);
      const end = endOfString(cut, 0, cutLength);
      if (end === -1 && taken < to - from) continue;
      if (end === -1) return to;
      addStrings(cut, 0, end + 1);
      cutLength = 0;
      return from + end + 1 - before;
    }
  }

  function keepCut(bytes: Uint8Array, from: number, to: number): void {
    const length = cutLength + to - from;
    if (length > cut.length) {
      const larger = new Uint8Array(Math.max(length, cut.length * 2));
      larger.set(cut.subarray(0, cutLength));
      cut = larger;
    }
    cut.set(bytes.subarray(from, to), cutLength);
    cutLength = length;
  }

  /** Where the end mark stands; -1 where it does not before `to`. */
  function endOfString(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to) {
      const byte = bytes[at]!;
      if (byte === endByte) return at;
      at += byte === referenceByte ? referenceBytes : 1;
    }
    return -1;
  }

  /** Returns where the first string begins that is not whole. */
  function addStrings(bytes: Uint8Array, from: number, to: number): number {
    let start = from;
    while (start < to) {
      // As endOfString does, which is a call for each of millions of strings.
      let at = start;
      for (;;) {
        const byte = bytes[at]!;
        if (byte === endByte) break;
        at += byte === referenceByte ? referenceBytes : 1;
        if (at >= to) return start;
      }
      const first = bytes[start]!;
      if (first !== referenceByte) noteLiteral(bytes, start, at);
      else if (bytes[start + referenceBytes] === separatorByte) noteComposed(bytes, start, at);
      address += at + 1 - start;
      start = at + 1;
    }
    return start;
  }

  function noteLiteral(bytes: Uint8Array, start: number, end: number): void {
    if (!wantedLengths.has(end - start)) return;
    const isWanted = wanted.some(
      label => label.length === end - start && label.every((byte, index) => bytes[start + index] === byte),
    );
    if (isWanted) wantedKeys.add(keyOfAddress(address));
  }

  function noteComposed(bytes: Uint8Array, start: number, end: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const label = readId(view, start + 1, layout);
    if (!(label >= firstRegularId && label - firstRegularId <= addressMax)) return;
    const key = keyOfAddress(label - firstRegularId);
    if (address <= lastEarlyAddress) {
      const early = keyByAddress.get(address);
      if (early !== undefined) keyOfEarly.set(early, key);
    }
    if (composedNamed > 16_384 && composedNamed > composedAt.length >> 1) dropNamed();
    if (composedAt.length === composedKey.length) composedKey = grownU16(composedKey, composedAt.length + 1);
    composedKey[composedAt.length] = key;
    pushU32(composedAt, address);
    const argument = start + referenceBytes + 1;
    if (!wantedKeys.has(key) || argument + referenceBytes > end || bytes[argument] !== referenceByte) return;
    const argumentId = readId(view, argument + 1, layout);
    if (!(argumentId >= firstRegularId && argumentId - firstRegularId <= addressMax)) return;
    if (argumentByAddress.size < argumentIdsMax) argumentByAddress.set(address, argumentId - firstRegularId);
    else argumentsLeftOut++;
  }

  function keyOfAddress(labelAddress: number): number {
    const known = keyByAddress.get(labelAddress);
    if (known !== undefined) return known;
    if (labelAddresses.length >= keysMax) return unnamedKey;
    const key = labelAddresses.length;
    labelAddresses.push(labelAddress);
    keyByAddress.set(labelAddress, key);
    return key;
  }

  function dropNamed(): void {
    let kept = 0;
    for (let index = 0; index < composedAt.length; index++) {
      const key = composedKey[index]!;
      if ((key & namedBit) !== 0) continue;
      composedKey[kept] = key;
      composedAt.values[kept] = composedAt.values[index]!;
      kept++;
    }
    composedAt.length = kept;
    composedNamed = 0;
  }

  function addEntries(view: DataView, from: number, to: number): void {
    for (let at = from; at < to; at += entryBytes) {
      const id = readId(view, at, layout);
      const found = readId(view, at + layout.idBytes, layout);
      indexEntries++;
      if (!(id <= metadataId && found >= headerBytes && found <= addressMax)) badEntries++;
      else if (id === metadataId) metadataAddress = found;
      else if (found < address || mayBeNamedEarly(found)) nameVirtual(id, found);
      else {
        pushU32(earlyIds, id);
        pushU32(earlyAddresses, found);
      }
    }
  }

  /** Without arguments all ids of a query name one string, which may stand at the end of the file. */
  function mayBeNamedEarly(found: number): boolean {
    if (keyByAddress.has(found)) return true;
    if (labelAddresses.length > earlyKeysMax) return false;
    keyOfAddress(found);
    lastEarlyAddress = Math.max(lastEarlyAddress, found);
    return true;
  }

  function nameEarly(): void {
    const [ids, addresses] = [earlyIds, earlyAddresses];
    earlyIds = emptyU32();
    earlyAddresses = emptyU32();
    addressAtLastLook = address;
    for (let index = 0; index < ids.length; index++) {
      const [id, found] = [ids.values[index]!, addresses.values[index]!];
      if (found < address) nameVirtual(id, found);
      else {
        pushU32(earlyIds, id);
        pushU32(earlyAddresses, found);
      }
    }
  }

  function nameVirtual(id: number, found: number): void {
    const key = keyOfString(found, true);
    if (id >= 4 * indexEntries + 1_000_000) {
      keyOfFar.set(id, key);
      return;
    }
    if (id >= keyOfVirtual.length) keyOfVirtual = grownU16(keyOfVirtual, id + 1);
    keyOfVirtual[id] = key;
  }

  function keyOfString(at: number, named: boolean): number {
    const known = keyByAddress.get(at);
    if (known !== undefined) return keyOfEarly.get(known) ?? known;
    if (at < headerBytes || at >= address) return unnamedKey;
    const composed = sortedIndexOf(composedAt, at);
    if (composed === -1) return keyOfAddress(at);
    const key = composedKey[composed]!;
    if (named && (key & namedBit) === 0) {
      composedKey[composed] = key | namedBit;
      composedNamed++;
    }
    return key & ~namedBit;
  }

  function end(): EventNames {
    if (cutLength > 0) problems.push({ what: 'the last string has no end' });
    if (index.leftOver() > 0) problems.push({ what: 'the string index ends within an entry' });
    if (badEntries > 0) problems.push({ what: `${badEntries} entries of the string index point nowhere` });
    if (argumentsLeftOut > 0)
      problems.push({ what: `arguments of ${argumentsLeftOut} ids were not kept: there are too many` });
    nameEarly();
    dropNamed();
    const dataEnd = address;
    /** What had a key early may be of a label, or not be there at all. */
    const labelKey = (key: number): number => {
      const known = keyOfEarly.size === 0 ? key : (keyOfEarly.get(key) ?? key);
      return labelAddresses[known]! < dataEnd ? known : unnamedKey;
    };
    return {
      keyOf(id) {
        if (id < keyOfVirtual.length) return labelKey(keyOfVirtual[id]!);
        if (id >= firstRegularId) return keyOfString(id - firstRegularId, false);
        return labelKey(keyOfFar.get(id) ?? unnamedKey);
      },
      labelAddresses,
      argumentOf(id) {
        return argumentByAddress.get(id - firstRegularId) ?? -1;
      },
      metadataAddress,
      problems,
    };
  }
}
