import type { AreaResult } from '#model/area-result.ts';
import type { Finding } from '#model/finding.ts';
import type { Unknown } from '#model/report.ts';
import type { Block, Section } from '#model/section.ts';
import { withFingerprints } from '#rules/fingerprint.ts';
import { applySuppressions } from '#rules/suppression.ts';
import { type AsyncFacts, type AsyncInput, gatherAsyncFacts } from './gather.ts';
import { type HeldGuard, heldGuardsOf } from './held-guards.ts';
import { guardHeldAcrossAwait } from './rules/guard-held-across-await/rule.ts';

type Unprinted = Omit<Finding, 'fingerprint'>;

/** Judges recorded MIR. The result does not depend on the order of units, parts and bodies. */
export async function judgeAsync(input: AsyncInput): Promise<AreaResult> {
  const facts = await gatherAsyncFacts(input);
  const findings = new Map<string, Unprinted>();
  const unresolved = new Map<string, Set<string>>();
  const guardsSeen = new Map<string, number>();
  let skipped = 0;
  for await (const subject of facts.candidates()) {
    const held: HeldGuard[] = [];
    const alreadyHeld = new Set<string>();
    for (const instance of [null, ...subject.instances]) {
      const result = heldGuardsOf(subject, instance);
      if (!result.complete) skipped++;
      for (const guard of result.held) {
        // The first instance with a guard in a local speaks for the others.
        const key = `${guard.holder.local}.${guard.holder.field}`;
        if (alreadyHeld.has(key)) continue;
        alreadyHeld.add(key);
        held.push(guard);
      }
      if (instance !== null) continue;
      for (const part of result.unresolved) {
        const where = unresolved.get(part.kind) ?? new Set();
        where.add(`${subject.displayName} ${part.ty.text}`);
        unresolved.set(part.kind, where);
      }
    }
    guardHeldAcrossAwait.check({ subject, held }, draft => {
      const finding = { rule: guardHeldAcrossAwait.name, ...draft };
      // A library and its tests are two units with the same code.
      const key = JSON.stringify([finding.location, finding.message]);
      const known = findings.get(key);
      if (known === undefined || JSON.stringify(finding) < JSON.stringify(known)) findings.set(key, finding);
    });
    for (const { found } of held) {
      guardsSeen.set(found.entry.kind, (guardsSeen.get(found.entry.kind) ?? 0) + 1);
    }
  }
  const sorted = [...findings.entries()]
    .sort(([a, x], [b, y]) => compare(x, y) || (a < b ? -1 : 1))
    .map(([, finding]) => finding);
  const judged = applySuppressions(
    'async',
    [guardHeldAcrossAwait.name],
    withFingerprints(sorted, input.readSource),
    input.sources ?? [],
  );
  return {
    section: sectionOf(facts, judged, guardsSeen),
    findings: judged,
    unknowns: unknownsOf(unresolved, skipped),
    problems: facts.problems,
  };
}

function compare(a: Unprinted, b: Unprinted): number {
  if (a.location.file !== b.location.file) return a.location.file < b.location.file ? -1 : 1;
  return a.location.startLine - b.location.startLine || a.location.startColumn - b.location.startColumn;
}

function sectionOf(
  facts: AsyncFacts,
  findings: readonly Finding[],
  guardsSeen: ReadonlyMap<string, number>,
): Section {
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
      ...(guardsSeen.size === 0 ? [] : [guardsByKind(guardsSeen)]),
    ],
  };
}

function guardsByKind(guardsSeen: ReadonlyMap<string, number>): Block {
  return {
    kind: 'table',
    title: 'Guards held across an await, by kind',
    columns: [{ title: 'kind' }, { title: 'guards', unit: 'count' }],
    rows: [...guardsSeen].sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}

/** `1 note`, `3 notes`; null for none. */
function plural(count: number, one: string, many: string): string | null {
  return count === 0 ? null : `${count} ${count === 1 ? one : many}`;
}

function unknownsOf(unresolved: ReadonlyMap<string, ReadonlySet<string>>, skipped: number): Unknown[] {
  const texts: Record<string, readonly [string, string]> = {
    dyn: [
      'trait objects without `Send` held across an await',
      'what is behind `dyn` was made in another function; a guard in it would not be seen',
    ],
    parameter: [
      'values of a generic type held across an await',
      'no instance with a guard was seen in the workspace; others are not known',
    ],
    foreign: [
      'values of other crates that borrow something or name a guard, held across an await',
      'their fields are not in the compiler’s dump; a guard in one would be seen only if its type is in the table of guards',
    ],
    unsure: [
      'values that may be a guard, held across an await',
      'their crate has several types of a name that is in the table of guards, and which of them it re-exports was not seen',
    ],
  };
  const unknowns: Unknown[] = [];
  for (const [kind, [what, why]] of Object.entries(texts)) {
    const count = unresolved.get(kind)?.size ?? 0;
    if (count > 0) unknowns.push({ area: 'async', what, why, count });
  }
  if (skipped > 0) {
    unknowns.push({
      area: 'async',
      what: 'async bodies that are too large to analyse',
      why: 'a bound of the analysis was reached',
      count: skipped,
    });
  }
  return unknowns;
}
