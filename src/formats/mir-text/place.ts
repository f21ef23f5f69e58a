import type { Place, Projection } from '#model/mir.ts';
import { closingBracket, findOutsideBrackets } from './bracketed-text.ts';
import { intern, type Reader, readLocal, readNumber, skip } from './reader.ts';

/**
 * Reads a place: `_1`, `(*_1)`, `((*_1).2: T)`, `((_1 as Some).0: T)`, `_1[_2]`, `_1[3 of 4]`.
 *
 * What rustc prints is the base local with an opening before it and a suffix behind it per projection
 * (`pre_fmt_projection` and `post_fmt_projection` of rustc_middle/src/mir/pretty.rs), so it is read from the local
 * outwards in one loop: `opened` walks back over the openings while the suffixes are read forwards.
 */
export function readPlace(reader: Reader): Place | null {
  const start = reader.at;
  if (!skipOpenings(reader)) return null;
  let opened = reader.at;
  const local = readLocal(reader);
  if (local < 0) return null;
  const { text } = reader;
  if (opened === start && text.charCodeAt(reader.at) !== 0x5b) return bareLocal(reader, local);

  const projection: Projection[] = [];
  while (reader.at < reader.end) {
    const code = text.charCodeAt(reader.at);
    if (code === 0x5b) {
      const element = readElement(reader);
      if (element === null) return null;
      projection.push(element);
      continue;
    }
    if (opened === start) break;
    if (text.charCodeAt(opened - 1) === 0x2a) {
      if (code !== 0x29) return null;
      reader.at++;
      opened -= 2;
      projection.push(deref);
    } else if (text.charCodeAt(opened - 2) === 0x21) {
      const cast = readUnwrappedBinder(reader);
      if (cast === null) return null;
      opened -= unwrapBinder.length;
      projection.push(cast);
    } else {
      const suffix = code === 0x2e ? readField(reader) : readDowncastOrCast(reader);
      if (suffix === null) return null;
      opened -= 1;
      projection.push(suffix);
    }
  }
  return opened === start ? { local, projection } : null;
}

const unwrapBinder = 'unwrap_binder!(';
const deref: Projection = { kind: 'deref' };
const noProjection: readonly Projection[] = [];

function skipOpenings(reader: Reader): boolean {
  const { text, end } = reader;
  while (reader.at < end) {
    const code = text.charCodeAt(reader.at);
    if (code === 0x5f) return true;
    if (code === 0x28) reader.at += text.charCodeAt(reader.at + 1) === 0x2a ? 2 : 1;
    else if (!skip(reader, unwrapBinder)) return false;
  }
  return false;
}

/** Invariant: places are read-only, so all who name `_3` share one. */
function bareLocal(reader: Reader, local: number): Place {
  let place = reader.bareLocals[local];
  if (place === undefined) {
    place = { local, projection: noProjection };
    // Limit: the cache stays dense; a body numbers its locals without gaps, garbage does not.
    if (local <= reader.bareLocals.length) reader.bareLocals[local] = place;
  }
  return place;
}

/** `.1: Ty)` */
function readField(reader: Reader): Projection | null {
  reader.at++;
  const index = readNumber(reader);
  if (index < 0 || !skip(reader, ': ')) return null;
  const from = reader.at;
  const to = findOutsideBrackets(reader.text, from, reader.end, 0);
  if (to >= reader.end || reader.text.charCodeAt(to) !== 0x29 || to === from) return null;
  reader.at = to + 1;
  return { kind: 'field', index, ty: intern(reader, from, to) };
}

/**
 * ` as Some)`, ` as variant#3)`; ` as Ty)` of an opaque cast and ` as subtype Ty)`. A bare identifier is a variant:
 * an opaque cast to a type without a path in its name can not be told from it.
 */
function readDowncastOrCast(reader: Reader): Projection | null {
  if (!skip(reader, ' as ')) return null;
  const subtype = skip(reader, 'subtype ');
  const { text } = reader;
  const from = reader.at;
  let to = from;
  while (to < reader.end && isNamePart(text.charCodeAt(to))) to++;
  if (!subtype && to > from && text.charCodeAt(to) === 0x29) {
    reader.at = to + 1;
    return { kind: 'downcast', variant: intern(reader, from, to) };
  }
  to = findOutsideBrackets(text, from, reader.end, 0);
  if (to >= reader.end || text.charCodeAt(to) !== 0x29 || to === from) return null;
  reader.at = to + 1;
  return { kind: 'cast', ty: intern(reader, from, to) };
}

/** Letters, digits, `_` and the `#` of `variant#3` and `r#type`; anything beyond ASCII counts as a letter. */
function isNamePart(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x23 ||
    code > 0x7f
  );
}

/** `; Ty)` of `unwrap_binder!(_1; Ty)`. */
function readUnwrappedBinder(reader: Reader): Projection | null {
  if (!skip(reader, '; ')) return null;
  const from = reader.at;
  const to = findOutsideBrackets(reader.text, from, reader.end, 0);
  if (to >= reader.end || reader.text.charCodeAt(to) !== 0x29) return null;
  reader.at = to + 1;
  return { kind: 'cast', ty: intern(reader, from, to) };
}

/** `[_2]`, `[3 of 4]`, `[1:-1]` */
function readElement(reader: Reader): Projection | null {
  const from = reader.at + 1;
  const to = closingBracket(reader.text, reader.at, reader.end);
  if (to >= reader.end || reader.text.charCodeAt(to) !== 0x5d || to === from) return null;
  if (reader.text.charCodeAt(from) !== 0x5f) {
    reader.at = to + 1;
    return { kind: 'elements', text: reader.text.slice(from, to) };
  }
  reader.at = from;
  const local = readLocal(reader);
  if (local < 0 || reader.at !== to) return null;
  reader.at = to + 1;
  return { kind: 'index', local };
}
