import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseBuildEvents } from '#formats/build-events/parse.ts';
import { parseCargoMetadata } from '#formats/cargo-metadata/parse.ts';
import { parseTimingsHtml } from '#formats/timings-html/parse.ts';
import { parseUnitGraph } from '#formats/unit-graph/parse.ts';
import { parseWrapperEvents } from '#formats/wrapper-events/parse.ts';
import type { BuildRecord } from '#model/build.ts';
import { alignUnitGraph } from './align-unit-graph.ts';
import { observedCriticalPath } from './critical-path.ts';
import { drawGantt } from './draw-gantt.ts';
import { recordFromText } from './record-from-text.ts';
import { deriveTimeline } from './timeline.ts';

const fixture = (path: string) =>
  readFileSync(new URL(`../../tests/fixtures/${path}`, import.meta.url), 'utf8');

function draw(record: BuildRecord, graphFixture?: string): string {
  const graph = graphFixture
    ? alignUnitGraph(parseUnitGraph(fixture(graphFixture)).value, record).graph
    : null;
  return drawGantt(deriveTimeline(record, graph, null), observedCriticalPath(record, graph));
}

test('a clean build with the sections that rustc reports', () => {
  const record = parseBuildEvents(fixture('build-events/clean-1.95.jsonl')).value;
  expect(draw(record, 'unit-graph/clean-1.95.json')).toMatchInlineSnapshot(`
    "* proc-macro2 1.0.107 build script       |====#LLL                                                    |
      unicode-ident 1.0.27 lib               |====#L                                                      |
      quote 1.0.47 build script              |     #LL                                                    |
    * proc-macro2 1.0.107 build script (run) |       --                                                   |
      quote 1.0.47 build script (run)        |       -                                                    |
      serde_core 1.0.229 build script        |       =#L                                                  |
    * proc-macro2 1.0.107 lib                |        ===###L                                             |
      serde_core 1.0.229 build script (run)  |         -                                                  |
      serde 1.0.229 build script             |         =L                                                 |
      serde 1.0.229 build script (run)       |           -                                                |
      serde_core 1.0.229 lib                 |           ================##L                              |
    * quote 1.0.47 lib                       |              =#L                                           |
    * syn 3.0.10 lib                         |                ===========########L                        |
      pantry 0.1.0 build script              |                             =#L                            |
      pantry 0.1.0 build script (run)        |                               -                            |
      itoa 1.0.19 lib                        |                               =L                           |
      stamp 0.2.0 proc-macro                 |                                =#L                         |
    * serde_derive 1.0.229 proc-macro        |                                    ==========#######L      |
    * serde 1.0.229 lib                      |                                                      ===#L |
    * pantry 0.1.0 lib                       |                                                         =L |
    * kiosk 0.3.1 bin "kiosk"                |                                                          =L|
                                              0 to 6.89 s"
  `);
});

test('the same without sections: only libraries whose metadata was seen are split', () => {
  const record = parseBuildEvents(fixture('build-events/clean-without-sections-1.95.jsonl')).value;
  expect(draw(record, 'unit-graph/clean-1.95.json')).toMatchInlineSnapshot(`
    "* proc-macro2 1.0.107 build script       |---                                                         |
      quote 1.0.47 build script              |---                                                         |
      unicode-ident 1.0.27 lib               |   #                                                        |
    * proc-macro2 1.0.107 build script (run) |   -                                                        |
      quote 1.0.47 build script (run)        |   -                                                        |
      serde_core 1.0.229 build script        |   ---                                                      |
    * proc-macro2 1.0.107 lib                |    ===###                                                  |
      serde_core 1.0.229 build script (run)  |     -                                                      |
      serde 1.0.229 build script             |     --                                                     |
      serde 1.0.229 build script (run)       |       -                                                    |
      serde_core 1.0.229 lib                 |       ====================##                               |
    * quote 1.0.47 lib                       |          =#                                                |
    * syn 3.0.10 lib                         |           ============#########                            |
      pantry 0.1.0 build script              |                            ---                             |
      pantry 0.1.0 build script (run)        |                              -                             |
      itoa 1.0.19 lib                        |                              =#                            |
    * serde_derive 1.0.229 proc-macro        |                               ----------------------       |
      stamp 0.2.0 proc-macro                 |                                --                          |
    * serde 1.0.229 lib                      |                                                     ====#  |
    * pantry 0.1.0 lib                       |                                                         =# |
    * kiosk 0.3.1 bin "kiosk"                |                                                          --|
                                              0 to 4.64 s"
  `);
});

