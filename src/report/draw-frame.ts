/** For tests: frames as text, from sources and the spans in them. */
import type { Location } from '#model/location.ts';
import { plainPalette } from './palette.ts';
import { spanOf } from './sample-report.ts';
import { type FrameLabel, renderSourceFrames } from './source-frame.ts';
import { sourceLinesFromExcerpts } from './source-lines.ts';

export const main = 'src/main.rs';

/** Draws the frame of labels in sources; the first label is the primary one. */
export function draw(
  sources: Readonly<Record<string, string>>,
  labels: readonly (readonly [location: Location, text: string])[],
  { width = 80, palette = plainPalette } = {},
): string {
  const excerpts = Object.entries(sources).map(([file, text]) => ({
    file,
    startLine: 1,
    lines: text.split('\n'),
  }));
  const frameLabels: FrameLabel[] = labels.map(([location, text], index) => ({
    location,
    text,
    primary: index === 0,
  }));
  const lines = renderSourceFrames(frameLabels, sourceLinesFromExcerpts(excerpts), {
    palette,
    severity: 'error',
    width,
  });
  return `\n${lines.join('\n')}\n`;
}

/** Draws spans of one source, each given as the text that it covers. */
export function drawSpans(
  source: string,
  spans: readonly (readonly [code: string, label: string, nth?: number])[],
  options: { width?: number } = {},
): string {
  return draw(
    { [main]: source },
    spans.map(([code, label, nth]) => [spanOf(main, source, code, nth), label] as const),
    options,
  );
}
