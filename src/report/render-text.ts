import type { Finding } from '#model/finding.ts';
import { countText, measureText, pluralText } from '#model/measure-text.ts';
import type { Report, ToolFailure, Unknown } from '#model/report.ts';
import { displayWidth, visibleText } from './display-width.ts';
import { countsText, isCounted } from './finding-counts.ts';
import { renderFindingText } from './finding-text.ts';
import { foldNotes } from './note-folding.ts';
import type { Palette } from './palette.ts';
import { filledLines, wrapText } from './prose.ts';
import { sectionsOf } from './report-sections.ts';
import { renderSectionText } from './section-text.ts';
import { locationText, sourceLinesFromExcerpts } from './source-lines.ts';
import { toolOutputLines } from './tool-output.ts';

export interface TextOptions {
  readonly palette: Palette;
  /** Columns of the terminal; `Infinity` where the output is no terminal. */
  readonly width: number;
  /** Notes with their frames, findings that do not count, all rows, what the report rests on. */
  readonly verbose: boolean;
  /** Only failures and findings. */
  readonly quiet: boolean;
}

// Limit: as many unknowns as a reader takes in at a glance; `verbose` shows all.
const unknownCountShown = 10;

/**
 * The report in rustc's manner: failures of tools first, in their own words; findings with source frames; sections;
 * what could not be seen; one line of counts. Empty when quiet and there is nothing to say.
 */
export function renderText(report: Report, options: TextOptions): string {
  const paragraphs = [
    ...report.failures.map(failure => failureLines(failure, options.palette)),
    ...findingParagraphs(report, options),
  ];
  if (!options.quiet) {
    for (const section of sectionsOf(report)) paragraphs.push(renderSectionText(section, options));
    if (report.unknowns.length > 0) paragraphs.push(unknownLines(report.unknowns, options));
    if (options.verbose && report.provenance.length > 0)
      paragraphs.push(provenanceLines(report, options.palette));
    if (report.notices.length > 0) {
      paragraphs.push(
        report.notices.map(notice => `${options.palette.strong('note')}: ${visibleText(notice)}`),
      );
    }
    paragraphs.push([`${options.palette.strong('assay')}: ${countsText(report)}`]);
  }
  return paragraphs.map(lines => `${lines.join('\n')}\n`).join('\n');
}

function failureLines(failure: ToolFailure, palette: Palette): readonly string[] {
  const title = `${palette.error('error')}${palette.strong(`: ${visibleText(`${failure.tool}: ${failure.message}`)}`)}`;
  return [title, ...toolOutputLines(failure.output, palette.colour ? 'kept' : 'removed')];
}

function findingParagraphs(report: Report, options: TextOptions): readonly (readonly string[])[] {
  const source = sourceLinesFromExcerpts(report.excerpts);
  const shown = options.verbose ? report.findings : report.findings.filter(isCounted);
  const framed = options.verbose ? shown : shown.filter(finding => finding.severity !== 'note');
  const paragraphs: (readonly string[])[] = framed.map(finding =>
    renderFindingText(finding, source, options),
  );
  if (!options.verbose) {
    const notes = foldedNoteLines(
      shown.filter(finding => finding.severity === 'note'),
      options,
    );
    if (notes.length > 0) paragraphs.push(notes);
  }
  return paragraphs;
}

function foldedNoteLines(notes: readonly Finding[], { palette, width }: TextOptions): readonly string[] {
  const lines = foldNotes(notes).flatMap(group => {
    const count = group.count === 1 ? '' : `${countText(group.count)} × `;
    const place = group.count === 1 ? `, at ${locationText(group.first.location)}` : '';
    const indent = ' '.repeat('note: '.length);
    const [message, ...more] = filledLines(count + group.message, width - indent.length);
    const said = [`${palette.note('note')}${palette.strong(`: ${message}`)}`];
    for (const line of more) said.push(indent + palette.strong(line));
    const rule = visibleText(`(\`${group.first.rule}\`, ${group.first.confidence}${place})`);
    // The rule goes on the last line if it fits, else on lines of its own.
    const room = width - indent.length - displayWidth(more.at(-1) ?? message) - 1;
    if (displayWidth(rule) <= room) said.push(`${said.pop()} ${rule}`);
    else said.push(...filledLines(rule, width - indent.length).map(line => indent + line));
    return said;
  });
  if (lines.length > 0)
    lines.push(`  ${palette.frame('=')} ${palette.strong('help')}: \`-v\` shows notes with their source`);
  return lines;
}

function unknownLines(unknowns: readonly Unknown[], options: TextOptions): readonly string[] {
  const total = unknowns.reduce((sum, unknown) => sum + unknown.count, 0);
  const shown = options.verbose ? unknowns : unknowns.slice(0, unknownCountShown);
  const lines = [
    `${options.palette.strong('Unknown')}: ${pluralText(total, 'thing')} that could not be seen`,
  ];
  for (const unknown of shown) {
    const [first = '', ...rest] = wrapText(
      `${countText(unknown.count)} × ${unknown.area}: ${unknown.what}: ${unknown.why}`,
      '',
      options.width - 4,
    );
    lines.push(`  ${first}`, ...rest.map(line => `    ${line}`));
  }
  if (shown.length < unknowns.length)
    lines.push(`  … ${pluralText(unknowns.length - shown.length, 'more kind')}`);
  return lines;
}

function provenanceLines(report: Report, palette: Palette): readonly string[] {
  const lines = [palette.strong('Provenance')];
  for (const run of report.provenance) {
    const exit = run.exitCode === undefined || run.exitCode === 0 ? '' : `, exit code ${run.exitCode}`;
    lines.push(
      `  ${visibleText(`${run.command} (${run.tool} ${run.version}, ${measureText(run.seconds, 's')}${exit})`)}`,
    );
  }
  return lines;
}
