import type { BlockIndex, Body, Terminator } from '#model/mir.ts';

/**
 * The control-flow graph of one body without unwinding: cleanup blocks never lead back into normal code, and what
 * happens while a panic unwinds is no question that a rule asks.
 */
export interface ControlFlow {
  readonly successors: readonly (readonly Edge[])[];
  readonly predecessors: readonly (readonly BlockIndex[])[];
  /** Blocks that can be reached from the entry, each before its successors except on back edges. */
  readonly reversePostorder: readonly BlockIndex[];
}

export interface Edge {
  readonly target: BlockIndex;
  /**
   * `normal` for all that needs no word. A call's result exists on `return` only; a future that is dropped at a yield
   * leaves on `cancel`; `value` and `otherwise` leave a switch.
   */
  readonly kind: 'normal' | 'return' | 'resume' | 'cancel' | 'value' | 'otherwise';
  /** The switch value as printed, on `value` edges. */
  readonly value?: string;
}

/** The edges that leave a block, in the order of printing; unwinding is left out. */
export function edgesOf(terminator: Terminator): Edge[] {
  switch (terminator.kind) {
    case 'goto':
    case 'assert':
      return [{ target: terminator.target, kind: 'normal' }];
    case 'drop': {
      const edges: Edge[] = [{ target: terminator.target, kind: 'normal' }];
      // An async drop (unstable) can itself be cancelled.
      if (terminator.drop !== undefined) edges.push({ target: terminator.drop, kind: 'cancel' });
      return edges;
    }
    case 'switch': {
      const edges: Edge[] = terminator.targets.map(({ value, target }) => ({ target, kind: 'value', value }));
      if (terminator.otherwise !== null) edges.push({ target: terminator.otherwise, kind: 'otherwise' });
      return edges;
    }
    case 'call':
      return terminator.target === null ? [] : [{ target: terminator.target, kind: 'return' }];
    case 'yield': {
      const edges: Edge[] = [{ target: terminator.resume, kind: 'resume' }];
      if (terminator.drop !== null) edges.push({ target: terminator.drop, kind: 'cancel' });
      return edges;
    }
    case 'false-edge':
    case 'false-unwind':
      return [{ target: terminator.real, kind: 'normal' }];
    case 'inline-asm':
    case 'other':
      return terminator.targets.map(target => ({ target, kind: 'normal' }));
    default:
      return [];
  }
}

/** Targets that the body does not have (a truncated dump) are left out. */
export function controlFlowOf(body: Body): ControlFlow {
  const successors = body.blocks.map(block =>
    edgesOf(block.terminator).filter(edge => edge.target in body.blocks),
  );
  const reversePostorder = reversePostorderOf(successors);
  const predecessors: BlockIndex[][] = body.blocks.map(() => []);
  for (const block of reversePostorder) {
    for (const edge of successors[block] ?? []) predecessors[edge.target]?.push(block);
  }
  return { successors, predecessors, reversePostorder };
}

/** Iterative: bodies have tens of thousands of blocks. */
function reversePostorderOf(successors: readonly (readonly Edge[])[]): BlockIndex[] {
  const postorder: BlockIndex[] = [];
  if (successors.length === 0) return postorder;
  const seen = new Uint8Array(successors.length);
  const stack: { block: BlockIndex; next: number }[] = [{ block: 0, next: 0 }];
  seen[0] = 1;
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const edge = successors[top.block]?.[top.next++];
    if (edge === undefined) {
      postorder.push(top.block);
      stack.pop();
    } else if (seen[edge.target] === 0) {
      seen[edge.target] = 1;
      stack.push({ block: edge.target, next: 0 });
    }
  }
  return postorder.reverse();
}

/** For each block the nearest one that every way to it passes; null for the entry and for what cannot be reached. */
export type Dominators = readonly (BlockIndex | null)[];

/** After Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001). */
export function immediateDominators(flow: ControlFlow): Dominators {
  const order = new Map(flow.reversePostorder.map((block, index) => [block, index]));
  const dominators: (BlockIndex | null)[] = flow.successors.map(() => null);
  const [entry] = flow.reversePostorder;
  if (entry === undefined) return dominators;
  dominators[entry] = entry;
  const rank = (block: BlockIndex) => order.get(block) ?? 0;
  const meet = (a: BlockIndex, b: BlockIndex): BlockIndex => {
    let [x, y] = [a, b];
    while (x !== y) {
      if (rank(x) > rank(y)) x = dominators[x] ?? entry;
      else y = dominators[y] ?? entry;
    }
    return x;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of flow.reversePostorder) {
      if (block === entry) continue;
      const known = (flow.predecessors[block] ?? []).filter(predecessor => dominators[predecessor] !== null);
      const [first, ...others] = known;
      if (first === undefined) continue;
      const nearest = others.reduce(meet, first);
      changed ||= dominators[block] !== nearest;
      dominators[block] = nearest;
    }
  }
  dominators[entry] = null;
  return dominators;
}
