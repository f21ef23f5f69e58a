/**
 * What an area puts into the report: a few general blocks. An area does not know which format prints them, and a new
 * area changes no renderer.
 */
export interface Section {
  readonly title: string;
  /** One or two sentences in plain words: the answer first. */
  readonly summary: string;
  readonly blocks: readonly Block[];
}

export type Block = MeasureBlock | TableBlock | TimelineBlock | TreeBlock | TextBlock;

export type MeasureUnit = 's' | 'count' | 'bytes' | 'ratio';

/** A few labelled numbers. */
export interface MeasureBlock {
  readonly kind: 'measures';
  readonly title?: string;
  readonly measures: readonly Measure[];
}

export interface Measure {
  readonly label: string;
  readonly value: number;
  readonly unit: MeasureUnit;
  /** What the number rests on, or how to read it. */
  readonly note?: string;
}

export interface TableBlock {
  readonly kind: 'table';
  readonly title: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** Rows beyond this many are folded by the text and Markdown renderers (the page shows all). Default 10. */
  readonly shown?: number;
}

export interface TableColumn {
  readonly title: string;
  /** A unit makes the column numeric and right-aligned. */
  readonly unit?: MeasureUnit;
}

/** `null` is unknown or not applicable; it prints as `–`. */
export type Cell = string | number | null;

/** Bars over time: a build's units. */
export interface TimelineBlock {
  readonly kind: 'timeline';
  readonly title: string;
  /** Seconds from the start of the build to its end. */
  readonly durationSeconds: number;
  /** In the order of their start. */
  readonly bars: readonly TimelineBar[];
  /** Samples of how many bars are active, in time order. */
  readonly concurrency: readonly { readonly atSeconds: number; readonly active: number }[];
}

export interface TimelineBar {
  readonly id: number;
  /** `serde 1.0.219` */
  readonly label: string;
  /** What of the package: `lib`, `bin "shop"`, `build script`, `build script (run)`, `proc-macro`, `test "it"`. */
  readonly detail: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** Parts of the bar by name (`frontend`, `codegen`, `link`); empty where the split is not known. */
  readonly segments: readonly {
    readonly name: string;
    readonly startSeconds: number;
    readonly endSeconds: number;
  }[];
  /** On the observed critical path. */
  readonly critical: boolean;
  readonly member: boolean;
  readonly features: readonly string[];
  /** Why it was built: cargo's dirty reason in words; absent where cargo did not say. */
  readonly reason?: string;
  /** Ids of the bars that this one waited for last. */
  readonly waitedFor: readonly number[];
}

export interface TreeBlock {
  readonly kind: 'tree';
  readonly title: string;
  readonly roots: readonly TreeNode[];
}

export interface TreeNode {
  readonly label: string;
  readonly value?: number;
  readonly unit?: MeasureUnit;
  readonly children: readonly TreeNode[];
}

export interface TextBlock {
  readonly kind: 'text';
  readonly title?: string;
  readonly lines: readonly string[];
}
