import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BuildDiff } from '#model/build-diff.ts';
import type { NamedBuild } from '#model/reported-build.ts';
import { plainPalette } from '#report/palette.ts';
import { renderBuildDiffText } from '#report/render-build-diff.ts';
import { buildFromText } from './build-from-text.ts';
import { compareBuilds } from './compare.ts';

function shown(before: readonly NamedBuild[], after: readonly NamedBuild[]): string {
  const diff = compareBuilds(before, after, '0.1.0');
  const options = { palette: plainPalette, width: 120, verbose: true, quiet: false };
  return `\n${renderBuildDiffText(diff, options)}`;
}

/** How units were matched, one a line. */
function matches(diff: BuildDiff): string {
  const lines = diff.units.map(
    ({ package: name, versionBefore, versionAfter, target, matchedBy, duration }) =>
      `${name} ${target}: ${versionBefore} (${duration.before.median} s) = ${versionAfter} (${duration.after.median} s), by ${matchedBy}`,
  );
  return [
    '',
    ...lines.toSorted(),
    ...diff.added.map(unit => `+ ${unit.package} ${unit.version} ${unit.target}`),
    ...diff.removed.map(unit => `- ${unit.package} ${unit.version} ${unit.target}`),
    '',
  ].join('\n');
}

const shopBefore = buildFromText(
  'before.json',
  `
  0.50 = 0.40+0.10       itoa 1.0.9 lib
  2.00 = 1.50+0.50       *syn 2.0.1 lib
  1.00 = 0.50+0.30+0.20  *serde_derive 1.0.200 proc-macro <- 1
  0.30                   libc 0.2.1 build script (run)
  4.00 = 3.00+1.00       *shop 0.1.0 lib <- 0 2
  `,
  { cpuSeconds: 9.1, criticalPathSeconds: 7, floorSeconds: 6.5, replaySeconds: 7.8, replayErrorPercent: 0.3 },
);
const shopAfter = buildFromText(
  'after.json',
  `
  0.52 = 0.41+0.11       itoa 1.0.10 lib
  2.05 = 1.55+0.50       *syn 2.0.1 lib
  0.60 = 0.30+0.20+0.10  serde_derive 1.0.200 proc-macro <- 1
  1.10 = 0.60+0.50       *rand 0.9.0 lib
  6.50 = 3.10+3.40       *shop 0.1.0 lib <- 0 2 3
  `,
  {
    cpuSeconds: 12.4,
    criticalPathSeconds: 9.6,
    floorSeconds: 9.1,
    replaySeconds: 10.7,
    replayErrorPercent: 0.8,
  },
);

test('two single runs: what is below the assumed noise is not told', () => {
  expect(shown([shopBefore], [shopAfter])).toMatchInlineSnapshot(`
    "
    Build, before and after
      Wall time 7.80 s before, 10.8 s after: 2.97 s (38.1 %) slower, if the noise is what is assumed
      below.

      The build
                                 before   after   change      %  verdict
      wall time                  7.80 s  10.8 s  +2.97 s  +38.1  slower
      CPU time                   9.10 s  12.4 s  +3.30 s  +36.3  slower
      work on the critical path  7.00 s  9.60 s  +2.60 s  +37.1  slower
      floor                      6.50 s  9.10 s  +2.60 s  +40.0  slower
      replay, predicted          7.80 s  10.7 s  +2.90 s  +37.2  slower

      Slower units
      unit            before   after   change      %  most of it in    critical path
      shop 0.1.0 lib  4.00 s  6.50 s  +2.50 s  +62.5  codegen +2.40 s  before and after

      Faster units
      unit                             before   after   change      %  most of it in     critical path
      serde_derive 1.0.200 proc-macro  1.00 s  0.60 s  -0.40 s  -40.0  frontend -0.20 s  before

      Units added
      unit            duration  critical path
      rand 0.9.0 lib    1.10 s  yes

      Units removed
      unit                           duration  critical path
      libc 0.2.1 build script (run)    0.30 s

      Both sides ran 4 units: 1 slower, 1 faster, 2 not told from noise. 1 added, 1 removed.
      Noise: single run each: differences below max(0.1 s, 5 %) are not told from noise. Give several
      reports of each side with --before and --after to measure the noise.
      Before: before.json; replay error at most 0.3 %
      After: after.json; replay error at most 0.8 %
    "
  `);
});

