import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BuildRecord } from '#model/build.ts';
import { parseBuildEvents } from './parse.ts';

const folder = new URL('../../../tests/fixtures/build-events/', import.meta.url);
const fixture = (name: string) => readFileSync(new URL(name, folder), 'utf8');
const clean = fixture('clean-1.95.jsonl');

describe('a clean build', () => {
  test.each(['clean-1.95.jsonl', 'clean-1.97.jsonl'])('%s', name => {
    const { value, problems } = parseBuildEvents(fixture(name));
    expect(problems).toEqual([]);
    expect(value.units).toHaveLength(21);
    expect(value.runs).toHaveLength(21);
    expect(value.freshness.every(({ status }) => status === 'new')).toBe(true);
    expect(value.runs.every(run => run.finishSeconds !== null && run.finishSeconds > run.startSeconds)).toBe(
      true,
    );
  });

  test('its facts', () => {
    const { units: _, runs: _2, freshness: _3, ...facts } = parseBuildEvents(clean).value;
    expect(facts).toMatchInlineSnapshot(`
      {
        "command": "cargo build -Zbuild-analysis -Zsection-timings -j2 --target-dir /ws/target/assay --message-format=json -v",
        "cpuCount": 2,
        "cpuUsage": [],
        "durationSeconds": 6.892058023,
        "host": "x86_64-unknown-linux-gnu",
        "jobs": 2,
        "profile": "dev",
        "rustcVersion": "1.95.0",
        "source": "build-analysis",
        "target": null,
        "unitCounts": null,
      }
    `);
  });

  test('its first units and what became of them', () => {
    expect(draw(parseBuildEvents(clean).value).split('\n').slice(0, 8).join('\n')).toMatchInlineSnapshot(`
      "0 itoa 1.0.19 lib build [] needs  new 3.650..3.775 rmeta 3.733 codegen@3.726 link@3.767 frees ;
      1 kiosk 0.3.1 bin build [] needs 2,18 new 6.761..6.892 rmeta ? codegen@6.803 link@6.845 frees ;
      2 pantry 0.1.0 lib build [default,jam] needs 0,4,11 new 6.645..6.760 rmeta 6.735 codegen@6.728 link@6.753 frees ;1
      3 pantry 0.1.0 custom-build build [default,jam] needs  new 3.436..3.647 rmeta ? codegen@3.463 link@3.595 frees ;4
      4 pantry 0.1.0 custom-build run-custom-build [default,jam] needs 3 new 3.648..3.650 rmeta ? frees ;
      5 proc-macro2 1.0.107 lib build [proc-macro] needs 6,20 new 1.016..1.683 rmeta 1.443 codegen@1.357 link@1.671 frees 8;
      6 proc-macro2 1.0.107 custom-build run-custom-build [proc-macro] needs 7 new 0.879..1.016 rmeta ? frees ;5
      7 proc-macro2 1.0.107 custom-build build [proc-macro] needs  new 0.111..0.878 rmeta ? codegen@0.541 link@0.662 frees ;6"
    `);
  });
});

