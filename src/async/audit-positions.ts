/** The clauses that a reviewer checks of a `select!`, a timeout and the like, each proved or open. */
import type { Location } from '#model/location.ts';
import type { FindingDraft } from '#rules/rule.ts';
import type { PositionFact } from './cancel-facts.ts';
import { type FutureSafety, isOwnedByBody, nameOf, type Safety } from './future-safety.ts';
import { keptByReference } from './kept-arms.ts';
import { lostBy } from './lost-arm.ts';

export interface Clause {
  /** The future, or the bodies of all arms. */
  readonly of: string;
  readonly text: string;
  /** What is not proved; null where it is. */
  readonly open: OpenClause | null;
}

export interface OpenClause {
  /** The rule under whose name it can be allowed. */
  readonly rule: string;
  readonly draft: FindingDraft;
  /** Whether that rule reports it by itself. */
  readonly reported: boolean;
}

export function clausesOf(fact: PositionFact, safety: FutureSafety): Clause[] {
  const arms = fact.position.arms.map((_, index) => armClause(fact, index, safety));
  return fact.position.kind === 'select' ? [...arms, bodiesClause(fact, safety)] : arms;
}

function armClause(fact: PositionFact, index: number, safety: FutureSafety): Clause {
  const arm = fact.position.arms[index];
  const name = arm === undefined ? '' : nameOf(arm.value);
  const of = arm?.value.at == null ? `\`${name}\`` : `\`${name}\`, line ${arm.value.at.startLine}`;
  if (arm === undefined || !arm.owned)
    return { of, text: 'polled by reference: resumed, not dropped', open: null };
  const judged = safety.of(arm.value, fact.node);
  const by = judged.because.join(', ');
  switch (judged.verdict) {
    case 'safe':
      return { of, text: `cancel-safe: ${by}`, open: null };
    case 'restart':
      return { of, text: `begins anew: ${by}`, open: null };
    case 'queue-position':
      return { of, text: `loses its place in a queue, nothing else: ${by}`, open: null };
    case 'unknown': {
      const message = `whether \`${name}\` is cancel-safe is not known`;
      return { of, text: `not known: ${by}`, open: openArm(fact, index, message, by) };
    }
    case 'unsafe':
      return { of, ...unsafe(fact, index, name, judged) };
  }
}

function unsafe(fact: PositionFact, index: number, name: string, judged: Safety): Omit<Clause, 'of'> {
  const rows = judged.losses.flatMap(({ row }) => (row === null ? [] : [row.path]));
  const by = [...new Set(rows)].join(', ') || judged.because.join(', ');
  if (lostBy(fact, index, judged) !== null)
    return { text: `not cancel-safe: ${by}`, open: { ...openArm(fact, index, '', by), reported: true } };
  if (judged.losses.every(isOwnedByBody))
    return { text: `not cancel-safe, and what it was at is not used again: ${by}`, open: null };
  const message = `\`${name}\` is not cancel-safe, and what it leaves half-way outlives this function`;
  return {
    text: `not cancel-safe, and what it was at outlives this function: ${by}`,
    open: openArm(fact, index, message, by),
  };
}

function openArm(fact: PositionFact, index: number, message: string, by: string): OpenClause {
  const { position } = fact;
  const value = position.arms[index]?.value;
  const at: Location = value?.at ?? position.at;
  return {
    rule: 'async/not-cancel-safe-in-select',
    reported: false,
    draft: {
      severity: 'note',
      confidence: 'possible',
      message: `${message}: ${position.kind === 'select' ? 'an arm of this ' : 'under '}\`${position.name}\``,
      function: fact.displayName,
      package: fact.package,
      location: at,
      label: 'not proved',
      steps: [{ location: position.at, message: 'dropped here when it is not done' }],
      notes: [`it rests on ${by}`],
      help: ['if it is right here, say why: `// assay: allow(async/not-cancel-safe-in-select): …`'],
      evidence: [{ kind: 'mir', what: `${position.name} polls \`${value?.ty.text ?? ''}\`` }],
    },
  };
}

function bodiesClause(fact: PositionFact, safety: FutureSafety): Clause {
  const of = 'bodies of its arms';
  const awaits = fact.after.flatMap(({ handlerAwaits }) => handlerAwaits);
  if (awaits.length === 0) return { of, text: 'no await', open: null };
  const lines = [...new Set(awaits.map(({ startLine }) => startLine))].sort((a, b) => a - b);
  const where = `await in line ${lines.join(', ')}`;
  const [kept] = keptByReference(fact, safety);
  const location = kept?.awaits[0];
  if (kept === undefined || location === undefined)
    return { of, text: `${where}; no unfinished future that may hold something is kept`, open: null };
  const draft: FindingDraft = {
    severity: 'note',
    confidence: 'possible',
    message: '',
    location,
    steps: [],
    evidence: [],
  };
  return {
    of,
    text: `${where}, while \`${nameOf(kept.arm.value)}\` is kept unfinished`,
    open: { rule: 'async/select-arm-awaits', reported: true, draft },
  };
}