/** The same build with every time scaled. */
function scaled({ build }: NamedBuild, name: string, factor: number): NamedBuild {
  const times = (seconds: number | null) =>
    seconds === null ? null : Math.round(seconds * factor * 1000) / 1000;
  return {
    name,
    build: {
      ...build,
      wallSeconds: times(build.wallSeconds),
      cpuSeconds: times(build.cpuSeconds),
      criticalPathSeconds: times(build.criticalPathSeconds),
      floorSeconds: times(build.floorSeconds),
      replaySeconds: times(build.replaySeconds),
      units: build.units.map(unit => ({ ...unit, durationSeconds: times(unit.durationSeconds)! })),
    },
  };
}

test('several runs of each side: their spread is the noise', () => {
  const before = [1, 1.04, 0.97].map((factor, run) => scaled(shopBefore, `a${run + 1}.json`, factor));
  const after = [1, 0.96, 1.06].map((factor, run) => scaled(shopAfter, `b${run + 1}.json`, factor));
  expect(shown(before, after)).toMatchInlineSnapshot(`
    "
    Build, before and after
      Wall time 7.80 s before, 10.8 s after: 2.97 s (38.1 %) slower, beyond the spread of the runs.

      The build
                                             before               after   change      %  verdict
      wall time                  7.80 s (7.57–8.11)  10.8 s (10.3–11.4)  +2.97 s  +38.1  slower
      CPU time                   9.10 s (8.83–9.46)  12.4 s (11.9–13.1)  +3.30 s  +36.3  slower
      work on the critical path  7.00 s (6.79–7.28)  9.60 s (9.22–10.2)  +2.60 s  +37.1  slower
      floor                      6.50 s (6.30–6.76)  9.10 s (8.74–9.65)  +2.60 s  +40.0  slower
      replay, predicted          7.80 s (7.57–8.11)  10.7 s (10.3–11.3)  +2.90 s  +37.2  slower

      Slower units
      unit                        before               after   change      %  most of it in    critical path
      shop 0.1.0 lib  4.00 s (3.88–4.16)  6.50 s (6.24–6.89)  +2.50 s  +62.5  codegen +2.40 s  before and after

      Faster units
      unit                                       before               after   change      %  most of it in     critical path
      serde_derive 1.0.200 proc-ma…  1.00 s (0.97–1.04)  0.60 s (0.58–0.64)  -0.40 s  -40.0  frontend -0.20 s  before

      Units added
      unit                      duration  critical path
      rand 0.9.0 lib  1.10 s (1.06–1.17)  yes

      Units removed
      unit                                     duration  critical path
      libc 0.2.1 build script (run)  0.30 s (0.29–0.31)

      Both sides ran 4 units: 1 slower, 1 faster, 2 not told from noise. 1 added, 1 removed.
      Noise: a difference is told where the ranges of the 3 runs before and the 3 after do not overlap and
      the medians are 0.01 s or more apart. Sides that are equal in truth would differ so in at most 10 %
      of cases.
      Before: a1.json, a2.json, a3.json; replay error at most 0.3 %
      After: b1.json, b2.json, b3.json; replay error at most 0.8 %
    "
  `);
});

test('several against a single run', () => {
  expect(shown([shopBefore, scaled(shopBefore, 'again.json', 1.3)], [shopAfter])).toMatchInlineSnapshot(`
    "
    Build, before and after
      Wall time 8.97 s before, 10.8 s after: 1.80 s (20.1 %) slower, if the noise is what is assumed
      below.

      The build
                                             before   after   change      %  verdict
      wall time                  8.97 s (7.80–10.1)  10.8 s  +1.80 s  +20.1  slower
      CPU time                   10.5 s (9.10–11.8)  12.4 s  +1.94 s  +18.5  slower
      work on the critical path  8.05 s (7.00–9.10)  9.60 s  +1.55 s  +19.3  slower
      floor                      7.47 s (6.50–8.45)  9.10 s  +1.63 s  +21.7  slower
      replay, predicted          8.97 s (7.80–10.1)  10.7 s  +1.73 s  +19.3  slower

      Slower units
      unit                        before   after   change      %  most of it in    critical path
      shop 0.1.0 lib  4.60 s (4.00–5.20)  6.50 s  +1.90 s  +41.3  codegen +2.40 s  before and after

      Faster units
      unit                                         before   after   change      %  most of it in     critical path
      serde_derive 1.0.200 proc-macro  1.15 s (1.00–1.30)  0.60 s  -0.55 s  -47.8  frontend -0.20 s  before

      Units added
      unit            duration  critical path
      rand 0.9.0 lib    1.10 s  yes

      Units removed
      unit                                     duration  critical path
      libc 0.2.1 build script (run)  0.34 s (0.30–0.39)

      Both sides ran 4 units: 1 slower, 1 faster, 2 not told from noise. 1 added, 1 removed.
      Noise: one side has a single run, taken for a range of max(0.1 s, 5 %); a difference is told where
      the ranges do not overlap. Give several reports of each side with --before and --after to measure
      the noise.
      Before: before.json, again.json; replay error at most 0.3 %
      After: after.json; replay error at most 0.8 %
    "
  `);
});

