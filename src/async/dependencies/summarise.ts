/**
 * One crate's MIR to what its users need of it. The crate is judged like a member, with its own folder as the workspace
 * and the summaries of its dependencies, and what follows for its callers is written down.
 */
import type { FunctionId, FunctionNode } from '#mir/function-node.ts';
import type { Location } from '#model/location.ts';
import { blockingSitesOf } from '../blocking-sites.ts';
import { everyCoroutine } from '../cancel-facts.ts';
import { type AsyncInput, gatherAsyncFacts } from '../gather.ts';
import { type Blocking, type BlockingKind, type InnerCall, order } from '../knowledge/blocking.ts';
import { usesOfInputs } from '../passed-code.ts';
import type { Program } from '../program.ts';
import { runEdgesOf } from '../reach.ts';
import { isInWorkspace } from '../subject.ts';
import { isPolled } from '../ways-from-async.ts';
import { namesOfNode } from './names.ts';
import type {
  CancelledFuture,
  DependencySummary,
  FunctionSummary,
  FutureSummary,
  InnerBlocking,
} from './summary.ts';

/** The evidence holds one unit. Rejects only where the evidence itself cannot be read. */
export async function summariseDependency(input: AsyncInput): Promise<DependencySummary> {
  const facts = await gatherAsyncFacts(input);
  const { program } = facts;
  const { graph } = program;
  const unit = program.units[0];
  const blocking = blockingWithin(program);
  const uses = usesOfInputs(program);
  const cancelled = await cancelledFutures(program, facts.subjects);

  const owners = new Map<string, number>();
  const namesOf = new Map<FunctionId, readonly string[]>();
  for (const node of graph.nodes) {
    const names = namesOfNode(node);
    namesOf.set(node.id, names);
    for (const name of names) owners.set(name, (owners.get(name) ?? 0) + 1);
  }
  const functions: Record<string, FunctionSummary> = {};
  const futures: Record<string, FutureSummary> = {};
  for (const node of graph.nodes) {
    // What several functions are called by is the name of none.
    const names = (namesOf.get(node.id) ?? []).filter(name => owners.get(name) === 1);
    if (names.length === 0) continue;
    const blocks = blocking(node);
    if (node.coroutine) {
      const future = cancelled.get(node.id);
      const row: FutureSummary = {
        ...(blocks === null ? {} : { blocks }),
        ...(future === undefined ? {} : { cancelled: future }),
      };
      if (Object.keys(row).length > 0) for (const name of names) futures[name] = row;
      continue;
    }
    const given = uses(node);
    const row: FunctionSummary = {
      // A hand-written `poll` is reached by polling, and by whom is not known.
      ...(blocks === null || isPolled(node) ? {} : { blocks }),
      ...(Object.keys(given).length === 0 ? {} : { uses: given }),
    };
    if (Object.keys(row).length > 0) for (const name of names) functions[name] = row;
  }
  return {
    schema: 1,
    crate: unit?.crateName ?? '',
    package: unit?.package ?? '',
    functions: sorted(functions),
    futures: sorted(futures),
  };
}

function sorted<T>(rows: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(rows).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * How locks and cells are made. A thread that is parked inside of another crate waits for what that crate alone knows: a
 * lock that is held for a moment looks like a channel that stays empty. Of these the table speaks, by the outer name.
 */
const waitsForThreads: ReadonlySet<BlockingKind> = new Set(['park', 'condvar', 'barrier']);

// Limit: calls of a way that are kept.
const wayMax = 12;

/** Of each function the worst blocking call that it runs itself or through others, by the shortest way. */
function blockingWithin(program: Program): (node: FunctionNode) => InnerBlocking | null {
  const { graph } = program;
  const best = new Map<FunctionId, InnerBlocking>();
  const callers = new Map<FunctionId, { from: FunctionNode; at: Location | null }[]>();
  for (const from of graph.nodes) {
    for (const { call, target } of runEdgesOf(program, from)) {
      if (isPolled(graph.nodes[target] as FunctionNode)) continue;
      const known = callers.get(target);
      const edge = { from, at: call.at };
      if (known === undefined) callers.set(target, [edge]);
      else known.push(edge);
    }
  }
  const sites = blockingSitesOf(program).sites.filter(({ blocking }) => !waitsForThreads.has(blocking.kind));
  for (const level of ['forbidden', 'long', 'short'] as const) {
    let edge: FunctionNode[] = [];
    const own = sites
      .filter(site => site.blocking.level === level)
      .map(site => ({ node: site.node, row: rowOf(program, site.node, site.call.at, site.blocking) }))
      .sort(
        (a, b) => compare(a.node.name, b.node.name) || compare(JSON.stringify(a.row), JSON.stringify(b.row)),
      );
    for (const { node, row } of own) {
      if (best.has(node.id)) continue;
      best.set(node.id, row);
      edge.push(node);
    }
    while (edge.length > 0) {
      const next: FunctionNode[] = [];
      for (const to of edge) {
        if (isPolled(to)) continue;
        const row = best.get(to.id) as InnerBlocking;
        for (const { from, at } of callers.get(to.id) ?? []) {
          const known = best.get(from.id);
          if (known !== undefined && order(known.level) >= order(level)) continue;
          const call = callIn(program, from, at, program.displayName(to));
          best.set(from.id, { ...row, way: [call, ...row.way].slice(0, wayMax) });
          next.push(from);
        }
      }
      edge = next.sort((a, b) => compare(a.name, b.name));
    }
  }
  return node => best.get(node.id) ?? null;
}

function rowOf(program: Program, node: FunctionNode, at: Location | null, blocking: Blocking): InnerBlocking {
  const { level, kind, what, seen, source, within } = blocking;
  const call = callIn(program, node, at, within?.callee ?? what);
  return { level, kind, what, seen, source, way: [call, ...(within?.way ?? [])].slice(0, wayMax) };
}

function callIn(program: Program, from: FunctionNode, at: Location | null, callee: string): InnerCall {
  return {
    callee,
    at: at === null || !isInWorkspace(at) ? null : `${at.file}:${at.startLine}`,
    package: program.units[from.unit]?.package ?? '',
  };
}

async function cancelledFutures(
  program: Program,
  subjects: Awaited<ReturnType<typeof gatherAsyncFacts>>['subjects'],
): Promise<ReadonlyMap<FunctionId, CancelledFuture>> {
  const found = new Map<FunctionId, CancelledFuture>();
  const facts = everyCoroutine(program);
  if (!program.graph.nodes.some(node => node.coroutine)) return found;
  for await (const subject of subjects(node => facts.wants(node))) facts.visit(subject);
  const safety = facts.safety();
  for (const node of program.graph.nodes) {
    if (!node.coroutine) continue;
    const { verdict, because, losses, takes, holds } = safety.ofBody(node.id);
    found.set(node.id, {
      verdict,
      because,
      takes,
      holds,
      losses: losses.map(({ class: lossClass, row, capture, what, inside, surely }) => ({
        class: lossClass,
        row: row?.path ?? null,
        capture,
        what,
        inside,
        surely,
      })),
    });
  }
  return found;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
