import type { Finding } from '#model/finding.ts';

export type GroupBy = 'file' | 'rule';

export interface Group {
  readonly title: string;
  /** Positions in the report's findings. */
  readonly indexes: readonly number[];
}

/** Groups in the order of their first finding, each in the order of the report: the most severe come first. */
export function groupFindings(
  findings: readonly Finding[],
  indexes: readonly number[],
  by: GroupBy,
): Group[] {
  const groups = new Map<string, number[]>();
  for (const index of indexes) {
    const finding = findings[index];
    if (finding === undefined) continue;
    const title = by === 'file' ? finding.location.file : finding.rule;
    const group = groups.get(title);
    if (group === undefined) groups.set(title, [index]);
    else group.push(index);
  }
  return [...groups].map(([title, members]) => ({ title, indexes: members }));
}
