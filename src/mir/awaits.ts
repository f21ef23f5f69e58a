/**
 * The awaits of a coroutine body. `f().await` is `__awaitee = into_future(f())`, a loop of `Future::poll` and `yield`,
 * and behind it the value of `Poll::Ready`.
 */
import type { BlockIndex, Body, LocalIndex, Place, SpanRef } from '#model/mir.ts';
import type { ControlFlow } from './control-flow.ts';
import { drawPlace, printedTypeOf } from './place.ts';
import { type Source, sourceOf } from './value-source.ts';

export interface Await {
  /** The call of `poll`. */
  readonly poll: BlockIndex;
  readonly yields: BlockIndex;
  /** Where control goes with the result. */
  readonly ready: BlockIndex;
  /** The local that holds the future while it is polled. */
  readonly awaitee: LocalIndex;
  /** Its type as printed. */
  readonly future: string;
  /** What made the future. */
  readonly source: Source;
  /** `((_42 as Ready).0: T)`, and its type. */
  readonly result: { readonly drawn: string; readonly ty: string | null };
  readonly span: SpanRef;
}

const memo = new WeakMap<Body, readonly Await[]>();

/** `<F as std::future::Future>::poll`: a crate that depends on `futures` prints `futures::Future`. */
export function isPollCallee(callee: string): boolean {
  return / as (\w+::)+Future>::poll$/.test(callee);
}

export function awaitsOf(body: Body, flow: ControlFlow): readonly Await[] {
  const known = memo.get(body);
  if (known !== undefined) return known;
  const awaits: Await[] = [];
  for (const block of flow.reversePostorder) {
    const found = awaitAt(body, flow, block);
    if (found !== null) awaits.push(found);
  }
  memo.set(body, awaits);
  return awaits;
}

function awaitAt(body: Body, flow: ControlFlow, poll: BlockIndex): Await | null {
  const call = body.blocks[poll]?.terminator;
  if (call?.kind !== 'call' || typeof call.callee !== 'string' || !isPollCallee(call.callee)) return null;
  const [pinned] = call.args;
  if (pinned === undefined || pinned.kind === 'const' || call.target === null) return null;
  const { local: awaitee, path } = rootOfPinned(body, pinned.place);
  if (path > 0) return null;
  const test = body.blocks[call.target]?.terminator;
  if (test?.kind !== 'switch') return null;
  const ready = test.targets.find(({ value }) => value === '0')?.target;
  const pending = test.targets.find(({ value }) => value === '1')?.target ?? test.otherwise;
  if (ready === undefined || pending === null || pending === undefined) return null;
  const yields = yieldBehind(body, flow, pending);
  if (yields === null) return null;
  const future = body.locals[awaitee]?.ty ?? '';
  const result: Place = {
    local: call.destination.local,
    projection: [
      { kind: 'downcast', variant: 'Ready' },
      { kind: 'field', index: 0, ty: '' },
    ],
  };
  return {
    poll,
    yields,
    ready,
    awaitee,
    future,
    source: sourceOf(body, { kind: 'move', place: { local: awaitee, projection: [] } }),
    result: { drawn: drawPlace(result), ty: readyTypeOf(body, ready, drawPlace(result)) },
    span: call.span,
  };
}

/** The local behind `Pin::new_unchecked(&mut awaitee)`. */
function rootOfPinned(body: Body, place: Place): { local: LocalIndex; path: number } {
  const source = sourceOf(body, { kind: 'move', place });
  let inner: Place = place;
  if (source.kind === 'call') {
    const [arg] = source.call.args;
    if (arg === undefined || arg.kind === 'const') return { local: place.local, path: 1 };
    inner = arg.place;
  }
  let local = inner.local;
  // Limit: reborrows; rustc prints two.
  for (let i = 0; i < 8; i++) {
    const next = sourceOf(body, { kind: 'move', place: { local, projection: [] } });
    if (next.kind !== 'borrow') break;
    const rest = next.place.projection.filter(step => step.kind !== 'deref');
    if (rest.length > 0) return { local: next.place.local, path: rest.length };
    local = next.place.local;
    if (next.place.projection.length === 0) return { local, path: 0 };
  }
  return { local, path: 1 };
}

/** The `yield` that `Pending` leads to. */
function yieldBehind(body: Body, flow: ControlFlow, from: BlockIndex): BlockIndex | null {
  let block = from;
  // Limit: blocks in a row; drop elaboration puts up to four there.
  for (let i = 0; i < 12; i++) {
    const terminator = body.blocks[block]?.terminator;
    if (terminator?.kind === 'yield') return block;
    // The elaborated drop of what the poll returned: both edges of its switch lead on.
    const next = flow.successors[block]?.[0];
    if (next === undefined) return null;
    block = next.target;
  }
  return null;
}

function readyTypeOf(body: Body, ready: BlockIndex, drawn: string): string | null {
  for (const statement of body.blocks[ready]?.statements ?? []) {
    if (statement.kind !== 'assign' || statement.rvalue.kind !== 'use') continue;
    const { operand } = statement.rvalue;
    if (operand.kind !== 'const' && drawPlace(operand.place) === drawn)
      return printedTypeOf(body, operand.place);
  }
  return null;
}
