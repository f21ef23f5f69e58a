import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findingHash, parseHash } from './page-hash.ts';

test.each([
  ['', null],
  ['#', null],
  ['#build', { kind: 'section', id: 'build' }],
  ['#finding/', null],
  ['#finding/%E0%A4%A', null],
  ['#finding/00ff00ff00ff00ff', { kind: 'finding', fingerprint: '00ff00ff00ff00ff' }],
])('%s', (hash, target) => {
  expect(parseHash(hash)).toEqual(target);
});

test('a link to a finding leads to that finding', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fingerprint => {
      expect(parseHash(findingHash(fingerprint))).toEqual({ kind: 'finding', fingerprint });
    }),
  );
});
