import type { Report, ToolFailure } from '#model/report.ts';
import type { ReportChanges } from './report-changes.ts';
import { findingShape, inShapeOrder, reportShape } from './report-shape.ts';

/** A line of `--watch --format json`. The published JSON Schema is schema/assay-watch-1.json. */
export type WatchEvent =
  /** The first line: all that is known. */
  | { readonly event: 'report'; readonly report: Report }
  /** From here on changes are noticed. `skipped` folders are not watched. */
  | { readonly event: 'watching'; readonly folders: number; readonly skipped: number }
  /** A pass after a change, also where no finding changed. */
  | ({ readonly event: 'changed' } & ReportChanges)
  /** The workspace cannot be judged as it is now; what was said before it stands until the next `changed`. */
  | { readonly event: 'failed'; readonly failures: readonly ToolFailure[] };

const failuresShape = { listOf: { keys: { tool: 'leaf', message: 'leaf', output: 'leaf' } } } as const;

/** One line, with its end. */
export function renderWatchEvent(event: WatchEvent): string {
  return `${JSON.stringify(ordered(event))}\n`;
}

function ordered(event: WatchEvent): unknown {
  switch (event.event) {
    case 'report':
      return {
        schema: 'assay-watch/1',
        event: event.event,
        report: inShapeOrder(event.report, reportShape),
      };
    case 'watching':
      return { event: event.event, folders: event.folders, skipped: event.skipped };
    case 'changed':
      return {
        event: event.event,
        added: inShapeOrder(event.added, { listOf: findingShape }),
        updated: inShapeOrder(event.updated, { listOf: findingShape }),
        removed: event.removed,
      };
    case 'failed':
      return { event: event.event, failures: inShapeOrder(event.failures, failuresShape) };
  }
}
