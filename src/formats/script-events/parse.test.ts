import fc from 'fast-check';
import { expect, test } from 'vitest';
import { damaged } from '../../../tests/mutated-text.ts';
import { parseScriptEvents } from './parse.ts';

// `assay build -j1` of fd-find 10.2.0, cargo 1.95.0, GNU Make 4.4.1.
const recorded =
  '{"package":"jemalloc-sys 0.5.4+5.3.0-patched","from":3.02,"to":59.917,"cpu":56.8,"looks":568,"divided":519,"ownJobs":true}\n';

test('how long a script was seen, and the part of it that `make` divides among jobs', () => {
  expect(parseScriptEvents(recorded)).toMatchInlineSnapshot(`
    {
      "problems": [],
      "value": [
        {
          "cpuSeconds": 56.8,
          "dividedShare": 0.9137323943661971,
          "fromSeconds": 3.02,
          "ownJobs": true,
          "packageName": "jemalloc-sys",
          "toSeconds": 59.917,
          "version": "0.5.4+5.3.0-patched",
        },
      ],
    }
  `);
});

test('damaged lines are counted, the others are read', () => {
  const bad = ['{}', '{"package":"x 1","from":2,"to":1,"cpu":1,"looks":1,"divided":0}', '{"pack'];
  const { value, problems } = parseScriptEvents(`${bad.join('\n')}\n${recorded}`);
  expect(value.length).toBe(1);
  expect(problems.map(({ line }) => line)).toEqual([1, 2, 3]);
});

test('any text is read to its end', () => {
  fc.assert(
    fc.property(damaged(recorded), text => {
      for (const { fromSeconds, toSeconds, dividedShare } of parseScriptEvents(text).value) {
        expect(toSeconds).toBeGreaterThanOrEqual(fromSeconds);
        expect(dividedShare).toBeLessThanOrEqual(1);
      }
    }),
  );
});
