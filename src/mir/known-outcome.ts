/**
 * Where control goes when a value is known: from a place whose variant is given, through the switches that test it, the
 * moves that pass it on, and the calls of the standard library whose result follows from it (`?`, `is_err`, `ok`).
 */
import type { BlockIndex, Body, Operand, Place, Statement } from '#model/mir.ts';
import type { ControlFlow, Edge } from './control-flow.ts';
import { drawPlace } from './place.ts';
import { parsePath } from './type-parser.ts';

/** Values of discriminants and booleans by the place, as a switch has them: `0`, `1`. */
type Knowledge = ReadonlyMap<string, string>;

export interface OutcomePaths {
  /** False when the bound was reached: not all paths were followed. */
  readonly complete: boolean;
}

// Limit: pairs of a block and what is known in it.
const statesMax = 20_000;
// Limit: places whose value is known at one time.
const knownMax = 12;

/**
 * Follows control from the start of a block, in breadth, without unwinding and without cancellation. `enter` is called
 * once per block and knowledge, and says whether to follow what comes behind.
 */
export function followOutcome(
  body: Body,
  flow: ControlFlow,
  start: BlockIndex,
  known: Knowledge,
  enter: (block: BlockIndex) => boolean,
): OutcomePaths {
  const seen = new Set<string>();
  const pending: { block: BlockIndex; known: Knowledge }[] = [{ block: start, known }];
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const key = `${next.block} ${[...next.known].map(([place, value]) => `${place}=${value}`).sort()}`;
    if (seen.has(key)) continue;
    if (seen.size >= statesMax) return { complete: false };
    seen.add(key);
    if (!enter(next.block)) continue;
    for (const step of stepsFrom(body, flow, next.block, next.known)) pending.push(step);
  }
  return { complete: true };
}

function stepsFrom(
  body: Body,
  flow: ControlFlow,
  block: BlockIndex,
  before: Knowledge,
): { block: BlockIndex; known: Knowledge }[] {
  const known = new Map(before);
  const references = new Map<string, string>();
  const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
  for (const statement of statements) apply(statement, known, references);
  if (terminator === null) return [];
  const edges = (flow.successors[block] ?? []).filter(edge => edge.kind !== 'cancel');
  const to = (list: readonly Edge[]) => list.map(edge => ({ block: edge.target, known }));
  if (terminator.kind === 'switch') {
    const value =
      terminator.operand.kind === 'const' ? undefined : known.get(drawPlace(terminator.operand.place));
    if (value === undefined) return to(edges);
    const exact = edges.filter(edge => edge.kind === 'value' && edge.value === value);
    return to(exact.length > 0 ? exact : edges.filter(edge => edge.kind === 'otherwise'));
  }
  if (terminator.kind === 'call') {
    const [first] = terminator.args;
    const given = first === undefined ? undefined : valueIn(first, known, references);
    forget(terminator.destination, known);
    if (given !== undefined && typeof terminator.callee === 'string') {
      const result = resultOf(terminator.callee, given);
      if (result === 'never') return [];
      if (result !== null) learn(terminator.destination, result, known);
    }
  } else if (terminator.kind === 'yield') forget(terminator.destination, known);
  return to(edges);
}

function apply(statement: Statement, known: Map<string, string>, references: Map<string, string>): void {
  if (statement.kind === 'storage-dead' || statement.kind === 'storage-live') {
    forget({ local: statement.local, projection: [] }, known);
    return;
  }
  if (statement.kind !== 'assign') return;
  const { place, rvalue } = statement;
  let value: string | undefined;
  if (rvalue.kind === 'use') {
    value =
      rvalue.operand.kind === 'const'
        ? { 'const true': '1', 'const false': '0', true: '1', false: '0' }[rvalue.operand.text]
        : known.get(drawPlace(rvalue.operand.place));
  } else if (rvalue.kind === 'discriminant') value = known.get(drawPlace(rvalue.place));
  else if (rvalue.kind === 'ref') references.set(drawPlace(place), drawPlace(rvalue.place));
  forget(place, known);
  // Flags of the compiler and of the user would make more states than they tell.
  if (value !== undefined && (rvalue.kind !== 'use' || rvalue.operand.kind !== 'const'))
    learn(place, value, known);
}

function learn(place: Place, value: string, known: Map<string, string>): void {
  if (known.size < knownMax) known.set(drawPlace(place), value);
}

/** A write to a local makes what was known of it and of its parts untrue. */
function forget(place: Place, known: Map<string, string>): void {
  const local = new RegExp(`_${place.local}\\b`);
  for (const key of known.keys()) if (local.test(key)) known.delete(key);
}

function valueIn(
  operand: Operand,
  known: Knowledge,
  references: ReadonlyMap<string, string>,
): string | undefined {
  if (operand.kind === 'const') return undefined;
  const drawn = drawPlace(operand.place);
  return known.get(drawn) ?? known.get(references.get(drawn) ?? '');
}

/**
 * The variant of a call's result by that of its first argument; `never` when the call does not return then. Discriminants:
 * Ok 0, Err 1; None 0, Some 1; Continue 0, Break 1.
 */
function resultOf(callee: string, given: string): string | 'never' | null {
  const path = parsePath(callee)?.path ?? callee;
  const method = path.slice(path.lastIndexOf('::') + 2);
  const isOption = /(^|<)std::option::Option\b/.test(path);
  const isResult = /(^|<)std::result::Result\b/.test(path);
  if (!isOption && !isResult) return null;
  const good = isOption ? given === '1' : given === '0';
  switch (method) {
    case 'branch':
      return good ? '0' : '1';
    case 'is_err':
    case 'is_none':
      return good ? '0' : '1';
    case 'is_ok':
    case 'is_some':
      return good ? '1' : '0';
    case 'ok':
      return good ? '1' : '0';
    case 'err':
      return good ? '0' : '1';
    case 'ok_or':
    case 'ok_or_else':
      return good ? '0' : '1';
    case 'context':
    case 'with_context':
    case 'wrap_err':
    case 'wrap_err_with':
      return good ? '0' : '1';
    case 'map':
    case 'map_err':
    case 'inspect':
    case 'inspect_err':
    case 'as_ref':
    case 'as_mut':
      return given;
    case 'and_then':
    case 'flatten':
      return good ? null : given;
    case 'unwrap':
    case 'expect':
      return good ? null : 'never';
    case 'unwrap_err':
    case 'expect_err':
      return good ? 'never' : null;
    default:
      return null;
  }
}
