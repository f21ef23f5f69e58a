import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Report } from '#model/report.ts';
import { fencedBlock, htmlMessage, markdownMessage } from './markdown-inline.ts';
import { renderMarkdown } from './render-markdown.ts';
import { arbitraryReport, heldGuard, nastyText, richReport } from './sample-report.ts';

test('a comment', () => {
  expect(`\n${renderMarkdown(richReport)}`).toMatchInlineSnapshot();
});

test('nothing found', () => {
  const { build: _build, certify: _certify, embed: _embed, ...rest } = richReport;
  const async = { title: 'Async', summary: 'No findings in 312 async bodies, 1,204 awaits.', blocks: [] };
  expect(renderMarkdown({ ...rest, async, findings: [], failures: [], unknowns: [] })).toMatchInlineSnapshot();
});

test('messages cannot become markup', () => {
  const messages = [
    '`Vec<T>` is held | <b>bold</b> & *stars*',
    '`a|b` and `` ` ``',
    'one ` alone <script>',
    'asks @octocat about #12',
    '- list\n# heading',
    '[link](https://example.org) ![image](x) $x$ ~~gone~~',
  ];
  expect(`\n${messages.map(markdownMessage).join('\n')}\n`).toMatchInlineSnapshot();
  expect(`\n${messages.map(htmlMessage).join('\n')}\n`).toMatchInlineSnapshot();
});

test('a fence is longer than what it holds', () => {
  expect(fencedBlock(['a', '```', '`````'])).toMatchInlineSnapshot();
});

test('what does not fit is left out and counted', () => {
  const findings = Array.from({ length: 400 }, (_, index) => ({
    ...heldGuard,
    message: `guard number ${index} is held across an await`,
  }));
  const markdown = renderMarkdown({ ...richReport, failures: [], findings });
  expect(markdown.length).toBeLessThanOrEqual(65_536);
  // Most of the room is used.
  expect(markdown.length).toBeGreaterThan(50_000);
  const rows = markdown.match(/^\| error \|/gm)!.length;
  const details = markdown.match(/^<details><summary><code>src/gm)!.length;
  expect(rows).toBeGreaterThan(100);
  expect(details).toBeGreaterThan(20);
  expect(markdown).toContain(`${400 - rows} more rows left out`);
  expect(markdown).toContain(`details of ${400 - details} more findings left out`);
});

/** Whether every fence and every details element that is opened is closed, and none is closed that is not open. */
function unbalanced(markdown: string): string | null {
  let fence: string | null = null;
  let depth = 0;
  for (const line of markdown.split('\n')) {
    const run = /^`{3,}/.exec(line)?.[0];
    if (fence !== null) {
      if (run !== undefined && run.length >= fence.length && line === run) fence = null;
      continue;
    }
    if (run !== undefined) {
      fence = run;
      continue;
    }
    depth += (line.match(/<details>/g) ?? []).length - (line.match(/<\/details>/g) ?? []).length;
    if (depth < 0) return `closed too often: ${line}`;
  }
  return fence !== null ? `open fence ${fence}` : depth > 0 ? 'open details' : null;
}

const manyFindings: fc.Arbitrary<Report> = fc
  .record({ report: arbitraryReport, repeat: fc.constantFrom(1, 40, 300), tail: nastyText, long: fc.nat(3000) })
  .map(({ report, repeat, tail, long }) => ({
    ...report,
    findings: Array.from({ length: repeat }, () => report.findings).flat(),
    failures: report.failures.map(failure => ({ ...failure, output: `${tail}\n`.repeat(long) })),
    unknowns: Array.from({ length: repeat }, () => report.unknowns).flat(),
  }));

test('no comment is longer than the limit, and every fence is closed', () => {
  fc.assert(
    fc.property(manyFindings, fc.constantFrom(4_000, 20_000, 65_536), (report, lengthMax) => {
      const markdown = renderMarkdown(report, { lengthMax });
      expect(markdown.length).toBeLessThanOrEqual(lengthMax);
      expect(unbalanced(markdown)).toBeNull();
      for (const line of markdown.split('\n')) {
        if (/^\| (error|warning|note) \|/.test(line)) expect(line.match(/(?<!\\)\|/g)).toHaveLength(5);
      }
    }),
    { numRuns: 40 },
  );
});
