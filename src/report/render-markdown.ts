import type { Finding } from '#model/finding.ts';
import { countText, measureText, pluralText } from '#model/measure-text.ts';
import type { Report } from '#model/report.ts';
import type { Section } from '#model/section.ts';
import { countsText, isCounted } from './finding-counts.ts';
import { renderFindingText } from './finding-text.ts';
import { codeSpan, detailsBlock, fencedBlock, htmlMessage, markdownMessage } from './markdown-inline.ts';
import { foldNotes } from './note-folding.ts';
import { plainPalette } from './palette.ts';
import { sectionsOf } from './report-sections.ts';
import { renderBlocksText } from './section-text.ts';
import { type SourceLines, sourceLinesFromExcerpts } from './source-lines.ts';
import { toolOutputLines } from './tool-output.ts';

/** GitHub refuses a comment of more characters. Counted here in UTF-16 code units, which are never fewer. */
const gitHubCommentLengthMax = 65_536;
// Limit: one finding must not crowd out the others.
const detailsLengthMax = 8_000;
const frameWidth = 100;

export interface MarkdownOptions {
  /** Characters of the whole comment; at least 4,000. Default: GitHub's limit. */
  readonly lengthMax?: number;
}

/**
 * The report as a comment for a pull request: counts, a table of the findings that count, their source frames folded,
 * sections and unknowns folded. What does not fit is left out from the end of each part, and counted.
 */
export function renderMarkdown(report: Report, options: MarkdownOptions = {}): string {
  const source = sourceLinesFromExcerpts(report.excerpts);
  const counted = report.findings.filter(isCounted);
  const framed = counted.filter(finding => finding.severity !== 'note');
  const heading = `## Assay: ${countsText(report)}`;
  const footer = `<sub>Assay ${htmlMessage(report.assay.version)}, rustc ${htmlMessage(report.workspace.rustc)}</sub>`;
  const budget = createBudget(
    (options.lengthMax ?? gitHubCommentLengthMax) - heading.length - footer.length - 8,
  );

  // The order is that of importance; the document's own order is below.
  const failures = budget.fill(
    failurePieces(report),
    0.3,
    left => `… ${pluralText(left, 'more failure')} left out`,
  );
  const rows = budget.fill(
    [...framed.map(findingRow), ...noteRows(counted)],
    0.4,
    left => `| … | | ${pluralText(left, 'more row')} left out | |`,
  );
  const sections = budget.fill(
    sectionPieces(report),
    0.3,
    left => `… ${pluralText(left, 'section')} left out`,
  );
  const unknowns = budget.fill(
    unknownPieces(report),
    0.3,
    left => `- … ${pluralText(left, 'more kind')} left out`,
  );
  const frames = budget.fill(
    framed.map(finding => findingDetails(finding, source)),
    1,
    left => `… details of ${pluralText(left, 'more finding')} left out`,
  );

  const parts = [
    heading,
    ...failures,
    ...(rows.length === 0
      ? []
      : [['| | where | what | rule |', '| --- | --- | --- | --- |', ...rows].join('\n')]),
    ...frames,
    ...sections,
    ...(unknowns.length === 0 ? [] : [detailsBlock('What could not be seen', unknowns.join('\n'))]),
    footer,
  ];
  return `${parts.join('\n\n')}\n`;
}

interface Budget {
  /**
   * As many of `pieces`, from the first, as fit into `share` of what is left; then, if some did not, the line that says
   * how many.
   */
  fill(pieces: readonly string[], share: number, leftOut: (count: number) => string): readonly string[];
}

function createBudget(lengthMax: number): Budget {
  // Each part may need its frame (a table's head, a details element) and a line that says what was left out.
  const partOverhead = 200;
  let remaining = lengthMax - 5 * partOverhead;
  return {
    fill(pieces, share, leftOut) {
      let room = Math.floor(remaining * share);
      const kept: string[] = [];
      for (const piece of pieces) {
        // Two line breaks part the pieces.
        if (piece.length + 2 > room) break;
        kept.push(piece);
        room -= piece.length + 2;
        remaining -= piece.length + 2;
      }
      if (kept.length < pieces.length) kept.push(leftOut(pieces.length - kept.length));
      return kept;
    },
  };
}

function failurePieces(report: Report): readonly string[] {
  return report.failures.map(failure => {
    const output = cutLines(toolOutputLines(failure.output, 'removed'));
    return detailsBlock(`<b>${htmlMessage(`${failure.tool}: ${failure.message}`)}</b>`, output);
  });
}

function findingRow(finding: Finding): string {
  const where = codeSpan(`${finding.location.file}:${finding.location.startLine}`);
  return `| ${finding.severity} | ${where} | ${markdownMessage(finding.message)} | ${ruleText(finding)} |`;
}

function noteRows(counted: readonly Finding[]): readonly string[] {
  return foldNotes(counted.filter(finding => finding.severity === 'note')).map(
    ({ first, count, message }) => {
      if (count === 1) return findingRow(first);
      return `| note | ${countText(count)} places | ${markdownMessage(message)} | ${ruleText(first)} |`;
    },
  );
}

function ruleText(finding: Finding): string {
  return `${codeSpan(finding.rule)}, ${finding.confidence}`;
}

function findingDetails(finding: Finding, source: SourceLines): string {
  const lines = renderFindingText(finding, source, {
    palette: plainPalette,
    width: frameWidth,
    verbose: false,
  });
  const place = htmlMessage(`\`${finding.location.file}:${finding.location.startLine}\``);
  return detailsBlock(`${place} ${htmlMessage(finding.message)}`, cutLines(lines));
}

function sectionPieces(report: Report): readonly string[] {
  return sectionsOf(report).map(section => {
    const measures = measuresLine(section);
    const answer = `<b>${htmlMessage(section.title)}</b>: ${markdownMessage(section.summary)}`;
    const blocks = section.blocks.filter(block => block.kind !== 'measures');
    const lines = renderBlocksText(blocks, { palette: plainPalette, width: frameWidth, verbose: false });
    const paragraph = measures === '' ? answer : `${answer}<br>${measures}`;
    if (lines.length === 0) return paragraph;
    return `${paragraph}\n\n${detailsBlock(`${htmlMessage(section.title)} in detail`, cutLines(lines))}`;
  });
}

function measuresLine(section: Section): string {
  const measures = section.blocks.flatMap(block => (block.kind === 'measures' ? block.measures : []));
  const texts = measures
    .slice(0, 8)
    .map(({ label, value, unit }) => `${htmlMessage(label)} ${measureText(value, unit)}`);
  return texts.length === 0 ? '' : `<sub>${texts.join(' · ')}</sub>`;
}

function unknownPieces(report: Report): readonly string[] {
  return report.unknowns.map(
    ({ area, what, why, count }) =>
      `- ${countText(count)} × ${area}: ${markdownMessage(what)}: ${markdownMessage(why)}`,
  );
}

/** Lines in a fence, from the first as many as a details block may have; then how many were left out. */
function cutLines(lines: readonly string[]): string {
  const kept: string[] = [];
  let length = 0;
  for (const line of lines) {
    if (length + line.length + 1 > detailsLengthMax) break;
    kept.push(line);
    length += line.length + 1;
  }
  const block = fencedBlock(kept);
  const leftCount = lines.length - kept.length;
  return leftCount === 0 ? block : `${block}\n\n… ${pluralText(leftCount, 'more line')} left out`;
}
