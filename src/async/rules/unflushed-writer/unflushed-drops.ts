/**
 * Writers that a body drops with writes that nothing has brought out: a forward may-analysis whose bits are "this write is
 * still inside that writer". It follows the borrow that each call gets (which `&mut` stands for which writer, without
 * regard to order), moves between locals, and the paths on which nothing failed:
 *
 * - a write sets its bit; an end clears the writer's bits, and so does every other call that gets the writer or a
 *   borrow of it, because that call may flush;
 * - the error side of every `Result` and of `?` clears all bits, as does an assignment of `Err` to the return place: who
 *   has failed may drop a writer as it is;
 * - so does the edge on which the future is dropped while it waits.
 */
import { Bitset } from '#base/bitset.ts';
import { methodOf, parseCallee } from '#mir/callee.ts';
import { controlFlowOf, type Edge } from '#mir/control-flow.ts';
import { solveDataflow } from '#mir/dataflow.ts';
import { operandsOf, printedTypeOf } from '#mir/place.ts';
import { behindPointers } from '#mir/pointers.ts';
import type { Ty } from '#mir/type-parser.ts';
import type { BlockIndex, Operand, Place, Rvalue, SpanRef, Statement, Terminator } from '#model/mir.ts';
import { effectOf, type MustCloseTable } from '../../knowledge/must-close.ts';
import type { Subject } from '../../subject.ts';
import { errorEdgesOf } from './error-edges.ts';
import { borrowsOf, type Writer } from './writer-borrows.ts';

export interface UnflushedDrop {
  readonly writer: Writer;
  /** In the order of the body; `method` is what was called. */
  readonly writes: readonly WriteSite[];
  readonly drop: SpanRef;
  /** One of the writes is ended, or may be, on a path that does not lead to this drop. */
  readonly endedElsewhere: boolean;
}

export interface WriteSite {
  readonly block: BlockIndex;
  readonly method: string;
  readonly span: SpanRef;
  /** What it was called on; the dropped writer may have got it by a move since. */
  readonly writer: Writer;
}

export interface UnflushedDrops {
  readonly drops: readonly UnflushedDrop[];
  /** Writers with a write that went, by reference, into a call that may flush and may not. */
  readonly handedOn: number;
  readonly complete: boolean;
}

interface Call {
  readonly block: BlockIndex;
  readonly writes: readonly number[];
  readonly ends: readonly number[];
  /** May flush: it gets the writer or a borrow of it, and is not in the table. */
  readonly unknown: readonly number[];
}

