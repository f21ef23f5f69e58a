import { useSignal } from '@preact/signals';
import { countText } from '#model/measure-text.ts';
import type { Cell, TimelineBar } from '#model/section.ts';
import { type Column, SortableTable } from '../sections/sortable-table.tsx';
import { segmentNames, waitedForText } from './bar-facts.ts';
import type { GanttState } from './gantt-state.ts';

/** The same numbers as the chart, for a keyboard, a screen reader, and for sorting. Made when it is first asked for. */
export function BarTable({ state }: { readonly state: GanttState }) {
  const open = useSignal(false);
  const { bars, title } = state.block;
  return (
    <details
      class="bar-table no-print"
      onToggle={event => {
        open.value = event.currentTarget.open;
      }}
    >
      <summary>All {countText(bars.length)} as a table</summary>
      {open.value && <SortableTable caption={title} {...tableOf(state)} />}
    </details>
  );
}

function tableOf(state: GanttState): { columns: Column[]; rows: Cell[][] } {
  const names = segmentNames(state.block.bars);
  const columns: Column[] = [
    { title: 'Unit' },
    { title: 'What' },
    { title: 'Start', unit: 's' },
    { title: 'Duration', unit: 's' },
    ...names.map((name): Column => ({ title: name, unit: 's' })),
    { title: 'Critical' },
    { title: 'Member' },
    { title: 'Waited for' },
    { title: 'Reason' },
    { title: 'Features' },
  ];
  const rows = state.block.bars.map((bar): Cell[] => [
    bar.label,
    bar.detail,
    bar.startSeconds,
    bar.endSeconds - bar.startSeconds,
    ...names.map(name => segmentSeconds(bar, name)),
    bar.critical ? 'yes' : 'no',
    bar.member ? 'yes' : 'no',
    waitedForText(bar, state.byId, bar.waitedFor.length) || null,
    bar.reason ?? null,
    bar.features.join(' ') || null,
  ]);
  return { columns, rows };
}

function segmentSeconds(bar: TimelineBar, name: string): number | null {
  let seconds: number | null = null;
  for (const segment of bar.segments) {
    if (segment.name === name) seconds = (seconds ?? 0) + segment.endSeconds - segment.startSeconds;
  }
  return seconds;
}
