import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { AreaResult } from '#model/area-result.ts';
import type { BuildSection } from '#model/build-report.ts';
import type { EvidenceHeader, EvidenceSource } from '#model/evidence.ts';
import { gatherBuildEvidence } from './gather.ts';
import { judgeBuild } from './judge.ts';

const fixture = (path: string) =>
  readFileSync(new URL(`../../tests/fixtures/${path}`, import.meta.url), 'utf8');
const metadata = fixture('cargo-metadata/workspace-1.95.json');
const graph = fixture('unit-graph/clean-1.95.json');

async function check(parts: Record<string, string>, header: Partial<EvidenceHeader> = {}): Promise<string> {
  return print(judgeBuild(await gatherBuildEvidence(source(parts, header))));
}

test('a clean build', async () => {
  const parts = {
    'cargo-metadata.json': metadata,
    'unit-graph.json': graph,
    'build-events.jsonl': fixture('build-events/clean-1.95.jsonl'),
  };
  expect(await check(parts, { wallSeconds: 7.0123456, cpuSeconds: 11.5 })).toMatchInlineSnapshot(`
    "21 units took 7.01 s with 2 jobs; 1.6 units were active on average. The end hung on a chain of 9 units: 6.49 s of work and 0.29 s of waiting. With any number of cores it would take 6.72 s at least.

    wall time: 7.012 s
    CPU time: 11.5 s
    CPU time per wall time: 1.64 ratio
    active units on average: 1.563 ratio
    units run: 21 count
    fresh units: 0 count
    units built again: 0 count
    units built for the first time: 21 count
    work on the critical path: 6.491 s
    waiting for a slot on it: 0.288 s
    other waiting on it: 0.003 s
    floor: 6.721 s
    replayed by the simulator: 7.011 s

    ## Work that might be spared (kind | what | work | sooner | because)
    proc-macro | serde_derive 1.0.229 | 6.876 | 3.866 | 9 units that only it needs, itself included
    build-script | proc-macro2 1.0.107 | 0.904 | 0.426 | 2 units that only it needs, itself included; it ran for 0.14 s
    proc-macro | stamp 0.2.0 | 0.283 | 0 | 1 unit that only it needs, itself included
    build-script | quote 1.0.47 | 0.275 | 0 | 2 units that only it needs, itself included; it ran for 0.02 s
    build-script | serde_core 1.0.229 | 0.219 | 0 | 2 units that only it needs, itself included; it ran for 0.02 s
    build-script | pantry 0.1.0 | 0.214 | 0 | 2 units that only it needs, itself included; it ran for 0.00 s
    build-script | serde 1.0.229 | 0.175 | 0 | 2 units that only it needs, itself included; it ran for 0.01 s
    debug-info | debug info of 3 units of dependencies | 0.164 | – | debug = 2 in their profile; the seconds are all of their code generation, of which it is a part

    timeline: 21 bars, 9 critical, 5 of members

    ## Critical path, as observed (step | from | duration | share)
    cargo, before the first unit | 0 | 0.111 | 0.016
    proc-macro2 1.0.107 build script | 0.111 | 0.767 | 0.111
    waiting, not for a slot: proc-macro2 1.0.107 build script (run) | 0.878 | 0.001 | 0
    proc-macro2 1.0.107 build script (run) | 0.879 | 0.137 | 0.02
    proc-macro2 1.0.107 lib, until its metadata was there | 1.016 | 0.426 | 0.062
    waiting for a slot: quote 1.0.47 lib | 1.443 | 0.24 | 0.035
    quote 1.0.47 lib, until its metadata was there | 1.683 | 0.12 | 0.017
    waiting for a slot: syn 3.0.10 lib | 1.803 | 0.048 | 0.007
    syn 3.0.10 lib | 1.85 | 2.308 | 0.335
    serde_derive 1.0.229 proc-macro | 4.159 | 2.044 | 0.297
    serde 1.0.229 lib, until its metadata was there | 6.203 | 0.441 | 0.064
    pantry 0.1.0 lib | 6.645 | 0.115 | 0.017
    waiting, not for a slot: kiosk 0.3.1 bin "kiosk" | 6.76 | 0.001 | 0
    kiosk 0.3.1 bin "kiosk" | 6.761 | 0.131 | 0.019

    ## Longest units (unit | what | duration | frontend | codegen | link | critical)
    syn 3.0.10 | lib | 2.308 | 1.343 | 0.93 | 0.022 | yes
    serde_core 1.0.229 | lib | 2.139 | 1.833 | 0.258 | 0.031 | no
    serde_derive 1.0.229 | proc-macro | 2.044 | 1.21 | 0.733 | 0.084 | yes
    proc-macro2 1.0.107 | build script | 0.767 | 0.43 | 0.12 | 0.205 | yes
    proc-macro2 1.0.107 | lib | 0.667 | 0.341 | 0.313 | 0.007 | yes
    unicode-ident 1.0.27 | lib | 0.51 | 0.395 | 0.11 | 0 | no
    serde 1.0.229 | lib | 0.499 | 0.396 | 0.09 | 0 | yes
    stamp 0.2.0 | proc-macro | 0.283 | 0.041 | 0.175 | 0.055 | no
    quote 1.0.47 | build script | 0.259 | 0.038 | 0.097 | 0.115 | no
    pantry 0.1.0 | build script | 0.212 | 0.027 | 0.132 | 0.048 | no
    serde_core 1.0.229 | build script | 0.202 | 0.046 | 0.093 | 0.055 | no
    quote 1.0.47 | lib | 0.167 | 0.096 | 0.064 | 0.002 | yes
    serde 1.0.229 | build script | 0.166 | 0.039 | 0.079 | 0.042 | no
    proc-macro2 1.0.107 | build script (run) | 0.137 | – | – | – | yes
    kiosk 0.3.1 | bin "kiosk" | 0.131 | 0.042 | 0.042 | 0.041 | yes
    itoa 1.0.19 | lib | 0.125 | 0.076 | 0.041 | 0.004 | no
    pantry 0.1.0 | lib | 0.115 | 0.083 | 0.025 | 0.001 | yes
    serde_core 1.0.229 | build script (run) | 0.016 | – | – | – | no
    quote 1.0.47 | build script (run) | 0.016 | – | – | – | no
    serde 1.0.229 | build script (run) | 0.01 | – | – | – | no
    pantry 0.1.0 | build script (run) | 0.003 | – | – | – | no

    ## Why units were built (reason | units | duration | which)
    first build with these settings | 21 | 10.775 | syn 3.0.10 lib, serde_core 1.0.229 lib, serde_derive 1.0.229 proc-macro, …

    0 findings"
  `);
});

