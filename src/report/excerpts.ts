import type { Excerpt, Location } from '#model/location.ts';

/** Lines before and after a span. */
const contextLineCount = 2;
// Limit: a span of more lines is shown by its ends; a whole function body in every finding would swamp the report.
const spanLineCountMax = 40;
const spanEndLineCount = 10;
// Limit: generated code has lines of megabytes. A span in such a line is shown by its location alone.
const lineLengthMax = 5_000;

/**
 * The lines around the given spans: merged, sorted by file and line. Lines are split as rustc splits them (`\n`, with a
 * `\r` before it dropped) and a byte order mark is not part of the first.
 */
export function excerptsAround(
  locations: readonly Location[],
  readSource: (file: string) => string | null,
): readonly Excerpt[] {
  const wantedByFile = new Map<string, Set<number>>();
  for (const location of locations) {
    let wanted = wantedByFile.get(location.file);
    if (!wanted) {
      wanted = new Set();
      wantedByFile.set(location.file, wanted);
    }
    for (const [first, last] of shownRanges(location)) {
      for (let lineNumber = first; lineNumber <= last; lineNumber++) wanted.add(lineNumber);
    }
  }
  const excerpts: Excerpt[] = [];
  for (const file of [...wantedByFile.keys()].sort()) {
    const text = readSource(file);
    if (text === null) continue;
    const lines = sourceTextLines(text);
    let current: { file: string; startLine: number; lines: string[] } | null = null;
    for (const lineNumber of [...wantedByFile.get(file)!].sort((a, b) => a - b)) {
      const line = lines[lineNumber - 1];
      if (line === undefined || line.length > lineLengthMax) continue;
      if (current && current.startLine + current.lines.length === lineNumber) {
        current.lines.push(line);
      } else {
        current = { file, startLine: lineNumber, lines: [line] };
        excerpts.push(current);
      }
    }
  }
  return excerpts;
}

function shownRanges({ startLine, endLine }: Location): readonly (readonly [number, number])[] {
  const first = Math.max(1, startLine - contextLineCount);
  const last = Math.max(startLine, endLine) + contextLineCount;
  if (last - first < spanLineCountMax) return [[first, last]];
  return [
    [first, startLine + spanEndLineCount],
    [last - spanEndLineCount, last],
  ];
}

function sourceTextLines(text: string): readonly string[] {
  const lines = text.replace(/^\ufeff/, '').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map(line => (line.endsWith('\r') ? line.slice(0, -1) : line));
}
