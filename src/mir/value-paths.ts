/**
 * What a place of a body is, in words that mean something outside of the body: `self.shared.state` whatever locals, reborrows,
 * `Arc` clones and dereferences lie between. Followed through definitions that are the only one of their local; a local with
 * several is not known, and so is an element of a collection. What is taken out of a place is an element of it: the place
 * may hold another one the next time.
 *
 * References, boxes, `Pin`, `Arc` and their clones are transparent: the path names the thing, not the way to it. A clone of
 * another crate's type is the same path too: such handles (`Sender`, `Pool`) are cloned to be shared.
 */
import type { BlockIndex, Body, LocalIndex, Operand, Place, Rvalue, Terminator } from '#model/mir.ts';
import { parseCallee } from './callee.ts';
import { closureKeysIn } from './closure-keys.ts';
import { calleePath, knownCallOf } from './known-calls.ts';
import { printedTypeOf } from './place.ts';
import { behindPointers } from './pointers.ts';
import { isStandardPath, lastSegment } from './type-contains.ts';
import type { Ty } from './type-parser.ts';
import { qualifyPath, type TypeScope, type TypeShapes } from './type-shapes.ts';

export interface Value {
  readonly base: Base;
  readonly steps: readonly ValueStep[];
  /** The thing lies behind a shared pointer (`&`, `Arc`, `Rc`) that is one of the steps. */
  readonly shared: boolean;
  /** Qualified, without pointers; null where it is not known. */
  readonly ty: Ty | null;
}

export type Base =
  | { readonly kind: 'argument'; readonly local: LocalIndex; readonly shared: boolean }
  | { readonly kind: 'static'; readonly name: string }
  /** A value that this body made or got from a call that says nothing of it. `block` is where. */
  | { readonly kind: 'local'; readonly local: LocalIndex; readonly block: BlockIndex }
  /** What the call that ends `block` returned. */
  | { readonly kind: 'result'; readonly block: BlockIndex; readonly args: readonly Value[] }
  /** A struct, tuple, closure or future of these parts. */
  | { readonly kind: 'made'; readonly parts: readonly Value[]; readonly key: string | null }
  | { readonly kind: 'unknown' };

export interface ValueStep {
  /** `.0`, or `[]` for some element. */
  readonly step: string;
  /** The type that the part is of, without pointers; null where it is not known. */
  readonly owner: Ty | null;
}

// Limit: fields in a row, and definitions followed; a linked list's `next.next.…` ends there as unknown.
const stepsMax = 8;
const definitionsMax = 40;

export const unknownValue: Value = { base: { kind: 'unknown' }, steps: [], shared: false, ty: null };

/** Standard methods that return what their first argument stands for, in another wrapping. */
const transparent =
  /^(?:as_deref|as_deref_mut|as_mut|as_ref|borrow|borrow_mut|clone|cloned|copied|deref|deref_mut|from|get_mut|get_ref|get_unchecked_mut|into|into_future|into_iter|into_inner|into_pin|map_unchecked_mut|new|new_unchecked|pin|to_owned|unwrap|expect|branch|upgrade|downgrade|from_output)$/;
/** `new` and `from` wrap only in these; of any other type they make something. */
const wrappers =
  /^(?:std|core|alloc)::(?:boxed::Box|sync::Arc|sync::Weak|rc::Rc|rc::Weak|pin::Pin|option::Option|sync::LazyLock|cell::LazyCell)$/;

type Definition =
  | { readonly kind: 'assign'; readonly rvalue: Rvalue; readonly block: BlockIndex }
  | { readonly kind: 'call'; readonly call: Terminator & { kind: 'call' }; readonly block: BlockIndex };

export class ValuePaths {
  readonly #body: Body;
  readonly #shapes: TypeShapes;
  readonly #scope: TypeScope;
  readonly #definitions = new Map<LocalIndex, Definition | 'many'>();
  readonly #known = new Map<LocalIndex, Value>();

  constructor(body: Body, shapes: TypeShapes, scope: TypeScope) {
    this.#body = body;
    this.#shapes = shapes;
    this.#scope = scope;
    body.blocks.forEach((block, at) => {
      if (block.cleanup) return;
      for (const statement of block.statements) {
        if (statement.kind !== 'assign' || statement.place.projection.length > 0) continue;
        this.#define(statement.place.local, { kind: 'assign', rvalue: statement.rvalue, block: at });
      }
      const { terminator } = block;
      if (terminator.kind === 'call' && terminator.destination.projection.length === 0)
        this.#define(terminator.destination.local, { kind: 'call', call: terminator, block: at });
      if (terminator.kind === 'yield') this.#define(terminator.destination.local, null);
    });
  }

  operand(operand: Operand, depth = 0): Value {
    if (operand.kind === 'const') return this.#constant(operand.text);
    return this.place(operand.place, depth);
  }

