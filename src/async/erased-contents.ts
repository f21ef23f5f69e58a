/**
 * What is in a `Box<dyn Trait>`: the type does not say it, the cast that made it does. Followed inside one body, without
 * regard to order: from the unsizing cast through moves, and with less certainty through calls that are handed the box
 * and return a type that still has a `dyn` in it (`Pin::from`, `Some`, constructors).
 */

import { controlFlowOf } from '#mir/control-flow.ts';
import { type PathTypes, referencesOf } from '#mir/path-building.ts';
import { operandsOf } from '#mir/place.ts';
import type { TypeContains } from '#mir/type-contains.ts';
import type { Found } from '#mir/type-contents.ts';
import type { Body, LocalIndex, Place } from '#model/mir.ts';
import type { Guard } from './knowledge/guards.ts';

// Limit: rounds of propagation; a chain of moves longer than this is not followed to its end.
const roundsMax = 20;

export function erasedContentsOf(
  body: Body,
  types: PathTypes,
  guards: TypeContains<Guard>,
): ReadonlyMap<LocalIndex, readonly Found<Guard>[]> {
  const contents = new Map<LocalIndex, Found<Guard>[]>();
  if (!body.locals.some(local => local.ty.includes('dyn '))) return contents;
  const isErased = (local: LocalIndex) => {
    const ty = types.localType(local);
    return ty !== null && guards.contentsOf(ty).unresolved.some(part => part.kind === 'dyn');
  };
  const add = (local: LocalIndex, found: readonly Found<Guard>[], step: string, isCall: boolean): boolean => {
    const known = contents.get(local) ?? [];
    const fresh = found
      .map(item => ({
        ...item,
        route: item.route.includes(step) ? item.route : [step, ...item.route],
        certainty: isCall ? ('guessed' as const) : item.certainty,
      }))
      .filter(item => !known.some(other => other.ty.text === item.ty.text));
    if (fresh.length > 0) contents.set(local, [...known, ...fresh]);
    return fresh.length > 0;
  };

  const { aliases } = referencesOf(body, controlFlowOf(body));
  /** The local that a write goes into, also through the raw pointer that rustc makes of a box. */
  const ownerOf = ({ local, projection }: Place): LocalIndex =>
    projection[0]?.kind === 'deref' ? (aliases.get(local)?.local ?? local) : local;

  let changed = true;
  for (let round = 0; changed && round < roundsMax; round++) {
    changed = false;
    for (const block of body.blocks) {
      if (block.cleanup) continue;
      for (const statement of block.statements) {
        if (statement.kind !== 'assign') continue;
        const { rvalue } = statement;
        const owner = ownerOf(statement.place);
        if (!isErased(owner)) continue;
        for (const operand of operandsOf(rvalue)) {
          if (operand.kind !== 'move' || operand.place.projection.length > 0) continue;
          const ty = types.localType(operand.place.local);
          const isUnsize = rvalue.kind === 'cast' && ty !== null;
          const own = isUnsize ? guards.contentsOf(ty).found : [];
          const found = [...own, ...(contents.get(operand.place.local) ?? [])];
          if (add(owner, found, 'a trait object', false)) changed = true;
        }
      }
      const { terminator } = block;
      if (terminator.kind !== 'call' || terminator.destination.projection.length > 0) continue;
      if (!isErased(terminator.destination.local)) continue;
      for (const arg of terminator.args) {
        if (arg.kind !== 'move' || arg.place.projection.length > 0) continue;
        const found = contents.get(arg.place.local) ?? [];
        if (add(terminator.destination.local, found, 'a trait object', true)) changed = true;
      }
    }
  }
  return contents;
}
