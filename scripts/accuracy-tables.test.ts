import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import {
  type AccuracyCrate,
  type AccuracyRun,
  accuracyOf,
  crateTable,
  docTables,
  findingTable,
  type JudgedFinding,
  ruleTable,
  sumTable,
  type Verdict,
  withTables,
} from './accuracy-tables.ts';

const finding = (severity: 'error' | 'warning', at: string): JudgedFinding => ({
  rule: 'async/blocking-call',
  severity,
  confidence: 'proved',
  at,
  function: 'pool::get',
  message: '`a | b` blocks the thread',
});
const run = (name: string, findings: readonly JudgedFinding[]): AccuracyRun => ({
  name,
  version: '1.0.0',
  lines: 120,
  summary: '1 hazard found in 7 async bodies with 1 await, besides 2 notes.',
  findings,
  notes: { 'async/large-future': 2 },
  seconds: 12,
});
const verdict = (crate: string, at: string, word: Verdict['verdict']): Verdict => ({
  crate,
  version: '1.0.0',
  rule: 'async/blocking-call',
  at,
  verdict: word,
  why: 'it sleeps',
  hurts: 'the executor',
});

const runs = [
  run('pool', [finding('error', 'src/a.rs:1:5'), finding('warning', 'src/a.rs:2:5')]),
  run('wire', [
    finding('warning', 'src/b.rs:3:1'),
    finding('warning', 'src/b.rs:4:1'),
    finding('warning', 'src/b.rs:4:9'),
  ]),
];
const verdicts = [
  verdict('pool', 'src/a.rs:1:5', 'true'),
  verdict('pool', 'src/a.rs:2:5', 'true'),
  verdict('wire', 'src/b.rs:3:1', 'arguable'),
  verdict('wire', 'src/b.rs:4:1', 'false'),
];
const crates: AccuracyCrate[] = [
  { name: 'pool', version: '1.0.0', flags: ['--all-features'] },
  { name: 'wire', version: '1.0.0', flags: [] },
];

test('an arguable finding counts against precision, an unread one is named', () => {
  const accuracy = accuracyOf(runs, verdicts);
  expect(sumTable(accuracy)).toMatchInlineSnapshot(`
    "| level | findings | true | false | arguable | unread | precision | bar |
    | --- | --- | --- | --- | --- | --- | --- | --- |
    | error | 1 | 1 | 0 | 0 | 0 | 100.0 % | 90.0 % |
    | warning | 4 | 1 | 1 | 1 | 1 | 33.3 % | 75.0 % |
    "
  `);
  expect([...accuracy.unread, ...accuracy.stale, ...accuracy.underBar]).toMatchInlineSnapshot(`
    [
      "wire 1.0.0 async/blocking-call src/b.rs:4:9: \`a | b\` blocks the thread",
      "precision of warnings is 33.3 %, the bar is 75.0 %",
    ]
  `);
});

test('a verdict whose finding is gone is named, unless its crate did not run', () => {
  const old = [
    ...verdicts,
    verdict('wire', 'src/b.rs:9:1', 'true'),
    verdict('other', 'src/c.rs:1:1', 'true'),
  ];
  expect(accuracyOf(runs, old).stale).toEqual(['wire 1.0.0 async/blocking-call src/b.rs:9:1']);
});

test('precision of nothing is no figure and under no bar', () => {
  const accuracy = accuracyOf([run('pool', [])], []);
  expect(accuracy.underBar).toEqual([]);
  expect(sumTable(accuracy)).toMatchInlineSnapshot(`
    "| level | findings | true | false | arguable | unread | precision | bar |
    | --- | --- | --- | --- | --- | --- | --- | --- |
    | error | 0 | 0 | 0 | 0 | 0 | – | 90.0 % |
    | warning | 0 | 0 | 0 | 0 | 0 | – | 75.0 % |
    "
  `);
});

test('a row per crate, per rule and per finding', () => {
  expect(crateTable(runs, verdicts, crates)).toMatchInlineSnapshot(`
    "| crate | lines | async bodies / awaits | errors | warnings | notes | true | false | arguable | unread | seconds |
    | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
    | pool 1.0.0 \`--all-features\` | 120 | 7 / 1 | 1 | 1 | 2 | 2 | 0 | 0 | 0 | 12 |
    | wire 1.0.0 | 120 | 7 / 1 | 0 | 3 | 2 | 0 | 1 | 1 | 1 | 12 |
    "
  `);
  expect(ruleTable(runs, verdicts)).toMatchInlineSnapshot(`
    "| rule | errors | warnings | notes | true | false | arguable |
    | --- | --- | --- | --- | --- | --- | --- |
    | \`async/blocking-call\` | 1 | 4 | 0 | 2 | 1 | 1 |
    | \`async/large-future\` | 0 | 0 | 4 | 0 | 0 | 0 |
    "
  `);
  expect(findingTable(runs, verdicts)).toMatchInlineSnapshot(`
    "| at | level | what | verdict | why | can it hurt |
    | --- | --- | --- | --- | --- | --- |
    | pool 1.0.0 \`src/a.rs:1\` | error, proved | \`blocking-call\`: \`a \\| b\` blocks the thread | **true** | it sleeps | the executor |
    | pool 1.0.0 \`src/a.rs:2\` | warning, proved | \`blocking-call\`: \`a \\| b\` blocks the thread | **true** | it sleeps | the executor |
    | wire 1.0.0 \`src/b.rs:3\` | warning, proved | \`blocking-call\`: \`a \\| b\` blocks the thread | **arguable** | it sleeps | the executor |
    | wire 1.0.0 \`src/b.rs:4\` | warning, proved | \`blocking-call\`: \`a \\| b\` blocks the thread | **false** | it sleeps | the executor |
    | wire 1.0.0 \`src/b.rs:4\` | warning, proved | \`blocking-call\`: \`a \\| b\` blocks the thread | **unread** |  |  |
    "
  `);
});

test('a table is put between its marks, and a doc without them is refused', () => {
  const doc = 'before\n<!-- sums -->\nold\n<!-- end of sums -->\nafter\n';
  expect(withTables(doc, { sums: '| new |\n' })).toMatchInlineSnapshot(`
    "before
    <!-- sums -->

    | new |

    <!-- end of sums -->
    after
    "
  `);
  expect(() => withTables(doc, { rules: '' })).toThrow('docs/accuracy.md has no place for rules');
});

test('docs/accuracy.md shows what was recorded, and all of it is read and above the bars', () => {
  const root = resolve(import.meta.dirname, '..');
  const read = (path: string) => readFileSync(resolve(root, path), 'utf8');
  const listed = JSON.parse(read('tests/real/accuracy.json')) as AccuracyCrate[];
  const recorded = JSON.parse(read('tests/real/accuracy-runs.json')) as AccuracyRun[];
  const judged = JSON.parse(read('tests/real/verdicts.json')) as Verdict[];
  const doc = read('docs/accuracy.md');
  expect(withTables(doc, docTables(recorded, judged, listed))).toBe(doc);

  expect(recorded.map(({ name, version }) => `${name} ${version}`)).toEqual(
    listed.map(({ name, version }) => `${name} ${version}`),
  );
  const { unread, stale, underBar } = accuracyOf(recorded, judged);
  expect([...unread, ...stale, ...underBar]).toEqual([]);
});
