import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BuildRecord } from '#model/build.ts';
import { parseTimingsHtml } from './parse.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../../tests/fixtures/timings-html/${name}`, import.meta.url), 'utf8');

function check(name: string): string {
  const { value, problems } = parseTimingsHtml(fixture(name));
  expect(problems).toEqual([]);
  return draw(value);
}

describe('pages that cargo wrote', () => {
  test('1.95, a clean build', () => {
    expect(check('clean-1.95.html')).toMatchInlineSnapshot(`
      "rustc 1.95.0, host x86_64-unknown-linux-gnu, target x86_64-unknown-linux-gnu, profile dev, jobs 2 of 2
      0 fresh, 21 dirty, 5.21 s
      7 proc-macro2 custom-build build-script-build build [proc-macro] 0.13..0.37 rmeta ? frees ;6
      10 quote custom-build build-script-build build [proc-macro] 0.14..0.36 rmeta ? frees ;9
      20 unicode-ident lib unicode_ident build [] 0.35..0.43 rmeta 0.41 frees ;
      6 proc-macro2 custom-build build-script-build run-custom-build [proc-macro] 0.38..0.49 rmeta ? frees ;5
      9 quote custom-build build-script-build run-custom-build [proc-macro] 0.43..0.45 rmeta ? frees ;
      15 serde_core custom-build build-script-build build [result,std] 0.45..0.62 rmeta ? frees ;16
      5 proc-macro2 lib proc_macro2 build [proc-macro] 0.49..1.02 rmeta 0.81 frees 8;
      16 serde_core custom-build build-script-build run-custom-build [result,std] 0.62..0.63 rmeta ? frees ;14
      12 serde custom-build build-script-build build [default,derive,serde_derive,std] 0.64..0.82 rmeta ? frees ;13
      8 quote lib quote build [proc-macro] 0.81..1.03 rmeta 0.99 frees 19;
      19 syn lib syn build [clone-impls,derive,parsing,printing,proc-macro] 1.02..2.84 rmeta 2.25 frees ;17
      13 serde custom-build build-script-build run-custom-build [default,derive,serde_derive,std] 1.04..1.05 rmeta ? frees ;
      14 serde_core lib serde_core build [result,std] 1.06..2.93 rmeta 2.81 frees ;
      17 serde_derive lib serde_derive build [default] 2.84..4.67 rmeta ? frees ;11
      3 pantry custom-build build-script-build build [default,jam] 2.93..3.13 rmeta ? frees ;4
      4 pantry custom-build build-script-build run-custom-build [default,jam] 3.13..3.13 rmeta ? frees ;
      0 itoa lib itoa build [] 3.14..3.25 rmeta 3.22 frees ;
      18 stamp lib stamp build [] 3.25..3.47 rmeta ? frees ;
      11 serde lib serde build [default,derive,serde_derive,std] 4.67..5.04 rmeta 4.99 frees 2;
      2 pantry lib pantry build [default,jam] 4.99..5.09 rmeta 5.07 frees ;1
      1 kiosk bin kiosk build [] 5.09..5.21 rmeta ? frees ;"
    `);
  });

  test('1.97, a clean build: the same units in the same words', () => {
    const names = (name: string) =>
      parseTimingsHtml(fixture(name))
        .value.units.map(({ packageName, targetKind, mode }) => `${packageName} ${targetKind} ${mode}`)
        .sort();
    expect(names('clean-1.97.html')).toEqual(names('clean-1.95.html'));
  });

  test('1.95, tests after one edit with the sections of rustc: fresh units stand there with zeros', () => {
    expect(check('tests-with-sections-1.95.html')).toMatchInlineSnapshot(`
      "rustc 1.95.0, host x86_64-unknown-linux-gnu, target x86_64-unknown-linux-gnu, profile dev, jobs 2 of 2
      18 fresh, 7 dirty, 0.60 s
      0 itoa lib itoa build [] fresh
      17 serde_core lib serde_core build [result,std] fresh
      20 serde_derive lib serde_derive build [default] fresh
      24 unicode-ident lib unicode_ident build [] fresh
      19 serde_core custom-build build-script-build run-custom-build [result,std] fresh
      18 serde_core custom-build build-script-build build [result,std] fresh
      6 pantry custom-build build-script-build build [default,jam] fresh
      7 pantry custom-build build-script-build run-custom-build [default,jam] fresh
      8 proc-macro2 lib proc_macro2 build [proc-macro] fresh
      23 syn lib syn build [clone-impls,derive,parsing,printing,proc-macro] fresh
      10 proc-macro2 custom-build build-script-build build [proc-macro] fresh
      11 quote lib quote build [proc-macro] fresh
      12 quote custom-build build-script-build run-custom-build [proc-macro] fresh
      13 quote custom-build build-script-build build [proc-macro] fresh
      14 serde lib serde build [default,derive,serde_derive,std] fresh
      15 serde custom-build build-script-build build [default,derive,serde_derive,std] fresh
      16 serde custom-build build-script-build run-custom-build [default,derive,serde_derive,std] fresh
      9 proc-macro2 custom-build build-script-build run-custom-build [proc-macro] fresh
      4 pantry lib pantry build [default,jam] 0.05..0.15 rmeta ? codegen 0.11..0.14 link 0.14..0.14 frees ;5
      21 stamp lib stamp build [] 0.05..0.25 rmeta ? codegen 0.08..0.18 link 0.18..0.24 frees ;1,2
      5 pantry test weighs test [default,jam] 0.14..0.34 rmeta ? codegen 0.19..0.26 link 0.26..0.33 frees ;
      2 kiosk bin kiosk build [] 0.24..0.40 rmeta ? codegen 0.28..0.34 link 0.34..0.40 frees ;
      1 kiosk bin kiosk test [] 0.34..0.50 rmeta ? codegen 0.39..0.42 link 0.42..0.49 frees ;
      3 pantry lib pantry test [default,jam] 0.40..0.56 rmeta ? codegen 0.47..0.49 link 0.49..0.56 frees ;
      22 stamp lib stamp test [] 0.50..0.59 rmeta ? codegen 0.53..0.55 link 0.55..0.58 frees ;"
    `);
  });

  test('1.95, a check', () => {
    expect(check('check-1.95.html')).toMatchInlineSnapshot(`
      "rustc 1.95.0, host x86_64-unknown-linux-gnu, target x86_64-unknown-linux-gnu, profile dev, jobs 2 of 2
      16 fresh, 6 dirty, 2.10 s
      16 serde_core custom-build build-script-build run-custom-build [result,std] fresh
      21 unicode-ident lib unicode_ident build [] fresh
      20 syn lib syn build [clone-impls,derive,parsing,printing,proc-macro] fresh
      3 pantry custom-build build-script-build build [default,jam] fresh
      4 pantry custom-build build-script-build run-custom-build [default,jam] fresh
      5 proc-macro2 lib proc_macro2 build [proc-macro] fresh
      6 proc-macro2 custom-build build-script-build run-custom-build [proc-macro] fresh
      7 proc-macro2 custom-build build-script-build build [proc-macro] fresh
      8 quote lib quote build [proc-macro] fresh
      9 quote custom-build build-script-build run-custom-build [proc-macro] fresh
      10 quote custom-build build-script-build build [proc-macro] fresh
      18 stamp lib stamp build [] fresh
      12 serde custom-build build-script-build build [default,derive,serde_derive,std] fresh
      13 serde custom-build build-script-build run-custom-build [default,derive,serde_derive,std] fresh
      17 serde_derive lib serde_derive build [default] fresh
      15 serde_core custom-build build-script-build build [result,std] fresh
      14 serde_core lib serde_core check [result,std] 0.25..1.64 rmeta 1.61 frees ;11
      0 itoa lib itoa check [] 0.25..0.43 rmeta 0.43 frees ;
      19 stamp lib stamp check [] 0.43..0.48 rmeta 0.47 frees ;
      11 serde lib serde check [default,derive,serde_derive,std] 1.63..1.94 rmeta 1.93 frees ;2
      2 pantry lib pantry check [default,jam] 1.95..2.01 rmeta 2.00 frees ;1
      1 kiosk bin kiosk check [] 2.01..2.06 rmeta 2.05 frees ;"
    `);
  });

  test('CPU use is in percent of the whole machine', () => {
    const { cpuUsage } = parseTimingsHtml(fixture('clean-1.95.html')).value;
    expect(cpuUsage[0]).toEqual({ atSeconds: 0.352669365, percent: 90.2439024390244 });
    expect(cpuUsage).toHaveLength(18);
  });
});

