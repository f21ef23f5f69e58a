import spawnRows from '../../../data/async/spawns.json' with { type: 'json' };

/** Where code that is passed to a call runs. Rows: data/async/PROVENANCE.md. */
export type RunsAs =
  /** A future as a task of its own. */
  | 'task'
  /** A closure on a thread that may block. */
  | 'thread'
  /** A closure on this thread, which is no executor's worker meanwhile. */
  | 'in-place';

const byPath = new Map(spawnRows.map(({ path, runs }) => [path, runs as RunsAs]));

/** What a call does with the closure or future in its arguments; null: it runs in the call or is kept. */
export function spawnOf(path: string): RunsAs | null {
  return byPath.get(path) ?? null;
}
