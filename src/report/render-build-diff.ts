/** `assay build diff` as text, JSON (schema/assay-build-diff-1.json) and Markdown. */
import type { BuildDiff } from '#model/build-diff.ts';
import { cellText, pluralText } from '#model/measure-text.ts';
import type { TableBlock } from '#model/section.ts';
import { buildDiffSection } from './build-diff-section.ts';
import { visibleText } from './display-width.ts';
import { detailsBlock, htmlMessage, markdownMessage } from './markdown-inline.ts';
import { wrapText } from './prose.ts';
import { renderSectionText, type SectionTextOptions } from './section-text.ts';

/** The section and below it the notices. `quiet`: the summary alone. */
export function renderBuildDiffText(
  diff: BuildDiff,
  options: SectionTextOptions & { readonly quiet: boolean },
): string {
  const section = buildDiffSection(diff);
  if (options.quiet) return `${visibleText(section.summary)}\n`;
  const { palette, width } = options;
  // Prose is wrapped here: text blocks are printed as they are.
  const blocks = section.blocks.map(block =>
    block.kind === 'text'
      ? { ...block, lines: block.lines.flatMap(line => wrapText(line, '', width - 2)) }
      : block,
  );
  const lines = [...renderSectionText({ ...section, blocks }, options)];
  if (diff.notices.length > 0) lines.push('');
  for (const notice of diff.notices) lines.push(`${palette.strong('note')}: ${visibleText(notice)}`);
  return `${lines.join('\n')}\n`;
}

/** Keys in the order of the schema, two spaces, a line break at the end. */
export function renderBuildDiffJson(diff: BuildDiff): string {
  return `${JSON.stringify(diff, null, 2)}\n`;
}

// Limit: a comment is read, not searched; the JSON has every unit.
const rowCountShown = 20;

/** A comment for a pull request: the answer and the build's table open, the units folded. */
export function renderBuildDiffMarkdown(diff: BuildDiff): string {
  const section = buildDiffSection(diff);
  const parts = section.blocks.map(block => {
    if (block.kind === 'text') return block.lines.map(line => markdownMessage(line)).join('<br>\n');
    if (block.kind !== 'table') return '';
    const table = markdownTable(block);
    if (block === section.blocks[0]) return table;
    return detailsBlock(`${htmlMessage(block.title)} (${block.rows.length})`, table);
  });
  return `${[
    '## Assay: build, before and after',
    markdownMessage(section.summary),
    ...parts,
    ...(diff.notices.length === 0 ? [] : [diff.notices.map(text => `- ${markdownMessage(text)}`).join('\n')]),
    `<sub>Assay ${htmlMessage(diff.assay.version)}</sub>`,
  ].join('\n\n')}\n`;
}

function markdownTable({ columns, rows }: TableBlock): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const lines = [
    line(columns.map(({ title }) => markdownMessage(title))),
    line(columns.map(({ unit }) => (unit === undefined ? '---' : '---:'))),
    ...rows
      .slice(0, rowCountShown)
      .map(row =>
        line(columns.map(({ unit }, index) => markdownMessage(cellText(row[index] ?? null, unit)))),
      ),
  ];
  const left = rows.length - rowCountShown;
  if (left > 0) lines.push(line([`… ${pluralText(left, 'more row')}`, ...columns.slice(1).map(() => '')]));
  return lines.join('\n');
}
