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
  /** The row's path that a type was taken for by the name of its definition; see `guardOfDefinition`. */
  readonly reexport?: string;
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

/**
 * A lock is what somebody waits for: who asks for it while it is held blocks, spins, or waits in a queue. Nobody waits
 * for a borrow: who asks for it meanwhile fails, or runs in a state that is not his. A pinned epoch and a slot are
 * borrows too, for nobody waits for them; an iterator that blocks and a thread that is joined stand with the locks,
 * for what is wrong with them is the waiting.
 */
export type GuardFamily = 'lock' | 'borrow';

export const guardFamilies: readonly GuardFamily[] = ['lock', 'borrow'];

const borrowKinds = ['refcell', 'span-guard', 'thread-local', 'epoch-pin', 'hazard-slot', 'slot'] as const;

export type BorrowKind = (typeof borrowKinds)[number];
export type LockKind = Exclude<GuardKind, BorrowKind>;

export function isBorrow(kind: GuardKind): kind is BorrowKind {
  return borrowKinds.some(other => other === kind);
}

export function familyOf(guard: Guard): GuardFamily {
  return isBorrow(guard.kind) ? 'borrow' : 'lock';
}

export interface GuardTable {
  readonly rows: readonly Guard[];
  /** The row of a type's qualified path without generics. */
  find(path: string): Guard | null;
  /** Rows' paths that lead to this one when modules are left out, as `bb8::Connection` leads to `bb8::api::Connection`. */
  shorterPaths(path: string): readonly string[];
}

/** Throws on a malformed table: it is shipped with the product, so that is a bug of the product. */
export function guardTable(rows: readonly unknown[] = guardRows): GuardTable {
  const byPath = new Map<string, Guard>();
  const byCrate = new Map<string, string[]>();
  const guards = rows.map(guardOf);
  for (const guard of guards) {
    for (const path of guard.paths) {
      if (byPath.has(path)) throw new Error(`guards.json names ${path} twice`);
      byPath.set(path, guard);
      const crate = path.slice(0, path.indexOf('::'));
      byCrate.set(crate, [...(byCrate.get(crate) ?? []), path]);
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
    shorterPaths: path =>
      (byCrate.get(path.slice(0, path.indexOf('::'))) ?? []).filter(shorter => leadsTo(shorter, path)),
  };
}

/**
 * The row of a type that its own crate prints. A crate prints its types by the path of the definition, private modules
 * included, and the table has the path that other crates see. A row is the type's where its path leads to the
 * definition and to no other of that name; where it leads to several, nobody can tell: `unsure`.
 * `namesakes` are the definitions of that name in the crate, empty when its bodies were not read.
 */
export function guardOfDefinition(
  path: string,
  table: GuardTable,
  namesakes: ReadonlySet<string>,
): Guard | 'unsure' | null {
  if (!namesakes.has(path)) return null;
  const [shorter] = table.shorterPaths(path);
  // A definition at the row's own path is the row's type, and this one is another.
  if (shorter === undefined || namesakes.has(shorter)) return null;
  if ([...namesakes].some(other => other !== path && leadsTo(shorter, other))) return 'unsure';
  const guard = table.find(shorter);
  return guard === null ? null : { ...guard, reexport: shorter };
}

/** Whether leaving out modules of `longer` gives `shorter`; crate and last segment are the same. */
function leadsTo(shorter: string, longer: string): boolean {
  const kept = shorter.split('::');
  const all = longer.split('::');
  if (kept.length >= all.length || kept[0] !== all[0] || kept.at(-1) !== all.at(-1)) return false;
  let found = 0;
  for (const segment of all.slice(0, -1)) if (segment === kept[found]) found++;
  return found >= kept.length - 1;
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
