/**
 * The first reading of a profile: which label each event id stands for, without the texts. Of the strings, which can be
 * most of a file, only addresses are kept: 6 bytes for each id with arguments, and up to 6 for each other id.
 */
import type { Problem } from '#base/parsed.ts';
import { emptyU32, type GrowingU32, pushU32, sortedIndexOf } from './growing.ts';
import {
  addressMax,
  endByte,
  firstRegularId,
  headerBytes,
  type Layout,
  lastVirtualId,
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
  /** Address of the first argument's text of an id whose label is one of those asked for; -1 otherwise. */
  argumentOf(id: number): number;
  /** -1 where there is none. */
  readonly metadataAddress: number;
  readonly problems: readonly Problem[];
}

// Limit: labels; rustc 1.95 has about 500. What is beyond is unnamed.
const keysMax = 65_535;
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

  // Strings `reference to a label, separator, …` in the order of their addresses, with the key of the label.
  const composedAt = emptyU32();
  let composedKey = new Uint16Array(1024);
  const labelAddresses: number[] = [-1];
  const keyByAddress = new Map<number, number>();
  const wantedKeys = new Set<number>();
  const argumentByAddress = new Map<number, number>();
  let argumentsLeftOut = 0;

  // From virtual ids to addresses. Dense, since rustc counts its queries through; ids far beyond stand apart.
  let addressOf: GrowingU32 = emptyU32();
  const farAddressOf = new Map<number, number>();
  let indexEntries = 0;
  let metadataAddress = -1;
  let badEntries = 0;

  let cut = new Uint8Array(0);
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
    let bytes = chunk;
    let at = from;
    let end = to;
    if (cut.length > 0) {
      bytes = new Uint8Array(cut.length + to - from);
      bytes.set(cut);
      bytes.set(chunk.subarray(from, to), cut.length);
      at = 0;
      end = bytes.length;
    }
    const rest = addStrings(bytes, at, end);
    cut = rest === end ? empty : bytes.slice(rest, end);
    if (cut.length > stringBytesMax || address > addressMax) {
      const what =
        cut.length > stringBytesMax ? 'a string of more than 16 MiB' : 'more than 4 GiB of strings';
      problems.push({ what: `${what}; those behind it are not read` });
      stringsEnded = true;
      cut = empty;
    }
  }

  /** Returns where the first string begins that is not whole. */
  function addStrings(bytes: Uint8Array, from: number, to: number): number {
    let start = from;
    while (start < to) {
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
    if (composedAt.length === composedKey.length) {
      const grown = new Uint16Array(composedKey.length + (composedKey.length >> 1));
      grown.set(composedKey);
      composedKey = grown;
    }
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

  function addEntries(view: DataView, from: number, to: number): void {
    for (let at = from; at < to; at += entryBytes) {
      const id = readId(view, at, layout);
      const found = readId(view, at + layout.idBytes, layout);
      indexEntries++;
      if (!(id <= metadataId && found >= headerBytes && found <= addressMax)) badEntries++;
      else if (id === metadataId) metadataAddress = found;
      else if (id < 4 * indexEntries + 1_000_000) setAddress(id, found);
      else farAddressOf.set(id, found);
    }
  }

  function setAddress(id: number, found: number): void {
    if (id >= addressOf.values.length) {
      const grown = new Uint32Array(
        Math.max(id + 1, addressOf.values.length + (addressOf.values.length >> 1)),
      );
      grown.set(addressOf.values);
      addressOf.values = grown;
    }
    addressOf.values[id] = found;
    if (id >= addressOf.length) addressOf.length = id + 1;
  }

  function end(): EventNames {
    if (cut.length > 0) problems.push({ what: 'the last string has no end' });
    if (index.leftOver() > 0) problems.push({ what: 'the string index ends within an entry' });
    if (badEntries > 0) problems.push({ what: `${badEntries} entries of the string index point nowhere` });
    if (argumentsLeftOut > 0)
      problems.push({ what: `arguments of ${argumentsLeftOut} ids were not kept: there are too many` });
    const dataEnd = address;
    const keyOfString = (at: number): number => {
      if (at < headerBytes || at >= dataEnd) return unnamedKey;
      const composed = sortedIndexOf(composedAt, at);
      return composed === -1 ? keyOfAddress(at) : composedKey[composed]!;
    };
    const keyOfVirtual = new Uint16Array(addressOf.length);
    for (let id = 0; id < keyOfVirtual.length; id++) {
      const at = addressOf.values[id]!;
      if (at !== 0) keyOfVirtual[id] = keyByAddress.get(at) ?? keyOfString(at);
    }
    // Kept only for ids whose arguments are wanted.
    const argumentOfVirtual = new Map<number, number>();
    if (argumentByAddress.size > 0) {
      for (let id = 0; id < keyOfVirtual.length; id++) {
        if (!wantedKeys.has(keyOfVirtual[id]!)) continue;
        const argument = argumentByAddress.get(addressOf.values[id]!);
        if (argument !== undefined) argumentOfVirtual.set(id, argument);
      }
    }
    addressOf = { length: 0, values: new Uint32Array(0) };
    return {
      keyOf(id) {
        if (id < keyOfVirtual.length) return keyOfVirtual[id]!;
        const at = id >= firstRegularId ? id - firstRegularId : (farAddressOf.get(id) ?? -1);
        return keyByAddress.get(at) ?? keyOfString(at);
      },
      labelAddresses,
      argumentOf(id) {
        if (id <= lastVirtualId) return argumentOfVirtual.get(id) ?? -1;
        return argumentByAddress.get(id - firstRegularId) ?? -1;
      },
      metadataAddress,
      problems,
    };
  }
}

const empty = new Uint8Array(0);
