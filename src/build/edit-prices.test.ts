import { expect, test } from 'vitest';
import type { PlannedUnit } from '#model/build.ts';
import type { BuildUnit } from '#model/build-report.ts';
import { editPrices } from './edit-prices.ts';
import { idealMachine } from './schedule/machine.ts';

const unit = (name: string, seconds: number, dependencies: readonly number[], bin = false): BuildUnit => ({
  ...{ package: name, version: '1.0.0', target: bin ? `bin "${name}"` : 'lib', mode: 'build' },
  ...{ startSeconds: 0, durationSeconds: seconds, critical: false, member: name !== 'log', dependencies },
  ...{ linked: bin, pipelined: !bin, work: [seconds, 0, 0], codegenUnits: 16 },
});
const plan = (name: string, file: string, targetKind = 'lib') =>
  ({ targetName: name, targetKind, sourcePath: `/ws/${file}` }) as unknown as PlannedUnit;

test('a file costs its commits times what a change of it builds again, by measurement where there is one', () => {
  const units = [
    unit('log', 9, []),
    unit('core', 2, [0]),
    unit('web', 4, [1]),
    unit('cli', 1, [1], true),
    unit('app', 1, [2], true),
  ];
  const planned = [
    plan('log', '../log/src/lib.rs'),
    plan('core', 'core/src/lib.rs'),
    plan('web', 'web/src/lib.rs'),
    plan('cli', 'cli/src/main.rs', 'bin'),
    plan('app', 'app/src/main.rs', 'bin'),
  ];
  const history = {
    ...{ commits: 40, from: '2026-01-01', to: '2026-06-01' },
    files: [
      { file: 'web/src/page.rs', commits: 20 },
      { file: 'core/src/lib.rs', commits: 5 },
      { file: 'app/src/main.rs', commits: 3 },
      { file: 'old/src/lib.rs', commits: 9 },
    ],
    crates: [
      { crate: 'core', files: ['core/src/lib.rs'] },
      { crate: 'web', files: ['web/src/lib.rs', 'web/src/page.rs'] },
    ],
  };
  const measured = {
    ...{ scenario: 'edit:core/src/lib.rs', command: 'cargo build', runs: 5, wallSeconds: 1.5 },
    ...{ lowSeconds: 1.4, highSeconds: 1.6, artifactsMade: 4, artifactsFresh: 1 },
  };
  const prices = editPrices(units, planned, idealMachine(2), history, '/ws', [measured]);
  expect(
    prices.map(
      ({ file, package: krate, commits, unitsRebuilt, mostSeconds, measuredSeconds, totalSeconds }) =>
        `${file} (${krate}): ${commits} × ${measuredSeconds ?? `at most ${mostSeconds}`} s for ${unitsRebuilt} units = ${totalSeconds} s`,
    ),
  ).toMatchInlineSnapshot(`
    [
      "web/src/page.rs (web): 20 × at most 5 s for 2 units = 100 s",
      "core/src/lib.rs (core): 5 × 1.5 s for 4 units = 7.5 s",
      "app/src/main.rs (app): 3 × at most 1 s for 1 units = 3 s",
    ]
  `);
});
