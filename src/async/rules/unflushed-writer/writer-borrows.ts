/**
 * Which locals hold a borrow of a writer, without regard to order. A future that a known method returned (`write_all`)
 * holds one too, but only to do what the method was called for: who polls it, or wraps it in a timeout, is given nothing
 * new. Everything else that was made from a borrow may do with the writer what it likes.
 */
import type { ControlFlow } from '#mir/control-flow.ts';
import { operandsOf } from '#mir/place.ts';
import type { Body, LocalIndex, Place, Rvalue, Terminator } from '#model/mir.ts';
import type { MustClose } from '../../knowledge/must-close.ts';

/** A local, or a capture of the future itself (`_1.field`). */
export interface Writer {
  readonly local: LocalIndex;
  readonly field: number | null;
  /** Qualified, without generics; of an `Option` the type inside. */
  readonly type: string;
  /** For people: with what a buffer is around, where that is what must be ended. */
  readonly shown: string;
  readonly row: MustClose;
}

export interface Borrows {
  /** Positions of the writers that a local may reach and do anything with. */
  behind(local: LocalIndex): number[];
}

type Holding = 'task' | 'borrow';

export function borrowsOf(
  body: Body,
  writers: readonly Writer[],
  flow: ControlFlow,
  effectOf: (call: Terminator & { kind: 'call' }, arg: number, writer: Writer) => 'known' | 'unknown',
): Borrows {
  const held = new Map<LocalIndex, Map<number, Holding>>();
  let changed = true;
  const add = (local: LocalIndex, writer: number, how: Holding): void => {
    const known = held.get(local) ?? new Map<number, Holding>();
    held.set(local, known);
    const before = known.get(writer);
    if (before === how || before === 'borrow') return;
    known.set(writer, how);
    changed = true;
  };
  // Each round adds a writer to a local or strengthens one, so it ends.
  while (changed) {
    changed = false;
    for (const block of flow.reversePostorder) {
      const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
      for (const statement of statements) {
        if (statement.kind === 'assign') intoLocal(statement.place.local, statement.rvalue);
      }
      if (terminator?.kind === 'call') fromCall(terminator);
    }
  }
  return {
    behind: local =>
      [...(held.get(local) ?? [])].flatMap(([writer, how]) => (how === 'borrow' ? [writer] : [])),
  };

  function intoLocal(local: LocalIndex, rvalue: Rvalue): void {
    if (rvalue.kind === 'ref' || rvalue.kind === 'raw-ref') {
      for (const [index, writer] of writers.entries())
        if (isPlaceOf(rvalue.place, writer)) add(local, index, 'borrow');
      for (const [writer, how] of held.get(rvalue.place.local) ?? []) add(local, writer, how);
    }
    for (const operand of operandsOf(rvalue)) {
      if (operand.kind === 'const') continue;
      for (const [writer, how] of held.get(operand.place.local) ?? []) add(local, writer, how);
      // The pointer of a `Box`, as `&mut *boxed` takes it.
      if (operand.kind === 'copy' && operand.place.projection.length > 0)
        for (const [index, writer] of writers.entries())
          if (isPlaceOf(operand.place, writer)) add(local, index, 'borrow');
    }
  }

  function fromCall(call: Terminator & { kind: 'call' }): void {
    const { local } = call.destination;
    if (!mayBorrow(body.locals[local]?.ty ?? '')) return;
    for (const [position, arg] of call.args.entries()) {
      if (arg.kind === 'const') continue;
      for (const [writer, how] of held.get(arg.place.local) ?? []) {
        const isKnown = how === 'borrow' && effectOf(call, position, writers[writer] as Writer) === 'known';
        add(local, writer, isKnown ? 'task' : how);
      }
    }
  }
}

function isPlaceOf(place: Place, writer: Writer): boolean {
  if (place.local !== writer.local) return false;
  const [first] = place.projection;
  return writer.field === null || (first?.kind === 'field' && first.index === writer.field);
}

/** Whether a printed type has room for a borrow; one that has none says so with every part. */
function mayBorrow(printed: string): boolean {
  return /[&{*]|'|\bdyn |\bimpl /.test(printed);
}
