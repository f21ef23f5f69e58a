import { lastSegment } from '#mir/type-contains.ts';
import { unqualified } from '#mir/type-shapes.ts';
import type { Confidence, Severity, Step } from '#model/finding.ts';
import { contains, type Location } from '#model/location.ts';
import { defineRule, type FindingDraft } from '#rules/rule.ts';
import { type AsyncBody, isInWorkspace } from '../../async-body.ts';
import type { HeldGuard } from '../../held-guards.ts';
import type { Guard } from '../../knowledge/guards.ts';
import { type SourcePlace, type SourcePlaces, sourcePlacesOf } from '../../source-place.ts';
import { adviceFor } from './advice.ts';
import { scrutineeNote } from './scrutinee.ts';

export interface GuardInput {
  readonly subject: AsyncBody;
  readonly held: readonly HeldGuard[];
}

// Limit: awaits shown as steps of their own.
const awaitsShown = 3;

export const guardHeldAcrossAwait = defineRule({
  name: 'async/guard-held-across-await',
  since: '0.1.0',
  levels: ['error', 'warning', 'note'],
  summary: 'A guard is still alive when the future suspends.',
  why: `While a future is suspended, its thread runs other tasks. A guard that lives across an \`.await\` keeps its lock,
borrow, span or slot for all that time. With a blocking lock, a second task that asks for it on the same thread blocks
that thread, and the future that could release the lock never runs again. With a \`RefCell\`, the second task panics.`,
  whenToAllow: `The lock is never contended by design (a mutex that serialises tests), or the future is the only thing that
its thread runs.`,
  cannotSee: `- A guard inside a type of another crate that is not in the table of guards.
- A guard behind \`dyn Trait\` that was erased in another function.
- A guard in a value of a generic type, where no caller in the workspace brings one.
- That two conditions exclude each other: a guard dropped under \`if a\` counts as held under a later \`if !a\`.
- A guard that an un-awaited future has taken inside itself, once it was polled.`,
  needs: ['async-bodies', 'type-shapes'],
  messages: {
    held: (type: string, holder: string) => `\`${type}\` ${holder} is held across an await`,
    poisoned: (type: string, holder: string) =>
      `\`${type}\` ${holder} is held across an await when the lock is poisoned`,
    legal: (type: string, holder: string) =>
      `\`${type}\` ${holder} is held across an await, which its design allows`,
    here: 'held across this await',
    inMacro: (count: number) =>
      `held across ${count === 1 ? 'an await' : `${count} awaits`} inside this macro`,
    given: 'held across an await that the macro makes of this',
    onSomePaths: (held: string) => `${held} on some paths`,
    more: (count: number) => `held across ${count} more await${count === 1 ? '' : 's'} from here on`,
    unplaced: (count: number) =>
      count === 1
        ? 'it is held across 1 more await, in a macro of another crate; the compiler does not say where that is called'
        : `it is held across ${count} more awaits, in macros of other crates; the compiler does not say where these are called`,
    dropped: 'dropped here',
    moved: 'moved away here',
  },
  check({ subject, held }: GuardInput, report: (draft: FindingDraft) => void) {
    if (held.length === 0) return;
    const places = sourcePlacesOf(subject);
    for (const guard of held) report(draftOf(subject, guard, places));
  },
});

function draftOf(subject: AsyncBody, guard: HeldGuard, places: SourcePlaces): FindingDraft {
  const { messages } = guardHeldAcrossAwait;
  const { entry, ty } = guard.found;
  const type = ty.kind === 'path' ? unqualified(ty.path) : ty.text;
  const name = nameOf(subject, guard);
  const place = name === null ? 'in a temporary' : `\`${name}\``;
  const isWhole = guard.found.route.length === 0;
  const holder = isWhole
    ? name === null
      ? 'in a temporary'
      : `\`${name}\``
    : name === null
      ? 'in a temporary'
      : `in \`${name}\``;
  const message = guard.found.poisoned
    ? messages.poisoned(type, holder)
    : entry.acrossAwait === 'info'
      ? messages.legal(type, holder)
      : messages.held(type, holder);
  const location = primaryLocation(subject, guard, places);
  const advice = adviceFor(entry);
  const notes = [advice.why];
  if (!isWhole) notes.push(`${place} owns it through ${guard.found.route.map(unqualified).join(', ')}`);
  if (guard.found.shared)
    notes.push('it is shared: another owner may keep it alive longer, or release it only later');
  if (guard.instance !== null) {
    const list = guard.instance.parameters.flatMap((parameter, index) => {
      const arg = guard.instance?.args[index];
      return arg === undefined || arg.text === parameter.text
        ? []
        : [`\`${lastSegment(parameter.text)}\` = \`${unqualified(arg.text)}\``];
    });
    notes.push(`in the instance with ${list.join(', ')}, which the workspace makes`);
  }
  if (entry.note !== null) notes.push(entry.note);
  const scrutinee = name === null ? scrutineeNote(subject, guard, location) : null;
  if (scrutinee !== null) notes.push(scrutinee);
  const { steps, unplacedCount } = stepsOf(subject, guard, advice.made, places, location);
  if (unplacedCount > 0) notes.push(messages.unplaced(unplacedCount));
  return {
    severity: severityOf(guard),
    confidence: confidenceOf(guard),
    message,
    function: subject.displayName,
    package: subject.krate.package,
    location,
    label: name === null ? 'this temporary lives across an await' : 'lives across an await',
    steps,
    notes,
    help: advice.help,
    evidence: [
      {
        kind: 'mir',
        what: `_${guard.holder.local}: ${unqualified(guard.holder.ty.text)} is initialised at a yield of ${subject.body.name}`,
      },
      {
        kind: 'table',
        what: `${type} is a guard (${entry.kind}, ${sourceOf(entry)})`,
      },
    ],
  };
}

