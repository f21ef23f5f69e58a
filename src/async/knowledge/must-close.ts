import rows from '../../../data/async/must-close.json' with { type: 'json' };

/** A type whose values must be told when the last write is done. Where the rows come from: data/async/PROVENANCE.md. */
export interface MustClose {
  /** As rustc prints the type, without generics. */
  readonly paths: readonly string[];
  readonly crate: string;
  /** Methods that leave something behind; a name that ends in `*` stands for all that begin so. */
  readonly writes: readonly string[];
  /** Methods that bring everything out, the one to recommend first. */
  readonly ends: readonly string[];
  /** Methods that look as if they did, and do not. */
  readonly passes?: readonly string[];
  readonly loses: Loss;
  readonly source: string;
  readonly verified: string | null;
}

/**
 * What a drop without an end loses: `buffer`, what is still buffered; `errors`, the result of a write that still runs;
 * `end`, what closes the format (a trailer, a directory); `upload`, all of it, because nothing was committed.
 */
export type Loss = 'buffer' | 'errors' | 'end' | 'upload';

export interface MustCloseTable {
  readonly rows: readonly MustClose[];
  find(path: string): MustClose | null;
}

export type Effect = 'write' | 'end' | 'pass';

/** What a method does to a value of the type; null where the table does not say. */
export function effectOf(row: MustClose, method: string): Effect | null {
  if (row.ends.includes(method)) return 'end';
  if (row.passes?.includes(method) === true) return 'pass';
  const writes = row.writes.some(name =>
    name.endsWith('*') ? method.startsWith(name.slice(0, -1)) : name === method,
  );
  return writes ? 'write' : null;
}

/** Throws on a malformed table: it is shipped with the product, so that is a bug of the product. */
export function mustCloseTable(list: readonly unknown[] = rows): MustCloseTable {
  const byPath = new Map<string, MustClose>();
  for (const row of list) {
    if (!isRow(row)) throw new Error(`must-close.json has a malformed row: ${JSON.stringify(row)}`);
    for (const path of row.paths) {
      if (byPath.has(path)) throw new Error(`must-close.json names ${path} twice`);
      byPath.set(path, row);
    }
  }
  return { rows: [...new Set(byPath.values())], find: path => byPath.get(path) ?? null };
}

function isRow(row: unknown): row is MustClose {
  const { paths, crate, writes, ends, passes, loses, source, verified } = row as Record<string, unknown>;
  const isText = (value: unknown) => typeof value === 'string' && value !== '';
  const areNames = (value: unknown, form: RegExp) =>
    Array.isArray(value) && value.length > 0 && value.every(item => form.test(String(item)));
  return (
    areNames(paths, /^\w+(::\w+)+$/) &&
    isText(crate) &&
    areNames(writes, /^\w+\*?$/) &&
    areNames(ends, /^\w+$/) &&
    (passes === undefined || areNames(passes, /^\w+$/)) &&
    ['buffer', 'errors', 'end', 'upload'].includes(loses as string) &&
    isText(source) &&
    (verified === null || isText(verified))
  );
}
