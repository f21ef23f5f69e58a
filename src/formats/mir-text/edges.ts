import type { BlockIndex } from '#model/mir.ts';
import { type Reader, readBlockIndex, skip } from './reader.ts';

/**
 * Reads the successors that a terminator ends with into `reader.edges`: ` -> bb1`, ` -> unwind continue`,
 * ` -> [return: bb1, unwind: bb2]`, ` -> [return: bb1, unwind terminate(cleanup)]`. False for anything else, labels
 * that are not known included.
 */
export function readEdges(reader: Reader): boolean {
  const { edges, text } = reader;
  edges.only = edges.to = edges.unwind = edges.real = edges.imaginary = edges.resume = edges.drop = -1;
  if (!skip(reader, ' -> ')) return false;
  const code = text.charCodeAt(reader.at);
  if (code === 0x62) {
    edges.only = readBlockIndex(reader);
    return edges.only >= 0;
  }
  if (code === 0x75) return skipUnwindAction(reader);
  if (code !== 0x5b) return false;
  reader.at++;
  for (;;) {
    if (!readEdge(reader)) return false;
    const next = text.charCodeAt(reader.at);
    if (next === 0x5d) {
      reader.at++;
      return true;
    }
    if (next !== 0x2c) return false;
    reader.at += 2;
  }
}

export function blockOrNull(block: BlockIndex): BlockIndex | null {
  return block < 0 ? null : block;
}

function readEdge(reader: Reader): boolean {
  const { edges } = reader;
  if (skip(reader, 'return: ')) {
    edges.to = readBlockIndex(reader);
    return edges.to >= 0;
  }
  if (skip(reader, 'unwind: ')) {
    edges.unwind = readBlockIndex(reader);
    return edges.unwind >= 0;
  }
  if (skip(reader, 'real: ')) {
    edges.real = readBlockIndex(reader);
    return edges.real >= 0;
  }
  if (skip(reader, 'imaginary: ')) {
    edges.imaginary = readBlockIndex(reader);
    return edges.imaginary >= 0;
  }
  if (skip(reader, 'resume: ')) {
    edges.resume = readBlockIndex(reader);
    return edges.resume >= 0;
  }
  if (skip(reader, 'drop: ')) {
    edges.drop = readBlockIndex(reader);
    return edges.drop >= 0;
  }
  if (skip(reader, 'success: ')) {
    edges.to = readBlockIndex(reader);
    return edges.to >= 0;
  }
  return skipUnwindAction(reader);
}

/** What happens on unwind where no block handles it. Nothing of it is kept: control does not come back. */
export function skipUnwindAction(reader: Reader): boolean {
  return (
    skip(reader, 'unwind continue') ||
    skip(reader, 'unwind unreachable') ||
    skip(reader, 'unwind terminate(cleanup)') ||
    skip(reader, 'unwind terminate(abi)')
  );
}
