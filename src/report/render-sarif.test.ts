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
    why: 'Another task on the same thread that wants the lock waits for ever: [more](https://example.org/locks). `async {}` is no exception.',
    helpUri: 'https://example.org/rules/async/guard-held-across-await',
  },
  { name: 'async/never-found', summary: 'A rule that found nothing.', why: 'It shows that the rule ran.' },
];

/**
 * The OASIS schema as @microsoft/jest-sarif (MIT) carries it. It is of draft 04; of what changed until draft 07 it uses
 * only `id`.
 */
const require = createRequire(import.meta.url);
const {
  id,
  $schema: _draft,
  ...schema
} = require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
// One of its patterns has a bracket that Unicode mode refuses.
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
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
  const run = sarif({ ...richReport, findings: [finding], excerpts }).runs.find(
    ({ results }) => results?.length === 1,
  );
  return run!.results![0]!;
}

test('a result', () => {
  expect(onlyResult(heldGuard)).toMatchInlineSnapshot(`
    {
      "codeFlows": [
        {
          "threadFlows": [
            {
              "locations": [
                {
                  "location": {
                    "message": {
                      "text": "the lock is taken here",
                    },
                    "physicalLocation": {
                      "artifactLocation": {
                        "uri": "src/server.rs",
                        "uriBaseId": "%SRCROOT%",
                      },
                      "region": {
                        "endColumn": 25,
                        "endLine": 6,
                        "startColumn": 17,
                        "startLine": 6,
                      },
                    },
                  },
                },
                {
                  "location": {
                    "message": {
                      "text": "it is held here",
                    },
                    "physicalLocation": {
                      "artifactLocation": {
                        "uri": "src/server.rs",
                        "uriBaseId": "%SRCROOT%",
                      },
                      "region": {
                        "endColumn": 15,
                        "endLine": 8,
                        "startColumn": 10,
                        "startLine": 8,
                      },
                    },
                  },
                },
              ],
            },
          ],
        },
      ],
      "level": "error",
      "locations": [
        {
          "logicalLocations": [
            {
              "fullyQualifiedName": "shop::count",
              "kind": "function",
            },
          ],
          "physicalLocation": {
            "artifactLocation": {
              "uri": "src/server.rs",
              "uriBaseId": "%SRCROOT%",
            },
            "region": {
              "endColumn": 14,
              "endLine": 6,
              "startColumn": 9,
              "startLine": 6,
            },
          },
        },
      ],
      "message": {
        "text": "\`std::sync::MutexGuard\` \`g\` is held across an await
    note: another task on this thread that locks \`m\` waits for ever
    help: drop the guard before the await, or use \`tokio::sync::Mutex\`",
      },
      "partialFingerprints": {
        "assayFingerprint/v1": "0123456789abcdef",
      },
      "properties": {
        "confidence": "proved",
        "evidence": [
          "mir: \`_4\` is initialized at the yield in bb7",
        ],
        "package": "shop 0.1.0",
      },
      "relatedLocations": [
        {
          "id": 1,
          "message": {
            "text": "the lock is taken here",
          },
          "physicalLocation": {
            "artifactLocation": {
              "uri": "src/server.rs",
              "uriBaseId": "%SRCROOT%",
            },
            "region": {
              "endColumn": 25,
              "endLine": 6,
              "startColumn": 17,
              "startLine": 6,
            },
          },
        },
        {
          "id": 2,
          "message": {
            "text": "it is held here",
          },
          "physicalLocation": {
            "artifactLocation": {
              "uri": "src/server.rs",
              "uriBaseId": "%SRCROOT%",
            },
            "region": {
              "endColumn": 15,
              "endLine": 8,
              "startColumn": 10,
              "startLine": 8,
            },
          },
        },
      ],
      "ruleId": "async/guard-held-across-await",
      "ruleIndex": 0,
    }
  `);
});

