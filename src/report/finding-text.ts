import type { Finding } from '#model/finding.ts';
import { type Palette, paintOf } from './palette.ts';
import { filledLines } from './prose.ts';
import { type FrameLabel, gutterWidthOf, renderSourceFrames } from './source-frame.ts';
import { locationText, type SourceLines } from './source-lines.ts';

export interface FindingTextOptions {
  readonly palette: Palette;
  /** Columns of the terminal; `Infinity` for none. */
  readonly width: number;
  /** Also what the finding rests on, and why it does not count where it does not. */
  readonly verbose: boolean;
}

/** A finding as rustc prints a diagnostic, from `error: …` to the last `= note:`. Without a blank line at the end. */
export function renderFindingText(
  finding: Finding,
  source: SourceLines,
  options: FindingTextOptions,
): readonly string[] {
  const { palette } = options;
  const labels = labelsOf(finding);
  const title = paintOf(palette, finding.severity)(finding.severity);
  const gutter = ' '.repeat(gutterWidthOf(labels));
  const indent = ' '.repeat(finding.severity.length + 2);
  const [message, ...more] = filledLines(finding.message, options.width - indent.length);
  const lines = [`${title}${palette.strong(`: ${message}`)}`];
  for (const line of more) lines.push(indent + palette.strong(line));
  lines.push(
    ...renderSourceFrames(labels, source, { palette, severity: finding.severity, width: options.width }),
  );
  lines.push(`${gutter} ${palette.frame('|')}`);
  const footer = (kind: string, text: string): void => {
    const indent = `${gutter}   ${' '.repeat(kind.length + 2)}`;
    const [first = '', ...rest] = text
      .split('\n')
      .flatMap(line => filledLines(line, options.width - indent.length));
    lines.push(`${gutter} ${palette.frame('=')} ${palette.strong(kind)}: ${first}`);
    // As rustc does, further lines start below the first.
    for (const line of rest) lines.push(indent + line);
  };
  for (const note of finding.notes ?? []) footer('note', note);
  for (const help of finding.help ?? []) footer('help', help);
  if (options.verbose) {
    if (finding.function !== undefined) footer('note', `in \`${finding.function}\``);
    for (const evidence of finding.evidence) footer('note', `rests on ${evidence.kind}: ${evidence.what}`);
  }
  if (finding.suppressed) {
    footer('note', `allowed at ${locationText(finding.suppressed.location)}: ${finding.suppressed.reason}`);
  }
  if (finding.baseline === 'unchanged') footer('note', 'in the baseline');
  footer('note', `\`${finding.rule}\`, ${finding.confidence}`);
  return lines;
}

function labelsOf(finding: Finding): readonly FrameLabel[] {
  return [
    { location: finding.location, text: finding.label ?? '', primary: true },
    ...finding.steps.map(step => ({ location: step.location, text: step.message, primary: false })),
  ];
}
