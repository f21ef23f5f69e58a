/**
 * Of futures that hold one another, the ones that are to blame. A future is a root when what is left of it without the
 * roots inside it still reaches the threshold: so a large buffer is told of once, and not again in each future that
 * awaits it; and many small parts are told of where they first add up.
 */
import type { FunctionId } from '#mir/function-node.ts';

export interface Holding {
  readonly sizeBytes: number;
  readonly parts: readonly { readonly sizeBytes: number; readonly futures: readonly FunctionId[] }[];
}

export interface Roots {
  readonly roots: ReadonlySet<FunctionId>;
  /** Bytes of a part that roots inside it have to answer for. */
  explained(part: Holding['parts'][number]): number;
}

export function rootsOf(holdings: ReadonlyMap<FunctionId, Holding>, thresholdBytes: number): Roots {
  const roots = new Set<FunctionId>();
  const explained = new Map<FunctionId, number>();
  const explain = (future: FunctionId): number => {
    const known = explained.get(future);
    if (known !== undefined) return known;
    const holding = holdings.get(future);
    if (holding === undefined) return 0;
    // No future holds itself by value; damaged evidence might say so.
    explained.set(future, 0);
    const inside = holding.parts.reduce((sum, part) => sum + explainPart(part), 0);
    const isRoot = holding.sizeBytes - inside >= thresholdBytes;
    if (isRoot) roots.add(future);
    const own = isRoot ? holding.sizeBytes : inside;
    explained.set(future, own);
    return own;
  };
  const explainPart = ({ sizeBytes, futures }: Holding['parts'][number]): number =>
    Math.min(
      sizeBytes,
      futures.reduce((sum, inner) => sum + explain(inner), 0),
    );
  for (const future of [...holdings.keys()].sort((a, b) => a - b)) explain(future);
  return { roots, explained: explainPart };
}
