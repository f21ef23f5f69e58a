import { expect, test } from 'vitest';
import { parseChanges } from '#build/whatif/change.ts';
import { asMeasured, type Choices, commandOf, coresAt, questionOf } from './question.ts';

test('the controls ask in the words of `--what-if`', () => {
  const asked: readonly Choices[] = [
    asMeasured,
    { ...asMeasured, cores: 8 },
    { ...asMeasured, cores: Number.POSITIVE_INFINITY, toggles: new Set(['no-link', 'no-build-scripts']) },
    { cores: 4, toggles: new Set(['critical-path-first']), more: ' without=serde_derive + faster=syn:2 ' },
  ];
  const questions = asked.map(questionOf);
  expect(questions).toMatchInlineSnapshot(`
    [
      "",
      "cores=8",
      "cores=unlimited + no-build-scripts + no-link",
      "without=serde_derive + faster=syn:2 + cores=4 + critical-path-first",
    ]
  `);
  for (const question of questions.slice(1)) expect(parseChanges(question)).toBeInstanceOf(Array);
});

test('a quote in the question is one for the shell', () => {
  expect(commandOf("without=a'b")).toBe("cargo assay build --what-if 'without=a'\\''b'");
});

test('behind the last number of cores are as many as one likes, and at the measured one nothing is changed', () => {
  const at = (positions: readonly number[], slots: number) =>
    positions.map(position => coresAt(position, { cores: 2, slots }));
  expect(at([1, 2, 16, 17], 2)).toEqual([1, null, 16, Number.POSITIVE_INFINITY]);
  // With fewer jobs than cores the measured number is a change: as many jobs.
  expect(at([2], 1)).toEqual([2]);
});