test('a build after an environment variable was set', async () => {
  const parts = {
    'cargo-metadata.json': metadata,
    'unit-graph.json': graph,
    'build-events.jsonl': fixture('build-events/rebuild-watched-variable-1.95.jsonl'),
  };
  expect(await check(parts)).toMatchInlineSnapshot(`
    "3 units took 0.26 s with 2 jobs; 0.9 units were active on average. The end hung on a chain of 3 units: 0.24 s of work. With any number of cores it would take 0.26 s at least.

    wall time: 0.262 s
    active units on average: 0.901 ratio
    units run: 3 count
    fresh units: 18 count
    units built again: 3 count
    units built for the first time: 0 count
    work on the critical path: 0.236 s
    waiting for a slot on it: 0 s
    other waiting on it: 0.001 s
    floor: 0.261 s
    replayed by the simulator: 0.261 s

    timeline: 3 bars, 3 critical, 3 of members

    ## Critical path, as observed (step | from | duration | share)
    cargo, before the first unit | 0 | 0.025 | 0.096
    pantry 0.1.0 build script (run) | 0.025 | 0.005 | 0.018
    waiting, not for a slot: pantry 0.1.0 lib | 0.03 | 0.001 | 0.002
    pantry 0.1.0 lib | 0.03 | 0.076 | 0.29
    kiosk 0.3.1 bin "kiosk" | 0.107 | 0.155 | 0.593

    ## Longest units (unit | what | duration | frontend | codegen | link | critical)
    kiosk 0.3.1 | bin "kiosk" | 0.155 | 0.063 | 0.023 | 0.059 | yes
    pantry 0.1.0 | lib | 0.076 | 0.052 | 0.014 | 0.001 | yes
    pantry 0.1.0 | build script (run) | 0.005 | – | – | – | yes

    ## Why units were built (reason | units | duration | which)
    its dependency \`pantry\` changed | 1 | 0.155 | kiosk 0.3.1 bin "kiosk"
    its build script's output changed | 1 | 0.076 | pantry 0.1.0 lib
    the environment variable \`PANTRY_LABEL\` was set | 1 | 0.005 | pantry 0.1.0 build script (run)

    0 findings"
  `);
});

