import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AreaResult } from '#model/area-result.ts';
import type { Location } from '#model/location.ts';
import { assembleReport, type ReportParts } from './assemble-report.ts';
import { excerptsAround } from './excerpts.ts';
import { renderJson } from './render-json.ts';
import { arbitraryFinding, heldGuard, richReport, serverSource } from './sample-report.ts';

const section = { title: 'Async', summary: 'One finding.', blocks: [] };

function assemble(async: Partial<AreaResult>, parts: Partial<ReportParts> = {}) {
  return assembleReport({
    assayVersion: '0.1.0',
    workspace: { members: ['shop 0.1.0', 'api 0.2.0'], rustc: '1.95.0', cargo: '1.95.0', host: 'x86_64' },
    areaResults: { async: { section, findings: [], unknowns: [], problems: [], ...async } },
    failures: [],
    provenance: [],
    notices: [],
    readSource: file => (file === 'src/server.rs' ? serverSource : null),
    ...parts,
  });
}

test('findings are sorted by severity, file, line, column and rule', () => {
  const at = (file: string, startLine: number, startColumn: number): Location => ({
    file,
    startLine,
    startColumn,
    endLine: startLine,
    endColumn: startColumn + 1,
  });
  const findings = [
    { ...heldGuard, severity: 'note' as const, location: at('a.rs', 1, 1) },
    { ...heldGuard, location: at('b.rs', 1, 1) },
    { ...heldGuard, location: at('a.rs', 10, 1) },
    { ...heldGuard, location: at('a.rs', 2, 9) },
    { ...heldGuard, location: at('a.rs', 2, 3), rule: 'async/z' },
    { ...heldGuard, location: at('a.rs', 2, 3), rule: 'async/a' },
  ];
  const lines = assemble({ findings }).findings.map(
    ({ severity, rule, location }) =>
      `${severity} ${location.file}:${location.startLine}:${location.startColumn} ${rule}`,
  );
  expect(`\n${lines.join('\n')}\n`).toMatchInlineSnapshot(`
    "
    error a.rs:2:3 async/a
    error a.rs:2:3 async/z
    error a.rs:2:9 async/guard-held-across-await
    error a.rs:10:1 async/guard-held-across-await
    error b.rs:1:1 async/guard-held-across-await
    note a.rs:1:1 async/guard-held-across-await
    "
  `);
});

test('what two targets of one crate both say is said once', () => {
  expect(assemble({ findings: [heldGuard, { ...heldGuard }] }).findings).toEqual([heldGuard]);
});

test('unknowns are summed and problems count as unknowns', () => {
  const unknown = {
    area: 'async',
    what: 'call through dyn Future',
    why: 'not known statically',
    count: 2,
  } as const;
  const report = assemble(
    {
      unknowns: [unknown, { ...unknown, count: 3 }],
      problems: [
        { what: 'a body without an end', line: 7, input: 'mir/a/0001.mir' },
        { what: 'a body without an end', line: 9, input: 'mir/a/0001.mir' },
      ],
    },
    { unknowns: [{ area: 'workspace', what: 'member api', why: 'it does not compile', count: 1 }] },
  );
  const lines = report.unknowns.map(({ area, what, why, count }) => `${count} × ${area}: ${what}: ${why}`);
  expect(`\n${lines.join('\n')}\n`).toMatchInlineSnapshot(`
    "
    5 × async: call through dyn Future: not known statically
    2 × async: mir/a/0001.mir: a body without an end: this part of the evidence could not be used
    1 × workspace: member api: it does not compile
    "
  `);
});

test('the report is the same in whatever order findings come', () => {
  fc.assert(
    fc.property(
      fc.array(arbitraryFinding, { maxLength: 8 }),
      fc.infiniteStream(fc.nat()),
      (findings, random) => {
        const shuffled = findings
          .map(finding => ({ finding, key: random.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(
            ({ finding }) =>
              Object.fromEntries(Object.entries(finding).reverse()) as unknown as typeof finding,
          );
        expect(renderJson(assemble({ findings: shuffled }))).toBe(renderJson(assemble({ findings })));
      },
    ),
  );
});

test('members are sorted, the root is a dot', () => {
  expect(assemble({}).workspace).toEqual({
    ...richReport.workspace,
    members: ['api 0.2.0', 'shop 0.1.0'],
    host: 'x86_64',
  });
});

const numbered = Array.from({ length: 100 }, (_, index) => `line ${index + 1}`).join('\r\n');

/** The ranges of lines that excerpts of a file of 100 lines carry for the given spans. */
function ranges(spans: readonly (readonly [startLine: number, endLine: number])[]): string {
  const locations = spans.map(([startLine, endLine]) => ({
    file: 'a.rs',
    startLine,
    startColumn: 1,
    endLine,
    endColumn: 2,
  }));
  return excerptsAround(locations, () => numbered)
    .map(({ startLine, lines }) => `${startLine}..${startLine + lines.length - 1}`)
    .join(' ');
}

test('excerpts reach two lines beyond each span and are merged where they meet', () => {
  expect(ranges([[50, 50]])).toBe('48..52');
  expect(
    ranges([
      [50, 50],
      [54, 54],
      [60, 61],
    ]),
  ).toBe('48..56 58..63');
  expect(
    ranges([
      [50, 50],
      [55, 55],
    ]),
  ).toBe('48..57');
  expect(
    ranges([
      [1, 1],
      [100, 100],
    ]),
  ).toBe('1..3 98..100');
  expect(ranges([[20, 90]])).toBe('18..30 82..92');
  expect(ranges([[500, 500]])).toBe('');
});

test('excerpts are split as rustc splits: no carriage return, no byte order mark; a giant line is left out', () => {
  const read = (text: string) =>
    excerptsAround([{ file: 'a.rs', startLine: 2, startColumn: 1, endLine: 2, endColumn: 2 }], () => text);
  expect(read('\ufeffone\r\ntwo\r\n')).toEqual([{ file: 'a.rs', startLine: 1, lines: ['one', 'two'] }]);
  expect(read(`one\n${'x'.repeat(6000)}\nthree`)).toEqual([
    { file: 'a.rs', startLine: 1, lines: ['one'] },
    { file: 'a.rs', startLine: 3, lines: ['three'] },
  ]);
  expect(read('')).toEqual([]);
});

test('each file is read once, in order', () => {
  const read: string[] = [];
  const files = ['b.rs', 'a.rs', 'b.rs'];
  const locations = files.map(file => ({ file, startLine: 1, startColumn: 1, endLine: 1, endColumn: 2 }));
  excerptsAround(locations, file => {
    read.push(file);
    return null;
  });
  expect(read).toEqual(['a.rs', 'b.rs']);
});