test('reports that should not be compared say so', () => {
  const other = buildFromText('other.json', '1.0  kiosk 0.1.0 lib', {
    members: ['kiosk 0.1.0'],
    rustc: '1.97.0',
    jobs: 8,
  });
  expect(compareBuilds([shopBefore], [other], '0.1.0').notices).toMatchInlineSnapshot(`
    [
      "the two sides have no workspace member in common: are they of the same workspace?",
      "the reports differ in the version of rustc: 1.95.0, 1.97.0",
      "the reports differ in the number of jobs: 2, 8",
    ]
  `);
  expect(compareBuilds([shopBefore], [other, shopAfter], '0.1.0').notices).toMatchInlineSnapshot(`
    [
      "the reports differ in the version of rustc: 1.95.0, 1.97.0",
      "the reports differ in the number of jobs: 2, 8",
      "the runs after did not run the same units: 1, 5 units",
    ]
  `);
});

test('two versions of a package: each finds its own, and the one that changed the other that did', () => {
  const before = buildFromText('a', `1.0  syn 1.0.100 lib\n2.0  syn 2.0.1 lib\n0.5  shop 0.1.0 lib <- 0 1`);
  const after = buildFromText('b', `2.5  syn 2.0.2 lib\n1.1  syn 1.0.100 lib\n0.5  shop 0.1.0 lib <- 0 1`);
  expect(matches(compareBuilds([before], [after], '0.1.0'))).toMatchInlineSnapshot(`
    "
    shop lib: 0.1.0 (0.5 s) = 0.1.0 (0.5 s), by identity
    syn lib: 1.0.100 (1 s) = 1.0.100 (1.1 s), by identity
    syn lib: 2.0.1 (2 s) = 2.0.2 (2.5 s), by version
    "
  `);
});

test('one package for host and target: told apart by features, else by dependents, else by order', () => {
  const before = `
    1.0  libc 0.2.1 lib [std]
    2.0  libc 0.2.1 lib [std,extra]
    1.0  cfg 1.0.0 lib
    2.0  cfg 1.0.0 lib
    1.0  same 1.0.0 lib
    2.0  same 1.0.0 lib
    0.5  shop 0.1.0 build script <- 0 2
    0.5  shop 0.1.0 lib <- 1 3`;
  const after = `
    2.1  libc 0.2.1 lib [extra,std]
    1.1  libc 0.2.1 lib [std]
    2.1  cfg 1.0.0 lib
    1.1  cfg 1.0.0 lib
    2.1  same 1.0.0 lib
    1.1  same 1.0.0 lib
    0.5  shop 0.1.0 build script <- 1 3
    0.5  shop 0.1.0 lib <- 0 2`;
  const diff = compareBuilds([buildFromText('a', before)], [buildFromText('b', after)], '0.1.0');
  expect(matches(diff)).toMatchInlineSnapshot(`
    "
    cfg lib: 1.0.0 (1 s) = 1.0.0 (1.1 s), by dependents
    cfg lib: 1.0.0 (2 s) = 1.0.0 (2.1 s), by dependents
    libc lib: 0.2.1 (1 s) = 0.2.1 (1.1 s), by features
    libc lib: 0.2.1 (2 s) = 0.2.1 (2.1 s), by features
    same lib: 1.0.0 (1 s) = 1.0.0 (2.1 s), by order
    same lib: 1.0.0 (2 s) = 1.0.0 (1.1 s), by order
    shop build script: 0.1.0 (0.5 s) = 0.1.0 (0.5 s), by identity
    shop lib: 0.1.0 (0.5 s) = 0.1.0 (0.5 s), by identity
    "
  `);
  expect(diff.notices).toMatchInlineSnapshot(`
    [
      "2 units could not be told from others of the same package, target and mode: matched in the order of their start",
    ]
  `);
});

