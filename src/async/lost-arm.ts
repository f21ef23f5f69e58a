import { drawRoot } from '#mir/value-source.ts';
import type { Confidence, Severity } from '#model/finding.ts';
import type { AfterOutcome, LocatedUse, PositionFact } from './cancel-facts.ts';
import { type Arm, beginsInside, type CancelPosition } from './cancel-positions.ts';
import type { Loss, Safety } from './future-safety.ts';
import { partsOf } from './future-value.ts';

/** What is lost by an arm, and where the program goes on as if it were not. */
export interface LostArm {
  readonly arm: number;
  readonly loss: Loss;
  readonly after: AfterOutcome;
  /** Where the stream is used again; null for a lost value. */
  readonly use: LocatedUse | null;
  readonly severity: Severity;
  readonly confidence: Confidence;
}

/** The gravest loss of an arm, or null: nothing is lost, or nothing goes on with what was left half-way. */
export function lostBy(fact: PositionFact, arm: number, safety: Safety): LostArm | null {
  const found = fact.after
    .filter(({ outcome, complete }) => complete && outcome.cancels.includes(arm))
    .flatMap(after => safety.losses.flatMap(loss => lostWith(fact, arm, loss, after) ?? []));
  const rank: Record<Severity, number> = { error: 0, warning: 1, note: 2 };
  return found.sort((a, b) => rank[a.severity] - rank[b.severity])[0] ?? null;
}

function lostWith(fact: PositionFact, arm: number, loss: Loss, after: AfterOutcome): LostArm | null {
  const { position } = fact;
  // What a body has taken and holds has a rule of its own.
  if (loss.row === null) return null;
  const isSure = after.outcome.value !== null && loss.surely;
  if (loss.of?.what !== 'state') {
    // A value is missed only where the program goes on.
    if (!after.again || (loss.of !== null && !isMissed(loss))) return null;
    if (loss.class === 'miscount' && !isMadeInside(position, position.arms[arm])) return null;
    const severity = isSure && loss.class !== 'miscount' ? 'warning' : 'note';
    return { arm, loss, after, use: null, severity, confidence: isSure ? 'likely' : 'possible' };
  }
  const { input, inside } = loss.of;
  const value = position.arms[arm]?.value;
  const makers = new Set(value === undefined ? [] : partsOf(value).map(({ call }) => call?.block));
  const uses = (after.uses.get(drawRoot(input.root)) ?? []).filter(
    use => !use.ends && (use.inside === null || overlap(use.inside, inside)),
  );
  const use =
    uses.find(({ block }) => makers.has(block)) ?? uses.find(item => item.inside !== null) ?? uses[0];
  if (use === undefined) return null;
  const isExact = isSure && input.root.exact && use.inside !== null;
  if (!isExact) return { arm, loss, after, use, severity: 'note', confidence: 'possible' };
  const isDirect = loss.way.length === 0 && loss.row.basis === 'documented' && makers.has(use.block);
  return {
    arm,
    loss,
    after,
    use,
    severity: isDirect && position.kind === 'select' ? 'error' : 'warning',
    confidence: 'likely',
  };
}

/** Made between the macro's brackets, so anew in each round; what was made in front of it may be made once. */
function isMadeInside({ inside }: CancelPosition, arm: Arm | undefined): boolean {
  const at = arm?.value.at ?? null;
  return inside !== null && at !== null && beginsInside(at, inside);
}

/** Received, taken out of something, or handed in by the caller: it cannot be made again. */
function isMissed({ of }: Loss): boolean {
  const origin = of?.input.origin;
  return (
    origin !== undefined && (origin.polls.length > 0 || origin.takes.length > 0 || origin.captures.length > 0)
  );
}

function overlap(a: readonly string[], b: readonly string[]): boolean {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) if (a[i] !== b[i]) return false;
  return true;
}