test('a build that failed ends without a word: its last unit has a start and no end', () => {
  const { value, problems } = parseBuildEvents(fixture('failed-1.95.jsonl'));
  expect(problems).toEqual([]);
  expect(draw(value)).toMatchInlineSnapshot(`
    "0 itoa 1.0.19 lib build [] needs  fresh
    1 kiosk 0.3.1 bin build [] needs 2,18 dirty (its dependency \`pantry\` was built again) 0.319..? rmeta ? frees ;
    2 pantry 0.1.0 lib build [default,jam] needs 0,4,11 dirty (its build script's output was made again) 0.231..0.318 rmeta 0.301 codegen@0.300 link@0.311 frees ;1
    3 pantry 0.1.0 custom-build build [default,jam] needs  dirty (\`pantry/build.rs\` changed) 0.020..0.227 rmeta ? codegen@0.077 link@0.118 frees ;4
    4 pantry 0.1.0 custom-build run-custom-build [default,jam] needs 3 dirty (its build script was built again) 0.227..0.230 rmeta ? frees ;2
    5 proc-macro2 1.0.107 lib build [proc-macro] needs 6,20 fresh
    6 proc-macro2 1.0.107 custom-build run-custom-build [proc-macro] needs 7 fresh
    7 proc-macro2 1.0.107 custom-build build [proc-macro] needs  fresh
    8 quote 1.0.47 lib build [proc-macro] needs 5,9 fresh
    9 quote 1.0.47 custom-build run-custom-build [proc-macro] needs 10 fresh
    10 quote 1.0.47 custom-build build [proc-macro] needs  fresh
    11 serde 1.0.229 lib build [default,derive,serde_derive,std] needs 13,14,17 fresh
    12 serde 1.0.229 custom-build build [default,derive,serde_derive,std] needs  fresh
    13 serde 1.0.229 custom-build run-custom-build [default,derive,serde_derive,std] needs 12 fresh
    14 serde_core 1.0.229 lib build [result,std] needs 16 fresh
    15 serde_core 1.0.229 custom-build build [result,std] needs  fresh
    16 serde_core 1.0.229 custom-build run-custom-build [result,std] needs 15 fresh
    17 serde_derive 1.0.229 lib build [default] needs 5,8,19 fresh
    18 stamp 0.2.0 lib build [] needs  fresh
    19 syn 3.0.10 lib build [clone-impls,derive,parsing,printing,proc-macro] needs 5,8,20 fresh
    20 unicode-ident 1.0.27 lib build [] needs  fresh"
  `);
});

test('why units are built again, in words, from real builds', () => {
  const names = readdirSync(folder).filter(name => name.startsWith('rebuild-'));
  const lines = names.sort().map(name => {
    const { value, problems } = parseBuildEvents(fixture(name));
    expect(problems).toEqual([]);
    const unitByIndex = new Map(value.units.map(unit => [unit.index, unit]));
    const reasons = new Set(
      value.freshness
        .filter(({ status }) => status !== 'fresh')
        .map(({ unit, status, cause }) => {
          const { packageName, targetKind, mode } = unitByIndex.get(unit)!;
          return `  ${packageName} ${mode === 'run-custom-build' ? mode : targetKind}: ${cause ?? status}`;
        }),
    );
    const shown = [...reasons].slice(0, 5);
    const more = reasons.size > shown.length ? [`  … ${reasons.size - shown.length} more`] : [];
    return [name, ...shown, ...more].join('\n');
  });
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "rebuild-checksum-1.95.jsonl
      kiosk bin: its dependency \`pantry\` was built again
      pantry lib: \`pantry/src/lib.rs\` changed
    rebuild-checksums-on-1.95.jsonl
      kiosk bin: cargo tells changed files in another way (time stamps or checksums)
      pantry lib: cargo tells changed files in another way (time stamps or checksums)
      itoa lib: cargo tells changed files in another way (time stamps or checksums)
      pantry run-custom-build: its build script changed
      pantry custom-build: cargo tells changed files in another way (time stamps or checksums)
      … 16 more
    rebuild-declared-feature-1.95.jsonl
      kiosk bin: its dependency \`pantry\` changed
      pantry lib: the features in its manifest changed (+fig)
      pantry run-custom-build: its build script changed
      pantry custom-build: the features in its manifest changed (+fig)
    rebuild-doc-1.95.jsonl
      kiosk bin: new
      pantry lib: its dependency \`serde\` was built again
      serde lib: its build script's output was made again
      serde_core lib: its build script's output was made again
      pantry lib: new
      … 1 more
    rebuild-edition-1.95.jsonl
      kiosk bin: its target settings in the manifest changed
    rebuild-features-1.95.jsonl
      pantry lib: new
      pantry run-custom-build: new
      pantry custom-build: new
    rebuild-file-1.95.jsonl
      kiosk bin: its dependency \`pantry\` was built again
      pantry lib: \`pantry/src/lib.rs\` changed
    rebuild-file-1.97.jsonl
      kiosk bin: its dependency \`pantry\` was built again
      pantry lib: \`pantry/src/lib.rs\` changed
    rebuild-file-size-1.95.jsonl
      kiosk bin: its dependency \`pantry\` was built again
      pantry lib: \`pantry/src/lib.rs\` changed
    rebuild-forced-1.95.jsonl
      kiosk bin: a rebuild was forced
      stamp lib: a rebuild was forced
    rebuild-linker-1.95.jsonl
      kiosk bin: cargo's configuration changed
      pantry lib: cargo's configuration changed
      itoa lib: cargo's configuration changed
      pantry run-custom-build: its build script changed
      pantry custom-build: cargo's configuration changed
      … 16 more
    rebuild-nothing-1.95.jsonl
    rebuild-option-env-1.95.jsonl
      kiosk bin: the environment variable \`KIOSK_TOWN\` was set
    rebuild-package-file-1.95.jsonl
      kiosk bin: its dependency \`pantry\` changed
      pantry lib: its build script's output changed
      pantry run-custom-build: a file of its package changed (newest: \`build.rs\`)
    rebuild-profile-1.95.jsonl
      kiosk bin: new
      pantry lib: new
      itoa lib: new
      pantry run-custom-build: new
      serde lib: new
      … 4 more
    rebuild-rustflags-1.95.jsonl
      kiosk bin: new
      pantry lib: new
      itoa lib: new
      pantry run-custom-build: new
      pantry custom-build: new
      … 16 more
    rebuild-watched-file-1.95.jsonl
      kiosk bin: its dependency \`pantry\` was built again
      pantry lib: its build script's output was made again
      pantry run-custom-build: \`pantry/shelves.txt\` changed
    rebuild-watched-file-missing-1.95.jsonl
      kiosk bin: its dependency \`pantry\` was built again
      pantry lib: its build script's output was made again
      pantry run-custom-build: \`pantry/shelves.txt\` is missing
    rebuild-watched-variable-1.95.jsonl
      kiosk bin: its dependency \`pantry\` changed
      pantry lib: its build script's output changed
      pantry run-custom-build: the environment variable \`PANTRY_LABEL\` was set
    rebuild-watched-variable-unset-1.95.jsonl
      kiosk bin: its dependency \`pantry\` changed
      pantry lib: its build script's output changed
      pantry run-custom-build: the environment variable \`PANTRY_LABEL\` was unset
    rebuild-watches-fewer-1.95.jsonl
      kiosk bin: its dependency \`pantry\` changed
      pantry lib: its build script's output changed
      pantry run-custom-build: its build script watches more or fewer things than before"
  `);
});

