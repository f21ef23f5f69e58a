import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type Severity, severities } from '#model/finding.ts';
import type { Report } from '#model/report.ts';
import { filterFindings, searchText } from './findings/filter.ts';
import { type SourceLines, sourceLines } from './findings/frames.ts';
import type { GroupBy } from './findings/groups.ts';
import type { Theme } from './theme.ts';

/** What the reader has chosen. Findings are named by their position in the report. */
export interface PageState {
  readonly report: Report;
  readonly source: SourceLines;
  readonly theme: ReadonlySignal<Theme>;
  readonly printing: ReadonlySignal<boolean>;
  readonly query: Signal<string>;
  readonly severities: Signal<ReadonlySet<Severity>>;
  readonly area: Signal<string | null>;
  readonly groupBy: Signal<GroupBy>;
  /** Positions of the findings that pass the filter. */
  readonly passing: ReadonlySignal<readonly number[]>;
  readonly open: Signal<ReadonlySet<number>>;
  /** Folds of findings that do not count, by standing. */
  readonly openFolds: Signal<ReadonlySet<string>>;
  /** Read out by screen readers when it changes. */
  readonly announcement: Signal<string>;
}

export function createPageState(
  report: Report,
  theme: ReadonlySignal<Theme>,
  printing: ReadonlySignal<boolean>,
): PageState {
  const texts = report.findings.map(searchText);
  const query = signal('');
  const shownSeverities = signal<ReadonlySet<Severity>>(new Set(severities));
  const area = signal<string | null>(null);
  return {
    report,
    source: sourceLines(report.excerpts),
    theme,
    printing,
    query,
    severities: shownSeverities,
    area,
    groupBy: signal<GroupBy>('file'),
    passing: computed(() =>
      filterFindings(report.findings, texts, {
        query: query.value,
        severities: shownSeverities.value,
        area: area.value,
      }),
    ),
    open: signal<ReadonlySet<number>>(new Set()),
    openFolds: signal<ReadonlySet<string>>(new Set()),
    announcement: signal(''),
  };
}

/** The set with the member in it or not. */
export function withMember<T>(set: ReadonlySet<T>, member: T, present: boolean): ReadonlySet<T> {
  const changed = new Set(set);
  if (present) changed.add(member);
  else changed.delete(member);
  return changed;
}
