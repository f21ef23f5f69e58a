import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { withTables } from './accuracy-tables.ts';
import {
  type BuildRun,
  type BuildRuns,
  beyondBars,
  buildTables,
  figuresOf,
} from './build-accuracy-tables.ts';

const root = resolve(import.meta.dirname, '..');

const run = (jobs: 1 | 2, wallSeconds: number, otherJobsSeconds: number, errorPercent = 0.1): BuildRun => ({
  jobs,
  withFeatures: false,
  units: 60,
  wallSeconds,
  errorPercent,
  startErrorPercent: 0.2,
  otherJobsSeconds,
  featuresSeconds: null,
});

const shop: BuildRuns = {
  name: 'shop',
  version: '1.0.0',
  features: null,
  runs: [run(2, 10, 19.5), run(1, 20, 11), run(2, 10.4, 19.7), run(1, 20.2, 11.4, 3.5)],
};

test('the median of the predictions stands beside the median of the measurements', () => {
  expect(buildTables([figuresOf(shop)])).toMatchInlineSnapshot(`
    "Replays: median error 0.10 %, worst 3.50 %.

    | workspace | units | builds | replay error, median | worst | starts, worst |
    | --- | --- | --- | --- | --- | --- |
    | shop 1.0.0 | 60 | 4 | 0.10 % | 3.50 % | 0.20 % |

    | workspace | predicted | prediction | measured, median | its range | off by |
    | --- | --- | --- | --- | --- | --- |
    | shop 1.0.0 | -j1 from -j2 | 19.6 s | 20.1 s | ± 0.5 % | −2.5 % |
    | shop 1.0.0 | -j2 from -j1 | 11.2 s | 10.2 s | ± 2.0 % | +9.8 % |
    "
  `);
});

test('a bar is exceeded where the distance is more than five percent and the noise', () => {
  expect(beyondBars([figuresOf(shop)])).toMatchInlineSnapshot(`
    [
      "shop 1.0.0: replay off by 3.50 %",
      "shop 1.0.0: -j2 from -j1 off by +9.8 %, beyond the noise of +2.0 %",
    ]
  `);
});

test('docs/accuracy.md says what was measured', () => {
  const runs = JSON.parse(
    readFileSync(resolve(root, 'tests/real/build-accuracy-runs.json'), 'utf8'),
  ) as BuildRuns[];
  const doc = readFileSync(resolve(root, 'docs/accuracy.md'), 'utf8');
  const figures = runs.map(figuresOf);
  expect(withTables(doc, { builds: buildTables(figures) })).toBe(doc);
});
