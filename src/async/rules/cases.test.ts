import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parseCases } from '#rules/case-file.ts';
import { drawFindings, judgeCase, linesOf } from './judge-case.ts';

const here = new URL('./', import.meta.url);
const rules = readdirSync(here, { withFileTypes: true }).filter(entry => entry.isDirectory());

for (const rule of rules) {
  const folder = new URL(`${rule.name}/`, here);
  const cases = parseCases(readFileSync(new URL('cases.md', folder), 'utf8'), rule.name);
  const mirOf = (name: string) =>
    gunzipSync(readFileSync(new URL(`recorded/${name}.mir.gz`, folder))).toString();
  const sizesOf = (name: string) =>
    gunzipSync(readFileSync(new URL(`recorded/${name}.sizes.gz`, folder))).toString();
  describe(`${rule.name} on recorded MIR`, () => {
    for (const rustCase of cases) {
      test(rustCase.name, async () => {
        const library = cases.find(other => other.crate !== null && other.crate === rustCase.extern);
        const findings = await judgeCase(
          rustCase,
          { mir: mirOf(rustCase.name), sizes: rustCase.sizes ? sizesOf(rustCase.name) : '' },
          library === undefined ? null : { case: library, mir: mirOf(library.name) },
        );
        const own = findings.filter(finding => finding.rule === `async/${rule.name}`);
        expect(drawFindings(linesOf(own))).toEqual(drawFindings(rustCase.expected));
      });
    }

    test('every recording belongs to a case', () => {
      const recorded = readdirSync(new URL('recorded/', folder)).filter(file => file.endsWith('.mir.gz'));
      expect(recorded.sort()).toEqual(cases.map(rustCase => `${rustCase.name}.mir.gz`).sort());
      const sizes = readdirSync(new URL('recorded/', folder)).filter(file => file.endsWith('.sizes.gz'));
      expect(sizes.sort()).toEqual(
        cases
          .filter(rustCase => rustCase.sizes)
          .map(rustCase => `${rustCase.name}.sizes.gz`)
          .sort(),
      );
    });
  });
}
