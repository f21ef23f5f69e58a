/**
 * Source frames in the manner of rustc 1.95: the annotated lines with carets below, bars at the left for spans of
 * several lines, `...` for lines left out, other files after `:::`.
 *
 * Not done as rustc does it: suggestions (`+++`), and cutting the middle of a single very long span.
 */

import type { Severity } from '#model/finding.ts';
import type { Location } from '#model/location.ts';
import { type DisplayLine, displayLine, displayWidth, visibleText } from './display-width.ts';
import { type CanvasRow, canvasRow, type Style } from './frame-canvas.ts';
import { isLabelled, type Marker, type PlacedMarker, placeMarkers, reachOf } from './line-markers.ts';
import { type Palette, paintOf } from './palette.ts';
import { locationText, type SourceLines } from './source-lines.ts';

/** A span with the words beside it. The first primary label gives the frame its `-->`. */
export interface FrameLabel {
  readonly location: Location;
  readonly text: string;
  readonly primary: boolean;
}

export interface FrameStyle {
  readonly palette: Palette;
  /** Gives the primary span its colour. */
  readonly severity: Severity;
  /** Columns of the terminal; longer source lines are trimmed around the spans. `Infinity` for none. */
  readonly width: number;
}

/** Columns that the line numbers of all labels take: the frame of a finding has one gutter for all its files. */
export function gutterWidthOf(labels: readonly FrameLabel[]): number {
  return Math.max(1, ...labels.map(label => String(label.location.endLine).length));
}

/**
 * The frames of all labels: the file of the first primary label first, the others in the order of their first label.
 * A span whose source is not at hand is shown by its location and words alone.
 */
export function renderSourceFrames(
  labels: readonly FrameLabel[],
  source: SourceLines,
  style: FrameStyle,
): readonly string[] {
  const gutterWidth = gutterWidthOf(labels);
  const gutter = ' '.repeat(gutterWidth);
  const { frame, strong } = style.palette;
  const bar = `${gutter} ${frame('|')}`;
  const lines: string[] = [];
  for (const [file, labelsOfFile] of labelsByFile(labels)) {
    const seen: FittedLabel[] = [];
    const unseen: FrameLabel[] = [];
    for (const label of labelsOfFile) {
      const fitted = fitLabel(label, source);
      if (fitted) seen.push(fitted);
      else unseen.push(label);
    }
    if (seen.length > 0) {
      if (lines.length > 0) lines.push(bar);
      lines.push(`${gutter}${frame(arrow(lines))} ${visibleText(locationText(headLocation(seen)))}`, bar);
      for (const line of renderFile(file, seen, source, gutterWidth, style)) lines.push(line);
    }
    for (const label of unseen) {
      if (lines.length > 0) lines.push(bar);
      lines.push(`${gutter}${frame(arrow(lines))} ${visibleText(locationText(label.location))}`);
      const words = visibleText(label.text).trim();
      if (words !== '') {
        lines.push(bar, `${gutter} ${frame('=')} ${strong('note')}: ${words}`);
      }
    }
  }
  return lines;
}

function arrow(linesBefore: readonly string[]): string {
  return linesBefore.length === 0 ? '-->' : ':::';
}

function headLocation(labels: readonly FrameLabel[]): Location {
  return (labels.find(label => label.primary) ?? labels[0]!).location;
}

function labelsByFile(labels: readonly FrameLabel[]): Map<string, FrameLabel[]> {
  const byFile = new Map<string, FrameLabel[]>();
  const primaryFile = labels.find(label => label.primary)?.location.file;
  if (primaryFile !== undefined) byFile.set(primaryFile, []);
  const seen = new Set<string>();
  for (const label of labels) {
    const { file, startLine, startColumn, endLine, endColumn } = label.location;
    const key = JSON.stringify([file, startLine, startColumn, endLine, endColumn, label.text]);
    if (seen.has(key)) continue;
    seen.add(key);
    const labelsOfFile = byFile.get(file);
    if (labelsOfFile) labelsOfFile.push(label);
    else byFile.set(file, [label]);
  }
  return byFile;
}

