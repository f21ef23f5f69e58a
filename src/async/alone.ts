/**
 * Futures of a program that run by themselves: `block_on` runs them, or a future that runs by itself awaits them, and
 * nothing spawns, selects, joins, boxes or keeps them. What they hold while they are suspended can then only meet tasks
 * that the program starts beside them.
 *
 * Every doubt is a no: a future of a library, of a trait's method, one that is passed to any call but those of `.await`,
 * one that nothing was seen to poll, one that a plain function makes by calling an `async fn` (its type is hidden there
 * behind `impl Future`, so what it is passed to is not known).
 */
import type { CallSite, FunctionId, FunctionNode } from '#mir/function-node.ts';
import { futureOf } from './future-of.ts';
import type { Program } from './program.ts';

interface Alone {
  readonly programs: ReadonlySet<FunctionId>;
  readonly workspace: ReadonlySet<FunctionId>;
}

const memo = new WeakMap<Program, Alone>();

export function runsAlone(program: Program, node: FunctionNode): boolean {
  return aloneIn(program).programs.has(node.id);
}

/** As far as the workspace shows: a future of a library too, where nothing in the workspace runs it beside others. */
export function runsAloneHere(program: Program, node: FunctionNode): boolean {
  return aloneIn(program).workspace.has(node.id);
}

function aloneIn(program: Program): Alone {
  let known = memo.get(program);
  if (known === undefined) {
    known = { programs: aloneAmong(program, true), workspace: aloneAmong(program, false) };
    memo.set(program, known);
  }
  return known;
}

function aloneAmong(program: Program, onlyPrograms: boolean): ReadonlySet<FunctionId> {
  const { graph } = program;
  const blockedOn = new Set<FunctionId>();
  const shared = new Set<FunctionId>();
  const awaitedBy = new Map<FunctionId, Set<FunctionId>>();
  for (const node of graph.nodes) {
    for (const call of node.calls) {
      for (const key of call.passes) {
        const future = graph.closure(node, key);
        if (future === null || !future.coroutine) continue;
        if (isBlockOn(call)) blockedOn.add(future.id);
        else if (!node.coroutine || !isOfAwait(call, key)) shared.add(future.id);
      }
      for (const target of graph.resolve(node, call).targets) {
        if (call.kind !== 'poll') {
          const future = node.coroutine ? null : futureOf(program, target);
          if (future !== null) shared.add(future);
          continue;
        }
        if (!node.coroutine) shared.add(target);
        const known = awaitedBy.get(target);
        if (known === undefined) awaitedBy.set(target, new Set([node.id]));
        else known.add(node.id);
      }
    }
  }

  const alone = new Set<FunctionId>();
  for (const node of graph.nodes) {
    const isReached = blockedOn.has(node.id) || awaitedBy.has(node.id);
    const isOfProgram = !onlyPrograms || program.units[node.unit]?.targetKind === 'bin';
    const isOfTrait = node.impl !== null && node.impl.trait !== null;
    if (node.coroutine && isOfProgram && isReached && !isOfTrait && !shared.has(node.id)) alone.add(node.id);
  }
  // What a future that does not run alone awaits does not either.
  let changed = true;
  while (changed) {
    changed = false;
    for (const id of alone) {
      const awaiting = awaitedBy.get(id) ?? [];
      if ([...awaiting].every(other => other === id || alone.has(other))) continue;
      alone.delete(id);
      changed = true;
    }
  }
  return alone;
}

function isBlockOn(call: CallSite): boolean {
  return call.method === 'block_on';
}

/** The calls that `.await` makes with the future itself, in no wrapper. */
function isOfAwait(call: CallSite, key: string): boolean {
  if (call.kind === 'poll') return true;
  if (call.path === 'std::pin::Pin::new_unchecked') return true;
  return call.method === 'into_future' && call.self?.kind === 'closure' && call.self.key === key;
}