test('a build in which everything was fresh', async () => {
  const parts = { 'build-events.jsonl': fixture('build-events/rebuild-nothing-1.95.jsonl') };
  expect(await check(parts)).toMatchInlineSnapshot(`
    "Nothing had to be built: all 21 units were fresh.

    wall time: 0.023 s
    units run: 0 count
    fresh units: 21 count
    units built again: 0 count
    units built for the first time: 0 count

    0 findings"
  `);
});

test('a build that failed', async () => {
  const parts = {
    'build-events.jsonl': fixture('build-events/failed-1.95.jsonl'),
    'cargo-metadata.json': metadata,
  };
  expect(await check(parts)).toMatchInlineSnapshot(`
    "4 units took 0.32 s with 2 jobs; 0.9 units were active on average. 1 unit did not finish. The end hung on a chain of 3 units: 0.30 s of work.

    wall time: 0.319 s
    active units on average: 0.93 ratio
    units run: 4 count
    fresh units: 17 count
    units built again: 4 count
    units built for the first time: 0 count
    work on the critical path: 0.297 s
    waiting for a slot on it: 0 s
    other waiting on it: 0.001 s

    timeline: 4 bars, 3 critical, 4 of members

    ## Critical path, as observed (step | from | duration | share)
    cargo, before the first unit | 0 | 0.02 | 0.063
    pantry 0.1.0 build script | 0.02 | 0.207 | 0.652
    pantry 0.1.0 build script (run) | 0.227 | 0.003 | 0.01
    pantry 0.1.0 lib | 0.231 | 0.087 | 0.273

    ## Longest units (unit | what | duration | frontend | codegen | link | critical)
    pantry 0.1.0 | build script | 0.207 | 0.057 | 0.041 | 0.102 | yes
    pantry 0.1.0 | lib | 0.087 | 0.069 | 0.011 | 0.001 | yes
    pantry 0.1.0 | build script (run) | 0.003 | – | – | – | yes
    kiosk 0.3.1 | bin "kiosk" (did not finish) | – | – | – | – | no

    ## Why units were built (reason | units | duration | which)
    \`pantry/build.rs\` changed | 1 | 0.207 | pantry 0.1.0 build script
    its build script's output was made again | 1 | 0.087 | pantry 0.1.0 lib
    its build script was built again | 1 | 0.003 | pantry 0.1.0 build script (run)
    its dependency \`pantry\` was built again | 1 | 0 | kiosk 0.3.1 bin "kiosk"

    unknown: end of a unit (1): it failed, or the build was interrupted
    unknown: what a change would make of the build (1): not every unit finished
    0 findings"
  `);
});

