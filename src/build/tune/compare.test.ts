import { expect, test } from 'vitest';
import type { TuneBlock } from '#model/tune.ts';
import { randomFrom } from '../schedule/plan.ts';
import { compareTrials, undisturbed } from './compare.ts';

/** A machine whose builds scatter by `noise`, get slower and faster over time, and are now and then disturbed. */
function machine(seed: number, noise: number) {
  const random = randomFrom(seed * 7919 + 1);
  for (let skipped = 0; skipped < 20; skipped++) random();
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let drift = 0;
  const build = (seconds: number) => {
    drift = 0.9 * drift + 0.02 * normal();
    const disturbed = random() < 0.03 ? 0.3 * random() : 0;
    return seconds * Math.exp(drift + noise * normal() + disturbed);
  };
  const block = (settings: readonly string[], scenario: string, factor: number): TuneBlock => {
    const first = random() < 0.5 ? 'today' : 'changed';
    const changed = () => build(10 * factor);
    const today = () => build(10);
    const [a, b] = first === 'today' ? [today, changed] : [changed, today];
    const runs = [a(), b(), b(), a()];
    const outer = [runs[0]!, runs[3]!];
    const inner = [runs[1]!, runs[2]!];
    const sides = first === 'today' ? { today: outer, changed: inner } : { today: inner, changed: outer };
    return {
      settings,
      scenario,
      purpose: 'screening',
      first,
      ...sides,
      otherCores: null,
      spentSeconds: 0,
      failure: null,
    };
  };
  return block;
}

function verdicts(factor: number, noise: number, blocks: number): readonly string[] {
  const scenarios = ['clean', 'check', 'edit:src/lib.rs'];
  return Array.from({ length: 200 }, (_, seed) => {
    const block = machine(seed + 1, noise);
    const measured = scenarios.flatMap(scenario =>
      Array.from({ length: blocks }, () => [block([], scenario, 1), block(['x'], scenario, factor)]).flat(),
    );
    const words = compareTrials(measured, scenarios).trials.map(({ verdict }) => verdict);
    return words.find(word => word !== 'within-noise') ?? 'within-noise';
  });
}

test('a setting that does nothing is called faster or slower in one of twenty runs at most', () => {
  const table = [0.005, 0.02, 0.05].flatMap(noise =>
    [2, 3, 6].map(blocks => {
      const wrong = verdicts(1, noise, blocks).filter(word => word !== 'within-noise').length;
      expect(wrong).toBeLessThanOrEqual(10);
      return `noise ${noise}, ${blocks} blocks: ${wrong} of 200 wrong`;
    }),
  );
  expect(table).toMatchInlineSnapshot(`
    [
      "noise 0.005, 2 blocks: 0 of 200 wrong",
      "noise 0.005, 3 blocks: 1 of 200 wrong",
      "noise 0.005, 6 blocks: 0 of 200 wrong",
      "noise 0.02, 2 blocks: 0 of 200 wrong",
      "noise 0.02, 3 blocks: 1 of 200 wrong",
      "noise 0.02, 6 blocks: 0 of 200 wrong",
      "noise 0.05, 2 blocks: 1 of 200 wrong",
      "noise 0.05, 3 blocks: 1 of 200 wrong",
      "noise 0.05, 6 blocks: 0 of 200 wrong",
    ]
  `);
});

test('a planted slow-down is found', () => {
  const table = [1.05, 1.1, 1.2].flatMap(factor =>
    [2, 3, 6].map(
      blocks =>
        `${factor} times as slow, ${blocks} blocks: ${verdicts(factor, 0.01, blocks).filter(word => word === 'slower').length} of 200 found`,
    ),
  );
  expect(table).toMatchInlineSnapshot(`
    [
      "1.05 times as slow, 2 blocks: 98 of 200 found",
      "1.05 times as slow, 3 blocks: 141 of 200 found",
      "1.05 times as slow, 6 blocks: 166 of 200 found",
      "1.1 times as slow, 2 blocks: 191 of 200 found",
      "1.1 times as slow, 3 blocks: 195 of 200 found",
      "1.1 times as slow, 6 blocks: 200 of 200 found",
      "1.2 times as slow, 2 blocks: 199 of 200 found",
      "1.2 times as slow, 3 blocks: 200 of 200 found",
      "1.2 times as slow, 6 blocks: 200 of 200 found",
    ]
  `);
});

test('blocks that other work disturbed are set aside, unless most are', () => {
  const block = machine(1, 0.01);
  const withOthers = (otherCores: readonly (number | null)[]) =>
    undisturbed(otherCores.map(cores => ({ ...block([], 'clean', 1), otherCores: cores })))
      .map(({ otherCores }) => otherCores ?? 'not known')
      .join(', ');
  const cases = [
    [0, 0.1, 1.2, 0.05],
    [0.9, 1, 0.1],
    [null, null, 0.6],
  ];
  expect(cases.map(withOthers)).toMatchInlineSnapshot(`
    [
      "0, 0.1, 0.05",
      "0.9, 1, 0.1",
      "not known, not known",
    ]
  `);
});

test('a build that failed is compared with nothing', () => {
  const block = machine(1, 0.01);
  const failed: TuneBlock = {
    ...{ settings: ['x'], scenario: 'clean', purpose: 'screening', first: 'today', today: [10], changed: [] },
    otherCores: null,
    spentSeconds: 10,
    failure: 'error: unknown linker',
  };
  const { trials } = compareTrials([block([], 'clean', 1), failed], ['clean']);
  expect(trials).toMatchInlineSnapshot(`
    [
      {
        "high": 1,
        "low": 1,
        "pairs": 0,
        "ratio": 1,
        "scenario": "clean",
        "settings": [
          "x",
        ],
        "verdict": "failed",
      },
    ]
  `);
});
