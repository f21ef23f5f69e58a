/**
 * What runs on a thread that has no tokio context: from where a program starts, a thread is started or an executor of
 * another runtime is given a future, forward over what runs there. Every doubt ends the way: a function that makes a
 * context or asks for one, itself or through what it calls; a wrapper around a future that is not known.
 */
import type { CallSite, FunctionId, FunctionNode } from '#mir/function-node.ts';
import { summaries } from '#mir/summaries.ts';
import type { Location } from '#model/location.ts';
import type { BlockIndex } from '#model/mir.ts';
import { type Executor, isBridge, isPlainThread, isTransparent } from '../../knowledge/runtimes.ts';
import { passedCodeOf } from '../../passed-code.ts';
import type { Program } from '../../program.ts';
import type { RunEdge } from '../../reach.ts';
import { isMadeBesideBridge, workspaceCrates } from './drives.ts';

/** A call that gives a future to an executor of another runtime. */
export interface Drive {
  readonly node: FunctionNode;
  readonly call: CallSite;
  readonly executor: Executor;
  /** The future's body. */
  readonly future: FunctionId;
}

/** The step that a call of an executor is; `to`, the function that is run. */
export function hopOfDrive({ node, call, executor }: Omit<Drive, 'future'>, to: FunctionNode): Hop {
  return { ...placeOf(node, call), to, how: 'drive', name: executor.path };
}

export interface Hop {
  readonly from: FunctionNode;
  readonly to: FunctionNode;
  readonly block: BlockIndex;
  readonly at: Location | null;
  readonly how: 'call' | 'poll' | 'closure' | 'drive' | 'thread';
  /** The callee's last segment; of an executor its path. */
  readonly name: string;
}

export interface PlainRun {
  readonly node: FunctionNode;
  /** Why there is no context where it begins. */
  readonly start: 'program' | 'test' | 'thread' | 'executor' | 'caller';
  /** From the start on; the shortest. */
  readonly hops: readonly Hop[];
}

export interface PlainRuns {
  readonly runs: readonly PlainRun[];
  /** How a function comes to run without a context; null where it does not, or is not known to. */
  runOf(node: FunctionNode): PlainRun | null;
  /** Functions where a way ended, because they make a tokio context or ask for one. */
  readonly stopped: number;
}

