import { expect, test } from 'vitest';
import type { ScenarioRun } from '#model/build.ts';
import { scenarioFigures, scenarioUnknowns } from './scenarios.ts';

const run = (scenario: string, more: Partial<ScenarioRun>): ScenarioRun => ({
  ...{ scenario, command: 'cargo build', seconds: null, cpuSeconds: null, firstDiagnosticSeconds: null },
  ...{ ran: 1, fresh: 3, changed: null, failure: null },
  ...more,
});

test('the median of the runs, their range, and the first error from runs of its own', () => {
  const changed = 'the body of fn parse';
  const runs = [
    run('no-op', { seconds: 0.1, ran: 0, fresh: 4 }),
    run('edit:src/lib.rs', { seconds: 1.5, cpuSeconds: 2, changed }),
    run('edit:src/lib.rs', { seconds: 1.1, cpuSeconds: 1.8, changed }),
    run('edit:src/lib.rs', { seconds: 1.2, cpuSeconds: 1.9, changed }),
    run('edit:src/lib.rs', { firstDiagnosticSeconds: 0.4, changed }),
    run('edit:src/lib.rs', { firstDiagnosticSeconds: 0.6, changed }),
  ];
  expect(scenarioFigures(runs)).toMatchInlineSnapshot(`
    [
      {
        "artifactsFresh": 4,
        "artifactsMade": 0,
        "command": "cargo build",
        "highSeconds": 0.1,
        "lowSeconds": 0.1,
        "runs": 1,
        "scenario": "no-op",
        "wallSeconds": 0.1,
      },
      {
        "artifactsFresh": 3,
        "artifactsMade": 1,
        "changed": "the body of fn parse",
        "command": "cargo build",
        "cpuSeconds": 1.9,
        "firstDiagnosticSeconds": 0.5,
        "highSeconds": 1.5,
        "lowSeconds": 1.1,
        "runs": 3,
        "scenario": "edit:src/lib.rs",
        "wallSeconds": 1.2,
      },
    ]
  `);
});

test('a scenario that failed has no figures and is counted', () => {
  const runs = [run('test', { seconds: 3, failure: 'error[E0308]: mismatched types\n --> tests/a.rs:1:1' })];
  expect(scenarioFigures(runs)).toEqual([]);
  expect(scenarioUnknowns(runs)).toMatchInlineSnapshot(`
    [
      {
        "area": "build",
        "count": 1,
        "what": "how long \`--scenario test\` takes",
        "why": "cargo failed: error[E0308]: mismatched types",
      },
    ]
  `);
});
