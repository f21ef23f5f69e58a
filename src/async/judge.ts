import type { AreaResult } from '#model/area-result.ts';
import type { Finding } from '#model/finding.ts';
import type { Block, Section } from '#model/section.ts';
import { withFingerprints } from '#rules/fingerprint.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { applySuppressions } from '#rules/suppression.ts';
import { type AsyncFacts, type AsyncInput, gatherAsyncFacts } from './gather.ts';
import { rules } from './rules/registry.generated.ts';

type Unprinted = Omit<Finding, 'fingerprint'>;

/** Judges recorded MIR by every rule. The result does not depend on the order of units, parts and bodies. */
export async function judgeAsync(input: AsyncInput): Promise<AreaResult> {
  const facts = await gatherAsyncFacts(input);
  const findings = new Map<string, Unprinted>();
  const runs = rules.map(rule => {
    const report = (draft: FindingDraft) => {
      const finding = { rule: rule.name, ...draft };
      // A library and its tests are two units with the same code.
      const key = JSON.stringify([finding.rule, finding.location, finding.message]);
      const known = findings.get(key);
      if (known === undefined || JSON.stringify(finding) < JSON.stringify(known)) findings.set(key, finding);
    };
    return { run: rule.start(facts.program), report };
  });
  for await (const subject of facts.subjects(node => runs.some(({ run }) => run.wants(node)))) {
    for (const { run, report } of runs) if (run.wants(subject.node)) run.visit(subject, report);
  }
  for (const { run, report } of runs) run.finish?.(report);
  const sorted = [...findings.entries()]
    .sort(([a, x], [b, y]) => compare(x, y) || (a < b ? -1 : 1))
    .map(([, finding]) => finding);
  const judged = applySuppressions(
    'async',
    rules.map(rule => rule.name),
    withFingerprints(sorted, input.readSource),
    input.sources ?? [],
  );
  return {
    section: sectionOf(
      facts,
      judged,
      runs.flatMap(({ run }) => run.blocks?.() ?? []),
    ),
    findings: judged,
    unknowns: runs.flatMap(({ run }) => run.unknowns?.() ?? []),
    problems: facts.problems,
  };
}

function compare(a: Unprinted, b: Unprinted): number {
  if (a.location.file !== b.location.file) return a.location.file < b.location.file ? -1 : 1;
  return a.location.startLine - b.location.startLine || a.location.startColumn - b.location.startColumn;
}

function sectionOf(facts: AsyncFacts, findings: readonly Finding[], ofRules: readonly Block[]): Section {
  const counted = findings.filter(finding => finding.suppressed === undefined);
  const hazardCount = counted.filter(finding => finding.severity !== 'note').length;
  const besides = [
    plural(counted.length - hazardCount, 'note', 'notes'),
    plural(findings.length - counted.length, 'allowed in the source', 'allowed in the source'),
  ].filter(text => text !== null);
  const found = plural(hazardCount, 'hazard', 'hazards') ?? 'No hazard';
  const looked = `${plural(facts.asyncBodyCount, 'async body', 'async bodies')} with ${plural(facts.awaitCount, 'await', 'awaits') ?? 'no await'}`;
  const summary =
    facts.asyncBodyCount === 0
      ? 'No async function or block was recorded.'
      : `${found} found in ${looked}${besides.length === 0 ? '' : `, besides ${besides.join(' and ')}`}.`;
  return {
    title: 'Async',
    summary,
    blocks: [
      {
        kind: 'measures',
        measures: [
          { label: 'functions read', value: facts.bodyCount, unit: 'count' },
          {
            label: 'async bodies',
            value: facts.asyncBodyCount,
            unit: 'count',
            note: 'async functions, blocks and closures',
          },
          {
            label: 'awaits',
            value: facts.awaitCount,
            unit: 'count',
            note: 'points where a body can be suspended',
          },
        ],
      },
      ...ofRules,
    ],
  };
}

/** `1 note`, `3 notes`; null for none. */
function plural(count: number, one: string, many: string): string | null {
  return count === 0 ? null : `${count} ${count === 1 ? one : many}`;
}