/** `isChoice`: whether a call is one of several ways that a body chooses from by the runtime that there is. */
export function plainRunsOf(
  program: Program,
  edgesOf: (node: FunctionNode) => readonly RunEdge[],
  drives: readonly Drive[],
  isTest: (node: FunctionNode) => boolean,
  isChoice: (node: FunctionNode, block: BlockIndex) => boolean,
): PlainRuns {
  const { graph, units } = program;
  const bridges = bridgingFunctionsOf(program, edgesOf);
  const isOfWorkspace = workspaceCrates(program);
  const drivesByNode = new Map<FunctionId, Drive[]>();
  for (const drive of drives)
    drivesByNode.set(drive.node.id, [...(drivesByNode.get(drive.node.id) ?? []), drive]);
  const called = calledFunctionsOf(program, edgesOf);

  const sure = new Map<FunctionId, PlainRun>();
  const stopped = new Set<FunctionId>();
  spread(startsOf(), sure);
  const stoppedSurely = stopped.size;
  // Who calls these functions is not known, so whether the thread has a context is not either.
  const maybe = new Map<FunctionId, PlainRun>();
  const tokio = runInTokio(program, edgesOf);
  const open = graph.nodes.filter(
    node =>
      !node.coroutine &&
      node.closureKey === null &&
      !called.has(node.id) &&
      !sure.has(node.id) &&
      !tokio.has(node.id),
  );
  spread(
    open.map(node => ({ node, start: 'caller', hops: [] })),
    maybe,
  );
  const runs = [
    ...sure.values(),
    // Without an executor of another runtime on the way there is no reason to think that it is not called in tokio.
    ...[...maybe.values()].filter(
      ({ node, hops }) =>
        !sure.has(node.id) && !tokio.has(node.id) && hops.some(({ how }) => how === 'drive'),
    ),
  ];
  return {
    runs: runs.filter(({ node }) => !bridges.has(node.id)),
    runOf: ({ id }) =>
      bridges.has(id) ? null : (sure.get(id) ?? (tokio.has(id) ? null : (maybe.get(id) ?? null))),
    stopped: stoppedSurely,
  };

  function startsOf(): PlainRun[] {
    const starts: PlainRun[] = [];
    for (const node of graph.nodes) {
      const kind = units[node.unit]?.targetKind ?? '';
      if (node.name === 'main' && ['bin', 'example', 'bench'].includes(kind))
        starts.push({ node, start: 'program', hops: [] });
      else if (kind === 'test' && isTest(node)) starts.push({ node, start: 'test', hops: [] });
      for (const call of node.calls) {
        if (!isPlainThread(call)) continue;
        for (const { body } of passedCodeOf(program, node, call)) {
          const hop: Hop = { ...placeOf(node, call), to: body, how: 'thread', name: call.path };
          starts.push({ node: body, start: 'thread', hops: [hop] });
        }
      }
    }
    for (const drive of drives) {
      if (drive.executor.thread === 'own' && !isChoice(drive.node, drive.call.block))
        starts.push({ node: nodeOf(drive.future), start: 'executor', hops: [hopOf(drive)] });
    }
    return starts;
  }

  /** Breadth first, in an order that does not depend on the order of bodies. */
  function spread(starts: readonly PlainRun[], into: Map<FunctionId, PlainRun>): void {
    let edge = [...starts].sort(byName);
    while (edge.length > 0) {
      const next: PlainRun[] = [];
      for (const run of edge) {
        if (into.has(run.node.id)) continue;
        into.set(run.node.id, run);
        if (bridges.has(run.node.id)) stopped.add(run.node.id);
        else
          for (const hop of hopsFrom(run.node)) next.push({ ...run, node: hop.to, hops: [...run.hops, hop] });
      }
      edge = next.sort(byName);
    }
  }

  function hopsFrom(node: FunctionNode): Hop[] {
    const hops: Hop[] = [];
    const edges = edgesOf(node);
    for (const { call, target, how } of edges) {
      if (how === 'poll' && (call.self === null || !isTransparent(call.self, isOfWorkspace))) continue;
      if (edges.some(other => other.call === call && bridges.has(other.target))) {
        stopped.add(target);
        continue;
      }
      if (call.madeBy !== null && isMadeBesideBridge(program, target)) continue;
      if (how === 'call' && graph.resolve(node, call).targets.length > 1) continue;
      if (isChoice(node, call.block)) continue;
      hops.push({ ...placeOf(node, call), to: nodeOf(target), how, name: call.method });
    }
    for (const drive of drivesByNode.get(node.id) ?? []) {
      if (drive.executor.thread === 'caller' && !isChoice(node, drive.call.block)) hops.push(hopOf(drive));
    }
    return hops;
  }

  function hopOf(drive: Drive): Hop {
    return hopOfDrive(drive, nodeOf(drive.future));
  }

  function nodeOf(id: FunctionId): FunctionNode {
    return graph.nodes[id] as FunctionNode;
  }

  function byName(a: PlainRun, b: PlainRun): number {
    const [left, right] = [a, b].map(
      ({ node, hops }) => `${units[node.unit]?.key} ${node.name} ${hops[0]?.from.name} ${hops[0]?.block}`,
    ) as [string, string];
    return left < right ? -1 : left > right ? 1 : 0;
  }
}

function placeOf(from: FunctionNode, { block, at }: CallSite): Pick<Hop, 'from' | 'block' | 'at'> {
  return { from, block, at };
}

/** Functions that make a tokio context or ask for one, or call one that does: what they leave behind is not followed. */
function bridgingFunctionsOf(
  program: Program,
  edgesOf: (node: FunctionNode) => readonly RunEdge[],
): ReadonlySet<FunctionId> {
  const { nodes } = program.graph;
  const own = nodes.map(node => node.calls.some(isBridge));
  const edges = nodes.map(node => [
    ...new Set(
      edgesOf(node)
        .filter(({ how }) => how !== 'poll')
        .map(({ target }) => target),
    ),
  ]);
  const { of } = summaries<boolean>({
    count: nodes.length,
    successorsOf: id => edges[id] as number[],
    bottom: false,
    summarize: (id, summaryOf) => own[id] === true || (edges[id] as number[]).some(summaryOf),
    equal: (a, b) => a === b,
  });
  return new Set(nodes.filter(({ id }) => of(id)).map(({ id }) => id));
}

function calledFunctionsOf(
  program: Program,
  edgesOf: (node: FunctionNode) => readonly RunEdge[],
): ReadonlySet<FunctionId> {
  return new Set(program.graph.nodes.flatMap(node => edgesOf(node).map(({ target }) => target)));
}

/** Futures and closures that tokio runs, and what runs in them. */
function runInTokio(
  program: Program,
  edgesOf: (node: FunctionNode) => readonly RunEdge[],
): ReadonlySet<FunctionId> {
  const { graph } = program;
  const reached = new Set<FunctionId>();
  const pending: FunctionId[] = [];
  for (const node of graph.nodes) {
    for (const call of node.calls) {
      if (!/^(tokio|tokio_util|actix_rt|actix_web)::/.test(call.path)) continue;
      for (const key of call.passes) {
        const body = graph.closure(node, key);
        if (body !== null) pending.push(body.id);
      }
    }
  }
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    for (const { target } of edgesOf(graph.nodes[id] as FunctionNode)) pending.push(target);
  }
  return reached;
}
