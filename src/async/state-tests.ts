/** Where a body asks outside state what a mark of its own would answer, and where control goes then. */
import type { ControlFlow } from '#mir/control-flow.ts';
import { calleePath } from '#mir/known-calls.ts';
import { lastSegment } from '#mir/type-contains.ts';
import type { BlockIndex, Body, LocalIndex, Operand, Place, Rvalue } from '#model/mir.ts';
import { memberChangeOf } from './knowledge/member-calls.ts';
import { isBehindSomething, outsidePlace, outsideStateOf } from './outside-state.ts';
import type { OutsideWrite } from './outside-writes.ts';
import type { Subject } from './subject.ts';

export interface StateTest {
  /** The block that ends in the switch. */
  readonly block: BlockIndex;
  /** Where control goes when the state is marked; null where the answer does not tell. */
  readonly marked: BlockIndex | null;
  readonly targets: readonly BlockIndex[];
}

type Answer =
  /** `true` when the state has this value (or, of a set, an entry). */
  | { readonly kind: 'flag'; readonly negated: boolean }
  /** `true` when the state has the value; which value is asked for is not known. */
  | { readonly kind: 'unclear' };

// Limit: negations and moves between the question and the switch.
const stepsMax = 8;

export function stateTestsOf(subject: Subject, flow: ControlFlow, mark: OutsideWrite): StateTest[] {
  const { body } = subject;
  const tests: StateTest[] = [];
  for (const block of flow.reversePostorder) {
    const terminator = body.blocks[block]?.terminator;
    if (terminator?.kind !== 'switch') continue;
    const answer = answerOf(subject, terminator.operand, mark);
    if (answer === null) continue;
    const targets = (flow.successors[block] ?? []).map(edge => edge.target);
    const off = terminator.targets.find(({ value }) => value === '0')?.target ?? null;
    let marked: BlockIndex | null = null;
    if (answer.kind === 'flag' && off !== null) {
      const isOn = (mark.change.kind === 'value' && mark.change.value !== 'false') !== answer.negated;
      marked = isOn || mark.change.kind === 'member' ? terminator.otherwise : off;
      if (mark.change.kind === 'member' && answer.negated) marked = off;
    }
    tests.push({ block, marked, targets });
  }
  return tests;
}

function answerOf(subject: Subject, operand: Operand, mark: OutsideWrite): Answer | null {
  const { body } = subject;
  const isFlag =
    mark.change.kind === 'member' ||
    (mark.change.kind === 'value' && /^(true|false)$/.test(mark.change.value));
  let at = operand;
  let negated = false;
  for (let step = 0; step < stepsMax; step++) {
    if (at.kind === 'const') return null;
    if (at.place.projection.length > 0) {
      return isFlag && isState(at.place) ? { kind: 'flag', negated } : null;
    }
    const made = onlyMaker(body, at.place.local);
    if (made === null) return null;
    if (made.kind === 'call') return answerOfCall(subject, made.path, made.args, mark, negated);
    const { rvalue } = made;
    if (rvalue.kind === 'discriminant') {
      return isState(rvalue.place) ? { kind: 'unclear' } : null;
    }
    if (rvalue.kind === 'operation' && rvalue.operator === 'Not' && rvalue.operands[0] !== undefined) {
      negated = !negated;
      at = rvalue.operands[0];
    } else if (rvalue.kind === 'use') at = rvalue.operand;
    else return null;
  }
  return null;

  /** The state itself, and not the result of a call that leads to it (`Poll<Guard>`). */
  function isState(place: Place): boolean {
    return isBehindSomething(place) && outsidePlace(subject, place)?.key === mark.state.key;
  }
}

function answerOfCall(
  subject: Subject,
  path: string,
  args: readonly Operand[],
  mark: OutsideWrite,
  negated: boolean,
): Answer | null {
  const method = lastSegment(path);
  const [first] = args;
  if (first === undefined || outsideStateOf(subject, first)?.key !== mark.state.key) return null;
  if (/^(load|swap|get)$/.test(method)) return { kind: 'flag', negated };
  if (/^(contains|contains_key)$/.test(method)) return { kind: 'flag', negated };
  // A set answers whether the entry is new.
  const member = memberChangeOf(path);
  if (member?.way === 'in') return { kind: 'flag', negated: !negated };
  return /^(eq|ne|is_some|is_none)$/.test(method) ? { kind: 'unclear' } : null;
}

type Maker =
  | { readonly kind: 'call'; readonly path: string; readonly args: readonly Operand[] }
  | { readonly kind: 'value'; readonly rvalue: Rvalue };

function onlyMaker(body: Body, local: LocalIndex): Maker | null {
  let found: Maker | null = null;
  for (const block of body.blocks) {
    if (block.cleanup) continue;
    for (const statement of block.statements) {
      if (statement.kind !== 'assign' || statement.place.local !== local) continue;
      if (found !== null || statement.place.projection.length > 0) return null;
      found = { kind: 'value', rvalue: statement.rvalue };
    }
    const { terminator } = block;
    if (terminator.kind !== 'call' || terminator.destination.local !== local) continue;
    if (found !== null || typeof terminator.callee !== 'string') return null;
    found = { kind: 'call', path: calleePath(terminator.callee), args: terminator.args };
  }
  return found;
}
