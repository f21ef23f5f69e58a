import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { caseSource, parseCases } from '#rules/case-file.ts';
import type { AsyncInput } from './gather.ts';
import { judgeAsync } from './judge.ts';
import { evidenceOf } from './rules/judge-case.ts';

/** A case of a rule, judged with an audit; `edit` changes the source that the comments are read from. */
async function audit(
  rule: string,
  name: string,
  mode: AsyncInput['audit'],
  edit: (source: string) => string = source => source,
) {
  const folder = new URL(`./rules/${rule}/`, import.meta.url);
  const cases = parseCases(readFileSync(new URL('cases.md', folder), 'utf8'), rule);
  const rustCase = cases.find(candidate => candidate.name === name);
  if (rustCase === undefined) throw new Error(`${rule} has no case ${name}`);
  const mir = gunzipSync(readFileSync(new URL(`recorded/${name}.mir.gz`, folder))).toString();
  const unit = {
    key: 'case',
    crateName: 'case',
    package: 'case 0.0.0',
    targetKind: 'lib',
    edition: rustCase.edition,
    chunkCount: 1,
    unreadable: [],
  };
  const source = edit(caseSource(rustCase));
  const result = await judgeAsync({
    evidence: evidenceOf([{ unit, text: mir }]),
    workspaceRoot: '/workspace',
    readSource: file => (file === 'case.rs' ? source : null),
    sources: [{ file: 'case.rs', text: source }],
    ...(mode === undefined ? {} : { audit: mode }),
  });
  const table = result.section.blocks.find(
    block => block.kind === 'table' && block.title.startsWith('Audit: where'),
  );
  return {
    rows: (table?.kind === 'table' ? table.rows : []).map(([place, , ...rest]) =>
      [place, ...rest].join(' | '),
    ),
    findings: result.findings
      .filter(({ rule: of }) => /select|allow/.test(of))
      .map(
        ({ rule: of, severity, location, suppressed }) =>
          `${severity} ${of} ${location.startLine}${suppressed === undefined ? '' : `, allowed: ${suppressed.reason}`}`,
      ),
  };
}

test('each arm with what is known of it, and the bodies of the arms', async () => {
  const { rows } = await audit('not-cancel-safe-in-select', 'boxed-and-generic-futures', 'listed');
  expect(rows).toMatchInlineSnapshot(`
    [
      "case.rs:12:9 | \`boxed\`, line 13 | not cancel-safe: tokio::io::AsyncReadExt::read_u32 | open",
      "case.rs:12:9 | \`recv\`, line 14 | cancel-safe: tokio::sync::mpsc::Receiver::recv | proved",
      "case.rs:12:9 | bodies of its arms | no await | proved",
      "case.rs:20:9 | \`next\`, line 21 | not known: the type parameter F | open",
      "case.rs:20:9 | \`recv\`, line 22 | cancel-safe: tokio::sync::mpsc::Receiver::recv | proved",
      "case.rs:20:9 | bodies of its arms | no await | proved",
    ]
  `);
});

test('a kept future is listed with the await', async () => {
  const { rows } = await audit('select-arm-awaits', 'a-future-that-is-kept', 'listed');
  expect(rows).toMatchInlineSnapshot(`
    [
      "case.rs:7:9 | \`working\`, line 8 | polled by reference: resumed, not dropped | proved",
      "case.rs:7:9 | \`recv\`, line 9 | cancel-safe: tokio::sync::mpsc::Receiver::recv | proved",
      "case.rs:7:9 | bodies of its arms | await in line 10, while \`working\` is kept unfinished | open",
    ]
  `);
});

test('what is open is told only where it is asked for, and fails where it must be closed', async () => {
  const name = 'boxed-and-generic-futures';
  expect((await audit('not-cancel-safe-in-select', name, undefined)).findings).toMatchInlineSnapshot(`
    [
      "warning async/not-cancel-safe-in-select 13",
    ]
  `);
  expect((await audit('not-cancel-safe-in-select', name, 'listed')).findings).toMatchInlineSnapshot(`
    [
      "warning async/not-cancel-safe-in-select 13",
      "note async/not-cancel-safe-in-select 21",
    ]
  `);
  expect((await audit('not-cancel-safe-in-select', name, 'required')).findings).toMatchInlineSnapshot(`
    [
      "error async/not-cancel-safe-in-select 13",
      "error async/not-cancel-safe-in-select 21",
    ]
  `);
});

test('a comment with a reason closes it, and is not called unused where no audit is made', async () => {
  const allow = (source: string) =>
    source.replace(
      'number = next() => see(&number),',
      'number = next() => see(&number), // assay: allow(async/not-cancel-safe-in-select): the caller’s futures are',
    );
  const name = 'boxed-and-generic-futures';
  const plain = await audit('not-cancel-safe-in-select', name, undefined, allow);
  const required = await audit('not-cancel-safe-in-select', name, 'required', allow);
  expect(plain.findings.filter(line => line.includes('allow'))).toEqual([]);
  expect(required.findings).toMatchInlineSnapshot(`
    [
      "error async/not-cancel-safe-in-select 13",
      "error async/not-cancel-safe-in-select 21, allowed: the caller’s futures are",
    ]
  `);
  expect(required.rows.filter(row => row.includes('line 21'))).toMatchInlineSnapshot(`
    [
      "case.rs:20:9 | \`next\`, line 21 | not known: the type parameter F | allowed: the caller’s futures are",
    ]
  `);
});
