import type { Location } from './location.ts';

/** Number of a local: `_4` is 4. `_0` is the return place. */
export type LocalIndex = number;
/** Number of a basic block: `bb7` is 7. */
export type BlockIndex = number;

/**
 * A place in the dump's text where a span stands, unparsed: a body has thousands of spans and a finding needs three.
 * `spanAt(body, ref)` of formats/mir-text reads it. -1: no span.
 */
export type SpanRef = number;

/** One function, constant, static or promoted as rustc printed it after one pass. */
export interface Body {
  /** As printed: `in_struct::{closure#0}`, `<impl at src/main.rs:8:1: 8:15>::new`. */
  readonly name: string;
  /** From the header comment: `StateTransform before`, `built after`, … */
  readonly pass: string;
  readonly kind: 'fn' | 'const' | 'static' | 'promoted';
  /** Type of what it yields when it is a coroutine before its transformation, else null. */
  readonly yields: string | null;
  /** Number of parameters: locals 1..=argCount. */
  readonly argCount: number;
  readonly locals: readonly LocalDecl[];
  readonly debugInfo: readonly DebugInfo[];
  readonly blocks: readonly BasicBlock[];
  /** Paths of the statics that constants of the body refer to, by allocation: `alloc1` is `shop::COUNTER`. */
  readonly statics: ReadonlyMap<string, string>;
  /** The dump's text, which SpanRefs index. */
  readonly text: string;
}

export interface LocalDecl {
  readonly mutable: boolean;
  /** As printed, with lifetimes. */
  readonly ty: string;
  readonly span: SpanRef;
}

/** `debug guard => _4;` */
export interface DebugInfo {
  readonly name: string;
  /** Null for constants and composites. */
  readonly place: Place | null;
  readonly span: SpanRef;
}

export interface BasicBlock {
  readonly cleanup: boolean;
  readonly statements: readonly Statement[];
  readonly terminator: Terminator;
}

export interface Place {
  readonly local: LocalIndex;
  readonly projection: readonly Projection[];
}

export type Projection =
  | { readonly kind: 'deref' }
  /** `(place.1: Ty)`; the type is the field's, as printed. */
  | { readonly kind: 'field'; readonly index: number; readonly ty: string }
  /** `(place as Variant)`; `variant#3` when rustc has no name. */
  | { readonly kind: 'downcast'; readonly variant: string }
  | { readonly kind: 'index'; readonly local: LocalIndex }
  /** `[3 of 4]`, `[-1 of 4]`, `[1..]`, `[1..-1]` and the like: some element or elements of an array or slice. */
  | { readonly kind: 'elements'; readonly text: string }
  /** `(place as Ty)` for opaque casts, `(place as subtype Ty)` and what newer compilers may add. */
  | { readonly kind: 'cast'; readonly ty: string };

export type Operand =
  | { readonly kind: 'copy'; readonly place: Place }
  | { readonly kind: 'move'; readonly place: Place }
  | { readonly kind: 'const'; readonly text: string };

export type Statement =
  | { readonly kind: 'assign'; readonly place: Place; readonly rvalue: Rvalue; readonly span: SpanRef }
  | { readonly kind: 'storage-live'; readonly local: LocalIndex; readonly span: SpanRef }
  | { readonly kind: 'storage-dead'; readonly local: LocalIndex; readonly span: SpanRef }
  | {
      readonly kind: 'set-discriminant';
      readonly place: Place;
      readonly variant: string;
      readonly span: SpanRef;
    }
  /** Statements without effect on initialisation: PlaceMention, FakeRead, AscribeUserType, Coverage, nop, … */
  | { readonly kind: 'other'; readonly text: string; readonly span: SpanRef };

export type Rvalue =
  | { readonly kind: 'use'; readonly operand: Operand }
  | { readonly kind: 'ref'; readonly mutability: 'shared' | 'mut' | 'fake'; readonly place: Place }
  | { readonly kind: 'raw-ref'; readonly mutability: 'const' | 'mut'; readonly place: Place }
  | { readonly kind: 'cast'; readonly operand: Operand; readonly ty: string; readonly how: string }
  | { readonly kind: 'discriminant'; readonly place: Place }
  | Aggregate
  /** Binary, unary, checked and nullary operations, len, repeat: the operands and the operator's name. */
  | { readonly kind: 'operation'; readonly operator: string; readonly operands: readonly Operand[] }
  /** Anything the grammar does not know; counted as unknown by who needs it. */
  | { readonly kind: 'other'; readonly text: string };

