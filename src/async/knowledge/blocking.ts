import blockingRows from '../../../data/async/blocking.json' with { type: 'json' };

/** A function that keeps the calling thread. Rows: data/async/PROVENANCE.md. */
export interface BlockingCall {
  /** As rustc prints the callee, without generics. */
  readonly path: string;
  /**
   * `panics` in an asynchronous context, by its documentation; `blocks` until something outside happens; `brief`: as a
   * rule milliseconds, on a slow disk more.
   */
  readonly effect: 'panics' | 'blocks' | 'brief';
  readonly kind: string;
  readonly source: string;
  /** Whether the path was met in a dump. */
  readonly seen: boolean;
  /** What async code calls instead. */
  readonly instead: string;
}

const byPath = new Map((blockingRows as readonly BlockingCall[]).map(row => [row.path, row]));

/** The row of a call, by the path that the call graph gives it; `<S as Trait>::m` is looked up as `Trait::m`. */
export function blockingCallOf(path: string): BlockingCall | null {
  const trait = /^<.* as (.*)>::(\w+)$/.exec(path);
  return byPath.get(trait === null ? path : `${trait[1]}::${trait[2]}`) ?? null;
}
