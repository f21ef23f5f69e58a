/**
 * Worklist dataflow over bit sets (Kildall 1973): the state at a block's start is the join of what its predecessors'
 * edges deliver, until nothing changes. With monotone transfer functions the result is the least fixpoint for a union
 * and the greatest for an intersection, whatever the order of visits; the order only decides how soon it is reached.
 */
import { Bitset } from '#base/bitset.ts';
import type { BlockIndex } from '#model/mir.ts';
import type { ControlFlow, Edge } from './control-flow.ts';

export interface DataflowProblem {
  readonly direction: 'forward' | 'backward';
  readonly join: 'union' | 'intersection';
  readonly width: number;
  /** State at the entry (forward) or at every block without successors (backward). */
  readonly boundary: Bitset;
  /** Changes `state` from a block's start to its end, or from its end to its start when backward. Must be monotone. */
  transfer(block: BlockIndex, state: Bitset): void;
  /** Changes what travels along one edge, e.g. what a switch value says. Must be monotone. Forward only. */
  edge?(from: BlockIndex, edge: Edge, state: Bitset): void;
  /** Visits of one block, on average, before the analysis gives up; 1,000 when not given. */
  readonly visitsPerBlockMax?: number;
}

export interface DataflowResult {
  /** State before `transfer`, by block; null for blocks that are not reached. */
  readonly entry: readonly (Bitset | null)[];
  /** False when the bound on visits was reached: the states may then be too small. */
  readonly converged: boolean;
}

// Limit: visits of one block, on average. Joins only move one way, so a block changes at most once per bit and the loop
// ends in any case; real bodies settle within five visits, and the bound keeps a hostile dump from taking minutes.
const visitsPerBlockMax = 1_000;

export function solveDataflow(flow: ControlFlow, problem: DataflowProblem): DataflowResult {
  const blockCount = flow.successors.length;
  const order =
    problem.direction === 'forward' ? flow.reversePostorder : [...flow.reversePostorder].reverse();
  const rank = new Int32Array(blockCount).fill(-1);
  order.forEach((block, index) => {
    rank[block] = index;
  });
  const entry: (Bitset | null)[] = new Array(blockCount).fill(null);
  for (const block of order) {
    const isBoundary =
      problem.direction === 'forward' ? block === 0 : (flow.successors[block]?.length ?? 0) === 0;
    if (isBoundary) entry[block] = problem.boundary.copy();
  }
  // Backward, a loop without an exit has no boundary; it starts from the join's neutral element.
  if (problem.direction === 'backward') {
    for (const block of order) entry[block] ??= neutral(problem);
  }

  const pending = new Uint8Array(order.length);
  let pendingCount = 0;
  const push = (block: BlockIndex) => {
    const index = rank[block] ?? -1;
    if (index < 0 || pending[index] === 1) return;
    pending[index] = 1;
    pendingCount++;
  };
  for (const block of order) if (entry[block] !== null) push(block);

  let budget = order.length * (problem.visitsPerBlockMax ?? visitsPerBlockMax);
  while (pendingCount > 0) {
    for (let index = 0; index < order.length; index++) {
      if (pending[index] === 0) continue;
      if (budget-- <= 0) return { entry, converged: false };
      pending[index] = 0;
      pendingCount--;
      visit(order[index] as BlockIndex);
    }
  }
  return { entry, converged: true };

  function visit(block: BlockIndex): void {
    const before = entry[block];
    if (before === null || before === undefined) return;
    const state = before.copy();
    problem.transfer(block, state);
    if (problem.direction === 'backward') {
      for (const predecessor of flow.predecessors[block] ?? []) deliver(predecessor, state);
      return;
    }
    for (const edge of flow.successors[block] ?? []) {
      if (problem.edge === undefined) {
        deliver(edge.target, state);
      } else {
        const onEdge = state.copy();
        problem.edge(block, edge, onEdge);
        deliver(edge.target, onEdge);
      }
    }
  }

  function deliver(target: BlockIndex, state: Bitset): void {
    const known = entry[target];
    if (known === null || known === undefined) {
      entry[target] = state.copy();
      push(target);
    } else if (problem.join === 'union' ? known.unionWith(state) : known.intersectWith(state)) push(target);
  }
}

function neutral(problem: DataflowProblem): Bitset {
  const state = new Bitset(problem.width);
  if (problem.join === 'intersection') for (let bit = 0; bit < problem.width; bit++) state.add(bit);
  return state;
}
