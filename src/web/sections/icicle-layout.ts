import type { TreeNode } from '#model/section.ts';

/** A rectangle of an icicle: as wide as its share, below the one that it is part of. */
export interface Slab {
  readonly label: string;
  readonly value: number;
  /** Shares of the whole width, from 0 to 1. */
  readonly from: number;
  readonly to: number;
  /** 0 for the roots. */
  readonly depth: number;
  /** The root that it is part of, by its place; null where it stands for several small ones. */
  readonly root: number | null;
}

// Below this share of the width a slab could not be seen or pressed: its like are one.
const shareMin = 0.004;

/** Does a tree hold amounts of time that its children are parts of? Others are no icicle. */
export function isIcicle(roots: readonly TreeNode[]): boolean {
  const isTimed = ({ value, unit, children }: TreeNode): boolean =>
    unit === 's' &&
    value !== undefined &&
    // Parts are rounded to a thousandth each.
    children.reduce((sum, child) => sum + (child.value ?? 0), 0) <= value + 0.001 * (children.length + 1) &&
    children.every(isTimed);
  return roots.length > 1 && roots.every(isTimed) && totalOf(roots) > 0;
}

/** The whole width is the sum of `roots`, or the one at `focus`. The largest come first. */
export function slabsOf(roots: readonly TreeNode[], focus: number | null): readonly Slab[] {
  const slabs: Slab[] = [];
  const all = roots.map((node, place) => ({ node, place }));
  const shown = focus === null ? all : all.slice(focus, focus + 1);
  const total = totalOf(shown.map(({ node }) => node));
  if (total <= 0) return [];
  const lay = (
    nodes: readonly { readonly node: TreeNode; readonly place: number }[],
    from: number,
    depth: number,
    root: number | null,
  ): void => {
    let at = from;
    let small = 0;
    let smallCount = 0;
    for (const { node, place } of nodes.toSorted((a, b) => (b.node.value ?? 0) - (a.node.value ?? 0))) {
      const share = (node.value ?? 0) / total;
      if (share < shareMin) {
        small += node.value ?? 0;
        smallCount++;
        continue;
      }
      const own = root ?? place;
      slabs.push({ label: node.label, value: node.value ?? 0, from: at, to: at + share, depth, root: own });
      lay(
        node.children.map((child, index) => ({ node: child, place: index })),
        at,
        depth + 1,
        own,
      );
      at += share;
    }
    if (smallCount > 0 && small > 0)
      slabs.push({
        label: `${smallCount} more`,
        value: small,
        from: at,
        to: at + small / total,
        depth,
        root,
      });
  };
  lay(shown, 0, 0, null);
  return slabs;
}

function totalOf(nodes: readonly TreeNode[]): number {
  return nodes.reduce((sum, { value }) => sum + (value ?? 0), 0);
}
