/**
 * The blocks of every rule's cases.md, compiled by the rustc that is installed. ASSAY_TEST_TOOLCHAIN names another one
 * (`+nightly`). Blocks that need the crate registry are left to the recordings.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { drawFindings, judgeCase, linesOf } from '#async/rules/judge-case.ts';
import { parseCases } from '#rules/case-file.ts';
import { compileCase } from './record-cases.ts';

const toolchain = process.env.ASSAY_TEST_TOOLCHAIN ?? null;
const hasRustc = spawnSync('rustc', [...(toolchain === null ? [] : [toolchain]), '-V']).status === 0;
const rules = new URL('../src/async/rules/', import.meta.url);

for (const rule of readdirSync(rules, { withFileTypes: true }).filter(entry => entry.isDirectory())) {
  const cases = parseCases(readFileSync(new URL(`${rule.name}/cases.md`, rules), 'utf8'), rule.name);
  const plain = cases.filter(candidate => candidate.deps.length === 0);
  // Rules about other crates' types have no block without one.
  if (plain.length === 0) continue;
  describe.skipIf(!hasRustc)(`${rule.name} with the installed rustc`, () => {
    for (const rustCase of plain) {
      test(rustCase.name, async () => {
        const library = cases.find(other => other.crate !== null && other.crate === rustCase.extern);
        const findings = await judgeCase(
          rustCase,
          compileCase(rustCase, cases, toolchain),
          library === undefined ? null : { case: library, mir: compileCase(library, cases, toolchain) },
        );
        const own = findings.filter(finding => finding.rule === `async/${rule.name}`);
        expect(drawFindings(linesOf(own))).toEqual(drawFindings(rustCase.expected));
      });
    }
  });
}
