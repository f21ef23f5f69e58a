import fc from 'fast-check';
import { expect, test } from 'vitest';
import { damaged } from '../../../tests/mutated-text.ts';
import { parseProofs } from './parse.ts';

const recorded =
  '{"kind":"feature","member":"app 0.1.0","section":"dependencies","name":"loud","feature":"default","package":"loud 1.0.0","outcome":"compiles","why":"","commands":["cargo check --workspace --all-targets"],"gone":["inner lib"]}\n';

test('a proof', () => {
  expect(parseProofs(recorded).value).toMatchInlineSnapshot(`
    [
      {
        "commands": [
          "cargo check --workspace --all-targets",
        ],
        "feature": "default",
        "gone": [
          "inner lib",
        ],
        "kind": "feature",
        "member": "app 0.1.0",
        "name": "loud",
        "outcome": "compiles",
        "package": "loud 1.0.0",
        "section": "dependencies",
        "together": true,
        "why": "",
      },
    ]
  `);
});

test('a claim without a command that compiled is no proof', () => {
  const { value, problems } = parseProofs(`${recorded.replace(/\["cargo[^\]]*\]/, '[]')}${recorded}`);
  expect(value.length).toBe(1);
  expect(problems).toEqual([{ what: 'a line that is no proof', line: 1 }]);
});

test('any text is read to its end', () => {
  fc.assert(
    fc.property(damaged(recorded), text => {
      for (const { outcome, commands } of parseProofs(text).value)
        if (outcome === 'compiles') expect(commands.length).toBeGreaterThan(0);
    }),
  );
});
