import type { Cell } from '#model/section.ts';

export interface Order {
  readonly column: number;
  readonly descending: boolean;
}

const collator = new Intl.Collator('en', { numeric: true });

/** Rows in an order; unknown cells come last either way, and equal rows stay as they were. */
export function sortRows<Row extends readonly Cell[]>(
  rows: readonly Row[],
  order: Order | null,
): readonly Row[] {
  if (order === null) return rows;
  const sign = order.descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const left = a[order.column] ?? null;
    const right = b[order.column] ?? null;
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * compare(left, right);
  });
}

/** What the next press on a column's title asks for: numbers fall first, words rise first, the third press undoes. */
export function nextOrder(order: Order | null, column: number, numeric: boolean): Order | null {
  if (order?.column !== column) return { column, descending: numeric };
  return order.descending === numeric ? { column, descending: !numeric } : null;
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return collator.compare(String(a), String(b));
}
