/**
 * Whether the result of one await is still in the body's hands at a later one, so that dropping the body there drops it:
 * `let job = queue.recv().await; run(&job).await`.
 */
import type { Await } from '#mir/awaits.ts';
import type { ControlFlow } from '#mir/control-flow.ts';
import { followOutcome } from '#mir/known-outcome.ts';
import { drawPlace, operandsOf } from '#mir/place.ts';
import type { BlockIndex, Body, LocalIndex, Operand } from '#model/mir.ts';

export interface HeldResult {
  readonly at: Await;
  /** False where a call that got the result may have put it elsewhere. */
  readonly surely: boolean;
}

export function heldAfter(
  body: Body,
  flow: ControlFlow,
  point: Await,
  awaits: readonly Await[],
): HeldResult | null {
  const { ty, drawn } = point.result;
  if (ty === null || ty === '()' || ty === '!' || awaits.length < 2) return null;
  const { holders, escapes } = holdersOf(body, drawn);
  // With a value, and not after `None` or an error.
  const good = /^(std|core)::option::Option</.test(ty)
    ? '1'
    : /^(std|core)::result::Result</.test(ty)
      ? '0'
      : null;
  const known = good === null ? new Map() : new Map([[drawn, good]]);
  const byYield = new Map(awaits.map(other => [other.yields, other]));
  let held: Await | null = null;
  const { complete } = followOutcome(body, flow, point.ready, known, block => {
    if (held !== null || block === point.poll) return false;
    const other = byYield.get(block);
    if (other === undefined || other === point) return true;
    const { terminator } = body.blocks[block] ?? {};
    if (
      terminator?.kind === 'yield' &&
      terminator.drop !== null &&
      drops(body, flow, terminator.drop, holders)
    )
      held = other;
    return held === null;
  });
  return held === null || !complete ? null : { at: held, surely: !escapes };
}

/** The locals that the value, or something made of it, is moved to. */
function holdersOf(body: Body, drawn: string): { holders: ReadonlySet<LocalIndex>; escapes: boolean } {
  const holders = new Set<LocalIndex>();
  let escapes = false;
  const holds = (operand: Operand) =>
    operand.kind === 'move' &&
    (holders.has(operand.place.local) || drawPlace(operand.place).startsWith(drawn));
  for (let grown = true; grown; ) {
    const before = holders.size;
    for (const block of body.blocks) {
      if (block.cleanup) continue;
      for (const statement of block.statements) {
        if (statement.kind !== 'assign' || !operandsOf(statement.rvalue).some(holds)) continue;
        if (statement.place.projection.some(step => step.kind === 'deref')) escapes = true;
        else holders.add(statement.place.local);
      }
      const { terminator } = block;
      if (terminator.kind !== 'call' || !terminator.args.some(holds)) continue;
      holders.add(terminator.destination.local);
      // `queue.push(job)`: it may be kept there.
      const others = terminator.args.filter(arg => arg.kind !== 'const' && !holds(arg));
      if (others.some(arg => arg.kind !== 'const' && isReference(body, arg))) escapes = true;
    }
    grown = holders.size > before;
  }
  return { holders, escapes };
}

function isReference(body: Body, operand: Operand): boolean {
  return operand.kind !== 'const' && /^(&|std::pin::Pin<&)/.test(body.locals[operand.place.local]?.ty ?? '');
}

/** Whether one of them is dropped on the way out of a cancelled body. */
function drops(body: Body, flow: ControlFlow, from: BlockIndex, holders: ReadonlySet<LocalIndex>): boolean {
  const seen = new Set([from]);
  const pending = [from];
  for (let block = pending.pop(); block !== undefined; block = pending.pop()) {
    const terminator = body.blocks[block]?.terminator;
    if (terminator?.kind === 'drop' && holders.has(terminator.place.local)) return true;
    for (const edge of flow.successors[block] ?? []) {
      if (seen.has(edge.target)) continue;
      seen.add(edge.target);
      pending.push(edge.target);
    }
  }
  return false;
}
