/**
 * Where in the workspace's own source a thing of a body stands. What a macro of another crate makes has its place in
 * that macro's file, and the dump does not say where the macro was called. What the call was given has its own places:
 * the expressions between its brackets. So the values that a thing is made of are followed back to the first that have a
 * place in the workspace, and the call around them is looked for in the source's text.
 */
import { controlFlowOf, type Edge, immediateDominators } from '#mir/control-flow.ts';
import { operandsOf, terminatorOperandsOf } from '#mir/place.ts';
import { lastSegment } from '#mir/type-contains.ts';
import type { Location } from '#model/location.ts';
import type {
  BlockIndex,
  Body,
  LocalIndex,
  Operand,
  Rvalue,
  SpanRef,
  Statement,
  Terminator,
} from '#model/mir.ts';
import { polledLocal } from './polled-local.ts';
import type { MacroCall, SourceFile } from './source-file.ts';
import { isInWorkspace, type Subject } from './subject.ts';

export interface SourcePlace {
  /** The thing itself; of what a macro makes what the macro made it of, or its head where that does not show. */
  readonly location: Location;
  /** Whether a macro makes it. */
  readonly inMacro: boolean;
  /** The call of that macro; null where the source's text is not known. */
  readonly macro: CalledMacro | null;
}

export interface CalledMacro {
  /** `tokio::select` */
  readonly path: string;
  /** `tokio::select!` */
  readonly head: Location;
  /** From the head to the closing bracket. */
  readonly whole: Location;
}

export interface SourcePlaces {
  /** Of a block's statement, or of its terminator; null where no place in the workspace can be said. */
  placeOf(block: BlockIndex, statement?: number | null): SourcePlace | null;
}

