import { useSignal } from '@preact/signals';
import { measureText, unknownText } from '#model/measure-text.ts';
import type { Cell, MeasureUnit } from '#model/section.ts';
import { Message } from '../message.tsx';
import { nextOrder, type Order, sortRows } from './sort-rows.ts';

export interface Column {
  readonly title: string;
  readonly unit?: MeasureUnit;
  /** Cells are commands or paths. */
  readonly code?: boolean;
}

/** A table with all its rows in a box that scrolls; a press on a column's title sorts. */
export function SortableTable({
  caption,
  columns,
  rows,
}: {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}) {
  const order = useSignal<Order | null>(null);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section class="table-box" tabIndex={0} aria-label={caption}>
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column, index) => (
              <ColumnTitle
                key={index}
                column={column}
                order={order.value?.column === index ? order.value : null}
                onPress={() => {
                  order.value = nextOrder(order.value, index, column.unit !== undefined);
                }}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {sortRows(rows, order.value).map((row, index) => (
            <tr key={index}>
              {columns.map((column, at) => (
                <CellView key={at} column={column} cell={row[at] ?? null} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function ColumnTitle({
  column,
  order,
  onPress,
}: {
  readonly column: Column;
  readonly order: Order | null;
  readonly onPress: () => void;
}) {
  const sorted = order === null ? 'none' : order.descending ? 'descending' : 'ascending';
  return (
    <th scope="col" class={column.unit === undefined ? undefined : 'number'} aria-sort={sorted}>
      <button type="button" onClick={onPress}>
        {column.title}
        {column.unit === 's' && <span class="unit"> s</span>}
        <span class="arrow" aria-hidden="true">
          {order === null ? '' : order.descending ? '↓' : '↑'}
        </span>
      </button>
    </th>
  );
}

function CellView({ column, cell }: { readonly column: Column; readonly cell: Cell }) {
  if (cell === null)
    return <td class={column.unit === undefined ? 'unknown' : 'number unknown'}>{unknownText}</td>;
  if (typeof cell === 'number') {
    return (
      <td class="number">
        {column.unit === 's' ? secondsInColumn(cell) : measureText(cell, column.unit ?? 'count')}
      </td>
    );
  }
  if (column.code === true) {
    return (
      <td>
        <code class="bare">{cell}</code>
      </td>
    );
  }
  return (
    <td class={column.unit === undefined ? undefined : 'number'}>
      <Message text={cell} />
    </td>
  );
}

/** The column's title has the unit, and the digits stand under each other. */
function secondsInColumn(seconds: number): string {
  return Number.isFinite(seconds) ? seconds.toFixed(2) : unknownText;
}
