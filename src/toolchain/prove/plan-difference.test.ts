import { expect, test } from 'vitest';
import { planDifference } from './plan-difference.ts';

const plan = (...units: readonly (readonly [id: string, ...features: string[]])[]) =>
  JSON.stringify({
    units: units.map(([pkg_id, ...features]) => ({
      ...{ pkg_id, target: { name: pkg_id, kind: ['lib'] }, mode: 'build', platform: null, features },
    })),
  });

test('units that are gone, and units that are otherwise', () => {
  const before = plan(['app'], ['log', 'std'], ['json', 'std', 'big'], ['itoa']);
  expect(planDifference(before, plan(['app'], ['log', 'std'], ['json', 'big', 'std']))).toEqual({
    gone: ['itoa itoa lib build '],
    changed: 0,
  });
  expect(planDifference(before, plan(['app'], ['log'], ['json', 'std', 'big'], ['itoa'], ['new']))).toEqual({
    gone: [],
    changed: 2,
  });
});

test('of two units of one library the one that is gone counts', () => {
  const before = plan(['syn', 'full'], ['syn', 'derive']);
  expect(planDifference(before, plan(['syn', 'derive']))).toEqual({
    gone: ['syn syn lib build '],
    changed: 0,
  });
});
