import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { parseReportedBuild } from '#formats/assay-report/parse.ts';
import type { NamedBuild } from '#model/reported-build.ts';
import { plainPalette } from '#report/palette.ts';
import { renderBuildDiffMarkdown, renderBuildDiffText } from '#report/render-build-diff.ts';
import { compareBuilds } from './compare.ts';

/** See tests/fixtures/build-diff/PROVENANCE.md. */
function recorded(version: string, run: number): NamedBuild {
  const name = `bore-cli-${version}-run-${run}.json`;
  const file = new URL(`../../../tests/fixtures/build-diff/${name}.gz`, import.meta.url);
  const { value, problems } = parseReportedBuild(gunzipSync(readFileSync(file)).toString());
  expect(problems).toEqual([]);
  return { name, build: value! };
}

const options = { palette: plainPalette, width: 120, verbose: false, quiet: false };

test('two single runs of two versions, 30 s and 23 s: without a second run of each nothing says that this is noise', () => {
  const diff = compareBuilds([recorded('0.5.3', 1)], [recorded('0.6.0', 1)], '0.1.0');
  expect(`\n${renderBuildDiffText(diff, options)}`).toMatchInlineSnapshot(`
    "
    Build, before and after
      Wall time 30.3 s before, 23.2 s after: 7.02 s (23.2 %) faster, if the noise is what is assumed
      below.

      The build
                                 before   after   change      %  verdict
      wall time                  30.3 s  23.2 s  -7.02 s  -23.2  faster
      CPU time                   41.7 s  42.0 s  +0.27 s   +0.6  within noise
      work on the critical path  2.49 s  2.53 s  +0.03 s   +1.3  within noise
      floor                      16.5 s  10.5 s  -6.03 s  -36.5  faster
      replay, predicted          30.2 s  23.2 s  -7.01 s  -23.2  faster

      Slower units
      unit                                  before   after   change      %  most of it in     critical path
      clap_derive 4.2.0 proc-macro          1.02 s  1.28 s  +0.26 s  +25.7  –
      object 0.30.3 lib                     1.55 s  1.77 s  +0.21 s  +13.8  frontend +0.19 s
      serde 1.0.160 lib                     1.48 s  1.69 s  +0.21 s  +14.1  frontend +0.17 s
      tracing-attributes 0.1.24 proc-macro  0.65 s  0.81 s  +0.16 s  +24.3  –
      bytes 1.4.0 lib                       0.28 s  0.40 s  +0.11 s  +40.1  frontend +0.08 s

      Faster units
      unit                             before   after   change      %  most of it in     critical path
      syn 2.0.15 lib                   6.83 s  3.12 s  -3.71 s  -54.4  frontend -1.88 s
      serde_derive 1.0.160 proc-macro  3.80 s  2.23 s  -1.58 s  -41.5  –
      libc 0.2.142 lib                 1.73 s  0.80 s  -0.94 s  -54.0  frontend -0.95 s
      rustix 0.37.15 lib               1.66 s  0.79 s  -0.86 s  -52.1  frontend -0.72 s
      proc-macro2 1.0.56 lib           1.14 s  0.41 s  -0.72 s  -63.7  frontend -0.43 s
      typenum 1.16.0 build script      0.82 s  0.27 s  -0.54 s  -66.5  –
      typenum 1.16.0 lib               0.81 s  0.39 s  -0.42 s  -51.7  frontend -0.41 s
      once_cell 1.17.1 lib             0.51 s  0.13 s  -0.39 s  -75.2  frontend -0.29 s
      cc 1.0.79 lib                    1.10 s  0.72 s  -0.38 s  -34.5  frontend -0.35 s
      rustix 0.37.15 build script      0.52 s  0.17 s  -0.35 s  -67.7  –
      … 23 more rows

      Both sides ran 130 units: 5 slower, 33 faster, 92 not told from noise. 0 added, 0 removed.
      Noise: single run each: differences below max(0.1 s, 5 %) are not told from noise. Give several
      reports of each side with --before and --after to measure the noise.
      Before: bore-cli-0.5.3-run-1.json; replay error at most 0.1 %
      After: bore-cli-0.6.0-run-1.json; replay error at most 0.1 %

    note: the wall time differs and the CPU time does not: in one of the builds the machine may have had other work
    "
  `);
});