function severityOf(guard: HeldGuard): Severity {
  if (guard.found.poisoned) return 'note';
  return ({ deny: 'error', warn: 'warning', info: 'note', ignore: 'note' } as const)[
    guard.found.entry.acrossAwait
  ];
}

function confidenceOf(guard: HeldGuard): Confidence {
  if (guard.found.certainty === 'guessed') return 'possible';
  const { certainty, shared, entry } = guard.found;
  const isOpen = certainty === 'inexact' || shared || entry.verified === null || entry.reexport !== undefined;
  return isOpen ? 'likely' : 'proved';
}

function sourceOf({ reexport, verified }: Guard): string {
  if (reexport !== undefined) return `taken for ${reexport}, the only one of that name in its crate`;
  return verified === null ? 'from documentation' : `seen with ${verified}`;
}

function nameOf({ body }: AsyncBody, { holder }: HeldGuard): string | null {
  const debug = body.debugInfo.find(({ place }) => {
    if (place?.local !== holder.local) return false;
    if (holder.field === null) return place.projection.length === 0;
    const [first] = place.projection;
    return place.projection.length === 1 && first?.kind === 'field' && first.index === holder.field;
  });
  return debug?.name ?? null;
}

/** The variable or the temporary; where that lies outside the workspace (in a macro), the nearest span that does not. */
function primaryLocation(subject: AsyncBody, guard: HeldGuard, places: SourcePlaces): Location {
  const { body } = subject;
  const { holder } = guard;
  const debug = body.debugInfo.find(({ place }) => {
    if (place?.local !== holder.local) return false;
    if (holder.field === null) return place.projection.length === 0;
    const [first] = place.projection;
    return first?.kind === 'field' && first.index === holder.field;
  });
  const spans = [
    debug?.span,
    holder.local === 1 ? undefined : body.locals[holder.local]?.span,
    guard.origin?.exprSpan,
    ...guard.awaits.map(at => at.span),
  ];
  const locations = [
    ...spans.flatMap(span => (span === undefined ? [] : [subject.span(span)])),
    ...guard.awaits.map(at => places.placeOf(at.block)?.location ?? null),
  ].filter(span => span !== null);
  return (
    locations.find(isInWorkspace) ??
    locations[0] ?? { file: subject.krate.crateName, startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 }
  );
}

/** The story in the source, and how many of its awaits have no place there. */
function stepsOf(
  subject: AsyncBody,
  guard: HeldGuard,
  made: string,
  places: SourcePlaces,
  primary: Location,
): { steps: Step[]; unplacedCount: number } {
  const { messages } = guardHeldAcrossAwait;
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
    steps.push({ location, message: definite ? held : messages.onSomePaths(held) });
  }
  const rest = awaits.slice(awaitsShown);
  const countOf = (list: readonly HeldPlace[]) => list.reduce((sum, { count }) => sum + count, 0);
  if (rest[0] !== undefined)
    steps.push({ location: rest[0].location, message: messages.more(countOf(rest)) });
  if (guard.end !== null) {
    const { how, block, statement } = guard.end;
    push(places.placeOf(block, statement), how === 'drop' ? messages.dropped : messages.moved);
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
  const { messages } = guardHeldAcrossAwait;
  const byPlace = new Map<string, HeldPlace>();
  for (const { block, definite } of guard.awaits) {
    const place = places.placeOf(block);
    if (place === null) continue;
    const { location, isCall } = shownOf(place, primary);
    const key = JSON.stringify(location);
    const known = byPlace.get(key);
    const count = (known?.count ?? 0) + 1;
    const held = isCall ? messages.inMacro(count) : place.inMacro ? messages.given : messages.here;
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
