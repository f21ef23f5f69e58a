import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderHtml, reportPlaceholder } from './render-html.ts';
import { renderJson } from './render-json.ts';
import { arbitraryReport, nastyText, richReport } from './sample-report.ts';

const template = `<!doctype html><body><div id="app"></div>${reportPlaceholder}<script>start()</script></body>`;
const opening = '<script type="application/json" id="assay-report">';

/** The report as a browser finds it: the script's text ends at the first `</script`, whatever stands before it. */
function embedded(html: string): string {
  const start = html.indexOf(opening) + opening.length;
  return html.slice(start, start + html.slice(start).search(/<\/script/i));
}

test('the report stands where the template wants it, and the rest is untouched', () => {
  const html = renderHtml(richReport, template);
  expect(html.replace(embedded(html), '…')).toBe(template.replace(reportPlaceholder, `${opening}…</script>`));
});

test('any text reads back, and no text ends the script', () => {
  fc.assert(
    fc.property(arbitraryReport, nastyText, (report, text) => {
      const html = renderHtml(
        { ...report, notices: [text, '</script><script>alert(1)</script>', '<!--\u2028\u2029$&$1'] },
        template,
      );
      const json = embedded(html);
      expect(json).not.toMatch(/[<>\u2028\u2029]/);
      expect(JSON.parse(json)).toEqual(
        JSON.parse(
          renderJson({
            ...report,
            notices: [text, '</script><script>alert(1)</script>', '<!--\u2028\u2029$&$1'],
          }),
        ),
      );
      expect(html.endsWith('</script><script>start()</script></body>')).toBe(true);
    }),
  );
});

test('a template without a place for the report is a broken build', () => {
  expect(() => renderHtml(richReport, '<html></html>')).toThrow('no <!--assay-report-->');
});
