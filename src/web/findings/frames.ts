import type { Finding } from '#model/finding.ts';
import type { Excerpt, Location } from '#model/location.ts';

/** A span on one line. Columns are 1-based scalar values, the end exclusive. */
export interface Mark {
  readonly startColumn: number;
  /** Infinity: to the end of the line. */
  readonly endColumn: number;
  /** 0 is the primary span; n is the n-th step. */
  readonly span: number;
}

export type FrameRow =
  | {
      readonly kind: 'line';
      readonly line: number;
      readonly text: string;
      readonly marks: readonly Mark[];
      /** Spans that begin on this line: a step's number stands here. */
      readonly starts: readonly number[];
      /** Spans that end on this line: their labels stand below it, at `labelColumn`. */
      readonly labels: readonly { readonly span: number; readonly column: number }[];
    }
  /** Lines that are left out. */
  | { readonly kind: 'gap' };

/** What a finding shows of one file. */
export interface Frame {
  readonly file: string;
  readonly rows: readonly FrameRow[];
  /** Spans of this file whose lines the report does not carry. */
  readonly missing: readonly { readonly span: number; readonly location: Location }[];
}

/** Source text by file and line. */
export type SourceLines = ReadonlyMap<string, ReadonlyMap<number, string>>;

export function sourceLines(excerpts: readonly Excerpt[]): SourceLines {
  const files = new Map<string, Map<number, string>>();
  for (const excerpt of excerpts) {
    let lines = files.get(excerpt.file);
    if (lines === undefined) {
      lines = new Map();
      files.set(excerpt.file, lines);
    }
    for (const [offset, text] of excerpt.lines.entries()) lines.set(excerpt.startLine + offset, text);
  }
  return files;
}

/** Lines shown before and after each end of a span. */
const context = 3;

/** A span of more lines than this is shown by its two ends. */
const wholeSpanMax = 12;

/** The files of a finding, its own first and then in the order of its steps. */
export function framesOf(finding: Finding, source: SourceLines): Frame[] {
  const spans = [finding.location, ...finding.steps.map(step => step.location)];
  const byFile = new Map<string, { span: number; location: Location }[]>();
  for (const [span, location] of spans.entries()) {
    const same = byFile.get(location.file);
    if (same === undefined) byFile.set(location.file, [{ span, location }]);
    else same.push({ span, location });
  }
  const frames: Frame[] = [];
  for (const [file, located] of byFile) frames.push(frameOf(file, located, source.get(file) ?? new Map()));
  return frames;
}

function frameOf(
  file: string,
  spans: readonly { readonly span: number; readonly location: Location }[],
  lines: ReadonlyMap<number, string>,
): Frame {
  const shown = new Set<number>();
  for (const { location } of spans) {
    const { startLine, endLine } = location;
    for (let line = startLine - context; line <= startLine + context; line += 1) shown.add(line);
    for (let line = endLine - context; line <= endLine + context; line += 1) shown.add(line);
    if (endLine - startLine < wholeSpanMax)
      for (let line = startLine; line <= endLine; line += 1) shown.add(line);
  }
  const rows: FrameRow[] = [];
  let previous: number | null = null;
  for (const line of [...shown].sort((a, b) => a - b)) {
    const text = lines.get(line);
    if (text === undefined) continue;
    if (previous !== null && line === previous + 2 && lines.has(line - 1)) {
      rows.push(lineRow(line - 1, lines.get(line - 1) ?? '', spans));
    } else if (previous !== null && line > previous + 1) {
      rows.push({ kind: 'gap' });
    }
    rows.push(lineRow(line, text, spans));
    previous = line;
  }
  return { file, rows, missing: spans.filter(({ location }) => !lines.has(location.startLine)) };
}

function lineRow(
  line: number,
  text: string,
  spans: readonly { readonly span: number; readonly location: Location }[],
): FrameRow {
  const marks: Mark[] = [];
  const starts: number[] = [];
  const labels: { span: number; column: number }[] = [];
  const indent = 1 + (text.length - text.trimStart().length);
  for (const { span, location } of spans) {
    if (line < location.startLine || line > location.endLine) continue;
    const startColumn = line === location.startLine ? location.startColumn : indent;
    const endColumn = line === location.endLine ? location.endColumn : Number.POSITIVE_INFINITY;
    // A span between two characters is shown on the one after it.
    marks.push({ startColumn, endColumn: Math.max(endColumn, startColumn + 1), span });
    if (line === location.startLine) starts.push(span);
    if (line === location.endLine) labels.push({ span, column: startColumn });
  }
  return { kind: 'line', line, text, marks, starts, labels };
}
