/** The nodes and calls of the call graph (call-graph.ts). */
import type { Location } from '#model/location.ts';
import type { BlockIndex } from '#model/mir.ts';
import type { Hand } from './input-flow.ts';
import type { Ty } from './type-parser.ts';
import type { TypeScope } from './type-shapes.ts';

export type FunctionId = number;

export interface FunctionNode {
  readonly id: FunctionId;
  /** Position of the crate target in the caller's list of units. */
  readonly unit: number;
  readonly scope: TypeScope;
  /** As printed: `run`, `<impl at src/a.rs:1:1: 1:9>::go::{closure#0}`. */
  readonly name: string;
  /** A future's body: of an `async fn`, block or closure. */
  readonly coroutine: boolean;
  /** For closures and coroutines: what a type that names them has as its key. */
  readonly closureKey: string | null;
  /** The impl whose item this is, itself or through the function around it. */
  readonly impl: ImplOf | null;
  /** Printed return type; empty where the dump has none. */
  readonly returns: string;
  /** Calls of code that can be reached without unwinding and that matter, in the order of blocks. */
  readonly calls: readonly CallSite[];
  /** Keys of the closures and blocks that the body makes; the future of an `async fn` is found by `futuresIn`. */
  readonly makes: readonly string[];
  /** Inputs that may be code and that a closure or coroutine made here captures, with its key. */
  readonly captures: readonly { readonly input: number; readonly key: string; readonly field: number }[];
}

export interface CallSite {
  readonly block: BlockIndex;
  /** As printed; empty for a call through a function pointer. */
  readonly callee: string;
  /** Without generics, the crate's own paths qualified: `std::thread::sleep`, `<shop::Db as shop::Store>::get`. */
  readonly path: string;
  readonly method: string;
  readonly at: Location | null;
  /** `poll` is `Future::poll`: an await, or a hand-written poll of another future. */
  readonly kind: 'call' | 'poll';
  /** What the callee's self type is, where the path has one (`<S as T>::m`), qualified. */
  readonly self: Ty | null;
  /** Of a poll through `dyn Future`: the callee, as printed, that returned the future; null where it was not found. */
  readonly madeBy: string | null;
  /** Keys of closures and futures among the arguments' types. */
  readonly passes: readonly string[];
  /** For each of `passes` the position of its argument. */
  readonly passesIn: readonly number[];
  /** Inputs of the body itself that may be code and arrive in an argument. */
  readonly hands: readonly Hand[];
}

export interface Resolution {
  readonly targets: readonly FunctionId[];
  /** Why there may be other targets, or null when the targets are all there are. */
  readonly open: 'dyn' | 'generic' | 'pointer' | 'foreign' | null;
}

export interface ImplOf {
  readonly scope: TypeScope;
  /** Last segment of the trait, null for inherent impls; undefined where the header could not be read. */
  readonly trait: string | null | undefined;
  /** Qualified path of the type where a body showed it. */
  readonly selfPath: string | null;
  /** Last segment of the type's path as the source has it. */
  readonly selfName: string | null;
  readonly blanket: boolean;
}
