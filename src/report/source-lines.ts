import type { Excerpt, Location } from '#model/location.ts';

/** The report's excerpts by file and line. */
export interface SourceLines {
  /** Text of a 1-based line without its line break; null where the report does not carry it. */
  line(file: string, lineNumber: number): string | null;
}

export function sourceLinesFromExcerpts(excerpts: readonly Excerpt[]): SourceLines {
  const linesByFile = new Map<string, Map<number, string>>();
  for (const excerpt of excerpts) {
    let lines = linesByFile.get(excerpt.file);
    if (!lines) {
      lines = new Map();
      linesByFile.set(excerpt.file, lines);
    }
    for (const [offset, line] of excerpt.lines.entries()) lines.set(excerpt.startLine + offset, line);
  }
  return { line: (file, lineNumber) => linesByFile.get(file)?.get(lineNumber) ?? null };
}

/** `src/main.rs:9:5`, as rustc and editors write it. */
export function locationText(location: Location): string {
  return `${location.file}:${location.startLine}:${location.startColumn}`;
}
