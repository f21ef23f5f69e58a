import { secondsText } from '#model/measure-text.ts';
import type { Block, Cell, TableBlock } from '#model/section.ts';
import type { CriticalPath, PathStep } from './critical-path.ts';
import { roundedSeconds } from './seconds.ts';
import type { Timeline, UnitBar } from './timeline.ts';
import type { FoundWaste } from './waste/waste.ts';

/** In the order of time. Waiting that rounds to nothing is left out. */
export function criticalPathTable(path: CriticalPath, timeline: Timeline): TableBlock {
  const barByUnit = new Map(timeline.bars.map(bar => [bar.unit, bar]));
  const total = path.steps.at(-1)?.endSeconds ?? 0;
  const rows = path.steps.flatMap((step): Cell[][] => {
    const seconds = step.endSeconds - step.startSeconds;
    const bar = step.unit === null ? undefined : barByUnit.get(step.unit);
    if (step.kind !== 'unit' && roundedSeconds(seconds) === 0) return [];
    const share = total > 0 ? roundedSeconds(seconds / total) : null;
    return [[stepInWords(step, bar), roundedSeconds(step.startSeconds), roundedSeconds(seconds), share]];
  });
  return {
    kind: 'table',
    title: 'Critical path, as observed',
    columns: [
      { title: 'step' },
      { title: 'from', unit: 's' },
      { title: 'duration', unit: 's' },
      { title: 'share', unit: 'ratio' },
    ],
    rows,
    shown: 20,
  };
}

function stepInWords(step: PathStep, bar: UnitBar | undefined): string {
  const unit = bar === undefined ? 'a unit' : `${bar.label} ${bar.detail}`;
  switch (step.kind) {
    case 'cargo':
      return 'cargo, before the first unit';
    case 'unit':
      return step.until === 'rmeta' ? `${unit}, until its metadata was there` : unit;
    case 'slot':
      return `waiting for a slot: ${unit}`;
    case 'wait':
      return `waiting: ${unit}`;
    case 'other-wait':
      return `waiting, not for a slot: ${unit}`;
    case 'unknown':
      return `not known what ${unit} waited for`;
  }
}

export function longestUnitsTable(timeline: Timeline, path: CriticalPath): TableBlock {
  const critical = new Set(path.steps.filter(step => step.kind === 'unit').map(step => step.unit));
  const bars = timeline.bars.toSorted((a, b) => lengthOf(b) - lengthOf(a) || a.unit - b.unit);
  const segment = (bar: UnitBar, name: string): Cell => {
    if (bar.segments.length === 0) return null;
    const found = bar.segments.find(part => part.name === name);
    return found === undefined ? null : roundedSeconds(found.endSeconds - found.startSeconds);
  };
  return {
    kind: 'table',
    title: 'Longest units',
    columns: [
      { title: 'unit' },
      { title: 'what' },
      { title: 'duration', unit: 's' },
      { title: 'frontend', unit: 's' },
      { title: 'codegen', unit: 's' },
      { title: 'link', unit: 's' },
      { title: 'critical' },
    ],
    rows: bars.map(bar => [
      bar.label,
      bar.finished ? bar.detail : `${bar.detail} (did not finish)`,
      bar.finished ? roundedSeconds(lengthOf(bar)) : null,
      segment(bar, 'frontend'),
      segment(bar, 'codegen'),
      segment(bar, 'link'),
      critical.has(bar.unit) ? 'yes' : 'no',
    ]),
  };
}

/** Units that ran, grouped by the reason that cargo gave; the reason that cost most first. */
export function rebuildTable(timeline: Timeline): TableBlock {
  const barsByReason = new Map<string, UnitBar[]>();
  for (const bar of timeline.bars) {
    if (bar.reason === null) continue;
    const group = barsByReason.get(bar.reason);
    if (group) group.push(bar);
    else barsByReason.set(bar.reason, [bar]);
  }
  const groups = [...barsByReason].map(([reason, bars]) => ({
    reason,
    bars: bars.toSorted((a, b) => lengthOf(b) - lengthOf(a) || a.unit - b.unit),
    seconds: bars.reduce((sum, bar) => sum + lengthOf(bar), 0),
  }));
  groups.sort((a, b) => b.seconds - a.seconds || (a.reason < b.reason ? -1 : 1));
  return {
    kind: 'table',
    title: 'Why units were built',
    columns: [
      { title: 'reason' },
      { title: 'units', unit: 'count' },
      { title: 'duration', unit: 's' },
      { title: 'which' },
    ],
    rows: groups.map(({ reason, bars, seconds }) => [
      reason,
      bars.length,
      roundedSeconds(seconds),
      `${bars
        .slice(0, 3)
        .map(bar => `${bar.label} ${bar.detail}`)
        .join(', ')}${bars.length > 3 ? ', …' : ''}`,
    ]),
  };
}

/** What is done more than once, or only for the build itself. */
export function wasteBlocks(waste: FoundWaste): readonly Block[] {
  if (waste.shown.length === 0) return [];
  const table: TableBlock = {
    kind: 'table',
    title: 'Work that might be spared',
    columns: [
      { title: 'kind' },
      { title: 'what' },
      { title: 'work', unit: 's' },
      { title: 'sooner', unit: 's' },
      { title: 'because' },
    ],
    rows: waste.shown.map(({ kind, what, because, workSeconds, wallSeconds }) => [
      kind,
      what,
      workSeconds ?? null,
      wallSeconds ?? null,
      because,
    ]),
  };
  if (waste.smallCount === 0) return [table];
  const small = `${waste.smallCount === 1 ? '1 entry' : `${waste.smallCount} entries`} more, of ${secondsText(waste.smallWorkSeconds)} in all`;
  return [table, { kind: 'text', lines: [`${small}, each below a hundredth of the work or 0.1 s.`] }];
}

function lengthOf(bar: UnitBar): number {
  return bar.endSeconds - bar.startSeconds;
}
