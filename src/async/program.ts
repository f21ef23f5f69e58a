import type { CallGraph } from '#mir/call-graph.ts';
import type { FunctionId, FunctionNode } from '#mir/function-node.ts';
import type { TypeShapes } from '#mir/type-shapes.ts';
import type { MirUnit } from '#model/evidence.ts';
import type { Workspace } from '#model/workspace.ts';
import type { SourceText } from '#rules/suppression.ts';
import type { Dependencies } from './dependencies/dependencies.ts';
import type { FutureSizes } from './future-sizes.ts';

/** What the first reading learned of all bodies together. */
export interface Program {
  readonly graph: CallGraph;
  readonly shapes: TypeShapes;
  /** By `FunctionNode.unit`. */
  readonly units: readonly MirUnit[];
  /** Null where cargo's metadata is missing from the evidence. */
  readonly workspace: Workspace | null;
  /** Crate-qualified name for people. */
  displayName(node: FunctionNode): string;
  /** Futures that may own a guard of data/async/guards.json while they are suspended. */
  readonly guardCandidates: ReadonlySet<FunctionId>;
  /** What was read of other crates; of none without `--deep`. */
  readonly dependencies: Dependencies;
  /** Sizes of the futures' layouts, where the compiler computed and said them. */
  readonly futureSizes: FutureSizes;
  readonly readSource: (file: string) => string | null;
  /** Rust sources of the workspace that were compiled; empty where they are not in the evidence. */
  readonly sources: readonly SourceText[];
}
