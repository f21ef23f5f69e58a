import type { Finding } from '#model/finding.ts';

export type GroupBy = 'file' | 'rule';

export interface Group {
  readonly title: string;
  /** Positions in the report's findings. */
  readonly indexes: readonly number[];
}

/**
 * Groups in the order of their first finding, so that the most severe come first, as the report sorts them. Within a file
 * findings stand in the order of their lines, as a reader of the file meets them.
 */
export function groupFindings(findings: readonly Finding[], indexes: readonly number[], by: GroupBy): Group[] {
  const groups = new Map<string, number[]>();
  for (const index of indexes) {
    const finding = findings[index];
    if (finding === undefined) continue;
    const title = by === 'file' ? finding.location.file : finding.rule;
    const group = groups.get(title);
    if (group === undefined) groups.set(title, [index]);
    else group.push(index);
  }
  const sorted: Group[] = [];
  for (const [title, members] of groups) {
    if (by === 'file') members.sort((a, b) => lineOf(findings[a]) - lineOf(findings[b]) || a - b);
    sorted.push({ title, indexes: members });
  }
  return sorted;
}

function lineOf(finding: Finding | undefined): number {
  return finding?.location.startLine ?? 0;
}
