import type { Report } from '#model/report.ts';
import { lanesOf, timelineOf } from './unit-lanes.ts';

interface SpeedscopeEvent {
  readonly type: 'O' | 'C';
  readonly frame: number;
  readonly at: number;
}

/**
 * The units of the build in speedscope's own format (https://www.speedscope.app/file-format-schema.json): an evented profile
 * for each slot, in seconds, the phases of a unit below it. In its "left heavy" view equal phases of a slot are summed.
 */
export function renderSpeedscope(report: Report): string {
  const timeline = timelineOf(report);
  const bars = timeline?.bars ?? [];
  const lanes = lanesOf(bars);
  const frames: { readonly name: string }[] = [];
  const places = new Map<string, number>();
  const frameOf = (name: string): number => {
    const known = places.get(name);
    if (known !== undefined) return known;
    places.set(name, frames.length);
    return frames.push({ name }) - 1;
  };
  const profiles = [...new Set(lanes)]
    .toSorted((a, b) => a - b)
    .map(lane => ({
      type: 'evented',
      name: `slot ${lane + 1}`,
      unit: 'seconds',
      startValue: 0,
      endValue: timeline?.durationSeconds ?? 0,
      events: bars
        .filter((_, place) => lanes[place] === lane)
        .toSorted((a, b) => a.startSeconds - b.startSeconds)
        .flatMap((bar): readonly SpeedscopeEvent[] => {
          const spans = (name: string, start: number, end: number, inside: readonly SpeedscopeEvent[]) => {
            const frame = frameOf(name);
            return [
              { type: 'O', frame, at: start } as const,
              ...inside,
              { type: 'C', frame, at: end } as const,
            ];
          };
          const phases = bar.segments.flatMap(segment =>
            spans(segment.name, segment.startSeconds, segment.endSeconds, []),
          );
          return spans(`${bar.label} ${bar.detail}`, bar.startSeconds, bar.endSeconds, phases);
        }),
    }));
  const file = {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    name: `build of ${report.workspace.members.join(', ')}`,
    exporter: `Assay ${report.assay.version}`,
    activeProfileIndex: 0,
    shared: { frames },
    profiles,
  };
  return `${JSON.stringify(file)}\n`;
}
