/**
 * Where the code that a function is given goes: which parameters, or captured values, that may be closures arrive in the
 * arguments of which calls, also inside a box or captured by another closure. Without regard to order, so a value that is
 * overwritten counts as both; closures are moved, so that hardly happens.
 */
import type { BlockIndex, Body, LocalIndex, Operand, Place, Rvalue } from '#model/mir.ts';
import { operandsOf } from './place.ts';

export interface InputFlow {
  /** For each block that ends in a call: what it is handed. */
  readonly handed: ReadonlyMap<BlockIndex, readonly Hand[]>;
  /** Inputs that a closure or coroutine made here captures. */
  readonly captured: readonly Capture[];
}

export interface Hand {
  /** Position among the arguments. */
  readonly arg: number;
  /** Position among the parameters; of closures and coroutines, among the captured values. */
  readonly input: number;
}

export interface Capture {
  readonly input: number;
  /** As printed. */
  readonly type: string;
  /** Position among what it captures. */
  readonly field: number;
}

const nothing: InputFlow = { handed: new Map(), captured: [] };

// Limit: rounds of propagation; a chain of moves longer than this is not followed to its end.
const roundsMax = 20;

/** `isClosure`: the body is that of a closure or coroutine, whose inputs are the values that it captured. */
export function inputFlowOf(body: Body, isClosure: boolean): InputFlow {
  const inputs = isClosure ? capturedInputs(body) : parameterInputs(body);
  if (inputs === null) return nothing;
  const known = new Map<LocalIndex, Set<number>>();
  if (!isClosure) for (const input of inputs) known.set(input + 1, new Set([input]));
  const ofPlace = ({ local, projection }: Place): ReadonlySet<number> => {
    const own = known.get(local);
    if (own !== undefined || !isClosure || local !== 1) return own ?? new Set();
    const [field] = projection.filter(step => step.kind !== 'deref');
    return field?.kind === 'field' && inputs.has(field.index) ? new Set([field.index]) : new Set();
  };
  const ofOperand = (operand: Operand) =>
    operand.kind === 'const' ? new Set<number>() : ofPlace(operand.place);

  let changed = true;
  const add = (local: LocalIndex, more: ReadonlySet<number>) => {
    // A closure is itself no value that it captured.
    if (isClosure && local === 1) return;
    const own = known.get(local) ?? new Set();
    for (const input of more) {
      if (own.has(input)) continue;
      known.set(local, own.add(input));
      changed = true;
    }
  };
  for (let round = 0; changed && round < roundsMax; round++) {
    changed = false;
    for (const block of body.blocks) {
      if (block.cleanup) continue;
      for (const statement of block.statements) {
        if (statement.kind !== 'assign') continue;
        for (const place of placesOf(statement.rvalue)) add(statement.place.local, ofPlace(place));
      }
      const { terminator } = block;
      if (terminator.kind !== 'call' || typeof terminator.callee !== 'string') continue;
      if (!wraps.test(terminator.callee)) continue;
      for (const arg of terminator.args) add(terminator.destination.local, ofOperand(arg));
    }
  }

  const handed = new Map<BlockIndex, Hand[]>();
  const captured: Capture[] = [];
  body.blocks.forEach((block, at) => {
    if (block.cleanup) return;
    for (const statement of block.statements) {
      if (statement.kind !== 'assign' || statement.rvalue.kind !== 'aggregate') continue;
      const { shape, name, fields } = statement.rvalue;
      if (shape !== 'closure') continue;
      fields.forEach(({ operand }, field) => {
        for (const input of ofOperand(operand)) captured.push({ input, type: name, field });
      });
    }
    const { terminator } = block;
    if (terminator.kind !== 'call' && terminator.kind !== 'tail-call') return;
    const hands = terminator.args.flatMap((operand, arg) =>
      [...ofOperand(operand)].map(input => ({ arg, input })),
    );
    if (hands.length > 0) handed.set(at, hands);
  });
  return { handed, captured };
}

/** What puts a value into a pointer or a wrapper: the result is still the value. */
const wraps =
  /^(?:std|core|alloc)::(?:boxed::Box|sync::Arc|rc::Rc|pin::Pin|cell::RefCell|cell::Cell|sync::Mutex)::<.*>::(?:new|pin)$/s;

/** A type parameter, `impl Trait`, a closure, or a box of something dynamic. */
const mayBeCode =
  /^(?:&(?:'\w+ )?(?:mut )?)?(?:[A-Z]\w*$|impl |\{closure|std::(?:boxed::Box|sync::Arc|rc::Rc)<dyn )/;

function parameterInputs(body: Body): Set<number> | null {
  const inputs = new Set<number>();
  for (let input = 0; input < body.argCount; input++) {
    if (mayBeCode.test(body.locals[input + 1]?.ty ?? '')) inputs.add(input);
  }
  return inputs.size === 0 ? null : inputs;
}

function capturedInputs(body: Body): Set<number> | null {
  const inputs = new Set<number>();
  for (const { place } of body.debugInfo) {
    if (place?.local !== 1) continue;
    const [field] = place.projection.filter(step => step.kind !== 'deref');
    if (field?.kind === 'field' && mayBeCode.test(field.ty)) inputs.add(field.index);
  }
  return inputs.size === 0 ? null : inputs;
}

function placesOf(rvalue: Rvalue): Place[] {
  if (rvalue.kind === 'ref' || rvalue.kind === 'raw-ref') return [rvalue.place];
  return operandsOf(rvalue).flatMap(operand => (operand.kind === 'const' ? [] : [operand.place]));
}