/** A label whose first and last line are at hand. */
interface FittedLabel extends FrameLabel {
  readonly endLine: number;
  /** Without source for its last line a span ends with its first. */
  readonly cutShort: boolean;
}

function fitLabel(label: FrameLabel, source: SourceLines): FittedLabel | null {
  const { file, startLine, endLine } = label.location;
  if (source.line(file, startLine) === null) return null;
  if (endLine <= startLine) return { ...label, endLine: startLine, cutShort: endLine < startLine };
  const cutShort = source.line(file, endLine) === null;
  return { ...label, endLine: cutShort ? startLine : endLine, cutShort };
}

/** One line of the frame before its markers are placed. */
interface FrameLine {
  readonly display: DisplayLine;
  readonly markers: Marker[];
}

function renderFile(
  file: string,
  labels: readonly FittedLabel[],
  source: SourceLines,
  gutterWidth: number,
  style: FrameStyle,
): readonly string[] {
  const depthByLabel = assignDepths(labels);
  const depthCount = Math.max(0, ...depthByLabel.values());
  const lines = new Map<number, FrameLine>();
  const lineAt = (lineNumber: number): FrameLine => {
    let line = lines.get(lineNumber);
    if (!line) {
      line = { display: displayLine(source.line(file, lineNumber) ?? ''), markers: [] };
      lines.set(lineNumber, line);
    }
    return line;
  };
  for (const label of labels) addMarkers(label, depthByLabel.get(label) ?? 0, lineAt);
  for (const label of labels) {
    for (const lineNumber of bodyLines(label)) {
      if (source.line(file, lineNumber) !== null) lineAt(lineNumber);
    }
  }

  const rendered: string[] = [];
  const paint = paintOf(style.palette, style.severity);
  const codeColumn = gutterWidth + 3 + (depthCount === 0 ? 0 : depthCount + 1);
  const placedByLine = new Map<number, readonly PlacedMarker[]>();
  for (const [lineNumber, line] of lines) placedByLine.set(lineNumber, placeMarkers(line.markers));
  const windowOf = chooseWindows(lines, placedByLine, style.width - codeColumn);
  /** Style of the bars that run at this row, by depth. */
  const bars = new Map<number, Style>();
  const push = (row: CanvasRow): void => {
    rendered.push(row.painted(style.palette, paint));
  };
  const barRow = (): CanvasRow => {
    const row = canvasRow();
    for (const [depth, barStyle] of bars) row.put(gutterWidth + 2 + depth, '|', barStyle);
    return row;
  };

  let previous: number | null = null;
  for (const lineNumber of [...lines.keys()].sort((a, b) => a - b)) {
    if (previous !== null && lineNumber - previous === 2 && source.line(file, previous + 1) !== null) {
      pushCode(previous + 1, displayLine(source.line(file, previous + 1)!), []);
    } else if (previous !== null && lineNumber - previous > 1) {
      const row = barRow();
      row.put(0, '...', 'frame');
      push(row);
    }
    pushCode(lineNumber, lines.get(lineNumber)!.display, placedByLine.get(lineNumber)!);
    previous = lineNumber;
  }
  return rendered;

  function pushCode(lineNumber: number, display: DisplayLine, placed: readonly PlacedMarker[]): void {
    const row = barRow();
    row.put(0, String(lineNumber).padStart(gutterWidth), 'frame');
    row.put(gutterWidth + 1, '|', 'frame');
    const window = windowOf(lineNumber);
    row.put(codeColumn, windowText(display.cells, window), 'plain');
    const [only] = placed;
    if (placed.length === 1 && only!.kind === 'multi-line-start' && startsItsLine(display, only!)) {
      row.put(gutterWidth + 2 + only!.depth, '/', markerStyle(only!));
      push(row);
      bars.set(only!.depth, markerStyle(only!));
      return;
    }
    push(row);
    pushMarkers(placed, window);
  }

  function pushMarkers(placed: readonly PlacedMarker[], window: Window): void {
    const bottom = Math.max(
      0,
      ...placed.map(marker => (isLabelled(marker) && marker.level > 0 ? marker.level + 1 : marker.level)),
    );
    for (let level = 0; placed.length > 0 && level <= bottom; level++) {
      const row = canvasRow();
      row.put(gutterWidth + 1, '|', 'frame');
      // Rules first: bars and connectors that cross them stay visible.
      for (const marker of placed) {
        if (marker.kind === 'span' || marker.level !== level) continue;
        const from = gutterWidth + 3 + marker.depth;
        row.put(from, '_'.repeat(codeColumn + marker.start - window.start - from), markerStyle(marker));
      }
      for (const [depth, barStyle] of bars) row.put(gutterWidth + 2 + depth, '|', barStyle);
      for (const marker of placed) {
        if (level > 0 && level <= marker.level && (isLabelled(marker) || marker.kind !== 'span')) {
          row.put(codeColumn + marker.start - window.start, '|', markerStyle(marker));
        }
      }
      if (level === 0) {
        for (const primary of [false, true]) {
          for (const marker of placed) {
            if (marker.primary !== primary) continue;
            const glyph = primary ? '^' : '-';
            row.put(
              codeColumn + marker.start - window.start,
              glyph.repeat(marker.end - marker.start),
              markerStyle(marker),
            );
          }
        }
      }
      for (const marker of placed) {
        const labelLevel = marker.level === 0 ? 0 : marker.level + 1;
        if (!isLabelled(marker) || labelLevel !== level) continue;
        const column = marker.level === 0 ? marker.end + 1 : marker.start;
        row.put(codeColumn + column - window.start, marker.label, markerStyle(marker));
      }
      for (const marker of placed) {
        if (marker.level !== level) continue;
        if (marker.kind === 'multi-line-start') bars.set(marker.depth, markerStyle(marker));
        if (marker.kind === 'multi-line-end') bars.delete(marker.depth);
      }
      push(row);
    }
  }
}