test('three runs of each show it', () => {
  const runs = (version: string) => [1, 2, 3].map(run => recorded(version, run));
  const diff = compareBuilds(runs('0.5.3'), runs('0.6.0'), '0.1.0');
  expect(`\n${renderBuildDiffText(diff, options)}`).toMatchInlineSnapshot(`
    "
    Build, before and after
      Wall time 23.8 s before, 23.2 s after: not told from noise.

      The build
                                             before               after   change      %  verdict
      wall time                  23.8 s (17.4–30.3)  23.2 s (17.8–29.1)  -0.52 s   -2.2  within noise
      CPU time                   41.7 s (31.4–43.3)  42.0 s (32.0–42.4)  +0.27 s   +0.6  within noise
      work on the critical path  2.49 s (1.79–2.73)  2.15 s (1.76–2.53)  -0.35 s  -14.0  within noise
      floor                      10.6 s (7.76–16.5)  10.5 s (7.78–14.5)  -0.16 s   -1.5  within noise
      replay, predicted          23.7 s (17.4–30.2)  23.2 s (17.7–29.1)  -0.53 s   -2.2  within noise

      Both sides ran 130 units: 0 slower, 0 faster, 130 not told from noise. 0 added, 0 removed.
      Noise: a difference is told where the ranges of the 3 runs before and the 3 after do not overlap and
      the medians are 0.01 s or more apart. Sides that are equal in truth would differ so in at most 10 %
      of cases: about 13 of 130 units.
      Before: bore-cli-0.5.3-run-1.json, bore-cli-0.5.3-run-2.json, bore-cli-0.5.3-run-3.json; replay
      error at most 0.2 %
      After: bore-cli-0.6.0-run-1.json, bore-cli-0.6.0-run-2.json, bore-cli-0.6.0-run-3.json; replay error
      at most 0.2 %
    "
  `);
  expect(`\n${renderBuildDiffMarkdown(diff)}`).toMatchInlineSnapshot(`
    "
    ## Assay: build, before and after

    Wall time 23.8 s before, 23.2 s after: not told from noise.

    |  | before | after | change | % | verdict |
    | --- | ---: | ---: | ---: | ---: | --- |
    | wall time | 23.8 s (17.4–30.3) | 23.2 s (17.8–29.1) | &#45;0.52 s | &#45;2.2 | within noise |
    | CPU time | 41.7 s (31.4–43.3) | 42.0 s (32.0–42.4) | &#43;0.27 s | &#43;0.6 | within noise |
    | work on the critical path | 2.49 s (1.79–2.73) | 2.15 s (1.76–2.53) | &#45;0.35 s | &#45;14.0 | within noise |
    | floor | 10.6 s (7.76–16.5) | 10.5 s (7.78–14.5) | &#45;0.16 s | &#45;1.5 | within noise |
    | replay, predicted | 23.7 s (17.4–30.2) | 23.2 s (17.7–29.1) | &#45;0.53 s | &#45;2.2 | within noise |

    Both sides ran 130 units: 0 slower, 0 faster, 130 not told from noise. 0 added, 0 removed.<br>
    Noise: a difference is told where the ranges of the 3 runs before and the 3 after do not overlap and the medians are 0.01 s or more apart. Sides that are equal in truth would differ so in at most 10 % of cases: about 13 of 130 units.<br>
    Before: bore-cli-0.5.3-run-1.json, bore-cli-0.5.3-run-2.json, bore-cli-0.5.3-run-3.json; replay error at most 0.2 %<br>
    After: bore-cli-0.6.0-run-1.json, bore-cli-0.6.0-run-2.json, bore-cli-0.6.0-run-3.json; replay error at most 0.2 %

    <sub>Assay 0.1.0</sub>
    "
  `);
});
