import lockRows from '../../../data/async/locks.json' with { type: 'json' };

/** What a call to a lock does. Where the rows come from: data/async/PROVENANCE.md. */
export interface LockCall {
  readonly lock: 'mutex' | 'rwlock' | 'semaphore' | 'channel' | 'pool';
  /** `capacity`: it queues as the others do, and what it got is used up when it returns. */
  readonly mode: 'exclusive' | 'shared' | 'permit' | 'capacity';
  readonly waits: 'await' | 'block' | 'never';
  readonly type: string;
  readonly method: string;
}

const byPath = new Map<string, LockCall>();
for (const { types, lock, methods } of lockRows) {
  for (const type of types) {
    for (const [method, { mode, waits }] of Object.entries(methods))
      byPath.set(`${type}::${method}`, { lock, mode, waits, type, method } as LockCall);
  }
}

/** By a callee's path without generics. */
export function lockCallOf(path: string): LockCall | null {
  const exact = byPath.get(path);
  if (exact !== undefined) return exact;
  // A crate that re-exports another one whole: `parking_lot::lock_api::Mutex::lock`.
  for (let at = path.indexOf('::'); at > 0; at = path.indexOf('::', at + 2)) {
    const end = byPath.get(path.slice(at + 2));
    if (end !== undefined) return end;
  }
  return null;
}
