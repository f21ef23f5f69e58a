import type { Report } from '#model/report.ts';
import { inShapeOrder, reportShape } from './report-shape.ts';

/** Where the page's template wants the report. */
export const reportPlaceholder = '<!--assay-report-->';

/**
 * One self-contained page: the template with the report in `<script type="application/json" id="assay-report">`.
 * Throws when the template has no placeholder: that is a broken build of Assay, not a matter of input.
 */
export function renderHtml(report: Report, pageTemplate: string): string {
  const at = pageTemplate.indexOf(reportPlaceholder);
  if (at < 0) throw new Error(`the page template has no ${reportPlaceholder}`);
  const json = scriptSafeJson(JSON.stringify(inShapeOrder(report, reportShape)));
  const script = `<script type="application/json" id="assay-report">${json}</script>`;
  return pageTemplate.slice(0, at) + script + pageTemplate.slice(at + reportPlaceholder.length);
}

/**
 * JSON that no HTML parser can take for the end of the script or for a comment. In JSON these characters occur in
 * strings alone, where an escape means the same.
 */
function scriptSafeJson(json: string): string {
  return json.replace(
    /[<>\u2028\u2029]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