describe('the shapes of older versions, one build in each', () => {
  test('1.90', () => {
    expect(check('synthetic-1.90.html')).toMatchInlineSnapshot(`
      "rustc 1.90.0, host x86_64-unknown-linux-gnu, target x86_64-unknown-linux-gnu, profile dev, jobs 2 of 4
      2 fresh, 5 dirty, 3.30 s
      0 berry lib berry build [] 0.10..1.30 rmeta 0.90 frees 3;
      1 jam custom-build build-script-build build [] 0.10..0.60 rmeta ? frees ;2
      2 jam custom-build build-script-build run-custom-build [] 0.60..0.70 rmeta ? frees ;
      3 jam lib jam build [] 0.90..2.30 rmeta 2.00 frees ;4
      4 stall bin stall build [] 2.30..3.20 rmeta ? frees ;"
    `);
  });

  test('1.91, with the sections of rustc', () => {
    expect(check('synthetic-1.91.html')).toMatchInlineSnapshot(`
      "rustc 1.91.0, host x86_64-unknown-linux-gnu, target x86_64-unknown-linux-gnu, profile dev, jobs 2 of 4
      2 fresh, 5 dirty, 3.30 s
      0 berry lib berry build [] 0.10..1.30 rmeta 0.90 codegen 0.82..1.18 link 1.18..1.26 frees 3;
      1 jam custom-build build-script-build build [] 0.10..0.60 rmeta ? codegen 0.40..0.55 link 0.55..0.58 frees ;2
      2 jam custom-build build-script-build run-custom-build [] 0.60..0.70 rmeta ? frees ;
      3 jam lib jam build [] 0.90..2.30 rmeta 2.00 codegen 1.74..2.16 link 2.16..2.26 frees ;4
      4 stall bin stall build [] 2.30..3.20 rmeta ? codegen 2.84..3.11 link 3.11..3.17 frees ;"
    `);
  });

  test('1.93 says what 1.90 says', () => {
    const facts = (page: string) => check(page).split('\n').slice(1);
    expect(facts('synthetic-1.93.html')).toEqual(facts('synthetic-1.90.html'));
  });

  test('1.94: features, and numbers of the unit graph', () => {
    expect(check('synthetic-1.94.html')).toMatchInlineSnapshot(`
      "rustc 1.94.0, host x86_64-unknown-linux-gnu, target x86_64-unknown-linux-gnu, profile dev, jobs 2 of 4
      2 fresh, 5 dirty, 3.30 s
      0 berry lib berry build [] 0.10..1.30 rmeta 0.90 frees 12;
      7 jam custom-build build-script-build build [fruit] 0.10..0.60 rmeta ? frees ;3
      3 jam custom-build build-script-build run-custom-build [fruit] 0.60..0.70 rmeta ? frees ;
      12 jam lib jam build [fruit] 0.90..2.30 rmeta 2.00 frees ;9
      9 stall bin stall build [] 2.30..3.20 rmeta ? frees ;"
    `);
  });
});

