/**
 * A range of source text. Lines and columns are 1-based; columns count characters (Unicode scalar values), as rustc
 * prints them; `endColumn` is exclusive, as rustc's spans are.
 */
export interface Location {
  /** Relative to the workspace root and `/`-separated; outside the workspace: as the compiler named it. */
  readonly file: string;
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export function contains(outer: Location, inner: Location): boolean {
  const startsIn =
    inner.startLine > outer.startLine ||
    (inner.startLine === outer.startLine && inner.startColumn >= outer.startColumn);
  const endsIn =
    inner.endLine < outer.endLine || (inner.endLine === outer.endLine && inner.endColumn <= outer.endColumn);
  return inner.file === outer.file && startsIn && endsIn;
}

/** A few consecutive source lines, carried by the report so that a renderer needs no file system. */
export interface Excerpt {
  readonly file: string;
  /** 1-based number of the first line. */
  readonly startLine: number;
  readonly lines: readonly string[];
}
