import type { EvidenceSource, MirUnit } from '#model/evidence.ts';
import type { Finding } from '#model/finding.ts';
import { caseSource, type RuleCase } from '#rules/case-file.ts';
import { judgeAsync } from '../judge.ts';

/** What the compiler said of one block, as the instrumented pass would record it. */
export interface Recording {
  readonly mir: string;
  /** Sections of futures, for blocks that ask for `sizes`; else empty. */
  readonly sizes: string;
}

/** For tests: what the rules say about a block, given what was recorded of it and the MIR of the library that it uses. */
export async function judgeCase(
  rustCase: RuleCase,
  { mir, sizes }: Recording,
  library: { readonly case: RuleCase; readonly mir: string } | null = null,
): Promise<readonly Finding[]> {
  const units: { unit: MirUnit; text: string }[] = [{ unit: unitOf(rustCase), text: mir }];
  if (library !== null) units.push({ unit: unitOf(library.case), text: library.mir });
  const result = await judgeAsync({
    evidence: evidenceOf(units, sizes === '' ? [] : [[`type-sizes/${unitOf(rustCase).key}.txt`, sizes]]),
    workspaceRoot: '/workspace',
    readSource: file => (file === 'case.rs' ? caseSource(rustCase) : null),
    sources: [{ file: 'case.rs', text: caseSource(rustCase) }],
  });
  return result.findings;
}

/** `12 error` for each finding, sorted: what a block's markers say. */
export function drawFindings(findings: readonly { line: number; severity: string }[]): string[] {
  return findings.map(({ line, severity }) => `${String(line).padStart(3)} ${severity}`).sort();
}

export function linesOf(findings: readonly Finding[]): { line: number; severity: string }[] {
  return findings.map(finding => ({ line: finding.location.startLine, severity: finding.severity }));
}

export function evidenceOf(
  units: readonly { unit: MirUnit; text: string }[],
  more: readonly (readonly [name: string, text: string])[] = [],
): EvidenceSource {
  const parts = new Map<string, string>(more);
  for (const { unit, text } of units) parts.set(`mir/${unit.key}/0000.mir`, text);
  return {
    header: {
      schema: 'assay-evidence/1',
      assay: '0.0.0',
      root: '/workspace',
      rustcVersionVerbose: '',
      cargoVersionVerbose: '',
      pass: 'check',
      runs: [],
      mirUnits: units.map(({ unit }) => unit),
      failures: [],
      cpuSeconds: null,
      wallSeconds: 0,
    },
    partNames: [...parts.keys()].sort(),
    readPart: async name => parts.get(name) ?? null,
  };
}

function unitOf(rustCase: RuleCase): MirUnit {
  const crateName = rustCase.crate ?? 'case';
  return {
    key: crateName,
    crateName,
    package: `${crateName} 0.0.0`,
    targetKind: rustCase.target,
    edition: rustCase.edition,
    chunkCount: 1,
    unreadable: [],
  };
}