test('a clean build on nightly', () => {
  const record = parseBuildEvents(fixture('build-events/clean-1.97.jsonl')).value;
  expect(draw(record, 'unit-graph/clean-1.97.json')).toMatchInlineSnapshot(`
    "  proc-macro2 1.0.107 build script       |    ====#LLL                                                |
      quote 1.0.47 build script              |    ====#LLL                                                |
      proc-macro2 1.0.107 build script (run) |           -                                                |
    * unicode-ident 1.0.27 lib               |           =L                                               |
      quote 1.0.47 build script (run)        |            -                                               |
    * proc-macro2 1.0.107 lib                |            ===##L                                          |
      serde_core 1.0.229 build script        |            #L                                              |
      serde_core 1.0.229 build script (run)  |              -                                             |
      serde 1.0.229 build script             |              #L                                            |
      serde 1.0.229 build script (run)       |                -                                           |
    * quote 1.0.47 lib                       |                =#L                                         |
    * syn 3.0.10 lib                         |                 ===========########L                       |
      serde_core 1.0.229 lib                 |                  =============###L                         |
      pantry 0.1.0 build script              |                                  #L                        |
      pantry 0.1.0 build script (run)        |                                    -                       |
      itoa 1.0.19 lib                        |                                    #L                      |
    * serde_derive 1.0.229 proc-macro        |                                    ==========######L       |
      stamp 0.2.0 proc-macro                 |                                     #L                     |
    * serde 1.0.229 lib                      |                                                     ====#L |
    * pantry 0.1.0 lib                       |                                                         =L |
    * kiosk 0.3.1 bin "kiosk"                |                                                          =L|
                                              0 to 7.32 s"
  `);
});

test('a build that failed: its last unit has no end', () => {
  const record = parseBuildEvents(fixture('build-events/failed-1.95.jsonl')).value;
  expect(draw(record, 'unit-graph/clean-1.95.json')).toMatchInlineSnapshot(`
    "* pantry 0.1.0 build script       |   ===========########LLLLLLLLLLLLLLLLLLL--                 |
    * pantry 0.1.0 build script (run) |                                          -                 |
    * pantry 0.1.0 lib                |                                           =============##L-|
      kiosk 0.3.1 bin "kiosk"         |                                                           ?|
                                       0 to 0.32 s"
  `);
});

test('a check, in which no member has codegen', () => {
  const record = parseBuildEvents(fixture('build-events/check-tests-1.95.jsonl')).value;
  expect(draw(record)).toMatchInlineSnapshot(`
    "* proc-macro2 1.0.107 build script       |=#L                                                         |
      quote 1.0.47 build script              |=LL                                                         |
      unicode-ident 1.0.27 lib               |  =L                                                        |
    * proc-macro2 1.0.107 build script (run) |   -                                                        |
      quote 1.0.47 build script (run)        |   -                                                        |
      serde_core 1.0.229 build script        |   #L                                                       |
    * proc-macro2 1.0.107 lib                |    ===##L                                                  |
      serde_core 1.0.229 build script (run)  |     -                                                      |
      serde 1.0.229 build script             |     #L                                                     |
      serde 1.0.229 build script (run)       |       -                                                    |
      serde_core 1.0.229 lib (check)         |       =================                                    |
    * quote 1.0.47 lib                       |         =#L                                                |
    * syn 3.0.10 lib                         |           =============########L                           |
      pantry 0.1.0 build script              |                        #L                                  |
      pantry 0.1.0 build script (run)        |                          -                                 |
      itoa 1.0.19 lib (check)                |                          =                                 |
      stamp 0.2.0 lib                        |                           ##L                              |
      stamp 0.2.0 lib (check)                |                             =                              |
    * serde_derive 1.0.229 lib               |                                ==============########L     |
    * serde 1.0.229 lib (check)              |                                                       ==== |
    * pantry 0.1.0 lib (check)               |                                                          = |
      pantry 0.1.0 lib (check)               |                                                          = |
      pantry 0.1.0 test "weighs" (check)     |                                                           =|
    * kiosk 0.3.1 bin "kiosk" (check)        |                                                           =|
                                              0 to 4.43 s"
  `);
});

