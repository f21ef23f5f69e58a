import guardRows from '../../../data/async/guards.json' with { type: 'json' };

/** What holding a value of a type means. Where the rows come from: data/async/PROVENANCE.md. */
export interface Guard {
  /** As rustc prints the type, without generics. A type that is re-exported has several. */
  readonly paths: readonly string[];
  readonly crate: string;
  readonly kind: GuardKind;
  /** `deny` is a hazard, `warn` likely one, `info` legal by design; `ignore` is known and not reported. */
  readonly acrossAwait: 'deny' | 'warn' | 'info' | 'ignore';
  readonly note: string | null;
  /** rustc and crate version with which the paths were seen in a dump; null when taken from documentation alone. */
  readonly verified: string | null;
}

export const guardKinds = [
  'sync-lock',
  'spin-lock',
  'shard-lock',
  'bucket-lock',
  'irq-lock',
  'refcell',
  'span-guard',
  'thread-local',
  'epoch-pin',
  'hazard-slot',
  'slot',
  'blocking-iter',
  'join',
  'async-lock',
  'permit',
  'pooled-resource',
  'blocking-drop',
] as const;

export type GuardKind = (typeof guardKinds)[number];

export interface GuardTable {
  readonly rows: readonly Guard[];
  /** The row of a type's qualified path without generics. */
  find(path: string): Guard | null;
}

/** Throws on a malformed table: it is shipped with the product, so that is a bug of the product. */
export function guardTable(rows: readonly unknown[] = guardRows): GuardTable {
  const byPath = new Map<string, Guard>();
  const guards = rows.map(guardOf);
  for (const guard of guards) {
    for (const path of guard.paths) {
      if (byPath.has(path)) throw new Error(`guards.json names ${path} twice`);
      byPath.set(path, guard);
    }
  }
  return {
    rows: guards,
    find(path) {
      const exact = byPath.get(path);
      if (exact !== undefined) return exact;
      // A crate that re-exports another one whole: `parking_lot::lock_api::MutexGuard`.
      for (let at = path.indexOf('::'); at > 0; at = path.indexOf('::', at + 2)) {
        const end = byPath.get(path.slice(at + 2));
        if (end !== undefined) return end;
      }
      return null;
    },
  };
}

function guardOf(row: unknown): Guard {
  const { paths, crate, kind, acrossAwait, note, verified } = row as Record<string, unknown>;
  const isText = (value: unknown) => typeof value === 'string' && value !== '';
  const valid =
    Array.isArray(paths) &&
    paths.length > 0 &&
    paths.every(path => typeof path === 'string' && /^\w+(::\w+)+$/.test(path)) &&
    isText(crate) &&
    guardKinds.includes(kind as GuardKind) &&
    ['deny', 'warn', 'info', 'ignore'].includes(acrossAwait as string) &&
    (note === null || isText(note)) &&
    (verified === null || isText(verified));
  if (!valid) throw new Error(`guards.json has a row that is not a guard: ${JSON.stringify(row)}`);
  return row as Guard;
}
