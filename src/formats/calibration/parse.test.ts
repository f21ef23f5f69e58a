import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCalibration } from './parse.ts';

// `assay build` on two cores, rustc 1.95.0.
const recorded =
  '{"schema":"assay-calibration/2","cores":2,"frontend":[[1,[0.552],[0.54]],[2,[0.581],[0.56]]],"codegen":[[1,[0.563],[0.7]],[2,[0.626],[0.7]]],"parallelCodegenSeconds":[0.365]}\n';

test('paces, and what can be done side by side', () => {
  expect(parseCalibration(recorded)).toMatchInlineSnapshot(`
    {
      "problems": [],
      "value": {
        "codegen": {
          "cpu": [
            1,
            1,
          ],
          "wall": [
            1,
            0.899,
          ],
        },
        "codegenParallel": 0.789,
        "cores": 2,
        "frontend": {
          "cpu": [
            1,
            0.964,
          ],
          "wall": [
            1,
            0.95,
          ],
        },
      },
    }
  `);
});

test('between measured numbers of copies it is interpolated, and no pace is above 1', () => {
  const text = recorded
    .replace('"cores":2', '"cores":8')
    .replace('[2,[0.581],[0.56]]', '[2,[0.5],[0.54]],[4,[0.6],[0.6]],[8,[1.2],[0.6]]');
  const { value } = parseCalibration(text);
  expect(value?.frontend).toMatchInlineSnapshot(`
    {
      "cpu": [
        1,
        1,
        0.947,
        0.9,
        0.9,
        0.9,
        0.9,
        0.9,
      ],
      "wall": [
        1,
        1,
        1,
        0.92,
        0.736,
        0.613,
        0.526,
        0.46,
      ],
    }
  `);
});

test('what an older version recorded is read', () => {
  const older = recorded.replace('/2', '/1').replace(/\[(0\.\d+)\]/g, '$1');
  expect(older).toContain('[[1,0.552,0.54]');
  expect(parseCalibration(older)).toEqual(parseCalibration(recorded));
});

test('a machine that changes its speed from round to round has the same pace', () => {
  const steady = parseCalibration(recorded).value;
  const drifting = (factor: number) => (_: string, seconds: string) =>
    `[${seconds},${Number(seconds) * factor},${Number(seconds) * factor ** 2}]`;
  expect(parseCalibration(recorded.replace(/\[(0\.\d+)\]/g, drifting(1.1))).value).toEqual(steady);
});

test('anything else is refused and never thrown', () => {
  const refused = [
    '',
    '{}',
    recorded.replace('/2', '/3'),
    recorded.replace('"cores":2', '"cores":1e9'),
    recorded.replace('[1,[0.552]', '[3,[0.552]'),
    recorded.replace('[0.552]', '[0.552,0.5]'),
    recorded.replace('0.365', '0'),
  ];
  expect(
    refused.map(text =>
      parseCalibration(text)
        .problems.map(({ what }) => what)
        .join(),
    ),
  ).toMatchInlineSnapshot(`
    [
      "no calibration",
      "no calibration",
      "no calibration",
      "no times",
      "no times",
      "no times",
      "no time of code generation side by side",
    ]
  `);
  fc.assert(
    fc.property(fc.json(), text => {
      expect(parseCalibration(text).value).toBe(null);
    }),
  );
});
