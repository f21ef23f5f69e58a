import { cellText, measureText, pluralText } from '#model/measure-text.ts';
import type {
  Block,
  MeasureBlock,
  Section,
  TableBlock,
  TextBlock,
  TimelineBlock,
  TreeBlock,
  TreeNode,
} from '#model/section.ts';
import { cutToWidth, padToWidth, visibleText, widestOf } from './display-width.ts';
import type { Palette } from './palette.ts';
import { filledLines, proseWidthMax, wrapText } from './prose.ts';

export interface SectionTextOptions {
  readonly palette: Palette;
  /** Columns of the terminal; `Infinity` for none. */
  readonly width: number;
  /** All rows of tables and all bars of timelines. */
  readonly verbose: boolean;
}

// Limit: what a reader takes in at a glance; the model's default for tables.
const rowCountShown = 10;
// Limit: cells wider than this push the numbers beside them off most terminals.
const cellWidthMax = 60;

/** A section as text: title and summary, then its blocks, each after a blank line and indented. */
export function renderSectionText(section: Section, options: SectionTextOptions): readonly string[] {
  const lines = [
    options.palette.strong(visibleText(section.title)),
    ...wrapText(section.summary, '  ', options.width),
  ];
  const blocks = renderBlocksText(section.blocks, { ...options, width: options.width - 2 });
  if (blocks.length > 0) lines.push('');
  for (const line of blocks) lines.push(line === '' ? '' : `  ${line}`);
  return lines;
}

/** Blocks as text, with a blank line between two. */
export function renderBlocksText(blocks: readonly Block[], options: SectionTextOptions): readonly string[] {
  const lines: string[] = [];
  for (const block of blocks) {
    const blockLines = renderBlockText(block, options);
    if (blockLines.length > 0 && lines.length > 0) lines.push('');
    for (const line of blockLines) lines.push(line);
  }
  return lines;
}

function renderBlockText(block: Block, options: SectionTextOptions): readonly string[] {
  const { width } = options;
  switch (block.kind) {
    case 'measures':
      return [...titleLines(block.title, options), ...measureLines(block, width)];
    case 'table':
      return [...titleLines(block.title, options), ...tableLines(block, width, options)];
    case 'timeline':
      return [...titleLines(timelineTitle(block), options), ...timelineLines(block, width, options)];
    case 'tree':
      return [...titleLines(block.title, options), ...treeLines(block, width, options)];
    case 'text':
      return [...titleLines(block.title, options), ...textLines(block)];
  }
}

function titleLines(title: string | undefined, { palette }: SectionTextOptions): readonly string[] {
  return title === undefined ? [] : [palette.strong(visibleText(title))];
}

function measureLines(block: MeasureBlock, width: number): readonly string[] {
  const rows = block.measures.map(measure => ({
    label: visibleText(measure.label),
    value: measureText(measure.value, measure.unit),
    note: visibleText(measure.note ?? ''),
  }));
  const labelWidth = widestOf(rows.map(row => row.label));
  const valueWidth = widestOf(rows.map(row => row.value));
  const noteColumn = labelWidth + valueWidth + 4;
  return rows.flatMap(row => {
    const line = `${padToWidth(row.label, labelWidth)}  ${padToWidth(row.value, valueWidth, 'right')}`;
    if (row.note === '') return [line];
    const [first, ...rest] = filledLines(row.note, width - noteColumn);
    return [`${line}  ${first}`, ...rest.map(more => ' '.repeat(noteColumn) + more)];
  });
}

function tableLines(block: TableBlock, width: number, options: SectionTextOptions): readonly string[] {
  const shownCount = options.verbose ? block.rows.length : (block.shown ?? rowCountShown);
  const rows = block.rows.slice(0, shownCount);
  const texts = rows.map(row =>
    block.columns.map((column, index) => visibleText(cellText(row[index] ?? null, column.unit))),
  );
  const titles = block.columns.map(column => visibleText(column.title));
  const widths = titles.map((title, index) => {
    const widest = widestOf([title, ...texts.map(row => row[index]!)]);
    return Math.min(widest, cellWidthMax);
  });
  shrinkToFit(widths, block, width);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const side = block.columns[index]!.unit === undefined ? 'left' : 'right';
        return padToWidth(cutToWidth(cell, widths[index]!), widths[index]!, side);
      })
      .join('  ')
      .trimEnd();
  const lines = [options.palette.frame(line(titles)), ...texts.map(line)];
  const foldedCount = block.rows.length - rows.length;
  if (foldedCount > 0) lines.push(`… ${pluralText(foldedCount, 'more row')}`);
  return lines;
}