test("cargo's page alone: no reasons, no split of what is linked", async () => {
  const parts = { 'cargo-metadata.json': metadata, 'timings.html': fixture('timings-html/clean-1.95.html') };
  expect(await check(parts)).toMatchInlineSnapshot(`
    "21 units took 5.21 s with 2 jobs; 1.6 units were active on average. The end hung on a chain of 9 units: 5.04 s of work and 0.04 s of waiting.

    wall time: 5.21 s
    active units on average: 1.618 ratio
    units run: 21 count
    fresh units: 0 count
    work on the critical path: 5.04 s
    waiting for a slot on it: 0.03 s
    other waiting on it: 0.01 s

    timeline: 21 bars, 9 critical, 5 of members

    ## Critical path, as observed (step | from | duration | share)
    cargo, before the first unit | 0 | 0.13 | 0.025
    proc-macro2 1.0.107 build script | 0.13 | 0.24 | 0.046
    waiting, not for a slot: proc-macro2 1.0.107 build script (run) | 0.37 | 0.01 | 0.002
    proc-macro2 1.0.107 build script (run) | 0.38 | 0.11 | 0.021
    proc-macro2 1.0.107 lib, until its metadata was there | 0.49 | 0.32 | 0.061
    quote 1.0.47 lib, until its metadata was there | 0.81 | 0.18 | 0.035
    waiting for a slot: syn 3.0.10 lib | 0.99 | 0.03 | 0.006
    syn 3.0.10 lib | 1.02 | 1.82 | 0.349
    serde_derive 1.0.229 lib | 2.84 | 1.83 | 0.351
    serde 1.0.229 lib, until its metadata was there | 4.67 | 0.32 | 0.061
    pantry 0.1.0 lib | 4.99 | 0.1 | 0.019
    kiosk 0.3.1 bin "kiosk" | 5.09 | 0.12 | 0.023

    ## Longest units (unit | what | duration | frontend | codegen | link | critical)
    serde_core 1.0.229 | lib | 1.87 | 1.75 | 0.12 | – | no
    serde_derive 1.0.229 | lib | 1.83 | – | – | – | yes
    syn 3.0.10 | lib | 1.82 | 1.23 | 0.59 | – | yes
    proc-macro2 1.0.107 | lib | 0.53 | 0.32 | 0.21 | – | yes
    serde 1.0.229 | lib | 0.37 | 0.32 | 0.05 | – | yes
    proc-macro2 1.0.107 | build script | 0.24 | – | – | – | yes
    stamp 0.2.0 | lib | 0.22 | – | – | – | no
    quote 1.0.47 | lib | 0.22 | 0.18 | 0.04 | – | yes
    quote 1.0.47 | build script | 0.22 | – | – | – | no
    pantry 0.1.0 | build script | 0.2 | – | – | – | no
    serde 1.0.229 | build script | 0.18 | – | – | – | no
    serde_core 1.0.229 | build script | 0.17 | – | – | – | no
    kiosk 0.3.1 | bin "kiosk" | 0.12 | – | – | – | yes
    proc-macro2 1.0.107 | build script (run) | 0.11 | – | – | – | yes
    itoa 1.0.19 | lib | 0.11 | 0.08 | 0.03 | – | no
    pantry 0.1.0 | lib | 0.1 | 0.08 | 0.02 | – | yes
    unicode-ident 1.0.27 | lib | 0.08 | 0.06 | 0.02 | – | no
    quote 1.0.47 | build script (run) | 0.02 | – | – | – | no
    serde 1.0.229 | build script (run) | 0.01 | – | – | – | no
    serde_core 1.0.229 | build script (run) | 0.01 | – | – | – | no
    pantry 0.1.0 | build script (run) | 0 | – | – | – | no

    unknown: split of a unit into frontend, codegen and link (8): rustc reported no sections of it, and cargo saw no .rmeta before its end
    unknown: reason why a unit was built (21): only cargo's build log has reasons, and this cargo or this run has none
    unknown: what a change would make of the build (1): the record has no dependencies between units
    0 findings"
  `);
});

test("the wrapper's time stamps alone: what waited for what is unknown", async () => {
  const parts = { 'wrapper-events.jsonl': fixture('wrapper-events/synthetic.jsonl') };
  expect(await check(parts)).toMatchInlineSnapshot(`
    "4 units took 2.31 s; 1.3 units were active on average. 1 unit did not finish. What the end waited for is not known.

    wall time: 2.31 s
    active units on average: 1.32 ratio
    units run: 4 count

    timeline: 4 bars, 1 critical, 0 of members

    ## Critical path, as observed (step | from | duration | share)
    not known what jam 0.2.0 lib waited for | 0 | 0.95 | 0.413
    jam 0.2.0 lib | 0.95 | 1.35 | 0.587

    ## Longest units (unit | what | duration | frontend | codegen | link | critical)
    jam 0.2.0 | lib | 1.35 | 1.05 | 0.3 | – | yes
    berry 1.0.0 | lib | 1.2 | 0.7 | 0.5 | – | no
    jam 0.2.0 | build script | 0.5 | – | – | – | no
    stall | bin "stall" (did not finish) | – | – | – | – | no

    unknown: end of a unit (1): it failed, or the build was interrupted
    unknown: split of a unit into frontend, codegen and link (1): rustc reported no sections of it, and cargo saw no .rmeta before its end
    unknown: reason why a unit was built (4): only cargo's build log has reasons, and this cargo or this run has none
    unknown: what a unit on the critical path waited for (1): the record has neither lists of unblocked units nor dependencies, or not the run of a build script
    unknown: which units belong to the workspace (4): cargo metadata is missing from the evidence
    unknown: what a change would make of the build (1): the number of jobs is not in the record
    0 findings"
  `);
});

