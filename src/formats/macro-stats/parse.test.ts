import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import '../../../tests/property-seed.ts';
import { parseMacroStats } from './parse.ts';

const printed = readFileSync(
  join(import.meta.dirname, '../../../tests/fixtures/macro-stats/orchard.txt'),
  'utf8',
);
const none = `macro-stats ====
macro-stats MACRO EXPANSION STATS: empty
macro-stats Macro Name                         Uses      Lines  Avg Lines      Bytes  Avg Bytes
macro-stats ----
macro-stats (none)
macro-stats ====
`;

test('tables of two crates, with a name that has a line of its own', () => {
  const { value, problems } = parseMacroStats(`warning: unrelated\n${none}${printed}`);
  const shown = value.flatMap(({ crateName, macros }) => [
    crateName,
    ...macros.map(
      ({ name, uses, lines, bytes }) => `  ${name}: ${uses} uses, ${lines} lines, ${bytes} bytes`,
    ),
  ]);
  expect(`\n${shown.join('\n')}\n`).toMatchInlineSnapshot(`
    "
    empty
    orchard
      #[derive(Debug)]: 1 uses, 8 lines, 249 bytes
      vec!: 1 uses, 2 lines, 185 bytes
      #[derive(Clone)]: 1 uses, 5 lines, 155 bytes
      println!: 1 uses, 1 lines, 71 bytes
      ::std::format_args_nl!: 1 uses, 1 lines, 38 bytes
      a_macro_with_a_name_that_is_longer_than_its_column!: 1 uses, 1 lines, 5 bytes
    "
  `);
  expect(problems).toEqual([]);
});

test('large numbers are grouped by underscores', () => {
  const row =
    'macro-stats quote_token!                       9_209     12_930        1.4    664_150       72.1\n';
  const { value } = parseMacroStats(`macro-stats MACRO EXPANSION STATS: big\n${row}`);
  expect(value[0]?.macros).toEqual([{ name: 'quote_token!', uses: 9209, lines: 12930, bytes: 664150 }]);
});

test('rows without a table, or without a name, are problems', () => {
  const row = 'macro-stats vec!  1  2  2.0  3  3.0\n';
  const nameless = 'macro-stats MACRO EXPANSION STATS: a\nmacro-stats    1  2  2.0  3  3.0\n';
  for (const text of [row, nameless]) {
    const { value, problems } = parseMacroStats(text);
    expect(value.flatMap(({ macros }) => macros)).toEqual([]);
    expect(problems).toHaveLength(1);
  }
});

test('no text makes it throw, and a cut one loses only what was cut', () => {
  fc.assert(
    fc.property(fc.nat(printed.length), fc.string(), (length, garbage) => {
      const whole = parseMacroStats(printed).value[0]!.macros;
      const cut = parseMacroStats(`${printed.slice(0, length)}\n${garbage}`).value[0]?.macros ?? [];
      expect(cut.length).toBeLessThanOrEqual(whole.length);
    }),
  );
});