/** Takes columns from the widest text column until the table fits or no text column can give any. */
function shrinkToFit(widths: number[], block: TableBlock, width: number): void {
  let excess = widths.reduce((sum, columnWidth) => sum + columnWidth, 2 * (widths.length - 1)) - width;
  // A word of eight characters can be told from others; of four only where the terminal is that narrow.
  for (const narrowest of [8, 4]) {
    while (excess > 0) {
      let widest = -1;
      for (const [index, column] of block.columns.entries()) {
        if (column.unit !== undefined || widths[index]! <= narrowest) continue;
        if (widest < 0 || widths[index]! > widths[widest]!) widest = index;
      }
      if (widest < 0) break;
      widths[widest]!--;
      excess--;
    }
  }
}

function timelineTitle(block: TimelineBlock): string {
  return `${block.title}: the critical path in a build of ${measureText(block.durationSeconds, 's')}`;
}

/** The critical path alone, as a Gantt chart; the page draws all bars. */
function timelineLines(block: TimelineBlock, width: number, options: SectionTextOptions): readonly string[] {
  const critical = block.bars.filter(bar => bar.critical);
  if (critical.length === 0) return [`${pluralText(block.bars.length, 'unit')}, no critical path known`];
  // The longest of the path, in the order of their start.
  const longest = critical.toSorted(
    (a, b) => b.endSeconds - b.startSeconds - (a.endSeconds - a.startSeconds),
  );
  const kept = new Set(longest.slice(0, options.verbose ? longest.length : rowCountShown));
  const rows = critical
    .filter(bar => kept.has(bar))
    .map(bar => ({
      bar,
      label: cutToWidth(visibleText(`${bar.label} ${bar.detail}`), 36),
      seconds: measureText(bar.endSeconds - bar.startSeconds, 's'),
    }));
  const labelWidth = widestOf(rows.map(row => row.label));
  const secondsWidth = widestOf(rows.map(row => row.seconds));
  const chartWidth = Math.max(10, Math.min(width, proseWidthMax) - labelWidth - secondsWidth - 4);
  const columnAt = (seconds: number): number => {
    const share = block.durationSeconds > 0 ? seconds / block.durationSeconds : 0;
    return Math.round(Math.min(1, Math.max(0, share)) * chartWidth);
  };
  const lines = rows.map(({ bar, label, seconds }) => {
    const start = Math.min(columnAt(bar.startSeconds), chartWidth - 1);
    const end = Math.max(start + 1, columnAt(bar.endSeconds));
    const chart = `${' '.repeat(start)}${'━'.repeat(end - start)}`;
    return `${padToWidth(label, labelWidth)}  ${padToWidth(seconds, secondsWidth, 'right')}  ${options.palette.frame(chart)}`;
  });
  const foldedCount = critical.length - rows.length;
  if (foldedCount > 0) lines.push(`… ${pluralText(foldedCount, 'shorter unit')} of the path`);
  return lines;
}

/** As `cargo tree` draws it. */
function treeLines(block: TreeBlock, width: number, options: SectionTextOptions): readonly string[] {
  const lines: string[] = [];
  const nodeLine = (prefix: string, node: TreeNode): string => {
    const value = node.value === undefined ? '' : `  ${measureText(node.value, node.unit ?? 'count')}`;
    return cutToWidth(`${prefix}${visibleText(node.label)}${value}`, width);
  };
  // A stack of our own: a tree's depth is data, and must not be able to exhaust the call stack.
  const pending = block.roots.toReversed().map(node => ({ node, prefix: '', below: '' }));
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, prefix, below } = next;
    lines.push(nodeLine(prefix, node));
    for (const [index, child] of [...node.children.entries()].reverse()) {
      const last = index === node.children.length - 1;
      pending.push({
        node: child,
        prefix: `${below}${last ? '└── ' : '├── '}`,
        below: `${below}${last ? '    ' : '│   '}`,
      });
    }
  }
  const shown = options.verbose ? lines : lines.slice(0, 4 * rowCountShown);
  return shown.length === lines.length
    ? lines
    : [...shown, `… ${pluralText(lines.length - shown.length, 'more line')}`];
}

function textLines(block: TextBlock): readonly string[] {
  return block.lines.map(visibleText);
}