describe('pages that are damaged', () => {
  const page = fixture('clean-1.95.html');

  test('no page at all', () => {
    const { value, problems } = parseTimingsHtml('hello');
    expect(value.units).toEqual([]);
    expect(value.durationSeconds).toBeNull();
    expect(problems.map(problem => problem.what)).toEqual([
      'no UNIT_DATA in the page',
      'no CPU_USAGE in the page',
    ]);
  });

  test('units without times and twice the same are said, and the others count', () => {
    const units = [
      { i: 0, name: 'apple', start: 0.5, duration: 1 },
      { i: 0, name: 'apple', start: 0.5, duration: 1 },
      { i: 1, name: 'pear', start: null },
      { name: 'plum' },
      7,
    ];
    const { value, problems } = parseTimingsHtml(
      `const UNIT_DATA = ${JSON.stringify(units)};const CPU_USAGE = [];`,
    );
    expect(value.runs).toHaveLength(1);
    expect(problems.map(problem => problem.what)).toEqual([
      'unit 0 of UNIT_DATA stands there twice',
      'unit 1 of UNIT_DATA (pear) has no times',
      'a unit of UNIT_DATA without index or name',
      'a unit of UNIT_DATA without index or name',
    ]);
  });

  test('cut off anywhere, whole units still count', () => {
    fc.assert(
      fc.property(fc.nat({ max: page.length }), length => {
        const text = page.slice(0, length);
        const data = text.slice(Math.max(0, text.indexOf('const UNIT_DATA')));
        const whole = text.includes('const UNIT_DATA = [') ? (data.match(/^ {2}\},?\n/gm) ?? []).length : 0;
        const { value, problems } = parseTimingsHtml(text);
        expect(value.units.length).toBeGreaterThanOrEqual(Math.min(whole, 21) - 1);
        if (!text.includes('const CPU_USAGE')) expect(problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });

  test('with characters garbled nothing throws and times stay in order', () => {
    const edit = fc.tuple(
      fc.nat({ max: page.length - 1 }),
      fc.constantFrom('"', '{', '}', '[', ']', ',', '\\', '-', '9'),
    );
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 40 }), edits => {
        const chars = [...page];
        for (const [at, char] of edits) chars[at] = char;
        for (const run of parseTimingsHtml(chars.join('')).value.runs) {
          expect(run.finishSeconds ?? run.startSeconds).toBeGreaterThanOrEqual(run.startSeconds);
        }
      }),
      { numRuns: 60 },
    );
  });
});

