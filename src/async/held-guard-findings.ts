/** What both rules about held guards do: ask each body, tell what is held, rank it. */
import { lastSegment } from '#mir/type-contains.ts';
import { unqualified } from '#mir/type-shapes.ts';
import type { Confidence, Severity } from '#model/finding.ts';
import type { Location } from '#model/location.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { runsAlone } from './alone.ts';
import type { AsyncBody } from './async-body.ts';
import { type HeldGuard, type HeldGuards, heldGuardsOf } from './held-guards.ts';
import { heldTexts, stepsOf } from './held-steps.ts';
import { familyOf, type Guard, type GuardFamily } from './knowledge/guards.ts';
import type { Program } from './program.ts';
import { scrutineeNote } from './scrutinee.ts';
import { type SourcePlaces, sourcePlacesOf } from './source-place.ts';
import { isInWorkspace } from './subject.ts';

/** Words of a rule about one guard. */
export interface GuardAdvice {
  /** What the call did that made the guard; follows the callee's name. */
  readonly made: string;
  /** Why holding it is bad, as a note. */
  readonly why: string;
  readonly help: readonly string[];
}

export interface HeldRun {
  visit(subject: AsyncBody): readonly FindingDraft[];
  /** Guards by kind. */
  readonly seen: ReadonlyMap<string, number>;
}

/** Findings of one family, body by body; `look` sees each result of the analysis once. */
export function heldRun(
  program: Program,
  family: GuardFamily,
  adviceFor: (guard: Guard) => GuardAdvice,
  look: (subject: AsyncBody, result: HeldGuards, isInstance: boolean) => void = () => {},
): HeldRun {
  const seen = new Map<string, number>();
  return { visit, seen };

  /** Of the body itself and of its instances; the first instance with a guard in a local speaks for the others. */
  function visit(subject: AsyncBody): FindingDraft[] {
    const held = new Map<string, HeldGuard>();
    for (const instance of [null, ...subject.instances]) {
      const result = heldGuardsOf(subject, instance);
      look(subject, result, instance !== null);
      for (const guard of result.held) {
        if (familyOf(guard.found.entry) !== family) continue;
        const key = `${guard.holder.local}.${guard.holder.field}`;
        if (!held.has(key)) held.set(key, guard);
      }
    }
    if (held.size === 0) return [];
    const places = sourcePlacesOf(subject);
    return [...held.values()].map(guard => {
      const { entry } = guard.found;
      seen.set(entry.kind, (seen.get(entry.kind) ?? 0) + 1);
      return draftOf(program, subject, guard, adviceFor(entry), places);
    });
  }
}

function draftOf(
  program: Program,
  subject: AsyncBody,
  guard: HeldGuard,
  advice: GuardAdvice,
  places: SourcePlaces,
): FindingDraft {
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
    ? heldTexts.poisoned(type, holder)
    : entry.acrossAwait === 'info'
      ? heldTexts.legal(type, holder)
      : heldTexts.held(type, holder);
  const location = primaryLocation(subject, guard, places);
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
  if (unplacedCount > 0) notes.push(heldTexts.unplaced(unplacedCount));
  const rank = rankOf(program, subject, guard);
  if (rank.why !== null) notes.push(rank.why);
  return {
    severity: rank.severity,
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

/** What no other task can meet is less than an error. */
function rankOf(
  program: Program,
  { node }: AsyncBody,
  { found }: HeldGuard,
): { severity: Severity; why: string | null } {
  const { acrossAwait } = found.entry;
  const severity = ({ deny: 'error', warn: 'warning', info: 'note', ignore: 'note' } as const)[acrossAwait];
  if (found.poisoned || severity === 'note') return { severity: 'note', why: null };
  if (severity === 'error' && runsAlone(program, node)) return { severity: 'warning', why: heldTexts.alone };
  return { severity, why: null };
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
