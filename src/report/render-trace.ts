import type { Report } from '#model/report.ts';
import type { TimelineBar } from '#model/section.ts';
import { lanesOf, timelineOf } from './unit-lanes.ts';

/** One process: the build. Lane n is thread n + 1. */
const pid = 1;

/**
 * The units of the build as Chrome trace events ("Trace Event Format", JSON object form), for ui.perfetto.dev, chrome://tracing
 * and speedscope: a complete event for each unit, its phases nested in it, a counter of active units. Times are microseconds.
 * Without a timeline there are no events.
 */
export function renderTrace(report: Report): string {
  const timeline = timelineOf(report);
  const bars = timeline?.bars ?? [];
  const lanes = lanesOf(bars);
  const laneCount = lanes.reduce((most, lane) => Math.max(most, lane + 1), 0);
  const events = [
    named('process_name', 0, { name: `build of ${report.workspace.members.join(', ')}` }),
    ...Array.from({ length: laneCount }, (_, lane) => [
      named('thread_name', lane + 1, { name: `slot ${lane + 1}` }),
      named('thread_sort_index', lane + 1, { sort_index: lane + 1 }),
    ]).flat(),
    ...bars.flatMap((bar, place) => unitEvents(bar, lanes[place]! + 1)),
    ...(timeline?.concurrency ?? []).map(({ atSeconds, active }) => ({
      name: 'active units',
      ph: 'C',
      pid,
      tid: 0,
      ts: microseconds(atSeconds),
      args: { active },
    })),
  ];
  // A line for each event: such files are looked at with line tools too.
  const lines = events.map(event => JSON.stringify(event)).join(',\n');
  const otherData = { tool: `Assay ${report.assay.version}`, rustc: report.workspace.rustc };
  return `{"displayTimeUnit":"ms","otherData":${JSON.stringify(otherData)},"traceEvents":[\n${lines}\n]}\n`;
}

function named(name: string, tid: number, args: Readonly<Record<string, string | number>>) {
  return { name, ph: 'M', pid, tid, args };
}

function unitEvents(bar: TimelineBar, tid: number): readonly object[] {
  const category = bar.member ? 'member' : 'dependency';
  const event = (
    name: string,
    cat: string,
    { startSeconds, endSeconds }: { readonly startSeconds: number; readonly endSeconds: number },
    args?: object,
  ) => {
    const ts = microseconds(startSeconds);
    const complete = { name, cat, ph: 'X', pid, tid, ts, dur: microseconds(endSeconds) - ts };
    return args === undefined ? complete : { ...complete, args };
  };
  return [
    event(`${bar.label} ${bar.detail}`, bar.critical ? `${category},critical` : category, bar, {
      critical: bar.critical,
      ...(bar.features.length === 0 ? {} : { features: bar.features.join(' ') }),
      ...(bar.reason === undefined ? {} : { reason: bar.reason }),
    }),
    ...bar.segments.map(segment => event(segment.name, 'phase', segment)),
  ];
}

function microseconds(seconds: number): number {
  return Math.round(seconds * 1e6);
}