test("cargo's page, without package ids and kinds of libraries", () => {
  const record = parseTimingsHtml(fixture('timings-html/clean-1.95.html')).value;
  expect(draw(record)).toMatchInlineSnapshot(`
    "* proc-macro2 1.0.107 build script       | ---                                                        |
      quote 1.0.47 build script              | ---                                                        |
      unicode-ident 1.0.27 lib               |    #                                                       |
    * proc-macro2 1.0.107 build script (run) |    --                                                      |
      quote 1.0.47 build script (run)        |    -                                                       |
      serde_core 1.0.229 build script        |     --                                                     |
    * proc-macro2 1.0.107 lib                |     ====###                                                |
      serde_core 1.0.229 build script (run)  |       -                                                    |
      serde 1.0.229 build script             |       --                                                   |
    * quote 1.0.47 lib                       |         ==#                                                |
    * syn 3.0.10 lib                         |           ==============########                           |
      serde 1.0.229 build script (run)       |           -                                                |
      serde_core 1.0.229 lib                 |            ====================##                          |
    * serde_derive 1.0.229 lib               |                                ----------------------      |
      pantry 0.1.0 build script              |                                 ---                        |
      pantry 0.1.0 build script (run)        |                                    -                       |
      itoa 1.0.19 lib                        |                                    =#                      |
      stamp 0.2.0 lib                        |                                     ---                    |
    * serde 1.0.229 lib                      |                                                     ====#  |
    * pantry 0.1.0 lib                       |                                                         =# |
    * kiosk 0.3.1 bin "kiosk"                |                                                          --|
                                              0 to 5.21 s"
  `);
});

test("cargo's page with sections, after one edit", () => {
  const record = parseTimingsHtml(fixture('timings-html/tests-with-sections-1.97.html')).value;
  expect(draw(record)).toMatchInlineSnapshot(`
    "  pantry 0.1.0 lib               |      =======###                                            |
      stamp 0.2.0 lib                |      ===##########LLLLL-                                   |
      pantry 0.1.0 test "weighs"     |                =====#######LLLLLLLL                        |
      kiosk 0.3.1 bin "kiosk" (test) |                        ====####LLLLLLL                     |
      kiosk 0.3.1 bin "kiosk"        |                                     ====####LLLLLL         |
      pantry 0.1.0 lib (test)        |                                        ========##LLLLLL-   |
    * stamp 0.2.0 lib (test)         |                                                  ===##LLL- |
                                      0 to 0.60 s"
  `);
});

test("the wrapper's time stamps", () => {
  const record = parseWrapperEvents(fixture('wrapper-events/synthetic.jsonl')).value;
  expect(draw(record)).toMatchInlineSnapshot(`
    "  jam 0.2.0 build script |     -------------                                          |
      berry 1.0.0 lib        |     ==================#############                        |
    * jam 0.2.0 lib          |                        ===========================#########|
      stall bin "stall"      |                                                           ?|
                              0 to 2.31 s"
  `);
});

test('segments stay within their unit, however the record contradicts itself', () => {
  const record = recordFromText('apple 2-5 codegen 1-9\npear 2-4 rmeta 6');
  const { bars } = deriveTimeline(record, null, null);
  expect(bars.map(bar => bar.segments)).toEqual([
    [{ name: 'codegen', startSeconds: 2, endSeconds: 5 }],
    [{ name: 'frontend', startSeconds: 2, endSeconds: 4 }],
  ]);
});

test('members, counts and mean activity of a build after one edit', () => {
  const record = parseBuildEvents(fixture('build-events/rebuild-file-1.95.jsonl')).value;
  const workspace = parseCargoMetadata(fixture('cargo-metadata/workspace-1.95.json')).value;
  const { bars, counts, meanActive } = deriveTimeline(record, null, workspace);
  const lines = bars.map(bar => `${bar.label} ${bar.detail} member=${bar.member}: ${bar.reason}`);
  expect([...lines, JSON.stringify(counts), meanActive.toFixed(2)].join('\n')).toMatchInlineSnapshot(`
    "pantry 0.1.0 lib member=true: \`pantry/src/lib.rs\` changed
    kiosk 0.3.1 bin "kiosk" member=true: its dependency \`pantry\` was built again
    {"run":2,"fresh":19,"dirty":2,"new":0}
    0.91"
  `);
});
