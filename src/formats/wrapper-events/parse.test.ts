import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseWrapperEvents } from './parse.ts';

const text = readFileSync(
  new URL('../../../tests/fixtures/wrapper-events/synthetic.jsonl', import.meta.url),
  'utf8',
);

test('one run a line, with the package where cargo named it', () => {
  const { value, problems } = parseWrapperEvents(text);
  const lines = value.units.map((unit, index) => {
    const { startSeconds, rmetaSeconds, finishSeconds } = value.runs[index]!;
    return `${unit.packageName}|${unit.version}|${unit.targetKind}|${startSeconds}|${rmetaSeconds}|${finishSeconds}`;
  });
  expect(problems).toEqual([]);
  expect([...lines, `${value.durationSeconds} s`].join('\n')).toMatchInlineSnapshot(`
    "jam|0.2.0|custom-build|0.2|null|0.7
    berry|1.0.0|lib|0.2|0.9|1.4
    jam|0.2.0|lib|0.95|2|2.3
    stall||bin|2.31|null|null
    2.31 s"
  `);
});

test('a line without a start is a problem, and an end before the start counts as not seen', () => {
  const { value, problems } = parseWrapperEvents(
    '{"crate":"pear","start":null}\n{"crate":"plum","start":2,"end":1,"rmeta":1.5}\nnoise',
  );
  expect(value.runs).toHaveLength(1);
  expect(value.runs[0]).toMatchObject({ finishSeconds: null, rmetaSeconds: null });
  expect(problems.map(problem => problem.line)).toEqual([1, 3]);
});

test('build scripts and tests are told by what rustc was asked for', () => {
  const kinds = [
    ['build_script_build', 'bin'],
    ['weighs', 'test'],
    ['kiosk', 'bin'],
    ['stamp', 'proc-macro'],
    ['odd', null],
  ];
  const lines = kinds.map(([crate, kind]) =>
    JSON.stringify({ crate, kind, package: 'shop 1.0.0', start: 0, end: 1 }),
  );
  const units = parseWrapperEvents(lines.join('\n')).value.units;
  expect(units.map(({ targetName, targetKind, mode }) => `${targetName} ${targetKind} ${mode}`)).toEqual([
    'build_script_build custom-build unknown',
    'weighs unknown test',
    'kiosk bin unknown',
    'stamp proc-macro unknown',
    'odd unknown unknown',
  ]);
});

test('cut off anywhere, every whole line counts', () => {
  fc.assert(
    fc.property(fc.nat({ max: text.length }), length => {
      const cut = text.slice(0, length);
      expect(parseWrapperEvents(cut).value.runs.length).toBeGreaterThanOrEqual(cut.split('\n').length - 1);
    }),
  );
  fc.assert(fc.property(fc.json(), line => void parseWrapperEvents(line)));
});
