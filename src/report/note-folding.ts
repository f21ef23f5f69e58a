import type { Finding } from '#model/finding.ts';

/** Findings of one rule that say the same of different code. */
export interface NoteGroup {
  readonly first: Finding;
  readonly count: number;
  /** The message that they share; code in which they differ is `…`. */
  readonly message: string;
}

/** Groups findings by rule, confidence and the words of the message outside backticks, in the order of their first. */
export function foldNotes(notes: readonly Finding[]): readonly NoteGroup[] {
  const groups = new Map<string, { first: Finding; count: number; parts: string[] }>();
  for (const finding of notes) {
    // Odd parts are code.
    const parts = finding.message.split('`');
    const words = parts.filter((_, index) => index % 2 === 0);
    const key = JSON.stringify([finding.rule, finding.confidence, parts.length, ...words]);
    const group = groups.get(key);
    if (!group) {
      groups.set(key, { first: finding, count: 1, parts });
      continue;
    }
    group.count++;
    for (const [index, part] of parts.entries()) if (group.parts[index] !== part) group.parts[index] = '…';
  }
  return [...groups.values()].map(({ first, count, parts }) => ({ first, count, message: parts.join('`') }));
}