  place(place: Place, depth = 0): Value {
    let value = this.#local(place.local, depth);
    let printed: string | null = this.#body.locals[place.local]?.ty ?? null;
    let owner = printed === null ? null : this.#qualify(printed);
    for (const [index, projection] of place.projection.entries()) {
      if (value.base.kind === 'unknown' && value.steps.length === 0 && projection.kind !== 'field') continue;
      printed = printedTypeOf(this.#body, {
        local: place.local,
        projection: place.projection.slice(0, index + 1),
      });
      switch (projection.kind) {
        case 'field':
          value = isPointerField(owner, projection.ty)
            ? value
            : field(value, projection.index, owner, this.#qualify(projection.ty));
          break;
        case 'index':
        case 'elements':
          value = element(value);
          break;
        case 'deref':
          // A reference that the body made itself was followed to what it refers to.
          if (isShared(owner) && value.steps.length > 0) value = { ...value, shared: true };
          break;
        default:
      }
      owner = printed === null ? null : this.#qualify(printed);
      if (projection.kind === 'field' || projection.kind === 'deref')
        value = { ...value, ty: owner === null ? null : behindPointers(owner) };
    }
    return value;
  }

  /** The block that defines a local, where there is only one. */
  definedIn(local: LocalIndex): BlockIndex | null {
    const definition = this.#definitions.get(local);
    return definition === undefined || definition === 'many' ? null : definition.block;
  }

