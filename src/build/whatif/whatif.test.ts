import { describe, expect, test } from 'vitest';
import type { BuildUnit } from '#model/build-report.ts';
import { idealMachine } from '../schedule/machine.ts';
import { predict } from '../schedule/plan.ts';
import { advise } from './advise.ts';
import { ask, type Measured } from './ask.ts';
import { parseChanges } from './change.ts';

function unit(
  name: string,
  work: readonly [number, number, number],
  needs: readonly number[],
  more: Partial<BuildUnit> = {},
): BuildUnit {
  return {
    package: name,
    version: '1.0.0',
    target: 'lib',
    mode: 'build',
    startSeconds: 0,
    durationSeconds: work[0] + work[1] + work[2],
    critical: false,
    member: false,
    dependencies: needs,
    linked: false,
    pipelined: true,
    work,
    codegenUnits: 16,
    ...more,
  };
}

const program = { target: 'bin "app"', linked: true, pipelined: false, member: true };
// syn <- derive (proc macro) <- model <- app; cc <- build script, its run <- sys <- app.
const units: readonly BuildUnit[] = [
  unit('syn', [3, 1, 0], []),
  unit('cc', [1, 1, 0], []),
  unit('sys', [1, 0, 0.5], [1], { target: 'build script', linked: true, pipelined: false }),
  unit('derive', [1, 1, 0.5], [0], { target: 'proc-macro', linked: true, pipelined: false }),
  unit('sys', [4, 0, 0], [2], {
    target: 'build script (run)',
    mode: 'run-custom-build',
    linked: true,
    pipelined: false,
  }),
  unit('model', [2, 2, 0], [3], { member: true }),
  unit('sys', [0.5, 0.5, 0], [4]),
  unit('app', [1, 1, 1], [5, 6], program),
];
const machine = { ...idealMachine(2), basis: 'calibrated' as const };
const measured: Measured = { units, machine, errorShare: 0.01, plans: new Map() };
const replay = predict(units, machine).seconds;

describe('what if', () => {
  test('each kind of change', () => {
    const questions = [
      'jobs=1',
      'jobs=unlimited',
      'cores=unlimited',
      'without=derive',
      'without=sys@1.0.0',
      'no-build-scripts',
      'faster=syn:2',
      'split=model:2',
      'relax=model->derive',
      'no-codegen',
      'no-link',
      'critical-path-first',
      'jobs=1 + no-codegen + no-link',
    ];
    const lines = questions.map(question => {
      const answer = ask(measured, question);
      if (typeof answer === 'string') return answer;
      const { predictedSeconds, lowSeconds, highSeconds } = answer;
      const range = `${lowSeconds.toFixed(2)} to ${highSeconds.toFixed(2)}`;
      return `${question.padEnd(30)} ${predictedSeconds.toFixed(2).padStart(5)} (${range})`;
    });
    expect([`measured and replayed          ${replay.toFixed(2)}`, ...lines]).toMatchInlineSnapshot(`
      [
        "measured and replayed          13.50",
        "jobs=1                         22.00 (20.68 to 23.32)",
        "jobs=unlimited                 13.50 (12.69 to 14.31)",
        "cores=unlimited                13.50 (12.69 to 14.31)",
        "without=derive                 11.50 (11.38 to 11.62)",
        "without=sys@1.0.0              13.50 (13.37 to 13.63)",
        "no-build-scripts               13.50 (13.37 to 13.63)",
        "faster=syn:2                   11.50 (11.38 to 11.62)",
        "split=model:2                  13.50 (13.37 to 13.63)",
        "relax=model->derive            11.50 (11.38 to 11.62)",
        "no-codegen                      9.00 (8.91 to 9.09)",
        "no-link                        12.00 (11.88 to 12.12)",
        "critical-path-first            13.50 (13.37 to 13.63)",
        "jobs=1 + no-codegen + no-link  13.50 (12.69 to 14.31)",
      ]
    `);
  });

  test('what is wrong with a question is said', () => {
    const questions = [
      'jobs=0',
      'job=2',
      'without=',
      'without=left-pad',
      'faster=syn',
      'faster=syn:0',
      'split=syn:1',
      'relax=a',
      'no-link=1',
      'features=a,,b',
      'features=a',
      'jobs=2 + nothing',
      '',
    ];
    expect(questions.map(question => ask(measured, question))).toMatchInlineSnapshot(`
      [
        "\`jobs=0\`: expected a number from 1, or unlimited",
        "\`job=2\` is no change that can be simulated",
        "\`without=\`: expected a package",
        "\`without=left-pad\`: no unit of package \`left-pad\` was built",
        "\`faster=syn\`: expected PACKAGE:FACTOR",
        "\`faster=syn:0\`: expected PACKAGE:FACTOR",
        "\`split=syn:1\`: expected PACKAGE:PARTS, from 2 parts",
        "\`relax=a\`: expected PACKAGE->PACKAGE",
        "\`no-link\` takes no value",
        "\`features=a,,b\`: expected features with commas between",
        "\`features=a\`: cargo gave no plan for \`features=a\`",
        "\`nothing\` is no change that can be simulated",
        "\`\` is no change that can be simulated",
      ]
    `);
  });

  test('several changes are joined by a plus between blanks; features may have none', () => {
    expect(parseChanges('jobs=2 + without=c++')).toMatchInlineSnapshot(
      `"\`without=c++\`: expected a package"`,
    );
    expect(parseChanges('cores=8 + features=')).toMatchInlineSnapshot(`
      [
        {
          "count": 8,
          "kind": "cores",
        },
        {
          "features": "",
          "kind": "features",
        },
      ]
    `);
  });

  test('advice: what saves most for its effort, and nothing that saves nothing', () => {
    const lines = advise(measured, replay).map(
      ({ change, effort, predictedSeconds }) =>
        `${effort!.padEnd(8)} ${change.padEnd(20)} saves ${(replay - predictedSeconds).toFixed(2)} s`,
    );
    expect(lines).toMatchInlineSnapshot(`
      [
        "setting  no-codegen           saves 4.50 s",
        "setting  no-link              saves 1.50 s",
        "manifest without=derive       saves 2.00 s",
        "code     faster=model:2       saves 2.00 s",
        "code     faster=app:2         saves 1.50 s",
      ]
    `);
  });
});
