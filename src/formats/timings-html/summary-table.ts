/** What the table on top of the page says; null for each fact that is not there. */
export interface SummaryTable {
  readonly profile: string | null;
  readonly jobs: number | null;
  readonly cpuCount: number | null;
  /** `1.95.0` */
  readonly rustcVersion: string | null;
  readonly host: string | null;
  readonly target: string | null;
  readonly totalSeconds: number | null;
  readonly unitCounts: { readonly fresh: number; readonly dirty: number } | null;
}

export function parseSummaryTable(page: string): SummaryTable {
  const cell = (title: string): string | null => {
    const row = page.indexOf(`<td>${title}:</td>`);
    if (row === -1) return null;
    const start = page.indexOf('<td>', row + title.length);
    const end = page.indexOf('</td>', start);
    return start === -1 || end === -1 ? null : page.slice(start + '<td>'.length, end).trim();
  };
  const first = (pattern: RegExp, text: string | null): string | null =>
    pattern.exec(text ?? '')?.[1] ?? null;
  const number = (text: string | null): number | null => (text === null ? null : Number(text));

  const concurrency = cell('Max concurrency');
  const rustc = cell('rustc');
  const fresh = number(first(/^(\d+)$/, cell('Fresh units')));
  const dirty = number(first(/^(\d+)$/, cell('Dirty units')));
  return {
    profile: cell('Profile'),
    jobs: number(first(/\bjobs=(\d+)/, concurrency)),
    cpuCount: number(first(/\bncpu=(\d+)/, concurrency)),
    rustcVersion: first(/^rustc (\S+)/, rustc),
    host: first(/\bHost: ([^<\s]+)/, rustc),
    target: first(/\bTarget: ([^<\s]+)/, rustc),
    totalSeconds: number(first(/^(\d+(?:\.\d+)?)s\b/, cell('Total time'))),
    unitCounts: fresh === null || dirty === null ? null : { fresh, dirty },
  };
}