test('a rule', () => {
  const run = sarif(richReport).runs.find(
    ({ automationDetails }) => automationDetails!.id === 'assay/async/',
  )!;
  expect(run.tool.driver.rules![0]).toMatchInlineSnapshot(`
    {
      "defaultConfiguration": {
        "level": "error",
      },
      "fullDescription": {
        "text": "Another task on the same thread that wants the lock waits for ever: [more](https://example.org/locks). \`async {}\` is no exception.",
      },
      "help": {
        "markdown": "**A lock guard is alive while its future is suspended.**

    Another task on the same thread that wants the lock waits for ever: [more](https://example.org/locks). \`async {}\` is no exception.

    Where it is meant, \`// assay: allow(async/guard-held-across-await): reason\` above the line silences it.",
        "text": "Another task on the same thread that wants the lock waits for ever: [more](https://example.org/locks). \`async {}\` is no exception.",
      },
      "helpUri": "https://example.org/rules/async/guard-held-across-await",
      "id": "async/guard-held-across-await",
      "name": "GuardHeldAcrossAwait",
      "properties": {
        "precision": "very-high",
        "problem.severity": "error",
        "tags": [
          "rust",
          "async",
        ],
      },
      "shortDescription": {
        "text": "A lock guard is alive while its future is suspended.",
      },
    }
  `);
  expect(
    run.tool.driver.rules!.map(rule => `${rule.id} ${rule.properties!.precision}`),
  ).toMatchInlineSnapshot(`
    [
      "async/guard-held-across-await very-high",
      "async/never-found high",
      "async/not-cancel-safe high",
      "async/select-drops-message high",
    ]
  `);
  for (const result of run.results!)
    expect(run.tool.driver.rules![result.ruleIndex!]!.id).toBe(result.ruleId);
});

test('a run per area, each with a category for GitHub', () => {
  expect(
    sarif(richReport).runs.map(run => `${run.automationDetails!.id} ${run.results!.length}`),
  ).toMatchInlineSnapshot(`
    [
      "assay/build/ 0",
      "assay/async/ 6",
      "assay/certify/ 0",
      "assay/embed/ 0",
    ]
  `);
});

test('failures and unknowns are notifications', () => {
  const [run] = sarif({ ...richReport, findings: [] }).runs;
  expect(run!.invocations).toMatchInlineSnapshot(`
    [
      {
        "executionSuccessful": false,
        "toolExecutionNotifications": [
          {
            "level": "error",
            "message": {
              "text": "cargo: could not compile \`broken\`

    error[E0425]: cannot find value \`x\`
     --> src/lib.rs:1:12
    bold",
            },
          },
          {
            "level": "note",
            "message": {
              "text": "unknown, 2 ×: timings.html: a row without a name: this part could not be used",
            },
          },
        ],
      },
    ]
  `);
});

test('a report of failures alone still tells that the tool failed', () => {
  const { build: _build, async: _async, certify: _certify, embed: _embed, ...rest } = richReport;
  const { runs } = sarif({ ...rest, findings: [] });
  expect(runs.map(run => [run.automationDetails!.id, run.invocations![0]!.executionSuccessful])).toEqual([
    ['assay/workspace/', false],
  ]);
});

test('suppressed and known findings', () => {
  const suppressed = {
    reason: 'one task only',
    location: spanOf('src/server.rs', serverSource, 'async fn count'),
  };
  const result = onlyResult({ ...heldGuard, suppressed, baseline: 'unchanged' });
  expect(result.baselineState).toBe('unchanged');
  expect(result.suppressions).toMatchInlineSnapshot(`
    [
      {
        "justification": "one task only",
        "kind": "inSource",
        "location": {
          "physicalLocation": {
            "artifactLocation": {
              "uri": "src/server.rs",
              "uriBaseId": "%SRCROOT%",
            },
            "region": {
              "endColumn": 15,
              "endLine": 5,
              "startColumn": 1,
              "startLine": 5,
            },
          },
        },
        "status": "accepted",
      },
    ]
  `);
});

test('what SARIF would take for placeholders and links is escaped in messages', () => {
  const finding = { ...heldGuard, message: '`f::{closure#0}` holds `#[a](1)` [b] {0}', notes: [], help: [] };
  expect(onlyResult(finding).message.text).toBe('`f::{{closure#0}}` holds `#\\[a](1)` [b] {{0}}');
});

test('columns count UTF-16 code units', () => {
  const source = 'let 👍 = "e\u0301日"; lock();';
  const location = spanOf('src/server.rs', source, 'lock');
  expect(location.startColumn).toBe(16);
  const region = onlyResult({ ...heldGuard, location, steps: [] }, source).locations![0]!.physicalLocation!
    .region!;
  expect(region).toEqual({ startLine: 1, startColumn: 17, endLine: 1, endColumn: 21 });
  expect(source.slice(region.startColumn! - 1, region.endColumn! - 1)).toBe('lock');
});

test('without the line the region has no columns', () => {
  const location = { ...heldGuard.location, startLine: 900, endLine: 901 };
  const result = onlyResult({ ...heldGuard, location });
  expect(result.locations![0]!.physicalLocation!.region).toEqual({ startLine: 900, endLine: 901 });
});

test('files become URIs', () => {
  const uri = (file: string): unknown =>
    onlyResult({ ...heldGuard, location: { ...heldGuard.location, file }, steps: [] }).locations![0]!
      .physicalLocation!.artifactLocation;
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