describe('evidence that is missing or broken', () => {
  test('no timing at all', async () => {
    expect(await check({ 'cargo-metadata.json': metadata })).toMatchInlineSnapshot(`
      "How the time of the build was spent is not known: no timing was recorded.

      unknown: timeline of the build (1): the evidence has no build events, no timings page and no wrapper events
      0 findings"
    `);
  });

  test('an empty log falls back on the page', async () => {
    const parts = {
      'cargo-metadata.json': metadata,
      'build-events.jsonl': '',
      'timings.html': fixture('timings-html/check-1.95.html'),
    };
    const result = judgeBuild(await gatherBuildEvidence(source(parts, {})));
    expect(result.section.summary).toMatch(/units took/);
    expect(result.problems).toEqual([{ what: 'no units in it', input: 'build-events.jsonl' }]);
  });

  test('every number is rounded to milliseconds', async () => {
    const result = judgeBuild(
      await gatherBuildEvidence(
        source({ 'build-events.jsonl': fixture('build-events/clean-1.97.jsonl') }, { wallSeconds: 1 / 3 }),
      ),
    );
    // What the simulator starts from is not for reading: it is finer.
    const { machine: _, units = [], ...read } = result.section as BuildSection;
    const shown = { ...read, units: units.map(({ work: __, ...unit }) => unit) };
    const numbers = JSON.stringify(shown).match(/\d+\.\d+(?=[,}\]])/g) ?? [];
    expect(numbers.length).toBeGreaterThan(100);
    expect(numbers.filter(number => number.split('.')[1]!.length > 3)).toEqual([]);
  });
});

function print({ section, unknowns, problems, findings }: AreaResult): string {
  const lines = [section.summary];
  for (const block of section.blocks) {
    if (block.kind === 'measures') {
      lines.push('', ...block.measures.map(({ label, value, unit }) => `${label}: ${value} ${unit}`));
    } else if (block.kind === 'table') {
      lines.push('', `## ${block.title} (${block.columns.map(column => column.title).join(' | ')})`);
      lines.push(...block.rows.map(row => row.map(cell => cell ?? '–').join(' | ')));
    } else if (block.kind === 'timeline') {
      const critical = block.bars.filter(bar => bar.critical).length;
      const members = block.bars.filter(bar => bar.member).length;
      lines.push('', `timeline: ${block.bars.length} bars, ${critical} critical, ${members} of members`);
    }
  }
  lines.push('', ...unknowns.map(({ what, why, count }) => `unknown: ${what} (${count}): ${why}`));
  lines.push(...problems.map(({ input, what }) => `problem: ${input}: ${what}`));
  lines.push(`${findings.length} findings`);
  return lines.join('\n');
}

function source(parts: Record<string, string>, header: Partial<EvidenceHeader>): EvidenceSource {
  return {
    header: {
      schema: 'assay-evidence/1',
      assay: '0.1.0',
      root: '/ws',
      rustcVersionVerbose: '',
      cargoVersionVerbose: '',
      pass: 'build',
      runs: [],
      mirUnits: [],
      failures: [],
      cpuSeconds: null,
      wallSeconds: 0,
      ...header,
    },
    partNames: Object.keys(parts).sort(),
    readPart: async name => parts[name] ?? null,
  };
}
