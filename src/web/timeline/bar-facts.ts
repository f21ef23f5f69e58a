import { secondsText } from '#model/measure-text.ts';
import type { TimelineBar } from '#model/section.ts';

/** What there is to say of a bar, in the words of the report. */
export interface BarFact {
  readonly title: string;
  readonly text: string;
}

/** Limit: a bar can wait for hundreds; the table names them all. */
const waitedForShown = 6;

export function barFacts(bar: TimelineBar, byId: ReadonlyMap<number, TimelineBar>): BarFact[] {
  const facts: BarFact[] = [
    { title: 'start', text: secondsText(bar.startSeconds) },
    { title: 'duration', text: secondsText(bar.endSeconds - bar.startSeconds) },
  ];
  for (const segment of bar.segments) {
    facts.push({ title: segment.name, text: secondsText(segment.endSeconds - segment.startSeconds) });
  }
  if (bar.waitedFor.length > 0)
    facts.push({ title: 'waited for', text: waitedForText(bar, byId, waitedForShown) });
  if (bar.reason !== undefined) facts.push({ title: 'reason', text: bar.reason });
  if (bar.features.length > 0) facts.push({ title: 'features', text: bar.features.join(' ') });
  return facts;
}

/** `serde 1.0.219 lib, tokio 1.48.0 lib and 3 more`; an id that the block lacks is shown as `#id`. */
export function waitedForText(
  bar: TimelineBar,
  byId: ReadonlyMap<number, TimelineBar>,
  shown: number,
): string {
  const names = bar.waitedFor.slice(0, shown).map(id => {
    const other = byId.get(id);
    return other === undefined ? `#${id}` : `${other.label} ${other.detail}`;
  });
  const more = bar.waitedFor.length - names.length;
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** What sets a bar apart, in words: never by colour alone. */
export function barKind(bar: TimelineBar): string {
  const words = [bar.member ? 'workspace member' : 'dependency'];
  if (bar.critical) words.push('on the critical path');
  return words.join(', ');
}

/** Samples are steps: a value holds until the next one. 0 before the first. */
export function activeAt(
  concurrency: readonly { readonly atSeconds: number; readonly active: number }[],
  seconds: number,
): number {
  let low = 0;
  let high = concurrency.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (concurrency[middle]!.atSeconds <= seconds) low = middle + 1;
    else high = middle;
  }
  return concurrency[low - 1]?.active ?? 0;
}

/** Names of all segments of a timeline, in the order in which they are first met. */
export function segmentNames(bars: readonly TimelineBar[]): string[] {
  return [...new Set(bars.flatMap(bar => bar.segments.map(segment => segment.name)))];
}