export function sourcePlacesOf(subject: Pick<Subject, 'body' | 'span' | 'sourceFile'>): SourcePlaces {
  const { body } = subject;
  const flow = controlFlowOf(body);
  const dominators = immediateDominators(flow);
  const places = new Map<string, SourcePlace | null>();
  const definitions = definitionsOf(body);
  const variableFiles = new Map<LocalIndex, Set<string>>();
  for (const { place, span } of body.debugInfo) {
    const file = subject.span(span)?.file;
    if (place === null || file === undefined) continue;
    variableFiles.set(place.local, (variableFiles.get(place.local) ?? new Set()).add(file));
  }

  return {
    placeOf(block, statement = null) {
      const key = `${block} ${statement}`;
      let place = places.get(key);
      if (place === undefined) {
        place = find(block, statement);
        places.set(key, place);
      }
      return place;
    },
  };

  function find(block: BlockIndex, statement: number | null): SourcePlace | null {
    const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
    const thing = statement === null ? terminator : statements[statement];
    const location = thing === undefined || thing === null ? null : subject.span(thing.span);
    if (thing === undefined || thing === null || location === null) return null;
    if (isInWorkspace(location)) {
      // What a procedural macro makes has the whole call for its place.
      const file = subject.sourceFile(location.file);
      const call = file?.macroCalls.find(({ head, group }) => {
        const { start, end } = file.spanOf(location);
        return head.start === start && group.end === end;
      });
      const macro = calledMacro(call, file, location.file);
      return { location: macro?.head ?? location, inMacro: macro !== null, macro };
    }
    const reads = thing.kind === 'yield' ? polled(block) : localsRead(thing);
    const given = hullOf(givenTo(reads, location.file));
    const file = given === null ? null : subject.sourceFile(given.file);
    if (given !== null && file === null) return { location: given, inMacro: true, macro: null };
    const call = given === null || file === null ? undefined : callsAround(given, file).findLast(mayAwait);
    if (given === null || call === undefined) return between(block);
    return { location: given, inMacro: true, macro: calledMacro(call, file, given.file) };
  }

  function polled(block: BlockIndex): readonly LocalIndex[] {
    const local = polledLocal(body, dominators, block);
    return local === null ? [] : [local];
  }

  /** A span's place if it is the workspace's and not the text of a macro that the workspace defines. */
  function ownWords(ref: SpanRef): Location | null {
    const location = subject.span(ref);
    if (location === null || !isInWorkspace(location)) return null;
    const file = subject.sourceFile(location.file);
    const isMacroText = file !== null && callsAround(location, file).some(({ isDefinition }) => isDefinition);
    return isMacroText ? null : location;
  }

  /**
   * The first places in the workspace on the way back from these locals. The way ends at a variable of another file: it
   * was declared outside of the macro, whose own variables are in the macro's file.
   */
  function givenTo(locals: readonly LocalIndex[], file: string): Location[] {
    const given: Location[] = [];
    const seen = new Set(locals);
    const pending = [...locals];
    for (let local = pending.pop(); local !== undefined; local = pending.pop()) {
      // `_1` is the future itself, `_2` what each poll hands in.
      if (local === 1 || local === 2) continue;
      const files = variableFiles.get(local);
      if (files !== undefined && !files.has(file)) continue;
      for (const { span, reads } of definitions.get(local) ?? []) {
        const location = ownWords(span);
        if (location !== null) given.push(location);
        else
          for (const read of reads) {
            if (seen.has(read)) continue;
            seen.add(read);
            pending.push(read);
          }
      }
    }
    return given;
  }

  /**
   * The call of a macro that was given nothing: between the last thing before it and the first behind it, if there is
   * one call and no more.
   */
  function between(block: BlockIndex): SourcePlace | null {
    const before = lastBefore(block);
    if (before === null) return null;
    const file = subject.sourceFile(before.file);
    if (file === null) return null;
    const { end: from } = file.spanOf(before);
    const starts = firstBehind(block)
      .filter(location => location.file === before.file)
      .map(location => file.spanOf(location).start)
      .filter(start => start >= from);
    if (starts.length === 0) return null;
    const to = Math.min(...starts);
    // What stands before may itself be given to the macro that is looked for.
    const isOpen = callsAround(before, file).some(call => mayAwait(call) && call.group.end <= to);
    const calls = file.macroCalls.filter(
      call => call.head.start >= from && call.head.start < to && mayAwait(call),
    );
    const [call] = calls;
    if (isOpen || call === undefined || calls.length > 1) return null;
    const macro = calledMacro(call, file, before.file);
    return macro === null ? null : { location: macro.head, inMacro: true, macro };
  }

  function lastBefore(block: BlockIndex): Location | null {
    for (let at: BlockIndex | null = block; at !== null; at = dominators[at] ?? null) {
      const { statements, terminator } = body.blocks[at] ?? { statements: [], terminator: null };
      const spans = statements.map(({ span }) => span);
      if (at !== block && terminator !== null) spans.push(terminator.span);
      for (const span of spans.reverse()) {
        const location = ownWords(span);
        if (location !== null) return location;
      }
    }
    return null;
  }

  /** On each way from a block the first place in the workspace. */
  function firstBehind(start: BlockIndex): Location[] {
    const found: Location[] = [];
    const seen = new Set<BlockIndex>();
    const goOn = (edges: readonly Edge[]) =>
      edges.flatMap(({ kind, target }) => (kind === 'cancel' || seen.has(target) ? [] : [target]));
    const pending = goOn(flow.successors[start] ?? []);
    for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
      if (seen.has(block)) continue;
      seen.add(block);
      const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
      const spans = [...statements.map(({ span }) => span), terminator?.span ?? -1];
      const first = spans.map(ownWords).find(location => location !== null);
      if (first === undefined || first === null) pending.push(...goOn(flow.successors[block] ?? []));
      else found.push(first);
    }
    return found;
  }
}

/** Something that a local, or a part of it, is assigned. */
interface Definition {
  readonly span: SpanRef;
  readonly reads: readonly LocalIndex[];
}