/** `rowOf` says of a type what its values must be told. */
export function unflushedDropsOf(subject: Subject, rowOf: RowOf): UnflushedDrops {
  const { body } = subject;
  const flow = controlFlowOf(body);
  const writers = writersOf(subject, rowOf);
  if (writers.length === 0) return { drops: [], handedOn: 0, complete: true };
  const borrows = borrowsOf(body, writers, flow, (terminator, arg, writer) =>
    effectOnWriter(terminator, arg, writer) === null ? 'unknown' : 'known',
  );
  const calls = new Map(callsOf().map(call => [call.block, call]));
  const sites = [...calls.values()].flatMap(call =>
    call.writes.map(writer => ({ writer, block: call.block })),
  );
  if (sites.length === 0) return { drops: [], handedOn: 0, complete: true };
  const siteCount = sites.length;
  const bit = (writer: number, site: number) => writer * siteCount + site;
  const errorEdges = errorEdgesOf(body, flow);
  const width = writers.length * siteCount;
  /** By site: the blocks that end it. */
  const ended = new Map<number, Set<BlockIndex>>();
  const handedOn = new Set<number>();
  const found: { writer: number; sites: number[]; block: BlockIndex; drop: SpanRef }[] = [];

  const result = solveDataflow(flow, {
    direction: 'forward',
    join: 'union',
    width,
    boundary: new Bitset(width),
    transfer: (block, state) => run(block, state, false),
    edge: (from, edge, state) => onEdge(from, edge, state),
  });
  for (const block of flow.reversePostorder) {
    const entry = result.entry[block];
    if (entry !== null && entry !== undefined) run(block, entry.copy(), true);
  }

  const order = new Map(flow.reversePostorder.map((block, index) => [block, index]));
  const sitesByWriter = new Map<number, { sites: Set<number>; drop: SpanRef }>();
  for (const { writer, sites: dirty, block, drop } of found) {
    // Where paths with and without the end meet before the drop, a condition decides that MIR does not show (`if wrote`).
    const enders = dirty.flatMap(site => [...(ended.get(site) ?? [])]);
    if (leadsTo(enders, block)) continue;
    const known = sitesByWriter.get(writer);
    if (known === undefined) sitesByWriter.set(writer, { sites: new Set(dirty), drop });
    else for (const site of dirty) known.sites.add(site);
  }
  const drops = [...sitesByWriter].map(([writer, { sites: dirty, drop }]) => ({
    writer: writers[writer] as Writer,
    writes: [...dirty].map(siteAt).sort((a, b) => (order.get(a.block) ?? 0) - (order.get(b.block) ?? 0)),
    drop,
    endedElsewhere: [...dirty].some(site => ended.has(site)),
  }));
  return { drops, handedOn: handedOn.size, complete: result.converged };

  function siteAt(index: number): WriteSite {
    const { block, writer } = sites[index] as { block: BlockIndex; writer: number };
    const terminator = body.blocks[block]?.terminator;
    const on = writers[writer] as Writer;
    if (terminator?.kind !== 'call' || typeof terminator.callee !== 'string')
      return { block, method: '', span: -1, writer: on };
    const span = terminator.calleeSpan >= 0 ? terminator.calleeSpan : terminator.span;
    return { block, method: methodOf(parseCallee(terminator.callee)), span, writer: on };
  }

  function run(block: BlockIndex, state: Bitset, records: boolean): void {
    const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
    for (const statement of statements) apply(statement, state);
    if (terminator === null) return;
    if (terminator.kind === 'drop') {
      for (const writer of writersIn(terminator.place))
        dropped(writer, block, terminator.span, state, records);
      return;
    }
    if (terminator.kind !== 'call' && terminator.kind !== 'tail-call') return;
    for (const arg of terminator.args) {
      if (arg.kind !== 'move') continue;
      for (const writer of writersIn(arg.place)) {
        if (isDropCall(terminator)) dropped(writer, block, terminator.span, state, records);
        else end(writer, block, state, records);
      }
    }
    const call = calls.get(block);
    if (call === undefined) return;
    for (const writer of [...call.ends, ...call.unknown]) {
      if (records && call.unknown.includes(writer) && dirtySites(writer, state).length > 0)
        handedOn.add(writer);
      end(writer, block, state, records);
    }
    for (const writer of call.writes) {
      const site = sites.findIndex(other => other.block === block && other.writer === writer);
      state.add(bit(writer, site));
    }
  }

  function apply(statement: Statement, state: Bitset): void {
    if (statement.kind !== 'assign') return;
    const { place, rvalue } = statement;
    const [to] = writersIn(place);
    for (const operand of operandsOf(rvalue)) {
      if (operand.kind !== 'move') continue;
      for (const from of writersIn(operand.place)) {
        // Into a variable of its type or an `Option` of it, or into a struct, a future: there it is not followed.
        if (to !== undefined && (rvalue.kind === 'use' || isSome(rvalue))) {
          for (let site = 0; site < siteCount; site++) state.set(bit(to, site), state.has(bit(from, site)));
        }
        clear(state, from);
      }
    }
    if (rvalue.kind === 'aggregate') {
      for (const field of rvalue.fields) for (const writer of borrowedBy(field.operand)) clear(state, writer);
      if (place.local === 0 && /::Err$/.test(rvalue.name)) clearAll(state);
    }
  }

  function borrowedBy(operand: Operand): number[] {
    return operand.kind === 'const' ? [] : borrows.behind(operand.place.local);
  }

  function onEdge(from: BlockIndex, edge: Edge, state: Bitset): void {
    if (edge.kind === 'cancel' || errorEdges.has(from, edge)) clearAll(state);
  }

  function dropped(writer: number, block: BlockIndex, drop: SpanRef, state: Bitset, records: boolean): void {
    const dirty = dirtySites(writer, state);
    if (records && dirty.length > 0) found.push({ writer, sites: dirty, block, drop });
    clear(state, writer);
  }

  function end(writer: number, block: BlockIndex, state: Bitset, records: boolean): void {
    if (records) {
      for (const site of dirtySites(writer, state)) {
        const blocks = ended.get(site) ?? new Set();
        ended.set(site, blocks.add(block));
      }
    }
    clear(state, writer);
  }

  function dirtySites(writer: number, state: Bitset): number[] {
    return sites.flatMap((_, site) => (state.has(bit(writer, site)) ? [site] : []));
  }

  function leadsTo(starts: readonly BlockIndex[], target: BlockIndex): boolean {
    const seen = new Set(starts);
    const pending = [...starts];
    for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
      for (const edge of flow.successors[block] ?? []) {
        if (edge.kind === 'cancel' || seen.has(edge.target)) continue;
        if (edge.target === target) return true;
        seen.add(edge.target);
        pending.push(edge.target);
      }
    }
    return false;
  }

  function clear(state: Bitset, writer: number): void {
    for (let site = 0; site < siteCount; site++) state.delete(bit(writer, site));
  }

  function clearAll(state: Bitset): void {
    for (let at = 0; at < width; at++) state.delete(at);
  }

  /** The writers that a place is, or, for the future's own captures as a whole, has. */
  function writersIn(place: Place): number[] {
    return writers.flatMap((writer, index) => {
      if (writer.local !== place.local) return [];
      const [first] = place.projection;
      const isWhole = place.projection.length === 0;
      if (writer.field === null) return isWhole || first?.kind === 'downcast' ? [index] : [];
      if (isWhole) return [index];
      return place.projection.length === 1 && first?.kind === 'field' && first.index === writer.field
        ? [index]
        : [];
    });
  }

  function callsOf(): Call[] {
    const all: Call[] = [];
    for (const block of flow.reversePostorder) {
      const terminator = body.blocks[block]?.terminator;
      if (terminator?.kind !== 'call') continue;
      const writes: number[] = [];
      const ends: number[] = [];
      const unknown: number[] = [];
      for (const [position, arg] of terminator.args.entries()) {
        if (arg.kind === 'const') continue;
        for (const index of borrows.behind(arg.place.local)) {
          const effect = effectOnWriter(terminator, position, writers[index] as Writer);
          if (effect === 'write') writes.push(index);
          else if (effect === 'end') ends.push(index);
          else if (effect === null) unknown.push(index);
        }
      }
      if (writes.length + ends.length + unknown.length > 0) all.push({ block, writes, ends, unknown });
    }
    return all;
  }

  /** What the table says of a call whose argument at a position is a borrow of the writer itself, and not of a wrapper. */
  function effectOnWriter(
    terminator: Terminator & { kind: 'call' },
    position: number,
    writer: Writer,
  ): ReturnType<typeof effectOf> {
    const arg = terminator.args[position];
    if (typeof terminator.callee !== 'string' || arg === undefined || arg.kind === 'const') return null;
    const printed = printedTypeOf(body, arg.place);
    if (printed === null || !isType(subject.shapes.qualify(printed, subject.scope), writer)) return null;
    // `copy` flushes what it has written and does nothing else for it.
    if (position === 1 && isCopy.test(terminator.callee))
      return writer.row.loses === 'end' || writer.row.loses === 'upload' ? 'write' : 'end';
    return position === 0 ? effectOf(writer.row, methodOf(parseCallee(terminator.callee))) : null;
  }
}

