import type { Report } from '#model/report.ts';
import type { TimelineBar, TimelineBlock } from '#model/section.ts';

/** The timeline of the build; null where the report has none. */
export function timelineOf(report: Report): TimelineBlock | null {
  return report.build?.blocks.find(block => block.kind === 'timeline') ?? null;
}

/**
 * The lane of each bar, from 0, in the order of `bars`: the lowest that is free at its start. A lane stands for one of cargo's
 * slots; cargo itself does not number them. There are as many lanes as bars were active at once.
 */
export function lanesOf(bars: readonly TimelineBar[]): readonly number[] {
  const freeFrom: number[] = [];
  const laneOf = new Map<TimelineBar, number>();
  for (const bar of bars.toSorted((a, b) => a.startSeconds - b.startSeconds)) {
    const free = freeFrom.findIndex(seconds => seconds <= bar.startSeconds);
    const lane = free < 0 ? freeFrom.length : free;
    freeFrom[lane] = bar.endSeconds;
    laneOf.set(bar, lane);
  }
  return bars.map(bar => laneOf.get(bar)!);
}
