import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { renderBuildDiffJson } from '#report/render-build-diff.ts';
import { buildFromText } from './build-from-text.ts';
import { compareBuilds } from './compare.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../../schema/assay-build-diff-1.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);

function violations(value: unknown): readonly string[] {
  validate(value);
  return (validate.errors ?? []).map(error => `${error.instancePath}: ${error.message}`);
}

const before = buildFromText(
  'a.json',
  `2.0 = 1.0+0.7+0.3  *shop 0.1.0 bin\n0.0  libc 0.2.1 lib\n1.0  gone 1.0.0 lib`,
  {
    cpuSeconds: 4,
    replaySeconds: 3,
    replayErrorPercent: 0.5,
  },
);
const after = buildFromText(
  'b.json',
  `3.0 = 1.5+1.0+0.5  *shop 0.2.0 bin\n0.1  libc 0.2.1 lib\n1.0  new 1.0.0 lib`,
  {
    cpuSeconds: 5,
    replaySeconds: 4,
    replayErrorPercent: 0.6,
  },
);
const diffs = {
  'single runs': compareBuilds([before], [after], '0.1.0'),
  'several runs': compareBuilds([before, before], [after, after], '0.1.0'),
};

test.each(Object.entries(diffs))('%s: as the schema says', (_, diff) => {
  expect(violations(JSON.parse(renderBuildDiffJson(diff)))).toEqual([]);
});

/** Paths of keys of the schema's objects that may be absent, as they were found by taking each key away. */
function optionalKeys(value: object, path = ''): readonly string[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const here = Array.isArray(value) ? `${path}[]` : `${path}.${key}`;
    const below = typeof inner === 'object' && inner !== null ? optionalKeys(inner, here) : [];
    if (Array.isArray(value)) return below;
    delete (value as Record<string, unknown>)[key];
    const missed = violations(whole).length > 0;
    (value as Record<string, unknown>)[key] = inner;
    return missed ? below : [here, ...below];
  });
}

const whole = JSON.parse(renderBuildDiffJson(diffs['several runs'])) as object;

test('what may be absent', () => {
  expect([...new Set(optionalKeys(whole))].join('\n')).toMatchInlineSnapshot(`
    ".before.replayErrorPercent
    .after.replayErrorPercent
    .noise.chance
    .measures[].deltaPercent
    .units[].duration.deltaPercent
    .units[].frontend
    .units[].frontend.deltaPercent
    .units[].codegen
    .units[].codegen.deltaPercent
    .units[].link
    .units[].link.deltaPercent"
  `);
});

test('nothing may be there that the schema does not name', () => {
  expect(violations({ ...diffs['single runs'], score: 9 })).toMatchInlineSnapshot(`
    [
      ": must NOT have additional properties",
    ]
  `);
});

test('the first lines, in the order of the schema', () => {
  expect(
    renderBuildDiffJson(diffs['several runs']).split('\n').slice(0, 60).join('\n'),
  ).toMatchInlineSnapshot(`
    "{
      "schema": "assay-build-diff/1",
      "assay": {
        "version": "0.1.0"
      },
      "before": {
        "reports": [
          "a.json",
          "a.json"
        ],
        "rustc": [
          "1.95.0"
        ],
        "unitCounts": [
          3,
          3
        ],
        "replayErrorPercent": 0.5
      },
      "after": {
        "reports": [
          "b.json",
          "b.json"
        ],
        "rustc": [
          "1.95.0"
        ],
        "unitCounts": [
          3,
          3
        ],
        "replayErrorPercent": 0.6
      },
      "noise": {
        "kind": "spread",
        "leastSeconds": 0.01,
        "assumedSeconds": 0.1,
        "assumedShare": 0.05,
        "chance": 0.3333333333333333
      },
      "measures": [
        {
          "name": "wallSeconds",
          "before": {
            "median": 3,
            "low": 3,
            "high": 3,
            "runs": 2
          },
          "after": {
            "median": 4.1,
            "low": 4.1,
            "high": 4.1,
            "runs": 2
          },
          "deltaSeconds": 1.1,
          "deltaPercent": 36.667,
          "verdict": "slower"
        },
        {"
  `);
});
