import { expect, test } from 'vitest';
import type { Finding, Severity } from '#model/finding.ts';
import { type Filter, filterFindings, searchText, standingOf } from './filter.ts';
import { groupFindings } from './groups.ts';

function finding(text: string): Finding {
  const [severity = '', rule = '', file = '', line = '', ...message] = text.split(' ');
  return {
    rule,
    severity: severity as Severity,
    confidence: 'proved',
    message: message.join(' '),
    location: { file, startLine: Number(line), startColumn: 5, endLine: Number(line), endColumn: 9 },
    steps: [
      {
        location: { file: 'src/step.rs', startLine: 3, startColumn: 1, endLine: 3, endColumn: 2 },
        message: 'Ripens here',
      },
    ],
    evidence: [],
    fingerprint: `${file}:${line}`,
  };
}

const findings = [
  'error async/guard src/pear.rs 90 the guard of `PEARS` is held',
  'error async/guard src/apple.rs 10 the guard of `apples` is held',
  'warning build/codegen src/pear.rs 7 monomorphised often',
  'note async/lost src/fig.rs 1 a future is dropped',
].map(finding);

const all: Filter = { query: '', severities: new Set<Severity>(['error', 'warning', 'note']), area: null };

function check(filter: Partial<Filter>): string[] {
  const passing = filterFindings(findings, findings.map(searchText), { ...all, ...filter });
  return passing.map(index => findings[index]!.fingerprint);
}

test('words are found in any order and case, in steps and locations too', () => {
  expect(check({ query: '' })).toHaveLength(4);
  expect(check({ query: 'HELD pears' })).toEqual(['src/pear.rs:90']);
  expect(check({ query: 'src/apple.rs:10:5' })).toEqual(['src/apple.rs:10']);
  expect(check({ query: 'ripens step.rs:3 dropped' })).toEqual(['src/fig.rs:1']);
  expect(check({ query: 'plum' })).toEqual([]);
});

test('severity and area narrow further', () => {
  expect(check({ severities: new Set<Severity>(['warning', 'note']) })).toEqual([
    'src/pear.rs:7',
    'src/fig.rs:1',
  ]);
  expect(check({ area: 'build' })).toEqual(['src/pear.rs:7']);
  expect(check({ area: 'async', severities: new Set<Severity>(['note']) })).toEqual(['src/fig.rs:1']);
});

test('groups follow their most severe finding', () => {
  const draw = (by: 'file' | 'rule') =>
    groupFindings(findings, [0, 1, 2, 3], by).map(group => `${group.title}: ${group.indexes.join(' ')}`);
  expect(draw('file')).toEqual(['src/pear.rs: 0 2', 'src/apple.rs: 1', 'src/fig.rs: 3']);
  expect(draw('rule')).toEqual(['async/guard: 0 1', 'build/codegen: 2', 'async/lost: 3']);
});

test('a suppressed finding of the baseline is suppressed', () => {
  const [plain] = findings;
  expect(standingOf(plain!)).toBe('counts');
  expect(standingOf({ ...plain!, baseline: 'new' })).toBe('counts');
  expect(standingOf({ ...plain!, baseline: 'unchanged' })).toBe('baseline');
  expect(
    standingOf({ ...plain!, baseline: 'unchanged', suppressed: { reason: 'r', location: plain!.location } }),
  ).toBe('suppressed');
});