describe('the first shape of the log, of cargo 1.93', () => {
  test('names units as they start and says why in `rebuild`', () => {
    const unit =
      '"package_id":"path+file:///ws/pear#1.0.0","target":{"name":"pear","kind":"lib"},"mode":"build"';
    const { value, problems } = parseBuildEvents(
      [
        '{"run_id":"1","reason":"build-started","host":"x","jobs":2,"profile":"dev","workspace_root":"/ws"}',
        `{"run_id":"1","reason":"rebuild",${unit},"cause":{"dirty_reason":"fs-status-outdated","fs_status":"stale-dependency","name":"plum"}}`,
        `{"run_id":"1","reason":"unit-started",${unit},"index":0,"elapsed":0.5}`,
        '{"run_id":"1","reason":"unit-finished","index":0,"elapsed":0.75}',
      ].join('\n'),
    );
    expect(problems).toEqual([]);
    expect(draw(value)).toMatchInlineSnapshot(
      `"0 pear 1.0.0 lib build [] needs ? dirty (its dependency \`plum\` was built again) 0.500..0.750 rmeta ? frees ;"`,
    );
  });
});

describe('a log that is damaged', () => {
  test('a last line that is cut off is said and the rest counts', () => {
    const { value, problems } = parseBuildEvents(clean.trimEnd().slice(0, -20));
    expect(problems.map(problem => problem.what)).toEqual(['the last line is cut off']);
    expect(value.runs.filter(run => run.finishSeconds === null)).toHaveLength(1);
  });

  test('unknown reasons are counted once each', () => {
    const stranger = '{"reason":"unit-dreamt","index":1}\n';
    const { value, problems } = parseBuildEvents(stranger.repeat(3) + clean + stranger);
    expect(value.runs).toHaveLength(21);
    expect(problems).toEqual([{ what: '4 events with the unknown reason `unit-dreamt`' }]);
  });

  test('lines of another build are left out and counted', () => {
    const { value, problems } = parseBuildEvents(clean + fixture('clean-1.97.jsonl'));
    expect(value.runs).toHaveLength(21);
    expect(value.rustcVersion).toBe('1.95.0');
    expect(problems).toEqual([{ what: expect.stringMatching(/^\d+ events of another build$/) }]);
  });

  test('events of units that were never registered are left out and counted', () => {
    const lines = clean.split('\n').filter(line => !/"unit-registered".*"index":0\b/.test(line));
    const { value, problems } = parseBuildEvents(lines.join('\n'));
    expect(value.runs).toHaveLength(20);
    expect(problems.map(problem => problem.what)).toEqual([
      'a fingerprint of an unknown unit or with an unknown status',
      '1 events of units that were never registered',
    ]);
  });

  test('cut off anywhere, every whole line before the cut still counts', () => {
    fc.assert(
      fc.property(fc.nat({ max: clean.length }), length => {
        const text = clean.slice(0, length);
        const whole = text.slice(0, text.lastIndexOf('\n') + 1);
        const finished = (record: BuildRecord) =>
          record.runs.filter(run => run.finishSeconds !== null).length;
        expect(finished(parseBuildEvents(text).value)).toBeGreaterThanOrEqual(
          whole.split('"unit-finished"').length - 1,
        );
      }),
      { numRuns: 60 },
    );
  });

  test('with lines garbled, swapped and repeated, nothing throws and times stay in order', () => {
    const lines = clean.split('\n');
    const garbled = fc.record({
      line: fc.nat({ max: lines.length - 1 }),
      at: fc.nat({ max: 400 }),
      text: fc.string(),
    });
    fc.assert(
      fc.property(
        fc.array(garbled, { maxLength: 30 }),
        fc.array(fc.nat({ max: lines.length - 1 })),
        (edits, moves) => {
          const edited = [...lines];
          for (const { line, at, text } of edits)
            edited[line] = edited[line]!.slice(0, at) + text + edited[line]!.slice(at);
          for (const move of moves) edited.push(edited[move]!);
          const { value } = parseBuildEvents(edited.join('\n'));
          for (const run of value.runs) {
            expect(run.startSeconds).toBeGreaterThanOrEqual(0);
            expect(run.finishSeconds ?? run.startSeconds).toBeGreaterThanOrEqual(run.startSeconds);
            for (const section of run.sections)
              expect(section.endSeconds).toBeGreaterThanOrEqual(section.startSeconds);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

function draw(record: BuildRecord): string {
  const runByUnit = new Map(record.runs.map(run => [run.unit, run]));
  const freshnessByUnit = new Map(record.freshness.map(freshness => [freshness.unit, freshness]));
  const time = (seconds: number | null) => (seconds === null ? '?' : seconds.toFixed(3));
  const lines = record.units.map(unit => {
    const run = runByUnit.get(unit.index);
    const freshness = freshnessByUnit.get(unit.index);
    const what = `${unit.index} ${unit.packageName} ${unit.version} ${unit.targetKind} ${unit.mode}`;
    const edges = `[${unit.features.join(',')}] needs ${unit.dependencies?.join(',') ?? '?'}`;
    const state = `${freshness?.status ?? '?'}${freshness?.cause ? ` (${freshness.cause})` : ''}`;
    const sections =
      run?.sections.map(({ name, startSeconds }) => ` ${name}@${time(startSeconds)}`).join('') ?? '';
    const times = run
      ? `${time(run.startSeconds)}..${time(run.finishSeconds)} rmeta ${time(run.rmetaSeconds)}${sections}`
      : '';
    const frees = run ? `frees ${run.unblockedByRmeta.join(',')};${run.unblocked.join(',')}` : '';
    return `${what} ${edges} ${state} ${times} ${frees}`.trim();
  });
  return lines.join('\n');
}
