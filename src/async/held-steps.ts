/** The story of a held guard in the source: where it is taken, which awaits it lives across, where it ends. */
import { lastSegment } from '#mir/type-contains.ts';
import type { Step } from '#model/finding.ts';
import { contains, type Location } from '#model/location.ts';
import type { AsyncBody } from './async-body.ts';
import type { HeldGuard } from './held-guards.ts';
import type { SourcePlace, SourcePlaces } from './source-place.ts';

/** The texts that tell of a held guard, by key; both rules use the same. */
export interface HeldTexts {
  held(type: string, holder: string): string;
  poisoned(type: string, holder: string): string;
  legal(type: string, holder: string): string;
  readonly here: string;
  inMacro(count: number): string;
  readonly given: string;
  onSomePaths(held: string): string;
  more(count: number): string;
  unplaced(count: number): string;
  readonly dropped: string;
  readonly moved: string;
  readonly alone: string;
}

export const heldTexts: HeldTexts = {
  held: (type: string, holder: string) => `\`${type}\` ${holder} is held across an await`,
  poisoned: (type: string, holder: string) =>
    `\`${type}\` ${holder} is held across an await when the lock is poisoned`,
  legal: (type: string, holder: string) =>
    `\`${type}\` ${holder} is held across an await, which its design allows`,
  here: 'held across this await',
  inMacro: (count: number) => `held across ${count === 1 ? 'an await' : `${count} awaits`} inside this macro`,
  given: 'held across an await that the macro makes of this',
  onSomePaths: (held: string) => `${held} on some paths`,
  more: (count: number) => `held across ${count} more await${count === 1 ? '' : 's'} from here on`,
  unplaced: (count: number) =>
    count === 1
      ? 'it is held across 1 more await, in a macro of another crate; the compiler does not say where that is called'
      : `it is held across ${count} more awaits, in macros of other crates; the compiler does not say where these are called`,
  dropped: 'dropped here',
  moved: 'moved away here',
  alone:
    '`block_on` runs this future, and nothing that the program spawns, selects or joins awaits it: what is held can only meet tasks beside it',
};

// Limit: awaits shown as steps of their own.
const awaitsShown = 3;

/** The story in the source, and how many of its awaits have no place there. */
export function stepsOf(
  subject: AsyncBody,
  guard: HeldGuard,
  made: string,
  places: SourcePlaces,
  primary: Location,
): { steps: Step[]; unplacedCount: number } {
  const steps: Step[] = [];
  const push = (place: SourcePlace | null, message: string, part: Location | null = null) => {
    if (place === null) return;
    if (!place.inMacro) steps.push({ location: part ?? place.location, message });
    else {
      const { location } = shownOf(place, primary);
      steps.push({ location, message: message.replace(/ here$/, ' inside this macro') });
    }
  };
  if (guard.origin !== null) {
    const { callee, block, span } = guard.origin;
    // An async lock is taken where its future is polled.
    const what = lastSegment(callee) === 'poll' ? 'this await' : `\`${lastSegment(callee)}\``;
    push(places.placeOf(block), `${what} ${made}`, subject.span(span));
  }
  const awaits = awaitsByPlace(guard, places, primary);
  for (const { location, held, definite } of awaits.slice(0, awaitsShown)) {
    steps.push({ location, message: definite ? held : heldTexts.onSomePaths(held) });
  }
  const rest = awaits.slice(awaitsShown);
  const countOf = (list: readonly HeldPlace[]) => list.reduce((sum, { count }) => sum + count, 0);
  if (rest[0] !== undefined)
    steps.push({ location: rest[0].location, message: heldTexts.more(countOf(rest)) });
  if (guard.end !== null) {
    const { how, block, statement } = guard.end;
    push(places.placeOf(block, statement), how === 'drop' ? heldTexts.dropped : heldTexts.moved);
  }
  return { steps, unplacedCount: guard.awaits.length - countOf(awaits) };
}

interface HeldPlace {
  readonly location: Location;
  readonly held: string;
  readonly count: number;
  readonly definite: boolean;
}

/** The awaits that have a place in the source; those of one macro call are at one place. */
function awaitsByPlace(guard: HeldGuard, places: SourcePlaces, primary: Location): HeldPlace[] {
  const byPlace = new Map<string, HeldPlace>();
  for (const { block, definite } of guard.awaits) {
    const place = places.placeOf(block);
    if (place === null) continue;
    const { location, isCall } = shownOf(place, primary);
    const key = JSON.stringify(location);
    const known = byPlace.get(key);
    const count = (known?.count ?? 0) + 1;
    const held = isCall ? heldTexts.inMacro(count) : place.inMacro ? heldTexts.given : heldTexts.here;
    byPlace.set(key, { location, held, count, definite: definite && known?.definite !== false });
  }
  return [...byPlace.values()];
}

/** A macro is named by its call, unless the guard lives inside of that: then by what the macro was given. */
function shownOf(
  { location, macro }: SourcePlace,
  primary: Location,
): { location: Location; isCall: boolean } {
  const isCall = macro !== null && (location === macro.head || !contains(macro.whole, primary));
  return { location: isCall ? macro.head : location, isCall };
}
