import type { TimelineBar } from '#model/section.ts';

/** From a bar to one that waited for it; positions in the block. */
export interface Arrow {
  readonly from: number;
  readonly to: number;
  /** When the second could begin, as far as the first is concerned: at its end, or before it where metadata was enough. */
  readonly atSeconds: number;
}

/** By position in the block: the bars that waited for it. */
export function followersOf(
  bars: readonly TimelineBar[],
  indexById: ReadonlyMap<number, number>,
): ReadonlyMap<number, readonly number[]> {
  const followers = new Map<number, number[]>();
  for (const [index, { waitedFor }] of bars.entries()) {
    for (const id of waitedFor) {
      const before = indexById.get(id);
      if (before === undefined) continue;
      const list = followers.get(before);
      if (list === undefined) followers.set(before, [index]);
      else list.push(index);
    }
  }
  return followers;
}

/** What a bar waited for, and what waited for it. */
export function arrowsOf(
  bars: readonly TimelineBar[],
  indexById: ReadonlyMap<number, number>,
  followers: ReadonlyMap<number, readonly number[]>,
  index: number,
): readonly Arrow[] {
  const bar = bars[index];
  if (bar === undefined) return [];
  const arrow = (from: number, to: number): Arrow => ({
    from,
    to,
    atSeconds: Math.min(bars[from]!.endSeconds, bars[to]!.startSeconds),
  });
  const before = bar.waitedFor.flatMap(id => indexById.get(id) ?? []);
  return [
    ...before.map(from => arrow(from, index)),
    ...(followers.get(index) ?? []).map(to => arrow(index, to)),
  ];
}
