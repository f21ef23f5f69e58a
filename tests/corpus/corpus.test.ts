/**
 * Real bugs, each as a reduced pair: the rule finds the buggy file at its marked lines and warns of nothing in the fixed
 * one. What it says of each pair stands in found.txt. Needs the crate registry and minutes.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '#model/finding.ts';
import type { Report } from '#model/report.ts';
import { markedLines, readPairs } from './pairs.ts';

const bin = resolve(import.meta.dirname, '../../bin/assay.js');
const pairs = readPairs(import.meta.dirname);
let scratch = '';
let report: Report;

beforeAll(() => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), 'assay-corpus-')));
  for (const name of ['Cargo.toml', 'Cargo.lock', 'pairs'])
    cpSync(join(import.meta.dirname, name), join(scratch, name), { recursive: true });
  const run = spawnSync(process.execPath, [bin, 'async', '--format', 'json', '--fail-on', 'never', '-q'], {
    cwd: scratch,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  expect(run.status, run.stderr).toBe(0);
  report = JSON.parse(run.stdout) as Report;
  expect(report.failures).toEqual([]);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('there are at least 40 pairs', () => {
  expect(pairs.length).toBeGreaterThanOrEqual(40);
});

test('what is said of each pair', async () => {
  const rows = pairs.map(pair => {
    const buggy = pair.marks.map(mark => markedAs(mark.rule, mark.line, `${pair.folder}/src/buggy.rs`));
    const fixed = findingsIn(`${pair.folder}/src/fixed.rs`);
    return [pair.name, pair.rule, pair.protocol ? 'protocol' : '', buggy.join(', '), drawn(fixed)];
  });
  const head = ['pair', 'rule', 'level', 'buggy', 'fixed'];
  await expect(table([head, ...rows])).toMatchFileSnapshot('found.txt');
});

test('nine of ten buggy files that are not protocol-level are found', () => {
  const counted = pairs.filter(pair => !pair.protocol);
  const missed = counted.filter(
    pair =>
      !pair.marks.every(mark => found(mark.rule, mark.line, `${pair.folder}/src/buggy.rs`) !== undefined),
  );
  expect(counted.length - missed.length, `missed: ${missed.map(pair => pair.name)}`).toBeGreaterThanOrEqual(
    counted.length * 0.9,
  );
});

test('no warning and no error stands in a fixed file', () => {
  const loud = pairs.flatMap(pair =>
    findingsIn(`${pair.folder}/src/fixed.rs`).filter(finding => finding.severity !== 'note'),
  );
  expect(loud.map(({ rule, location }) => `${location.file}:${location.startLine}: ${rule}`)).toEqual([]);
});

test('every buggy file has its rule marked', () => {
  expect(
    pairs.filter(pair => !pair.marks.some(mark => mark.rule === pair.rule)).map(pair => pair.name),
  ).toEqual([]);
});

test('a mark is read with its rule', () => {
  expect(markedLines('let a = 1;\nlet b = lock(); //~ futurelock\n')).toEqual([
    { line: 2, rule: 'futurelock' },
  ]);
});

function markedAs(rule: string, line: number, file: string): string {
  return `${found(rule, line, file)?.severity ?? 'MISSED'} at ${line}`;
}

function found(rule: string, line: number, file: string): Finding | undefined {
  return findingsIn(file).find(
    finding => finding.rule === `async/${rule}` && finding.location.startLine === line,
  );
}

function findingsIn(file: string): readonly Finding[] {
  return report.findings.filter(finding => finding.location.file === file);
}

function drawn(findings: readonly Finding[]): string {
  return findings
    .map(
      ({ severity, rule, location }) => `${severity} ${rule.replace('async/', '')} at ${location.startLine}`,
    )
    .join(', ');
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)));
  return rows
    .map(
      row =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
