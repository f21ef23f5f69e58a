/**
 * Blocking calls that run while a future is polled, each with the shortest way to it from a future's body. Sync calls
 * and closures are followed, never an await: what is awaited is a body of its own and has its own ways.
 *
 * A closure is followed into a call that runs it there and then: of the standard library (`map`, `retain`, `with`), and
 * of the workspace, unless that function hands code to other threads itself. A closure that goes to another crate is
 * counted as open, and so is a call through `dyn`, a type parameter or a function pointer.
 */
import type { CallSite, FunctionId, FunctionNode } from '#mir/function-node.ts';
import { type BlockingCall, blockingCallOf } from './knowledge/blocking.ts';
import { spawnOf } from './knowledge/spawns.ts';
import type { Program } from './program.ts';
import { type RunEdge, runEdgesOf } from './reach.ts';

export interface BlockingPath {
  readonly call: CallSite;
  readonly row: BlockingCall;
  /** The function that the call stands in. */
  readonly holder: FunctionNode;
  /** The future's body, or a hand-written `poll`, from which the way is shortest. */
  readonly root: FunctionNode;
  /** From the root to the holder; empty when the call stands in the root. */
  readonly way: readonly { readonly from: FunctionNode; readonly edge: RunEdge }[];
  /** All bodies that reach it, the root among them. */
  readonly roots: readonly FunctionNode[];
}

export interface BlockingPaths {
  readonly paths: readonly BlockingPath[];
  /** Calls below a future's body whose callee is not known, by why. */
  readonly open: ReadonlyMap<'dyn' | 'generic' | 'pointer' | 'closure', number>;
}

// Limit: calls between the function that takes a closure and the one that hands it to a thread.
const handsOnDepthMax = 3;

interface Incoming {
  readonly from: FunctionNode;
  readonly edge: RunEdge;
}

export function blockingPathsOf(program: Program): BlockingPaths {
  const { graph } = program;
  const open = new Map<'dyn' | 'generic' | 'pointer' | 'closure', number>();
  const incoming = new Map<FunctionId, Incoming[]>();
  const below = belowRoots();
  for (const node of graph.nodes) {
    if (!below.has(node.id)) continue;
    for (const edge of syncEdgesOf(node)) {
      const known = incoming.get(edge.target);
      if (known === undefined) incoming.set(edge.target, [{ from: node, edge }]);
      else known.push({ from: node, edge });
    }
    for (const call of node.calls) countOpen(node, call);
  }
  const paths: BlockingPath[] = [];
  for (const holder of graph.nodes) {
    if (!below.has(holder.id)) continue;
    for (const call of holder.calls) {
      const row = blockingCallOf(call.path);
      if (row === null || !canBlock(call)) continue;
      const found = waysTo(holder);
      if (found !== null) paths.push({ call, row, holder, ...found });
    }
  }
  return { paths, open };

  /** Functions that run while some future is polled. */
  function belowRoots(): Set<FunctionId> {
    const seen = new Set<FunctionId>();
    const pending = graph.nodes.filter(isRoot);
    for (const root of pending) seen.add(root.id);
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      for (const { target } of syncEdgesOf(node)) {
        const next = graph.nodes[target];
        if (next === undefined || seen.has(target)) continue;
        seen.add(target);
        pending.push(next);
      }
    }
    return seen;
  }

  function syncEdgesOf(node: FunctionNode): RunEdge[] {
    return runEdgesOf(program, node).filter(
      ({ how, target, call }) =>
        how !== 'poll' &&
        graph.nodes[target]?.coroutine === false &&
        (how === 'call' || runsHere(node, call)),
    );
  }

  function runsHere(node: FunctionNode, call: CallSite): boolean {
    if (spawnOf(call.path) !== null) return false;
    if (/^<?&?(?:mut )?(?:std|core|alloc)::/.test(call.path)) return !/^std::thread::/.test(call.path);
    if (/ as (?:std|core)::/.test(call.path)) return true;
    const { targets } = graph.resolve(node, call);
    return targets.length > 0 && !targets.some(handsOn);
  }

  /** Whether a function, its future, or what these call hands code to other threads or tasks. */
  function handsOn(id: FunctionId, depth = 0): boolean {
    const node = graph.nodes[id];
    if (node === undefined || depth > handsOnDepthMax) return false;
    return [node, ...graph.futuresIn(node)].some(body =>
      body.calls.some(
        call =>
          spawnOf(call.path) !== null ||
          graph.resolve(body, call).targets.some(target => handsOn(target, depth + 1)),
      ),
    );
  }

  function countOpen(node: FunctionNode, call: CallSite): void {
    const count = (why: 'dyn' | 'generic' | 'pointer' | 'closure') => open.set(why, (open.get(why) ?? 0) + 1);
    const why = graph.resolve(node, call).open;
    if (call.kind !== 'poll' && (why === 'dyn' || why === 'generic' || why === 'pointer')) count(why);
    const passesClosure = call.passes.some(key => graph.closure(node, key)?.coroutine === false);
    if (call.kind !== 'poll' && passesClosure && spawnOf(call.path) === null && !runsHere(node, call))
      count('closure');
  }

  /** The nearest roots of a function, over callers; ties go to the first by name. */
  function waysTo(holder: FunctionNode): Pick<BlockingPath, 'root' | 'way' | 'roots'> | null {
    const ways = new Map<FunctionId, BlockingPath['way']>([[holder.id, []]]);
    const roots: FunctionNode[] = [];
    let level: FunctionNode[] = [holder];
    while (level.length > 0) {
      const next = new Map<FunctionId, { node: FunctionNode; way: BlockingPath['way'] }>();
      for (const node of level.sort(byName)) {
        const way = ways.get(node.id) ?? [];
        if (isRoot(node)) {
          roots.push(node);
          continue;
        }
        for (const step of [...(incoming.get(node.id) ?? [])].sort((a, b) => byName(a.from, b.from))) {
          if (!ways.has(step.from.id) && !next.has(step.from.id))
            next.set(step.from.id, { node: step.from, way: [step, ...way] });
        }
      }
      for (const { node, way } of next.values()) ways.set(node.id, way);
      level = [...next.values()].map(({ node }) => node);
    }
    const [root] = roots;
    return root === undefined ? null : { root, way: ways.get(root.id) ?? [], roots };
  }

  function byName(a: FunctionNode, b: FunctionNode): number {
    const [x, y] = [`${program.displayName(a)} ${a.name}`, `${program.displayName(b)} ${b.name}`];
    return x < y ? -1 : x > y ? 1 : a.unit - b.unit;
  }
}

/** A future's body, or a `poll` that is written by hand. */
function isRoot({ coroutine, impl, name }: FunctionNode): boolean {
  if (coroutine) return true;
  const isPoll = /(^|::)poll(_next|_read|_write|_flush|_close|_shutdown|_ready|_accept)?$/.test(name);
  return isPoll && /^(Future|Stream|Sink|AsyncRead|AsyncWrite|AsyncBufRead)$/.test(impl?.trait ?? '');
}

/** An address that is one needs no name to be resolved. */
function canBlock(call: CallSite): boolean {
  return call.method !== 'to_socket_addrs' || /\bstr\b|String/.test(call.self?.text ?? '');
}