export interface Aggregate {
  readonly kind: 'aggregate';
  readonly shape: 'adt' | 'tuple' | 'array' | 'closure';
  /**
   * `adt`: the path with generics as printed, variant included: `Holder::<'_>`, `std::option::Option::<u32>::Some`.
   * `closure`: `{closure@src/a.rs:1:2: 1:9}`, `{coroutine@…}` and its kin. Empty for tuples and arrays.
   */
  readonly name: string;
  /** Field names where printed (struct-like); null for positional fields. */
  readonly fields: readonly { readonly name: string | null; readonly operand: Operand }[];
}

export type Terminator =
  | { readonly kind: 'goto'; readonly target: BlockIndex; readonly span: SpanRef }
  | {
      readonly kind: 'switch';
      readonly operand: Operand;
      /** Values as printed: `0`, `1`, `-1`, `'a'`. */
      readonly targets: readonly { readonly value: string; readonly target: BlockIndex }[];
      readonly otherwise: BlockIndex | null;
      readonly span: SpanRef;
    }
  | { readonly kind: 'return'; readonly span: SpanRef }
  | { readonly kind: 'resume'; readonly span: SpanRef }
  /** Abort on unwind (`terminate(…)`). */
  | { readonly kind: 'terminate'; readonly span: SpanRef }
  | { readonly kind: 'unreachable'; readonly span: SpanRef }
  | {
      readonly kind: 'drop';
      readonly place: Place;
      readonly target: BlockIndex;
      readonly unwind: BlockIndex | null;
      /** Of an async drop (unstable in rustc): where control goes when the future is dropped while it waits here. */
      readonly drop?: BlockIndex;
      readonly span: SpanRef;
    }
  | {
      readonly kind: 'call';
      readonly destination: Place;
      /** A path as printed (`std::thread::sleep`), or an operand when a function pointer is called. */
      readonly callee: string | Operand;
      readonly args: readonly Operand[];
      /** Null when it does not return. */
      readonly target: BlockIndex | null;
      readonly unwind: BlockIndex | null;
      readonly span: SpanRef;
      /** The callee's name alone (`lock` in `m.lock()`), where the dump prints it. */
      readonly calleeSpan: SpanRef;
    }
  | {
      readonly kind: 'tail-call';
      readonly callee: string | Operand;
      readonly args: readonly Operand[];
      readonly span: SpanRef;
    }
  | {
      readonly kind: 'assert';
      readonly condition: Operand;
      readonly target: BlockIndex;
      readonly unwind: BlockIndex | null;
      readonly span: SpanRef;
    }
  | {
      readonly kind: 'yield';
      readonly value: Operand;
      readonly destination: Place;
      readonly resume: BlockIndex;
      /** Where control goes when the future is dropped here: the cancellation path. */
      readonly drop: BlockIndex | null;
      readonly span: SpanRef;
    }
  | { readonly kind: 'coroutine-drop'; readonly span: SpanRef }
  | {
      readonly kind: 'false-edge';
      readonly real: BlockIndex;
      readonly imaginary: BlockIndex;
      readonly span: SpanRef;
    }
  | {
      readonly kind: 'false-unwind';
      readonly real: BlockIndex;
      readonly unwind: BlockIndex | null;
      readonly span: SpanRef;
    }
  | {
      readonly kind: 'inline-asm';
      readonly targets: readonly BlockIndex[];
      readonly unwind: BlockIndex | null;
      readonly span: SpanRef;
    }
  /** A terminator that the grammar does not know, with every `bbN` that its text names. */
  | {
      readonly kind: 'other';
      readonly text: string;
      readonly targets: readonly BlockIndex[];
      readonly span: SpanRef;
    };

/** A span as rustc prints it, before the file is made relative to the workspace. `null`: no location. */
export type MirSpan = Location | null;

/** The bodies of one crate target, with what rules must know of it. */
export interface MirCrate {
  readonly crateName: string;
  /** `name version`. */
  readonly package: string;
  readonly targetKind: string;
  readonly edition: string;
}
