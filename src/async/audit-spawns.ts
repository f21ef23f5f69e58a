/** Tasks that a program starts, and what becomes of their handles. */
import type { FunctionNode } from '#mir/function-node.ts';
import { calleePath } from '#mir/known-calls.ts';
import { operandsOf } from '#mir/place.ts';
import type { Location } from '#model/location.ts';
import type { Body, LocalIndex } from '#model/mir.ts';
import { spawnOf } from './knowledge/spawns.ts';
import { isInWorkspace, type Subject } from './subject.ts';

export interface SpawnSite {
  readonly at: Location;
  /** `tokio::spawn` */
  readonly call: string;
  readonly handle: string;
}

export const spawnSitesOf = {
  wants: (node: FunctionNode): boolean => node.calls.some(({ path }) => spawnOf(path) === 'task'),

  visit({ body, node, span }: Subject): SpawnSite[] {
    return node.calls.flatMap(({ path, block }) => {
      const call = body.blocks[block]?.terminator;
      if (spawnOf(path) !== 'task' || call?.kind !== 'call') return [];
      const at = span(call.span);
      if (at === null || !isInWorkspace(at)) return [];
      return [{ at, call: path, handle: inSet(path) ?? handleOf(body, call.destination.local) }];
    });
  },
};

/** Tasks of a set end with the set. */
function inSet(path: string): string | null {
  const owner = /::(JoinSet|TaskTracker|LocalSet|Executor|LocalExecutor|Spawner)::\w+$/.exec(path)?.[1];
  if (owner === 'JoinSet') return 'its `JoinSet` aborts it when it is dropped';
  return owner === undefined ? null : `belongs to its \`${owner}\``;
}

/** Followed inside the function: through moves, references and conversions. */
function handleOf(body: Body, start: LocalIndex): string {
  const handles = new Set([start]);
  const uses = new Set<string>();
  for (let grown = true; grown; ) {
    const before = handles.size;
    for (const block of body.blocks) {
      if (block.cleanup) continue;
      for (const statement of block.statements) {
        if (statement.kind !== 'assign') continue;
        const { place, rvalue } = statement;
        const refers =
          (rvalue.kind === 'ref' || rvalue.kind === 'raw-ref') && handles.has(rvalue.place.local);
        const moves = operandsOf(rvalue).some(arg => arg.kind !== 'const' && handles.has(arg.place.local));
        if (!refers && !moves) continue;
        if (rvalue.kind === 'aggregate' || place.projection.length > 0) uses.add('kept');
        else if (place.local === 0) uses.add('returned');
        else handles.add(place.local);
      }
      const { terminator } = block;
      if (terminator.kind !== 'call') continue;
      if (!terminator.args.some(arg => arg.kind !== 'const' && handles.has(arg.place.local))) continue;
      const path = typeof terminator.callee === 'string' ? calleePath(terminator.callee) : '';
      const method = path.slice(path.lastIndexOf('::') + 2 || 0);
      if (method === 'into_future' || method === 'poll') uses.add('awaited');
      else if (/^abort(_handle)?$/.test(method)) uses.add('aborted');
      else if (method === 'drop') uses.add('dropped');
      else if (path.includes('AbortOnDrop')) uses.add('aborted when it is dropped');
      else if (method === 'detach') uses.add('detached');
      else if (!/^(is_finished|id|new_unchecked|deref|as_mut|fmt|clone|into|from)$/.test(method))
        uses.add(`given to \`${method}\``);
      if (/^(into|from|instrument|new_unchecked|into_future)$/.test(method))
        handles.add(terminator.destination.local);
    }
    grown = handles.size > before;
  }
  if (uses.has('awaited') && uses.size > 1) uses.delete('kept');
  return uses.size === 0 ? 'dropped: the task runs on by itself' : [...uses].sort().join(', ');
}
