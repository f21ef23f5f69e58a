import type { Report } from '#model/report.ts';
import { inShapeOrder, reportShape } from './report-shape.ts';

/** The report as schema/assay-report-1.json describes it: keys in the model's order, two spaces, a line break at the end. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(inShapeOrder(report, reportShape), null, 2)}\n`;
}
