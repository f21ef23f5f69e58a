import type { FunctionNode } from '#mir/function-node.ts';
import type { AreaResult } from '#model/area-result.ts';
import type { Finding } from '#model/finding.ts';
import type { Block, Section } from '#model/section.ts';
import { withFingerprints } from '#rules/fingerprint.ts';
import type { FindingDraft } from '#rules/rule.ts';
import { applySuppressions } from '#rules/suppression.ts';
import { auditedRules, auditOf } from './audit.ts';
import { type AsyncFacts, type AsyncInput, gatherAsyncFacts } from './gather.ts';
import { testCodeOf } from './in-tests.ts';
import { rules } from './rules/registry.generated.ts';

type Unprinted = Omit<Finding, 'fingerprint'>;

/** Judges recorded MIR by every rule. The result does not depend on the order of units, parts and bodies. */
export async function judgeAsync(input: AsyncInput): Promise<AreaResult> {
  const facts = await gatherAsyncFacts(input);
  const findings = new Map<string, { finding: Unprinted; ofTestUnit: boolean }>();
  const tests = testCodeOf(facts.program);
  const add = (rule: string, draft: FindingDraft, ofTestUnit: boolean): string => {
    const finding = { rule, ...(tests.isInTests(draft) ? asNote(draft) : draft) };
    // A library and its tests are two units with the same code; what is said of it without them is what counts.
    const key = keyOf(finding);
    const known = findings.get(key);
    const isBetter =
      known === undefined ||
      (known.ofTestUnit === ofTestUnit
        ? JSON.stringify(finding) < JSON.stringify(known.finding)
        : known.ofTestUnit);
    if (isBetter) findings.set(key, { finding, ofTestUnit });
    return key;
  };
  const runs = rules.map(rule => ({
    name: rule.name,
    run: rule.start(facts.program),
    report: (draft: FindingDraft) => void add(rule.name, draft, false),
  }));
  const audit = auditOf(facts.program, input.audit !== undefined);
  const isWanted = (node: FunctionNode) => audit.wants(node) || runs.some(({ run }) => run.wants(node));
  for await (const subject of facts.subjects(isWanted)) {
    const ofTestUnit = tests.isTestUnit(subject.node.unit);
    for (const { name, run } of runs) {
      if (run.wants(subject.node)) run.visit(subject, draft => void add(name, draft, ofTestUnit));
    }
    if (audit.wants(subject.node)) audit.visit(subject);
  }
  for (const { run, report } of runs) run.finish?.(report);
  const ofAudit = new Set<string>();
  audit.open((rule, draft) => ofAudit.add(add(rule, draft, false)));
  const sorted = [...findings.entries()]
    .sort(([a, x], [b, y]) => compare(x.finding, y.finding) || (a < b ? -1 : 1))
    .map(([, { finding }]) => finding);
  // What the audit alone asks is judged always, so that a comment that allows it is not called unused, and shown on demand.
  const judged = applySuppressions(
    'async',
    rules.map(rule => rule.name),
    withFingerprints(sorted, input.readSource),
    input.sources ?? [],
  )
    .filter(finding => input.audit !== undefined || !ofAudit.has(keyOf(finding)))
    .map(finding =>
      input.audit === 'required' && auditedRules.has(finding.rule) ? asError(finding) : finding,
    );
  return {
    section: sectionOf(facts, judged, [
      ...runs.flatMap(({ run }) => run.blocks?.() ?? []),
      ...(input.audit === undefined ? [] : audit.blocks(judged)),
    ]),
    findings: judged,
    unknowns: runs.flatMap(({ run }) => run.unknowns?.() ?? []),
    problems: facts.problems,
  };
}

function keyOf({ rule, location, message }: Unprinted): string {
  return JSON.stringify([rule, location, message]);
}

/** A hazard that only tests meet. */
function asNote(draft: FindingDraft): FindingDraft {
  if (draft.severity === 'note') return draft;
  return { ...draft, severity: 'note', notes: [...(draft.notes ?? []), 'it is in code of tests'] };
}

/** Where an audit is required, what is open is as bad as what is wrong. */
function asError(finding: Finding): Finding {
  return { ...finding, severity: 'error' };
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
