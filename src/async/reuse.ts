/**
 * What is done with a place after a position has dropped the future that was using it: the calls that get it, on the
 * paths that a given outcome takes, until it is written anew, dropped, or its scope ends.
 */

import type { ControlFlow } from '#mir/control-flow.ts';
import { calleePath } from '#mir/known-calls.ts';
import { followOutcome } from '#mir/known-outcome.ts';
import { printedTypeOf } from '#mir/place.ts';
import { type Root, rootOf } from '#mir/value-source.ts';
import type { BlockIndex, Body, Operand, Place, SpanRef } from '#model/mir.ts';
import type { CancelPosition, Outcome } from './cancel-positions.ts';

export interface Reuse {
  readonly block: BlockIndex;
  readonly span: SpanRef;
  /** `read_exact`; null where an async block captures it. */
  readonly method: string | null;
  /** The way from the place to the part that is used; null where more than the place is passed on (`self`). */
  readonly inside: readonly string[] | null;
  /** By its name it only ends the use: a half-done transfer does not matter to it. */
  readonly ends: boolean;
}

export interface Reuses {
  readonly uses: readonly Reuse[];
  /** Whether control comes back to the position. */
  readonly again: boolean;
  /** False when a bound was reached. */
  readonly complete: boolean;
}

// Limit: uses that are kept of one place after one outcome.
const usesMax = 32;

/** What ends the use of a stream, a channel or whatever was worked on. */
const ending =
  /^(shutdown|close|close_channel|abort|abort_all|finish|reset|disconnect|cancel|detach|stop|kill|start_kill)$/;

/** What only asks, or is the end itself. */
const harmless =
  /^(drop|forget|into_inner|peer_addr|local_addr|unsplit|reunite|is_closed|is_empty|is_terminated|is_some|is_none|is_ok|is_err|len|capacity|as_ref|as_mut|as_slice|as_str|clone|eq|ne|cmp|fmt|type_id|id|index|index_mut|size_hint)$/;

/** Conversions: what uses the place is the call that gets their result. */
const passesOn =
  /^(new_unchecked|new|as_mut|get_mut|get_unchecked_mut|into_ref|deref_mut|deref|by_ref|borrow_mut|pin|into_future|into_iter|fuse|poll|branch|from|into)$/;

export function reusesAfter(
  body: Body,
  flow: ControlFlow,
  position: CancelPosition,
  outcome: Outcome,
  root: Root,
): Reuses {
  const uses: Reuse[] = [];
  let again = false;
  const known = outcome.value === null ? new Map() : new Map([[position.result, outcome.value]]);
  const { complete } = followOutcome(body, flow, position.ready, known, block => {
    if (block === position.poll) again = true;
    if (isEnded(body, block, root)) return false;
    const use = useIn(body, block, root);
    if (use !== null && uses.length < usesMax && !uses.some(other => other.block === block)) uses.push(use);
    // Behind the poll another round begins, of which this outcome says nothing.
    return block !== position.poll;
  });
  return { uses, again, complete };
}

/** The place is written, dropped, moved to a call that ends it, or out of scope. */
function isEnded(body: Body, block: BlockIndex, root: Root): boolean {
  const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
  for (const statement of statements) {
    if (statement.kind === 'storage-dead' && root.path[0] !== '*' && statement.local === root.local)
      return true;
    if (statement.kind !== 'assign') continue;
    const written = rootOf(body, statement.place);
    // A temporary that holds the place's value is written in each round; the place is not.
    const isAlias = statement.place.projection.length === 0 && written.local !== statement.place.local;
    if (!isAlias && isAround(written, root)) return true;
  }
  if (terminator === null) return false;
  if (terminator.kind === 'drop') return isAround(rootOf(body, terminator.place), root);
  if (terminator.kind !== 'call') return false;
  return isAround(rootOf(body, terminator.destination), root);
}

function useIn(body: Body, block: BlockIndex, root: Root): Reuse | null {
  const { statements, terminator } = body.blocks[block] ?? { statements: [], terminator: null };
  for (const statement of statements) {
    if (statement.kind !== 'assign' || statement.rvalue.kind !== 'aggregate') continue;
    const { shape, name, fields } = statement.rvalue;
    if (shape !== 'closure' || !/^\{(async|coroutine)/.test(name)) continue;
    for (const { operand } of fields) {
      const inside = insideOf(body, operand, root);
      if (inside !== undefined) return { block, span: statement.span, method: null, inside, ends: false };
    }
  }
  if (terminator?.kind !== 'call' || typeof terminator.callee !== 'string') return null;
  const path = calleePath(terminator.callee);
  const method = path.slice(path.lastIndexOf('::') + 2 || 0);
  if (harmless.test(method) || passesOn.test(method)) return null;
  for (const operand of terminator.args) {
    const inside = insideOf(body, operand, root);
    if (inside !== undefined)
      return { block, span: terminator.span, method, inside, ends: ending.test(method) };
  }
  return null;
}

/** Undefined where the argument has nothing to do with the place, or can only look at it. */
function insideOf(body: Body, operand: Operand, root: Root): readonly string[] | null | undefined {
  if (operand.kind === 'const') return undefined;
  const ty = printedTypeOf(body, operand.place) ?? '';
  if (/^&(?!('\w+ |'\{\w+\} )?mut )/.test(ty)) return undefined;
  const isReference = /^(&|std::pin::Pin<&)/.test(ty);
  if (!isReference && operand.kind === 'copy') return undefined;
  const place: Place = isReference
    ? { local: operand.place.local, projection: [...operand.place.projection, { kind: 'deref' }] }
    : operand.place;
  const used = rootOf(body, place);
  if (isAround(root, used)) return used.path.slice(root.path.length);
  if (isAround(used, root)) return null;
  return undefined;
}

/** Whether `outer` is `inner` or `inner` is a part of it. */
function isAround(outer: Root, inner: Root): boolean {
  return (
    outer.local === inner.local &&
    outer.path.length <= inner.path.length &&
    outer.path.every((step, index) => step === inner.path[index])
  );
}
