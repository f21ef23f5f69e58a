import type { Body, LocalDecl } from '#model/mir.ts';
import { findOutsideBrackets, stopAtColon, stopAtComma, stopAtParen } from './bracketed-text.ts';
import { endOfLine } from './margin.ts';
import { intern, type Reader, readLocal, skip } from './reader.ts';

/** What a body's first lines say. */
export interface Signature {
  readonly name: string;
  readonly kind: Body['kind'];
  readonly yields: string | null;
  /** Parameters in order: locals 1, 2, …; their declarations carry no span in the dump. */
  readonly parameters: readonly LocalDecl[];
  /** False when a part of it is not as rustc prints it. */
  readonly understood: boolean;
}

/**
 * Reads a body's signature, from the margin up to the end of the line with its opening brace:
 *
 * ```text
 * fn held::{closure#0}(_1: {async fn body of held()}, _2: std::future::ResumeTy) -> ()
 * yields ()
 *  {
 * const held::LIMIT: usize = {
 * const held::run::promoted[0]: &[u8; 4] = {
 * ```
 *
 * `reader.at` is afterwards the start of the line behind it.
 */
export function readSignature(reader: Reader): Signature {
  const { text } = reader;
  reader.end = endOfLine(text, reader.at);
  const isFn = skip(reader, 'fn ');
  const named = isFn ? readFnHead(reader) : readConstHead(reader);
  let yields: string | null = null;
  let { end } = reader;
  // `yields` stands on a line of its own, and so does the brace behind it.
  for (let lines = 0; lines < 2 && !endsWithBrace(text, end); lines++) {
    const start = end + 1;
    const isYields = text.startsWith('yields ', start);
    const next = endOfLine(text, start);
    if (!isYields && text.slice(start, next).trim() !== '{') break;
    if (isYields) yields = text.slice(start + 7, next).trimEnd();
    end = next;
  }
  reader.end = end;
  reader.at = end + 1;
  return { ...named, yields, understood: named.understood && endsWithBrace(text, end) };
}

type Head = Omit<Signature, 'yields'>;

function readFnHead(reader: Reader): Head {
  const { text, end } = reader;
  const from = reader.at;
  const paren = findOutsideBrackets(text, from, end, stopAtParen);
  const name = text.slice(from, paren);
  const parameters: LocalDecl[] = [];
  reader.at = paren + 1;
  while (reader.at < end && text.charCodeAt(reader.at) !== 0x29) {
    const local = readLocal(reader);
    if (local !== parameters.length + 1 || !skip(reader, ': ')) break;
    const start = reader.at;
    const stop = findOutsideBrackets(text, start, end, stopAtComma);
    parameters.push({ mutable: false, ty: intern(reader, start, stop), span: -1 });
    reader.at = stop;
    skip(reader, ', ');
  }
  const understood = paren > from && reader.at < end && text.charCodeAt(reader.at) === 0x29;
  return { name, kind: 'fn', parameters, understood };
}

function readConstHead(reader: Reader): Head {
  const { text, end } = reader;
  let kind: Body['kind'] = 'const';
  if (skip(reader, 'static ')) {
    kind = 'static';
    skip(reader, 'mut ');
  } else skip(reader, 'const ');
  const from = reader.at;
  let colon = findOutsideBrackets(text, from, end, stopAtColon);
  while (colon < end && text.charCodeAt(colon + 1) === 0x3a) {
    colon = findOutsideBrackets(text, colon + 2, end, stopAtColon);
  }
  const name = text.slice(from, colon);
  if (/^promoted\[|::promoted\[\d+\]$/.test(name)) kind = 'promoted';
  const understood = colon > from && colon < end && text.charCodeAt(colon) === 0x3a;
  return { name, kind, parameters: [], understood };
}

function endsWithBrace(text: string, end: number): boolean {
  const last = text.charCodeAt(end - 1) === 0x0d ? end - 2 : end - 1;
  return text.charCodeAt(last) === 0x7b;
}
