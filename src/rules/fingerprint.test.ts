import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Finding } from '#model/finding.ts';
import { markAgainstBaseline, parseBaseline, renderBaseline } from './baseline.ts';
import { fnv1a64, withFingerprints } from './fingerprint.ts';

function findingsOf(source: string, functionName: string): Finding[] {
  const findings = source.split('\n').flatMap((line, index) =>
    line.includes('lock()')
      ? [
          {
            rule: 'async/guard-held-across-await',
            severity: 'error' as const,
            confidence: 'proved' as const,
            message: 'held',
            function: functionName,
            location: {
              file: 'src/lib.rs',
              startLine: index + 1,
              startColumn: 5,
              endLine: index + 1,
              endColumn: 6,
            },
            steps: [],
            evidence: [],
          },
        ]
      : [],
  );
  return withFingerprints(findings, () => source);
}

const orchard = 'async fn pick() {\n    let a = m.lock();\n    io().await;\n    let a = m.lock();\n}';
const inImpl = (line: number): string => `<impl at src/lib.rs:${line}:1: ${line}:20>::pick::{closure#0}`;
const prints = (findings: readonly Finding[]): string[] => findings.map(finding => finding.fingerprint);

test('the published test vector of FNV-1a: the empty text', () => {
  expect(fnv1a64('')).toBe('cbf29ce484222325');
});

test('lines added above and indentation keep fingerprints; equal lines stay apart; an edit of the line changes it', () => {
  const before = prints(findingsOf(orchard, inImpl(1)));
  const moved = prints(findingsOf(`\n\n// a word\n${orchard.replaceAll('    ', '\t')}`, inImpl(4)));
  const edited = prints(findingsOf(orchard.replace('let a', 'let tally'), inImpl(1)));
  expect(moved).toEqual(before);
  expect(new Set(before).size).toBe(2);
  expect(edited[0]).not.toBe(before[0]);
});

test('a baseline knows what it was written from, and nothing else', () => {
  const known = findingsOf(orchard, inImpl(1));
  const { value } = parseBaseline(renderBaseline(known));
  const now = findingsOf(orchard.replace('io()', 'let b = n.lock(); io()'), inImpl(1));
  expect(markAgainstBaseline(now, value!).map(finding => finding.baseline)).toEqual([
    'unchanged',
    'new',
    'unchanged',
  ]);
});

test('parsing a baseline is total', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.jsonValue().map(value => JSON.stringify(value)),
      ),
      text => {
        expect(parseBaseline(text)).toHaveProperty('problems');
      },
    ),
  );
});
