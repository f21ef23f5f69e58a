import { expect, test } from 'vitest';
import type { Finding } from '#model/finding.ts';
import { exitCode, type FailOn } from './exit-code.ts';
import { heldGuard, richReport } from './sample-report.ts';

function check(finding: Partial<Finding>, failOn: FailOn): number {
  return exitCode({ ...richReport, failures: [], findings: [{ ...heldGuard, ...finding }] }, failOn);
}

test('a finding at or above the severity fails', () => {
  expect(check({ severity: 'error' }, 'error')).toBe(1);
  expect(check({ severity: 'warning' }, 'error')).toBe(0);
  expect(check({ severity: 'warning' }, 'warning')).toBe(1);
  expect(check({ severity: 'error' }, 'note')).toBe(1);
  expect(check({ severity: 'note' }, 'note')).toBe(1);
  expect(check({ severity: 'error' }, 'never')).toBe(0);
});

test('suppressed and known findings do not fail, new ones do', () => {
  expect(check({ suppressed: { reason: 'meant', location: heldGuard.location } }, 'error')).toBe(0);
  expect(check({ baseline: 'unchanged' }, 'error')).toBe(0);
  expect(check({ baseline: 'new' }, 'error')).toBe(1);
});

test('a failed tool comes before everything', () => {
  expect(exitCode(richReport, 'never')).toBe(3);
  expect(exitCode({ ...richReport, findings: [] }, 'error')).toBe(3);
});
