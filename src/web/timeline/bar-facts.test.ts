import { expect, test } from 'vitest';
import type { TimelineBar } from '#model/section.ts';
import { activeAt, barFacts, barKind } from './bar-facts.ts';

const pear: TimelineBar = {
  id: 7,
  label: 'pear 0.2.0',
  detail: 'lib',
  startSeconds: 1.5,
  endSeconds: 14.25,
  segments: [
    { name: 'frontend', startSeconds: 1.5, endSeconds: 9 },
    { name: 'codegen', startSeconds: 9, endSeconds: 14.25 },
  ],
  critical: true,
  member: true,
  features: ['default', 'sweet'],
  reason: 'the source changed',
  waitedFor: [1, 99],
};
const fig: TimelineBar = {
  ...pear,
  id: 1,
  label: 'fig 1.0.0',
  detail: 'proc-macro',
  critical: false,
  member: false,
};

function check(bar: TimelineBar): string {
  return barFacts(bar, new Map([pear, fig].map(one => [one.id, one])))
    .map(fact => `${fact.title}: ${fact.text}`)
    .join('\n');
}

test('all that the report says of a bar', () => {
  expect(check(pear)).toMatchInlineSnapshot(`
    "start: 1.50 s
    duration: 12.8 s
    frontend: 7.50 s
    codegen: 5.25 s
    waited for: fig 1.0.0 proc-macro, #99
    reason: the source changed
    features: default sweet"
  `);
  expect(barKind(pear)).toBe('workspace member, on the critical path');
  expect(barKind(fig)).toBe('dependency');
});

test('what the report does not say is left out', () => {
  const { reason: _, ...plain } = { ...fig, segments: [], features: [], waitedFor: [] };
  expect(check(plain)).toBe('start: 1.50 s\nduration: 12.8 s');
});

test('long lists end with how many more', () => {
  expect(check({ ...fig, waitedFor: [1, 1, 1, 1, 1, 1, 1, 1] })).toContain('and 2 more');
});

test('the number of active bars holds until the next sample', () => {
  const samples = [
    { atSeconds: 1, active: 2 },
    { atSeconds: 3, active: 5 },
  ];
  expect([0, 1, 2.9, 3, 99].map(seconds => activeAt(samples, seconds))).toEqual([0, 2, 2, 5, 5]);
  expect(activeAt([], 1)).toBe(0);
});
