import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import type { Log, Result } from 'sarif';
import { expect, test } from 'vitest';
import type { Finding } from '#model/finding.ts';
import type { Report } from '#model/report.ts';
import { renderSarif } from './render-sarif.ts';
import { arbitraryReport, heldGuard, richReport, serverSource, spanOf } from './sample-report.ts';

const rules = [
  {
    name: 'async/guard-held-across-await',
    summary: 'A lock guard is alive while its future is suspended.',
    why: 'Another task on the same thread that wants the lock waits for ever: `{closure#0}` [holds](1) it.',
    helpUri: 'https://example.org/rules/async/guard-held-across-await',
  },
  { name: 'async/never-found', summary: 'A rule that found nothing.', why: 'It shows that the rule ran.' },
];

/**
 * The OASIS schema as @microsoft/jest-sarif (MIT) carries it. It is of draft 04; of what changed until draft 07 it uses
 * only `id`.
 */
const require = createRequire(import.meta.url);
const { id, $schema: _draft, ...schema } = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile({ ...schema, $id: id });

function sarif(report: Report): Log {
  const log: Log = JSON.parse(renderSarif(report, { rules }));
  validate(log);
  expect(validate.errors ?? []).toEqual([]);
  return log;
}

function onlyResult(finding: Finding, source = serverSource): Result {
  const excerpts = [{ file: 'src/server.rs', startLine: 1, lines: source.split('\n') }];
  const run = sarif({ ...richReport, findings: [finding], excerpts }).runs.find(({ results }) => results?.length === 1);
  return run!.results![0]!;
}

test('a result', () => {
  expect(onlyResult(heldGuard)).toMatchInlineSnapshot();
});

test('a rule', () => {
  const run = sarif(richReport).runs.find(({ automationDetails }) => automationDetails!.id === 'assay/async/')!;
  expect(run.tool.driver.rules![0]).toMatchInlineSnapshot();
  expect(run.tool.driver.rules!.map(rule => `${rule.id} ${rule.properties!['precision']}`)).toMatchInlineSnapshot();
  for (const result of run.results!) expect(run.tool.driver.rules![result.ruleIndex!]!.id).toBe(result.ruleId);
});

test('a run per area, each with a category for GitHub', () => {
  expect(sarif(richReport).runs.map(run => `${run.automationDetails!.id} ${run.results!.length}`)).toMatchInlineSnapshot();
});

test('failures and unknowns are notifications', () => {
  const [run] = sarif({ ...richReport, findings: [] }).runs;
  expect(run!.invocations).toMatchInlineSnapshot();
});

test('a report of failures alone still tells that the tool failed', () => {
  const { build: _build, async: _async, certify: _certify, embed: _embed, ...rest } = richReport;
  const { runs } = sarif({ ...rest, findings: [] });
  expect(runs.map(run => [run.automationDetails!.id, run.invocations![0]!.executionSuccessful])).toEqual([
    ['assay/workspace/', false],
  ]);
});

test('suppressed and known findings', () => {
  const suppressed = { reason: 'one task only', location: spanOf('src/server.rs', serverSource, 'async fn count') };
  const result = onlyResult({ ...heldGuard, suppressed, baseline: 'unchanged' });
  expect(result.baselineState).toBe('unchanged');
  expect(result.suppressions).toMatchInlineSnapshot();
});

test('columns count UTF-16 code units', () => {
  const source = 'let 👍 = "e\u0301日"; lock();';
  const location = spanOf('src/server.rs', source, 'lock');
  expect(location.startColumn).toBe(17);
  const region = onlyResult({ ...heldGuard, location, steps: [] }, source).locations![0]!.physicalLocation!.region!;
  expect(region).toEqual({ startLine: 1, startColumn: 18, endLine: 1, endColumn: 22 });
  expect(source.slice(region.startColumn! - 1, region.endColumn! - 1)).toBe('lock');
});

test('without the line the region has no columns', () => {
  const location = { ...heldGuard.location, startLine: 900, endLine: 901 };
  const result = onlyResult({ ...heldGuard, location });
  expect(result.locations![0]!.physicalLocation!.region).toEqual({ startLine: 900, endLine: 901 });
});

test('files become URIs', () => {
  const uri = (file: string): unknown =>
    onlyResult({ ...heldGuard, location: { ...heldGuard.location, file }, steps: [] }).locations![0]!.physicalLocation!
      .artifactLocation;
  expect(uri('a b/ü#%?.rs')).toEqual({ uri: 'a%20b/%C3%BC%23%25%3F.rs', uriBaseId: '%SRCROOT%' });
  expect(uri('/rustc/0/library/core/src/lib.rs')).toEqual({ uri: 'file:///rustc/0/library/core/src/lib.rs' });
  expect(uri('C:\\rust\\lib.rs')).toEqual({ uri: 'file:///C:/rust/lib.rs' });
});

test('arbitrary reports are valid', () => {
  fc.assert(
    fc.property(arbitraryReport, report => {
      sarif(report);
    }),
  );
});
