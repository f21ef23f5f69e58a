import type { TimelineBar } from '#model/section.ts';

/** Positions of the bars whose label, detail or features hold every word, in the order of their start. */
export function searchBars(bars: readonly TimelineBar[], query: string): number[] {
  const words = query
    .toLowerCase()
    .split(/\s+/u)
    .filter(word => word !== '');
  if (words.length === 0) return [];
  const found: number[] = [];
  for (const [index, bar] of bars.entries()) {
    const text = `${bar.label}\n${bar.detail}\n${bar.features.join('\n')}`.toLowerCase();
    if (words.every(word => text.includes(word))) found.push(index);
  }
  return found.sort((a, b) => bars[a]!.startSeconds - bars[b]!.startSeconds || a - b);
}

/** The match after (`by` 1) or before (-1) the selected one, around the end; the first or last where none is selected. */
export function nextMatch(matches: readonly number[], selected: number | null, by: 1 | -1): number | null {
  if (matches.length === 0) return null;
  const at = selected === null ? -1 : matches.indexOf(selected);
  const next = at === -1 ? (by === 1 ? 0 : matches.length - 1) : (at + by + matches.length) % matches.length;
  return matches[next] ?? null;
}
