/** The third reading: the texts of a few strings, by their addresses. */
import {
  endByte,
  firstRegularId,
  headerBytes,
  type Layout,
  readId,
  referenceByte,
  separator,
  stringBytesMax,
} from './layout.ts';
import type { StreamBytes } from './pages.ts';

/** A part of a string: its own text, or the string id of another. */
type Part = string | number;

export interface TextReader {
  begin(layout: Layout): void;
  readonly stringData: StreamBytes;
  /** By address; strings that the file does not hold whole are absent. */
  readonly parts: ReadonlyMap<number, readonly Part[]>;
}

/** One reading gives the strings at `addresses`; the strings that these refer to take another. */
export function readTexts(addresses: Iterable<number>): TextReader {
  const wanted = [...new Set(addresses)].filter(address => address >= headerBytes).sort((a, b) => a - b);
  const parts = new Map<number, readonly Part[]>();
  let layout: Layout = { version: 9, idBytes: 8, eventBytes: 32 };
  let address = headerBytes;
  let next = 0;
  /** Bytes of the strings that are being read; several at once only where addresses are wrong. */
  const open: { readonly address: number; bytes: Uint8Array }[] = [];

  return {
    begin(found) {
      layout = found;
    },
    stringData,
    parts,
  };

  function stringData(chunk: Uint8Array, from: number, to: number): void {
    for (const string of open.splice(0)) take(string, chunk, from, to);
    while (next < wanted.length && wanted[next]! < address + to - from) {
      const start = wanted[next++]!;
      take({ address: start, bytes: new Uint8Array(0) }, chunk, from + start - address, to);
    }
    address += to - from;
  }

  function take(
    string: { readonly address: number; bytes: Uint8Array },
    chunk: Uint8Array,
    from: number,
    to: number,
  ): void {
    // Most strings are short: a piece is looked at before it is copied.
    const piece = chunk.subarray(from, to);
    const bytes = string.bytes.length === 0 ? piece : joined(string.bytes, piece);
    const end = endOf(bytes, layout);
    if (end !== -1) parts.set(string.address, partsOf(bytes.subarray(0, end), layout));
    else if (bytes.length <= stringBytesMax) open.push({ address: string.address, bytes: bytes.slice() });
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

/** Where the string's end stands; -1 where it is not there. */
function endOf(bytes: Uint8Array, { idBytes }: Layout): number {
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at]!;
    if (byte === endByte) return at;
    at += byte === referenceByte ? 1 + idBytes : 1;
  }
  return -1;
}

function partsOf(bytes: Uint8Array, layout: Layout): Part[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Part[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] === referenceByte) {
      parts.push(readId(view, at + 1, layout));
      at += 1 + layout.idBytes;
      continue;
    }
    const start = at;
    while (at < bytes.length && bytes[at] !== referenceByte) at++;
    parts.push(decoder.decode(bytes.subarray(start, at)));
  }
  return parts;
}

const decoder = new TextDecoder();

// Limit: references in references; rustc's labels, macros and codegen units have none or one.
export const textRoundsMax = 4;

/** Addresses that the strings refer to and that are not read yet. */
export function referredAddresses(parts: ReadonlyMap<number, readonly Part[]>): number[] {
  return [...parts.values()]
    .flat()
    .filter(part => typeof part === 'number')
    .map(id => id - firstRegularId)
    .filter(address => address >= headerBytes && !parts.has(address));
}

/** The text at an address; null where it, or what it refers to, was not read. */
export function textAt(
  address: number,
  parts: ReadonlyMap<number, readonly Part[]>,
  depth = 0,
): string | null {
  const found = parts.get(address);
  if (found === undefined || depth > textRoundsMax) return null;
  let text = '';
  for (const part of found) {
    const own = typeof part === 'string' ? part : textAt(part - firstRegularId, parts, depth + 1);
    if (own === null) return null;
    text += own;
    // Nobody asks for what is behind the label, which may refer to much.
    if (own.includes(separator)) break;
  }
  return text;
}