const isCopy = /^(?:tokio|futures|futures_util)::io::(?:\w+::)*copy(?:_buf)?(?:::<.*>)?$/s;

function isType(printed: Ty, { type, row }: Writer): boolean {
  const self = behindPointers(printed);
  if (self.kind === 'dyn') return type === erased;
  return self.kind === 'path' && (self.path === type || row.paths.includes(self.path));
}

/** What `rowOf` says of a type: its path, or `erased`, and the row. */
export type RowOf = (ty: Ty) => Pick<Writer, 'type' | 'shown' | 'row'> | null;

/** The type of a writer that is known as `dyn` only. */
export const erased = 'dyn';

/** Rows of the table, and of a buffer around an encoder those of the encoder: to flush the one does not end the other. */
export function rowsOf(table: MustCloseTable): RowOf {
  const rowOf: RowOf = ty => {
    const row = ty.kind === 'path' ? table.find(ty.path) : null;
    if (row === null || ty.kind !== 'path') return null;
    const inner = row.loses === 'buffer' && ty.args[0] !== undefined ? rowOf(ty.args[0]) : null;
    const isEnded = inner !== null && (inner.row.loses === 'end' || inner.row.loses === 'upload');
    return isEnded
      ? { type: ty.path, shown: `${ty.path}<${inner.shown}>`, row: inner.row }
      : { type: ty.path, shown: ty.path, row };
  };
  return rowOf;
}

/** Locals and captures whose type has a row, also in an `Option`. */
function writersOf({ body, shapes, scope }: Subject, rowOf: RowOf): Writer[] {
  const rowOfPrinted = (printed: string): ReturnType<RowOf> => {
    const ty = shapes.qualify(printed, scope);
    const isOption = ty.kind === 'path' && /^(?:std|core)::option::Option$/.test(ty.path);
    return rowOf(isOption && ty.args[0] !== undefined ? ty.args[0] : ty);
  };
  const writers: Writer[] = [];
  body.locals.forEach((local, index) => {
    const row = rowOfPrinted(local.ty);
    if (row !== null) writers.push({ local: index, field: null, ...row });
  });
  const captures = new Map<number, NonNullable<ReturnType<RowOf>>>();
  for (const block of body.blocks) {
    for (const place of placesOf(block.statements, block.terminator)) {
      const [first] = place.projection;
      if (place.local !== 1 || first?.kind !== 'field' || captures.has(first.index)) continue;
      const row = rowOfPrinted(first.ty);
      if (row !== null) captures.set(first.index, row);
    }
  }
  for (const [field, row] of captures) writers.push({ local: 1, field, ...row });
  return writers;
}

function placesOf(statements: readonly Statement[], terminator: Terminator): Place[] {
  const places: Place[] = terminator.kind === 'drop' ? [terminator.place] : [];
  for (const statement of statements) {
    if (statement.kind !== 'assign') continue;
    const { rvalue } = statement;
    if (rvalue.kind === 'ref' || rvalue.kind === 'raw-ref') places.push(rvalue.place);
    for (const operand of operandsOf(rvalue)) if (operand.kind !== 'const') places.push(operand.place);
  }
  return places;
}

function isSome(rvalue: Rvalue): boolean {
  return rvalue.kind === 'aggregate' && /::Option(?:::<.*>)?::Some$/s.test(rvalue.name);
}

function isDropCall(terminator: Terminator): boolean {
  return (
    terminator.kind === 'call' &&
    typeof terminator.callee === 'string' &&
    /^(std|core)::mem::drop\b/.test(terminator.callee)
  );
}