function markerStyle(marker: Marker): Style {
  return marker.primary ? 'primary' : 'frame';
}

function startsItsLine(display: DisplayLine, marker: Marker): boolean {
  return display.cells.slice(0, marker.start).every(cell => cell === ' ');
}

/** Bars of spans that share a line stand side by side, the span that starts first outermost. */
function assignDepths(labels: readonly FittedLabel[]): Map<FittedLabel, number> {
  const multiLine = labels
    .filter(label => label.endLine > label.location.startLine)
    .toSorted((a, b) => a.location.startLine - b.location.startLine || b.endLine - a.endLine);
  const depthByLabel = new Map<FittedLabel, number>();
  for (const label of multiLine) {
    const taken = new Set<number>();
    for (const [other, depth] of depthByLabel) {
      if (other.location.startLine <= label.endLine && label.location.startLine <= other.endLine)
        taken.add(depth);
    }
    let depth = 1;
    while (taken.has(depth)) depth++;
    depthByLabel.set(label, depth);
  }
  return depthByLabel;
}

/** The lines inside a span of several lines that are shown: all of a short one, else the first few. */
function bodyLines(label: FittedLabel): readonly number[] {
  const { startLine } = label.location;
  // Limit: rustc shows up to four lines past the start of a longer span.
  const last = label.endLine - startLine <= 6 ? label.endLine - 1 : startLine + 3;
  return Array.from({ length: Math.max(0, last - startLine) }, (_, offset) => startLine + 1 + offset);
}

function addMarkers(label: FittedLabel, depth: number, lineAt: (lineNumber: number) => FrameLine): void {
  const { startLine, startColumn, endColumn } = label.location;
  const words = visibleText(label.text).trim();
  const named = { primary: label.primary, depth };
  const worded = { ...named, label: words, labelWidth: displayWidth(words) };
  const first = lineAt(startLine);
  const start = columnAt(first.display, startColumn);
  if (label.endLine === startLine) {
    const end = label.cutShort ? first.display.cells.length : columnAt(first.display, endColumn);
    first.markers.push({ ...worded, kind: 'span', start, end: Math.max(end, start + 1) });
    return;
  }
  first.markers.push({ ...named, kind: 'multi-line-start', label: '', labelWidth: 0, start, end: start + 1 });
  const last = lineAt(label.endLine);
  const end = columnAt(last.display, Math.max(1, endColumn - 1));
  last.markers.push({ ...worded, kind: 'multi-line-end', start: end, end: end + 1 });
}

