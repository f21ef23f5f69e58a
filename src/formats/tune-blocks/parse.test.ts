import fc from 'fast-check';
import { expect, test } from 'vitest';
import { damaged } from '../../../tests/mutated-text.ts';
import { parseTuneBlocks } from './parse.ts';

const recorded =
  '{"settings":["debug-none"],"scenario":"clean","purpose":"screening","first":"today","today":[20.1,20.3],"changed":[16.2,16.1],"otherCores":0.02,"spentSeconds":73.1,"failure":null}\n';

test('a block', () => {
  expect(parseTuneBlocks(recorded)).toMatchInlineSnapshot(`
    {
      "problems": [],
      "value": [
        {
          "changed": [
            16.2,
            16.1,
          ],
          "failure": null,
          "first": "today",
          "otherCores": 0.02,
          "purpose": "screening",
          "scenario": "clean",
          "settings": [
            "debug-none",
          ],
          "spentSeconds": 73.1,
          "today": [
            20.1,
            20.3,
          ],
        },
      ],
    }
  `);
});

test('what was cut off, or does not pair, is a problem and no block', () => {
  const text = [
    recorded.slice(0, 60),
    recorded.trim(),
    recorded.replace('[16.2,16.1]', '[16.2]').trim(),
  ].join('\n');
  const { value, problems } = parseTuneBlocks(text);
  expect([value.length, ...problems.map(({ line }) => line)]).toEqual([1, 1, 3]);
});

test('any text is read to its end', () => {
  fc.assert(
    fc.property(damaged(recorded), text => {
      for (const { today, changed, failure } of parseTuneBlocks(text).value) {
        if (failure === null) expect(today.length).toBe(changed.length);
        expect(Math.min(...today, ...changed)).toBeGreaterThan(0);
      }
    }),
  );
});
