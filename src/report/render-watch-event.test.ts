import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import type { Finding } from '#model/finding.ts';
import type { Report } from '#model/report.ts';
import { renderWatchEvent, type WatchEvent } from './render-watch-event.ts';
import { reportChanges } from './report-changes.ts';
import { richReport } from './sample-report.ts';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../schema/${name}`, import.meta.url), 'utf8'));
const validate = new Ajv2020({
  strict: true,
  allowUnionTypes: true,
  strictRequired: false,
  strictTypes: false,
})
  .addSchema(read('assay-report-1.json'))
  .compile(read('assay-watch-1.json'));

const [first, ...others] = richReport.findings.map((finding, index) => ({
  ...finding,
  fingerprint: `000000000000000${index}`,
})) as [Finding, ...Finding[]];
const before: Report = { ...richReport, findings: [first, ...others] };
const moved = { ...first, location: { ...first.location, startLine: 900, endLine: 900 } };
const fresh = { ...first, fingerprint: '00000000000000ff' };

test.each<WatchEvent>([
  { event: 'report', report: richReport },
  { event: 'watching', folders: 3, skipped: 0 },
  { event: 'changed', added: [fresh], updated: [moved], removed: [first.fingerprint] },
  { event: 'failed', failures: [{ tool: 'rustc', message: 'it does not compile', output: 'error' }] },
])('$event is one line and as the schema says', event => {
  const line = renderWatchEvent(event);
  expect(line.indexOf('\n')).toBe(line.length - 1);
  expect(validate(JSON.parse(line)), JSON.stringify(validate.errors)).toBe(true);
});

test('a line with more or less is not as the schema says', () => {
  expect(validate({ event: 'changed', added: [], updated: [], removed: ['x'] })).toBe(false);
  expect(validate({ event: 'watching', folders: 3, skipped: 0, more: 1 })).toBe(false);
  expect(validate({ event: 'rested' })).toBe(false);
});

test('findings are the same by their fingerprints', () => {
  const after = { ...before, findings: [moved, fresh, ...others.slice(1)] };
  const { added, updated, removed } = reportChanges(before, after);
  expect(added).toEqual([fresh]);
  expect(updated).toEqual([moved]);
  expect(removed).toEqual(others.slice(0, 1).map(({ fingerprint }) => fingerprint));
  expect(reportChanges(after, after)).toEqual({ added: [], updated: [], removed: [] });
});