function definitionsOf(body: Body): ReadonlyMap<LocalIndex, readonly Definition[]> {
  const definitions = new Map<LocalIndex, Definition[]>();
  const add = (local: LocalIndex, definition: Definition) => {
    const known = definitions.get(local);
    if (known === undefined) definitions.set(local, [definition]);
    else known.push(definition);
  };
  for (const { cleanup, statements, terminator } of body.blocks) {
    if (cleanup) continue;
    for (const statement of statements) {
      if (statement.kind !== 'assign') continue;
      add(statement.place.local, { span: statement.span, reads: localsOf(statement.rvalue) });
    }
    if (terminator.kind === 'call')
      add(terminator.destination.local, { span: terminator.span, reads: localsRead(terminator) });
  }
  return definitions;
}

function localsRead(thing: Statement | Terminator): LocalIndex[] {
  if (thing.kind === 'assign') return localsOf(thing.rvalue);
  if (thing.kind === 'drop') return [thing.place.local];
  if (thing.kind === 'storage-dead' || thing.kind === 'storage-live') return [thing.local];
  if (thing.kind === 'set-discriminant') return [thing.place.local];
  return 'text' in thing ? [] : operandLocals(terminatorOperandsOf(thing));
}

function localsOf(rvalue: Rvalue): LocalIndex[] {
  if (rvalue.kind === 'ref' || rvalue.kind === 'raw-ref' || rvalue.kind === 'discriminant')
    return [rvalue.place.local];
  return operandLocals(operandsOf(rvalue));
}

function operandLocals(operands: readonly Operand[]): LocalIndex[] {
  return operands.flatMap(operand => (operand.kind === 'const' ? [] : [operand.place.local]));
}

/** From the first to the last of the places in the file of the first. */
function hullOf(locations: readonly Location[]): Location | null {
  const [first] = locations;
  if (first === undefined) return null;
  let { file, startLine, startColumn, endLine, endColumn } = first;
  for (const other of locations) {
    if (other.file !== file) continue;
    if (isBefore(other.startLine, other.startColumn, startLine, startColumn))
      ({ startLine, startColumn } = other);
    if (isBefore(endLine, endColumn, other.endLine, other.endColumn)) ({ endLine, endColumn } = other);
  }
  return { file, startLine, startColumn, endLine, endColumn };
}

function isBefore(line: number, column: number, otherLine: number, otherColumn: number): boolean {
  return line < otherLine || (line === otherLine && column < otherColumn);
}

/** The calls whose brackets are around a place, from the outside in. */
function callsAround(location: Location, file: SourceFile): MacroCall[] {
  const { start, end } = file.spanOf(location);
  return file.macroCalls.filter(({ group }) => group.start < start && end < group.end);
}

/**
 * Macros that await nothing: those of the standard library (https://doc.rust-lang.org/std/index.html#macros), of `log`
 * and `tracing`, and the ones that pin a variable.
 */
const plainMacros = new Set(
  (
    'assert assert_eq assert_ne cfg column compile_error concat dbg debug_assert debug_assert_eq debug_assert_ne env ' +
    'eprint eprintln file format format_args include include_bytes include_str is_x86_feature_detected line matches ' +
    'module_path option_env panic pin print println stringify thread_local todo try unimplemented unreachable vec ' +
    'write writeln debug error event info log span trace warn pin_mut'
  ).split(' '),
);

function mayAwait({ path, isDefinition }: MacroCall): boolean {
  return !isDefinition && !plainMacros.has(lastSegment(path));
}

function calledMacro(call: MacroCall | undefined, file: SourceFile | null, name: string): CalledMacro | null {
  if (call === undefined || file === null) return null;
  return {
    path: call.path,
    head: file.locationOf(call.head, name),
    whole: file.locationOf({ start: call.head.start, end: call.group.end }, name),
  };
}
