import type { Aggregate, Operand, Rvalue } from '#model/mir.ts';
import { findOutsideBrackets, stopAtSemicolon, stopAtSpace } from './bracketed-text.ts';
import { readListedOperand, readOperandList } from './operand.ts';
import { readPlace } from './place.ts';
import { intern, type Reader, skip, skipCode } from './reader.ts';

/** After an operand: nothing more, or ` as Ty (PointerCoercion(Unsize, Implicit))`. */
export function useOrCast(reader: Reader, operand: Operand): Rvalue | null {
  if (!skip(reader, ' as ')) return { kind: 'use', operand };
  const { text, end } = reader;
  const from = reader.at;
  // The kind is the last parenthesis outside of brackets: types hold such too (`fn() -> (A, B)`).
  let kindAt = -1;
  let at = from;
  for (;;) {
    at = findOutsideBrackets(text, at, end, stopAtSpace | stopAtSemicolon);
    if (at >= end) return null;
    const code = text.charCodeAt(at);
    if (code === 0x3b) break;
    if (code !== 0x20) return null;
    if (text.charCodeAt(at + 1) === 0x28) kindAt = at;
    at++;
  }
  if (kindAt <= from || text.charCodeAt(at - 1) !== 0x29) return null;
  reader.at = at;
  return { kind: 'cast', operand, ty: intern(reader, from, kindAt), how: intern(reader, kindAt + 2, at - 1) };
}

/** `&_1`, `&mut _1`, `&fake shallow _1`, `&raw const _1`, and the address of a thread-local. */
export function readReference(reader: Reader): Rvalue | null {
  reader.at++;
  const { text } = reader;
  const code = text.charCodeAt(reader.at);
  if (code === 0x72 && skip(reader, 'raw ')) {
    const mutability = skip(reader, 'mut ') ? 'mut' : skip(reader, 'const ') ? 'const' : null;
    // `const (fake)` measures a length only.
    skip(reader, '(fake) ');
    const place = mutability === null ? null : readPlace(reader);
    return mutability === null || place === null ? null : { kind: 'raw-ref', mutability, place };
  }
  if (code === 0x2f) return readThreadLocal(reader);
  // A region stands here when rustc is asked to print them.
  if (code === 0x27) {
    reader.at = findOutsideBrackets(text, reader.at, reader.end, stopAtSpace);
    if (!skipCode(reader, 0x20)) return null;
  }
  let mutability: 'shared' | 'mut' | 'fake' = 'shared';
  if (skip(reader, 'mut ')) mutability = 'mut';
  else if (skip(reader, 'fake ')) {
    mutability = 'fake';
    skip(reader, 'shallow ');
  }
  const place = readPlace(reader);
  return place === null ? null : { kind: 'ref', mutability, place };
}

/** A thread-local's address is no place of this body: an operation without operands. */
function readThreadLocal(reader: Reader): Rvalue | null {
  if (!skip(reader, '/*tls*/ ')) return null;
  const to = findOutsideBrackets(reader.text, reader.at, reader.end, stopAtSemicolon);
  if (to >= reader.end || to === reader.at) return null;
  reader.at = to;
  return { kind: 'operation', operator: 'ThreadLocalRef', operands: [] };
}

export function readTuple(reader: Reader): Rvalue | null {
  reader.at++;
  const operands = readOperandList(reader, 0x29);
  return operands === null ? null : aggregate('tuple', '', operands);
}

/** `[move _1, move _2]`, or `[const 0_u8; 32]`. */
export function readArray(reader: Reader): Rvalue | null {
  const start = ++reader.at;
  const operands = readOperandList(reader, 0x5d);
  if (operands !== null) return aggregate('array', '', operands);
  reader.at = start;
  const operand = readListedOperand(reader);
  if (operand === null || !skip(reader, '; ')) return null;
  const to = findOutsideBrackets(reader.text, reader.at, reader.end, 0);
  if (to >= reader.end || reader.text.charCodeAt(to) !== 0x5d) return null;
  reader.at = to + 1;
  return { kind: 'operation', operator: 'Repeat', operands: [operand] };
}

/** `*const [T] from (move _1, move _2)`: a fat pointer of its parts. */
export function readRawPointer(reader: Reader): Rvalue | null {
  const { text, end } = reader;
  const from = reader.at;
  let at = from;
  for (;;) {
    at = findOutsideBrackets(text, at, end, stopAtSpace | stopAtSemicolon);
    if (at >= end || text.charCodeAt(at) !== 0x20) return null;
    if (text.startsWith(' from (', at)) break;
    at++;
  }
  const name = intern(reader, from, at);
  reader.at = at + 7;
  const operands = readOperandList(reader, 0x29);
  return operands === null ? null : aggregate('adt', name, operands);
}

export function aggregate(shape: Aggregate['shape'], name: string, operands: readonly Operand[]): Aggregate {
  return { kind: 'aggregate', shape, name, fields: operands.map(operand => ({ name: null, operand })) };
}

/** Operators whose parentheses hold no list of operands: a place, types, or an operand and a type. */
export const unlistedOperators: ReadonlySet<string> = new Set([
  'Len',
  'SizeOf',
  'AlignOf',
  'OffsetOf',
  'ShallowInitBox',
]);

/** Reads behind the opening parenthesis of one of them. */
export function readUnlistedOperation(reader: Reader, operator: string): Rvalue | null {
  if (operator === 'Len') {
    const place = readPlace(reader);
    if (place === null || !skipCode(reader, 0x29)) return null;
    return { kind: 'operation', operator, operands: [{ kind: 'copy', place }] };
  }
  const operands: Operand[] = [];
  if (operator === 'ShallowInitBox') {
    const operand = readListedOperand(reader);
    if (operand === null) return null;
    operands.push(operand);
  }
  const to = findOutsideBrackets(reader.text, reader.at, reader.end, 0);
  if (to >= reader.end || reader.text.charCodeAt(to) !== 0x29) return null;
  reader.at = to + 1;
  return { kind: 'operation', operator, operands };
}

/** ` { name: move _1, count: const 1_u32 }` */
export function readNamedFields(reader: Reader, name: string): Rvalue | null {
  if (!skip(reader, ' { ')) return null;
  const { text, end } = reader;
  const fields: { name: string; operand: Operand }[] = [];
  while (reader.at < end) {
    const from = reader.at;
    while (reader.at < end && text.charCodeAt(reader.at) !== 0x3a && text.charCodeAt(reader.at) !== 0x20) {
      reader.at++;
    }
    const to = reader.at;
    if (to === from || !skip(reader, ': ')) return null;
    const operand = readListedOperand(reader);
    if (operand === null) return null;
    fields.push({ name: intern(reader, from, to), operand });
    if (skip(reader, ' }')) return { kind: 'aggregate', shape: shapeOf(name), name, fields };
    if (!skip(reader, ', ')) return null;
  }
  return null;
}

export function shapeOf(name: string): Aggregate['shape'] {
  return name.charCodeAt(0) === 0x7b ? 'closure' : 'adt';
}