/** Display column of a 1-based character column; columns outside the line are clamped to its ends. */
function columnAt(display: DisplayLine, column: number): number {
  const index = Math.min(Math.max(0, column - 1), display.columnOf.length - 1);
  return display.columnOf[index]!;
}

/** The display columns of the code that are shown: `start` inclusive, `end` exclusive. */
interface Window {
  readonly start: number;
  readonly end: number;
}

const ellipsisWidth = 3;

/**
 * Where to cut lines that are longer than the terminal: all alike if it is enough to cut indentation, so that they stay
 * indented as in the source; else each as it needs.
 */
function chooseWindows(
  lines: ReadonlyMap<number, FrameLine>,
  placedByLine: ReadonlyMap<number, readonly PlacedMarker[]>,
  available: number,
): (lineNumber: number) => Window {
  const { window, fits } = chooseWindow([...lines.values()], [...placedByLine.values()], available);
  const isIndentation = [...lines.values()].every(({ display }) =>
    display.cells.slice(0, window.start === 0 ? 0 : window.start + ellipsisWidth).every(cell => cell === ' '),
  );
  if (fits && isIndentation) return () => window;
  const own = new Map<number, Window>();
  for (const [lineNumber, line] of lines)
    own.set(lineNumber, chooseWindow([line], [placedByLine.get(lineNumber) ?? []], available).window);
  return lineNumber => own.get(lineNumber) ?? { start: 0, end: available };
}

/**
 * Around spans and labels if both fit, around the spans if only they fit, and past the terminal's edge rather than
 * through a span. The widths kept are those of rustc's margins.
 */
function chooseWindow(
  lines: readonly FrameLine[],
  placedLines: readonly (readonly PlacedMarker[])[],
  available: number,
): { window: Window; fits: boolean } {
  const longest = Math.max(0, ...lines.map(line => line.display.cells.length));
  const labelEnd = Math.max(0, ...placedLines.map(reachOf));
  if (Math.max(longest, labelEnd) <= available) return { window: { start: 0, end: Infinity }, fits: true };
  const markers = lines.flatMap(line => line.markers);
  if (labelEnd <= available - ellipsisWidth) return { window: { start: 0, end: available }, fits: true };
  const spanStart = Math.min(longest, ...markers.map(marker => marker.start));
  const spanEnd = Math.max(0, ...markers.map(marker => marker.end));
  const spareAround = (end: number) =>
    available - ellipsisWidth - (longest > end ? ellipsisWidth : 0) - (end - spanStart);
  const fits = spareAround(labelEnd) >= 1;
  const needed = fits ? labelEnd : spanEnd;
  const wanted = spanStart - Math.max(1, Math.floor(spareAround(needed) / 2)) - ellipsisWidth;
  // No more is cut on the left than lets the rest be seen.
  const start = Math.max(0, Math.min(wanted, Math.max(longest, needed) - available));
  // Dots in place of as few columns gain nothing, unless the label needs them.
  const isVain = start <= ellipsisWidth && needed <= available;
  const from = isVain ? 0 : start;
  return { window: { start: from, end: Math.max(from + available, spanEnd + ellipsisWidth + 1) }, fits };
}

function windowText(cells: readonly string[], window: Window): string {
  const shown = cells.slice(window.start, window.end);
  // A wide character that the edge cuts in two leaves a blank.
  if (shown[0] === '') shown[0] = ' ';
  if (window.start > 0) replaceCells(shown, 0);
  if (cells.length > window.end) replaceCells(shown, shown.length - ellipsisWidth);
  return shown.join('');
}

/** Writes `...` over the cells from `from`; halves of wide characters at its edges become blanks. */
function replaceCells(cells: string[], from: number): void {
  if (cells[from] === '' && from > 0) cells[from - 1] = ' ';
  if (cells[from + ellipsisWidth] === '') cells[from + ellipsisWidth] = ' ';
  for (let offset = 0; offset < ellipsisWidth; offset++) cells[from + offset] = '.';
}