test('a build that loses its host copy of a crate', () => {
  const before = `
    1.0  libc 0.2.1 lib
    2.0  libc 0.2.1 lib
    0.5  shop 0.1.0 build script <- 0
    0.5  shop 0.1.0 lib <- 1`;
  const after = `
    2.2  libc 0.2.1 lib
    0.5  shop 0.1.0 lib <- 0`;
  expect(
    matches(compareBuilds([buildFromText('a', before)], [buildFromText('b', after)], '0.1.0')),
  ).toMatchInlineSnapshot(`
    "
    libc lib: 0.2.1 (2 s) = 0.2.1 (2.2 s), by dependents
    shop lib: 0.1.0 (0.5 s) = 0.1.0 (0.5 s), by identity
    - libc 0.2.1 lib
    - shop 0.1.0 build script
    "
  `);
});

const arbitraryBuild = fc
  .array(
    fc.record({
      package: fc.constantFrom('syn', 'libc', 'shop'),
      version: fc.constantFrom('1.0.0', '1.0.1', '2.0.0'),
      target: fc.constantFrom('lib', 'build script', 'build script (run)'),
      mode: fc.constantFrom('build', 'check'),
      startSeconds: fc.integer({ min: 0, max: 9 }),
      durationSeconds: fc.integer({ min: 0, max: 9000 }).map(ms => ms / 1000),
      frontendSeconds: fc.option(fc.integer({ min: 0, max: 9 })),
      codegenSeconds: fc.constant(null),
      linkSeconds: fc.constant(null),
      critical: fc.boolean(),
      features: fc.option(fc.subarray(['a', 'b'])),
      dependencies: fc.array(fc.nat(12), { maxLength: 3 }),
    }),
    { maxLength: 12 },
  )
  .map((units): NamedBuild => {
    const empty = buildFromText('x', '1  x 1.0.0 lib');
    return { name: 'x', build: { ...empty.build, units } };
  });

test('every unit of every run is counted once: matched, added or removed', () => {
  const runs = fc.array(arbitraryBuild, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(runs, runs, (before, after) => {
      const diff = compareBuilds(before, after, '0.1.0');
      const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
      expect(
        sum(diff.units.map(unit => unit.duration.before.runs)) +
          sum(diff.removed.map(unit => unit.duration.runs)),
      ).toBe(sum(diff.before.unitCounts));
      expect(
        sum(diff.units.map(unit => unit.duration.after.runs)) +
          sum(diff.added.map(unit => unit.duration.runs)),
      ).toBe(sum(diff.after.unitCounts));
    }),
  );
});

test('a build against itself has no difference, and a swap of the sides swaps the verdicts', () => {
  const runs = fc.array(arbitraryBuild, { minLength: 1, maxLength: 3 });
  const told = (diff: BuildDiff, verdict: string) =>
    [...diff.units.map(unit => unit.duration), ...diff.measures].filter(found => found.verdict === verdict)
      .length;
  fc.assert(
    fc.property(arbitraryBuild, build => {
      const diff = compareBuilds([build], [build], '0.1.0');
      expect([told(diff, 'slower'), told(diff, 'faster'), diff.added, diff.removed]).toEqual([0, 0, [], []]);
    }),
  );
  // With one run a side nothing depends on the order in which runs were tracked.
  fc.assert(
    fc.property(arbitraryBuild, arbitraryBuild, (before, after) => {
      const there = compareBuilds([before], [after], '0.1.0');
      const back = compareBuilds([after], [before], '0.1.0');
      expect(there.units.length).toBe(back.units.length);
      expect(there.added.length).toBe(back.removed.length);
    }),
  );
  fc.assert(
    fc.property(runs, before => {
      const diff = compareBuilds(before, before, '0.1.0');
      expect(diff.measures.every(measure => measure.deltaSeconds === 0)).toBe(true);
    }),
  );
});