  #define(local: LocalIndex, definition: Definition | null): void {
    const many = definition === null || this.#definitions.has(local);
    this.#definitions.set(local, many ? 'many' : definition);
  }

  #qualify(printed: string): Ty {
    return this.#shapes.qualify(printed, this.#scope);
  }

  #local(local: LocalIndex, depth: number): Value {
    const known = this.#known.get(local);
    if (known !== undefined) return known;
    const value = this.#follow(local, depth);
    // What the bound cut short is not what the next question should get.
    if (depth < definitionsMax / 2) this.#known.set(local, value);
    return value;
  }

  #follow(local: LocalIndex, depth: number): Value {
    const printed = this.#body.locals[local]?.ty;
    const declared = printed === undefined ? null : this.#qualify(printed);
    const ty = declared === null ? null : behindPointers(declared);
    const definition = this.#definitions.get(local);
    if (local >= 1 && local <= this.#body.argCount) {
      if (definition !== undefined) return { ...unknownValue, ty };
      return { base: { kind: 'argument', local, shared: isShared(declared) }, steps: [], shared: false, ty };
    }
    if (definition === undefined || definition === 'many' || depth > definitionsMax)
      return { ...unknownValue, ty };
    const own: Value = {
      base: { kind: 'local', local, block: definition.block },
      steps: [],
      shared: false,
      ty,
    };
    if (definition.kind === 'call') return this.#call(definition.call, definition.block, own, depth);
    const { rvalue } = definition;
    switch (rvalue.kind) {
      case 'use':
      case 'cast':
        return retyped(this.operand(rvalue.operand, depth + 1), ty);
      case 'ref':
      case 'raw-ref':
        return retyped(this.place(rvalue.place, depth + 1), ty);
      case 'aggregate': {
        const parts = rvalue.fields.map(part => this.operand(part.operand, depth + 1));
        if (rvalue.shape === 'array') return own;
        if (rvalue.shape === 'adt' && isStandardPath(rvalue.name)) return parts[0] ?? own;
        const closure = rvalue.shape === 'closure' ? this.#qualify(rvalue.name) : null;
        const key = closure?.kind === 'closure' ? closure.key : null;
        return { base: { kind: 'made', parts, key }, steps: [], shared: false, ty };
      }
      default:
        return own;
    }
  }

  #call(call: Terminator & { kind: 'call' }, block: BlockIndex, own: Value, depth: number): Value {
    const path = typeof call.callee === 'string' ? calleePath(call.callee) : '';
    const [first] = call.args;
    if (first !== undefined && first.kind !== 'const' && this.#isTransparent(path, call)) {
      const value = this.operand(first, depth + 1);
      const from = printedTypeOf(this.#body, first.place);
      const shared =
        value.shared || (value.steps.length > 0 && from !== null && isShared(this.#qualify(from)));
      return { ...retyped(value, own.ty), shared };
    }
    if (first !== undefined && isTaking(call))
      return retyped(element(this.operand(first, depth + 1)), own.ty);
    // A wrapper around a future or closure stands for it: `fut.fuse()`, `timeout(limit, fut)`.
    const destination = this.#body.locals[call.destination.local]?.ty ?? '';
    if (destination.includes('{') && !/^\{/.test(destination)) {
      const keys = new Set(closureKeysIn(this.#qualify(destination)));
      for (const arg of call.args) {
        if (arg.kind !== 'move') continue;
        const printed = printedTypeOf(this.#body, arg.place);
        if (printed?.includes('{') !== true) continue;
        if (closureKeysIn(this.#qualify(printed)).some(key => keys.has(key)))
          return this.operand(arg, depth + 1);
      }
    }
    const args = call.args.map(arg => this.operand(arg, depth + 1));
    return { ...own, base: { kind: 'result', block, args } };
  }

  /** A static is a constant that refers to an allocation, and the dump says behind the body whose. */
  #constant(text: string): Value {
    const match = /^\{(alloc\d+): (.*)\}$/s.exec(text.replace(/^const /, ''));
    const name = this.#body.statics.get(match?.[1] ?? '');
    if (name === undefined) return unknownValue;
    const ty = behindPointers(this.#qualify(match?.[2] ?? ''));
    return { base: { kind: 'static', name: qualifyPath(name, this.#scope) }, steps: [], shared: true, ty };
  }

  #isTransparent(path: string, call: Terminator & { kind: 'call' }): boolean {
    const method = lastSegment(path);
    if (!transparent.test(method) || typeof call.callee !== 'string') return false;
    const callee = parseCallee(call.callee);
    // Of the trait the method says enough: a crate that re-exports `Deref` lends it another path.
    if (callee.kind === 'trait') {
      const self = this.#qualify(callee.self.text);
      if (/^(?:into_future|branch|from_output)$/.test(method)) return true;
      // A type whose definition is seen has a body of its own for `clone`, derived or written.
      if (method === 'clone') return this.#shapes.shapeOf(self) === null;
      // The target of a guard is what the lock protects, and that of a type of one's own is its function's affair.
      return self.kind === 'path' && wrappers.test(self.path);
    }
    const owner = /^((?:std|core|alloc)::[\w:]+)::\w+$/.exec(path)?.[1] ?? '';
    return /^(?:unwrap|expect)$/.test(method) ? /::(?:Option|Result)$/.test(owner) : wrappers.test(owner);
  }
}

/** `value` of a callee, with the callee's arguments replaced; null stands for an argument that is not known. */
export function substituteValue(value: Value, argument: (local: LocalIndex) => Value | null): Value {
  switch (value.base.kind) {
    case 'argument': {
      const by = argument(value.base.local);
      if (by === null) return { ...unknownValue, steps: value.steps, shared: value.shared, ty: value.ty };
      let result = by;
      for (const step of value.steps) result = through(result, step);
      return { ...result, shared: result.shared || value.shared, ty: value.ty ?? result.ty };
    }
    case 'made':
      return {
        ...value,
        base: { ...value.base, parts: value.base.parts.map(part => substituteValue(part, argument)) },
      };
    case 'static':
      return value;
    default:
      return { ...unknownValue, steps: value.steps, shared: value.shared, ty: value.ty };
  }
}

/** A part of a value by the step that names it. */
export function through(value: Value, step: ValueStep): Value {
  if (value.base.kind === 'made' && value.steps.length === 0) {
    const part = /^\.\d+$/.test(step.step) ? value.base.parts[Number(step.step.slice(1))] : undefined;
    return part ?? unknownValue;
  }
  if (value.steps.length >= stepsMax) return { ...unknownValue, steps: [step] };
  return { ...value, steps: [...value.steps, step] };
}

function field(value: Value, index: number, owner: Ty | null, ty: Ty): Value {
  const bare = owner === null ? null : behindPointers(owner);
  // The payload of `Some` or `Ok` stands for the whole, as `unwrap` does.
  if (
    bare?.kind === 'path' &&
    isStandardPath(bare.path) &&
    /::(?:Option|Result|Poll|ControlFlow)$/.test(bare.path)
  )
    return value;
  return { ...through(value, { step: `.${index}`, owner: bare }), ty: behindPointers(ty) };
}

function element(value: Value): Value {
  return through({ ...value, ty: null }, { step: '[]', owner: null });
}

function retyped(value: Value, ty: Ty | null): Value {
  return ty === null ? value : { ...value, ty };
}

function isTaking({ callee }: Terminator & { kind: 'call' }): boolean {
  const known = typeof callee === 'string' ? knownCallOf(callee) : null;
  return known === 'take' || known === 'replace';
}

/** rustc's own way into a box: `((_4.0: Unique<T>).0: NonNull<T>)`. */
function isPointerField(owner: Ty | null, printed: string): boolean {
  return /^\w+::ptr::(?:Unique|NonNull)</.test(printed) && owner?.kind === 'path';
}

function isShared(ty: Ty | null): boolean {
  if (ty === null) return false;
  if (ty.kind === 'ref') return !ty.mutable || isShared(ty.inner);
  if (ty.kind === 'raw') return true;
  return ty.kind === 'path' && /^(?:std|core|alloc)::(?:sync::Arc|rc::Rc|sync::Weak|rc::Weak)$/.test(ty.path);
}
