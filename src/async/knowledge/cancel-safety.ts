import type { Ty } from '#mir/type-parser.ts';
import cancelSafetyRows from '../../../data/async/cancel-safety.json' with { type: 'json' };

/** What dropping an unfinished future does. Where the rows come from: data/async/PROVENANCE.md. */
export interface CancelSafety {
  /** The function: `tokio::io::AsyncReadExt::read_exact`. */
  readonly path: string;
  readonly crate: string;
  /** How rustc prints the future: the type's path, or for an `async fn` the function's, both without generics. */
  readonly futures: readonly string[];
  /**
   * `safe`: dropping it and calling again is as if it had not been called; `queue-position`: it loses its place among
   * those that wait, and nothing else; `restart`: what it waits for begins anew; `unsafe`: something is lost.
   */
  readonly safety: 'safe' | 'queue-position' | 'restart' | 'unsafe';
  readonly class: LossClass | 'queue-position' | 'restart' | null;
  /** Arguments, `self` first, whose state is left half-way: the stream that was read or written. */
  readonly state: readonly number[];
  /** Arguments that the future owns and that are dropped with it. */
  readonly value: readonly number[];
  /** Where what it takes from its source goes: into its result, or into the argument with this number. */
  readonly into: 'result' | number | null;
  /** The argument that has what was done so far: lost with it where the body that waits owns it. */
  readonly keeps?: number;
  /** First version whose documentation says it. */
  readonly docSince: string | null;
  /** `documented` by the crate, or read in its `source`. */
  readonly basis: 'documented' | 'source';
  readonly source: string;
  readonly note: string | null;
  /** Compiler and crate with which the future's name was seen in a dump. */
  readonly verified: string | null;
}

export type LossClass = 'partial-io' | 'value-lost' | 'miscount';

export interface CancelSafetyTable {
  readonly rows: readonly CancelSafety[];
  /** The row of a future by its type; null where the table does not have it. */
  find(ty: Ty): CancelSafety | null;
  /** By its `path`. */
  row(path: string): CancelSafety | null;
}

/** Throws on a malformed table: it is shipped with the product, so that is a bug of the product. */
export function cancelSafetyTable(rows: readonly unknown[] = cancelSafetyRows): CancelSafetyTable {
  const byFuture = new Map<string, CancelSafety>();
  const checked = rows.map(rowOf);
  for (const row of checked) {
    for (const future of row.futures) {
      if (byFuture.has(future)) throw new Error(`cancel-safety.json names ${future} twice`);
      byFuture.set(future, row);
    }
  }
  return {
    rows: checked,
    find: ty => byFuture.get(nameOf(ty)) ?? null,
    row: path => checked.find(row => row.path === path) ?? null,
  };
}

/** First segments of the futures' paths. */
export function cratesOfFutures(): ReadonlySet<string> {
  return new Set(
    cancelSafetyTable().rows.flatMap(row => row.futures.map(future => future.replace(/::.*$/, ''))),
  );
}

/**
 * `tokio::io::util::read_exact::ReadExact`; the function of an `async fn`; the function around an async block, or around
 * a closure that `poll_fn` polls, of another crate (`{async block@quinn::SendStream::stopped::{closure#0}}`).
 */
function nameOf(ty: Ty): string {
  if (ty.kind === 'closure') return functionAround(ty.key);
  if (ty.kind !== 'path') return '';
  const [polled] = ty.args;
  if (/(^|::)PollFn$/.test(ty.path) && polled?.kind === 'closure') return functionAround(polled.key);
  return ty.path;
}

function functionAround(key: string): string {
  return key
    .replace(/^@/, '')
    .replace(/::<[^<>]*>|<[^<>]*>/g, '')
    .replace(/(::\{closure#\d+\})+$/, '');
}

function rowOf(row: unknown): CancelSafety {
  const { path, crate, futures, safety, state, value, into, keeps, basis, source } = row as Record<
    string,
    unknown
  >;
  const kind = (row as Record<string, unknown>).class;
  const isText = (text: unknown) => typeof text === 'string' && text !== '';
  const isNumbers = (list: unknown) => Array.isArray(list) && list.every(item => Number.isInteger(item));
  const valid =
    isText(path) &&
    isText(crate) &&
    Array.isArray(futures) &&
    futures.length > 0 &&
    futures.every(future => typeof future === 'string' && /^(r#)?\w+(::(r#)?\w+)+$/.test(future)) &&
    ['safe', 'queue-position', 'restart', 'unsafe'].includes(safety as string) &&
    (safety === 'unsafe') === ['partial-io', 'value-lost', 'miscount'].includes(kind as string) &&
    isNumbers(state) &&
    isNumbers(value) &&
    (into === null || into === 'result' || Number.isInteger(into)) &&
    (keeps === undefined || keeps === into) &&
    ['documented', 'source'].includes(basis as string) &&
    isText(source);
  if (!valid) throw new Error(`cancel-safety.json has a malformed row: ${JSON.stringify(row)}`);
  return row as CancelSafety;
}
