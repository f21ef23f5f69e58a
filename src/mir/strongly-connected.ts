/**
 * Strongly connected components of a directed graph (Tarjan 1972), callees before their callers. Iterative: call chains
 * are longer than the stack.
 *
 * `successorsOf(node)` names nodes of 0..count-1. Each component lists its nodes in ascending order; a component is
 * recursive when it has more than one node or when its node calls itself.
 */
export function stronglyConnected(
  count: number,
  successorsOf: (node: number) => readonly number[],
): number[][] {
  const order = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const onStack = new Uint8Array(count);
  const stack: number[] = [];
  const components: number[][] = [];
  let next = 0;
  for (let root = 0; root < count; root++) {
    if (order[root] !== -1) continue;
    const path: { node: number; edge: number }[] = [{ node: root, edge: 0 }];
    enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const successors = successorsOf(top.node);
      const successor = successors[top.edge++];
      if (successor !== undefined) {
        if (order[successor] === -1) {
          enter(successor);
          path.push({ node: successor, edge: 0 });
        } else if (onStack[successor] === 1) {
          low[top.node] = Math.min(low[top.node] as number, order[successor] as number);
        }
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) {
        low[parent.node] = Math.min(low[parent.node] as number, low[top.node] as number);
      }
      if (low[top.node] === order[top.node]) components.push(leave(top.node));
    }
  }
  return components;

  function enter(node: number): void {
    order[node] = next;
    low[node] = next;
    next++;
    stack.push(node);
    onStack[node] = 1;
  }

  function leave(root: number): number[] {
    const component: number[] = [];
    for (;;) {
      const node = stack.pop() as number;
      onStack[node] = 0;
      component.push(node);
      if (node === root) return component.sort((a, b) => a - b);
    }
  }
}
