import type { BlockIndex, Place } from '#model/mir.ts';
import { endOfBody } from './margin.ts';

/**
 * Where the parser stands. One object lives as long as one parse; the functions that take it read at `at`, leave `at`
 * behind what they read, and return null where the text is not what they read (`at` is then of no meaning).
 */
export interface Reader {
  readonly text: string;
  at: number;
  /** End of the line being read: nothing reads beyond it. */
  end: number;
  /** Where the current body's text starts: SpanRefs count from here. */
  bodyStart: number;
  /** The largest numbers that the current body names, so that every one of them can be given a declaration. */
  localMax: number;
  blockMax: number;
  /** A local or block number beyond this is garbage, unless the body is longer than was looked at so far. */
  numberMax: number;
  /** Where the body's first line starts. */
  signatureAt: number;
  /** Places of bare locals, shared by all who name them. */
  readonly bareLocals: Place[];
  readonly interned: Map<string, string>;
  /** See endOfInlineAsm. */
  asmSought: number;
  asmRefused: number;
  /** What readEdges read last. */
  readonly edges: Edges;
}

/** Successors of a terminator by label; -1 where there is none. */
export interface Edges {
  /** `-> bb1`, without a label. */
  only: BlockIndex;
  /** `return` and `success`. */
  to: BlockIndex;
  unwind: BlockIndex;
  real: BlockIndex;
  imaginary: BlockIndex;
  resume: BlockIndex;
  drop: BlockIndex;
}

export function readerOf(text: string): Reader {
  return {
    text,
    at: 0,
    end: 0,
    bodyStart: 0,
    localMax: -1,
    blockMax: -1,
    numberMax: 0,
    signatureAt: 0,
    bareLocals: [],
    interned: new Map(),
    asmSought: 0,
    asmRefused: -1,
    edges: { only: -1, to: -1, unwind: -1, real: -1, imaginary: -1, resume: -1, drop: -1 },
  };
}

// Limit: numbers that every body may name. Beyond, a body is looked through to its end, and a number may be as large as
// the body is long: each local and block has a declaration. So garbage can not ask for more memory than its text takes.
const numberMaxOfAny = 100;

/** Sets the reader to the body whose first line starts at `at`, and whose text starts at `bodyStart`. */
export function startBody(reader: Reader, bodyStart: number, at: number): void {
  reader.at = at;
  reader.bodyStart = bodyStart;
  reader.signatureAt = at;
  reader.localMax = 0;
  reader.blockMax = 0;
  reader.numberMax = numberMaxOfAny;
}

/** Whether the current body is long enough to have a local or block of that number. */
export function isPlausible(reader: Reader, number: number): boolean {
  if (number <= reader.numberMax) return true;
  if (reader.numberMax !== numberMaxOfAny) return false;
  reader.numberMax = Math.max(
    numberMaxOfAny + 1,
    endOfBody(reader.text, reader.signatureAt) - reader.bodyStart,
  );
  return number <= reader.numberMax;
}

/** Reads decimal digits. -1 when there are none or the number is beyond what the body can have. */
export function readNumber(reader: Reader): number {
  const { text, end } = reader;
  let at = reader.at;
  let value = 0;
  for (; at < end; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (at === reader.at || !isPlausible(reader, value)) return -1;
  reader.at = at;
  return value;
}

/** Reads `_4`. -1 when there is none. */
export function readLocal(reader: Reader): number {
  if (reader.text.charCodeAt(reader.at) !== 0x5f) return -1;
  reader.at++;
  const local = readNumber(reader);
  if (local > reader.localMax) reader.localMax = local;
  return local;
}

/** Reads `bb4`. -1 when there is none. */
export function readBlockIndex(reader: Reader): number {
  if (!reader.text.startsWith('bb', reader.at)) return -1;
  reader.at += 2;
  const block = readNumber(reader);
  if (block > reader.blockMax) reader.blockMax = block;
  return block;
}

/** Steps over `expected` if it stands here. */
export function skip(reader: Reader, expected: string): boolean {
  const after = reader.at + expected.length;
  if (after > reader.end || !reader.text.startsWith(expected, reader.at)) return false;
  reader.at = after;
  return true;
}

/** Steps over one character if it stands here. */
export function skipCode(reader: Reader, code: number): boolean {
  if (reader.at >= reader.end || reader.text.charCodeAt(reader.at) !== code) return false;
  reader.at++;
  return true;
}

/**
 * The text between two indexes, the same string object for the same text. Types repeat a hundredfold, and whoever keys
 * a map by them pays for hashing once.
 */
export function intern(reader: Reader, from: number, to: number): string {
  const slice = reader.text.slice(from, to);
  const known = reader.interned.get(slice);
  if (known !== undefined) return known;
  // A slice keeps the whole input alive in V8; joined and cut again it stands on its own.
  const own = ` ${slice}`.slice(1);
  reader.interned.set(own, own);
  return own;
}
