import type { Body, MirSpan, SpanRef } from '#model/mir.ts';

/**
 * The span at a SpanRef: `src/main.rs:14:71: 14:88`, as `span_to_diagnostic_string` of rustc prints it, with a syntax
 * context (` (#3)`) behind it at times. The file stays as printed: it may be absolute, and hold spaces, colons,
 * backslashes and a drive letter. Null for -1, for `no-location`, and for a span that was cut off.
 */
export function spanAt(body: Body, ref: SpanRef): MirSpan {
  if (ref < 0) return null;
  const lineEnd = body.text.indexOf('\n', ref);
  const printed = body.text.slice(ref, lineEnd < 0 ? body.text.length : lineEnd);
  // From the end, since a path may hold what looks like a position.
  const match = /^(.+):(\d+):(\d+): (\d+):(\d+)(?: \(#\d+\))?\s*$/u.exec(printed);
  if (match === null) return null;
  const [, file = '', startLine, startColumn, endLine, endColumn] = match;
  return {
    file,
    startLine: Number(startLine),
    startColumn: Number(startColumn),
    endLine: Number(endLine),
    endColumn: Number(endColumn),
  };
}
