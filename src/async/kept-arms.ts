/** Arms of a `select!` that are kept by reference while the body of another arm awaits. */
import type { Ty } from '#mir/type-parser.ts';
import type { Location } from '#model/location.ts';
import type { PositionFact } from './cancel-facts.ts';
import type { Arm } from './cancel-positions.ts';
import type { FutureSafety } from './future-safety.ts';

export interface KeptArm {
  /** The arm that is kept. */
  readonly arm: Arm;
  /** The arm whose body awaits. */
  readonly winner: Arm;
  readonly awaits: readonly Location[];
}

/** For each arm whose body awaits, the first other arm that is kept and may hold something. */
export function keptByReference(fact: PositionFact, safety: FutureSafety): KeptArm[] {
  const { position } = fact;
  if (position.kind !== 'select') return [];
  const held = position.arms.map(
    arm => !arm.owned && safety.mayHold({ ...arm.value, ty: referredTo(arm.value.ty) }),
  );
  return fact.after.flatMap(({ outcome, handlerAwaits }) => {
    const winner = position.arms[outcome.winner ?? -1];
    const arm = position.arms.find((_, index) => index !== outcome.winner && held[index] === true);
    return winner === undefined || arm === undefined || handlerAwaits.length === 0
      ? []
      : [{ arm, winner, awaits: handlerAwaits }];
  });
}

/** `F` of `&mut Pin<&mut F>`. */
function referredTo(ty: Ty): Ty {
  if (ty.kind === 'ref') return referredTo(ty.inner);
  if (ty.kind === 'path' && /(^|::)pin::Pin$/.test(ty.path) && ty.args[0]?.kind === 'ref')
    return referredTo(ty.args[0]);
  return ty;
}