function draw(record: BuildRecord): string {
  const runByUnit = new Map(record.runs.map(run => [run.unit, run]));
  const round = (seconds: number | null) => (seconds === null ? '?' : seconds.toFixed(2));
  const { rustcVersion, host, target, profile, jobs, cpuCount, unitCounts, durationSeconds } = record;
  const facts = [
    `rustc ${rustcVersion}, host ${host}, target ${target}, profile ${profile}, jobs ${jobs} of ${cpuCount}`,
    `${unitCounts?.fresh} fresh, ${unitCounts?.dirty} dirty, ${round(durationSeconds)} s`,
  ];
  const lines = record.units.map(unit => {
    const run = runByUnit.get(unit.index);
    const what = `${unit.index} ${unit.packageName} ${unit.targetKind} ${unit.targetName} ${unit.mode} [${unit.features}]`;
    if (run === undefined) return `${what} fresh`;
    const sections = run.sections.map(
      section => ` ${section.name} ${round(section.startSeconds)}..${round(section.endSeconds)}`,
    );
    const times = `${round(run.startSeconds)}..${round(run.finishSeconds)} rmeta ${round(run.rmetaSeconds)}${sections.join('')}`;
    return `${what} ${times} frees ${run.unblockedByRmeta};${run.unblocked}`;
  });
  return [...facts, ...lines].join('\n');
}
