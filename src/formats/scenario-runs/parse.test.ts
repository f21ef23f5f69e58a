import fc from 'fast-check';
import { expect, test } from 'vitest';
import { damaged } from '../../../tests/mutated-text.ts';
import { parseScenarioRuns } from './parse.ts';

const recorded =
  '{"scenario":"edit:src/lib.rs","command":"cargo build","seconds":0.81,"cpuSeconds":1.1,"firstDiagnosticSeconds":null,"ran":2,"fresh":80,"changed":"the body of fn parse","failure":null}\n';

test('a run', () => {
  expect(parseScenarioRuns(recorded)).toMatchInlineSnapshot(`
    {
      "problems": [],
      "value": [
        {
          "changed": "the body of fn parse",
          "command": "cargo build",
          "cpuSeconds": 1.1,
          "failure": null,
          "firstDiagnosticSeconds": null,
          "fresh": 80,
          "ran": 2,
          "scenario": "edit:src/lib.rs",
          "seconds": 0.81,
        },
      ],
    }
  `);
});

test('a line that tells neither an end nor a failure is a problem', () => {
  const { value, problems } = parseScenarioRuns(
    `{"scenario":"clean","command":"cargo build"}\n[]\n${recorded}`,
  );
  expect(value.length).toBe(1);
  expect(problems.map(({ line }) => line)).toEqual([1, 2]);
});

test('any text is read to its end', () => {
  fc.assert(
    fc.property(damaged(recorded), text => {
      for (const { seconds, ran } of parseScenarioRuns(text).value) {
        expect(seconds ?? 0).toBeGreaterThanOrEqual(0);
        expect(ran).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});
