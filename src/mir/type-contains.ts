/**
 * "Does this type contain a T?", by a walk through the type's parts: generic arguments of the standard library's
 * containers, fields of the workspace's own types (see type-shapes.ts), captures of closures and futures.
 *
 * Owned is what dropping the value drops. References and raw pointers are not followed, except in mode `reachable`.
 * A walk may carry a tree of move paths with what is initialised; parts that were moved out are then left out.
 */

import type { Ty } from './type-parser.ts';
import type { Shape, TypeShapes } from './type-shapes.ts';

export interface Found<E> {
  readonly entry: E;
  /** The found type itself, qualified. */
  readonly ty: Ty;
  /** From the outside in: `field guard of shop::Holder`, `variant Some of …`. Empty when the type is the thing itself. */
  readonly route: readonly string[];
  /** `exact`: every step is known. `inexact`: read off another instance. `guessed`: through a type of another crate. */
  readonly certainty: 'exact' | 'inexact' | 'guessed';
  /** Behind Rc or Arc: dropping this value may not drop it. */
  readonly shared: boolean;
  /** Only in a poisoned lock's error. */
  readonly poisoned: boolean;
  /** Captured by a future that may not have run yet. */
  readonly inFuture: boolean;
  /** Initialised on every path; true when no tree was given. */
  readonly definite: boolean;
}

/** What could not be looked into. */
export interface Unresolved {
  readonly kind: 'dyn' | 'parameter' | 'foreign' | 'unsure';
  readonly ty: Ty;
  /** Captured by a future that may not have run yet. */
  readonly inFuture: boolean;
}

/** A node of the tree of move paths, with a dataflow state applied. */
export interface InitTree {
  /** Whether the place, apart from its own children, may be initialised. */
  readonly live: boolean;
  readonly definite: boolean;
  /** No part of the place has a state of its own. */
  readonly leaf: boolean;
  child(step: string): InitTree | null;
}

export interface Contents<E> {
  readonly found: readonly Found<E>[];
  readonly unresolved: readonly Unresolved[];
}

// Limit: depth of nesting and number of answers per type; both far above what real types reach.
const depthMax = 40;
const foundMax = 64;

interface Variant {
  readonly name: string | null;
  readonly fields: readonly { readonly index: number; readonly name: string | null; readonly ty: Ty }[];
}

interface Context {
  readonly route: readonly string[];
  readonly certainty: Found<unknown>['certainty'];
  readonly shared: boolean;
  readonly poisoned: boolean;
  readonly inFuture: boolean;
  readonly depth: number;
  /** The type of another crate that names what is looked at as an argument, and may or may not own it; else null. */
  readonly foreign: Ty | null;
}

/**
 * Types of other crates that own what their arguments name, as collections do. Of any other, what an argument names is
 * an unknown and no finding: a `tokio::sync::mpsc::Sender<T>` owns a handle to a queue and no `T`.
 */
const foreignOwners = new Set([
  'arrayvec::ArrayVec',
  'either::Either',
  'hashbrown::HashMap',
  'hashbrown::HashSet',
  'indexmap::IndexMap',
  'indexmap::IndexSet',
  'slab::Slab',
  'smallvec::SmallVec',
]);

export class TypeContains<E> {
  readonly #memo = new Map<string, Contents<E>>();
  /** Types in which a whole walk found nothing: most parts of a large future are. */
  readonly #empty = new Set<string>();
  /** Walks that ended early; what was seen then says nothing of the type elsewhere. */
  #cuts = 0;
  readonly #shapes: TypeShapes;
  readonly #find: (path: string) => E | 'unsure' | null;
  readonly #reachable: boolean;

  /** `find` says what a qualified path without generics is, null for nothing, `unsure` where that cannot be told. */
  constructor(
    shapes: TypeShapes,
    find: (path: string) => E | 'unsure' | null,
    mode: 'owned' | 'reachable' = 'owned',
  ) {
    this.#shapes = shapes;
    this.#find = find;
    this.#reachable = mode === 'reachable';
  }

  /** Shapes must not grow after the first question. */
  contentsOf(ty: Ty, tree: InitTree | null = null): Contents<E> {
    if (tree?.leaf === true) return this.#contentsOfWhole(ty, tree);
    const known = tree === null ? this.#memo.get(ty.text) : undefined;
    if (known !== undefined) return known;
    const found: Found<E>[] = [];
    const unresolved: Unresolved[] = [];
    const start: Context = {
      route: [],
      certainty: 'exact',
      shared: false,
      poisoned: false,
      inFuture: false,
      depth: 0,
      foreign: null,
    };
    this.#walk(ty, tree, tree?.live ?? true, tree?.definite ?? true, start, new Set(), found, unresolved);
    const contents = { found, unresolved };
    if (tree === null) this.#memo.set(ty.text, contents);
    return contents;
  }

  /** A place none of whose parts has a state of its own: what its type contains, or nothing. */
  #contentsOfWhole(ty: Ty, { live, definite }: InitTree): Contents<E> {
    if (!live) return { found: [], unresolved: [] };
    const { found, unresolved } = this.contentsOf(ty);
    return definite
      ? { found, unresolved }
      : { found: found.map(item => ({ ...item, definite })), unresolved };
  }

  #walk(
    ty: Ty,
    tree: InitTree | null,
    live: boolean,
    definite: boolean,
    context: Context,
    open: Set<string>,
    found: Found<E>[],
    unresolved: Unresolved[],
  ): void {
    // Nothing is left here, and no part was put back.
    if (!live && (tree === null || tree.leaf)) return;
    if (context.depth > depthMax || found.length >= foundMax) {
      this.#cuts++;
      return;
    }
    const { inFuture } = context;
    const next = (step: string | null, change: Partial<Context> = {}): Context => ({
      ...context,
      ...change,
      depth: context.depth + 1,
      route: step === null ? context.route : [...context.route, step],
    });
    const into = (part: Ty, subtree: InitTree | null, at: Context) =>
      this.#walk(
        part,
        subtree,
        subtree?.live ?? live,
        subtree?.definite ?? definite,
        at,
        open,
        found,
        unresolved,
      );

    switch (ty.kind) {
      case 'ref':
        if (this.#reachable) into(ty.inner, null, next('a reference'));
        return;
      case 'raw':
        if (this.#reachable) into(ty.inner, null, next('a pointer'));
        return;
      case 'tuple':
        ty.items.forEach((item, index) => {
          into(item, tree?.child(`.${index}`) ?? null, next(`element ${index} of a tuple`));
        });
        return;
      case 'array':
      case 'slice':
        into(ty.element, tree?.child('[]') ?? null, next(ty.kind === 'array' ? 'an array' : 'a slice'));
        return;
      case 'dyn':
        if (live) unresolved.push({ kind: 'dyn', ty, inFuture });
        return;
      case 'impl':
      case 'projection':
        if (live) unresolved.push({ kind: 'parameter', ty, inFuture });
        return;
      case 'closure':
      case 'path':
        break;
      default:
        return;
    }

    if (ty.kind === 'path') {
      const entry = this.#find(ty.path);
      if (entry === 'unsure') {
        if (live) unresolved.push({ kind: 'unsure', ty, inFuture });
      } else if (entry !== null) {
        const { route, certainty, shared, poisoned, foreign } = context;
        if (live && foreign !== null) unresolved.push({ kind: 'foreign', ty: foreign, inFuture });
        else if (live) found.push({ entry, ty, route, certainty, shared, poisoned, inFuture, definite });
        return;
      }
    }
    if (this.#empty.has(ty.text)) return;
    if (open.has(ty.text)) {
      this.#cuts++;
      return;
    }
    const before = found.length + unresolved.length + this.#cuts;
    open.add(ty.text);
    this.#walkParts(ty, tree, live, context, next, into, unresolved);
    open.delete(ty.text);
    const isEmpty = found.length + unresolved.length + this.#cuts === before;
    if (isEmpty && live && tree === null) this.#empty.add(ty.text);
  }

  #walkParts(
    ty: Ty & { kind: 'path' | 'closure' },
    tree: InitTree | null,
    live: boolean,
    context: Context,
    next: (step: string | null, change?: Partial<Context>) => Context,
    into: (part: Ty, subtree: InitTree | null, at: Context) => void,
    unresolved: Unresolved[],
  ): void {
    const standard = ty.kind === 'path' ? standardVariants(ty) : null;
    if (standard !== null) {
      for (const variant of standard) {
        const variantTree = variant.name === null ? tree : childOf(tree, `as ${variant.name}`);
        for (const field of variant.fields) {
          const poison = ty.kind === 'path' && lastSegment(ty.path) === 'PoisonError';
          const step = `${variant.name === null ? '' : `variant \`${variant.name}\` of `}\`${lastSegment(ty.kind === 'path' ? ty.path : ty.key)}\``;
          into(
            field.ty,
            childOf(variantTree, `.${field.index}`),
            next(step, poison ? { poisoned: true } : {}),
          );
        }
      }
      return;
    }
    if (ty.kind === 'path' && isStandardPath(ty.path)) {
      const last = lastSegment(ty.path);
      if (notOwners.has(last) || (ty.lifetimes && !ownersWithLifetime.has(last))) return;
      const shared = last === 'Rc' || last === 'Arc';
      for (const arg of ty.args) {
        const subtree = last === 'Box' ? childOf(tree, '*') : childOf(tree, '[]');
        into(arg, subtree, next(`\`${last}\``, shared ? { shared: true } : {}));
      }
      return;
    }
    const shape = this.#shapes.shapeOf(ty);
    if (shape !== null) {
      this.#walkShape(ty, shape, tree, context, next, into);
      return;
    }
    if (this.#shapes.isParameter(ty)) {
      if (live) unresolved.push({ kind: 'parameter', ty, inFuture: context.inFuture });
      return;
    }
    // A type or a future of another crate: neither its fields nor what it borrows can be seen.
    const path = ty.kind === 'path' ? ty.path : ty.key;
    const foreign = foreignOwners.has(path) ? context.foreign : (context.foreign ?? ty);
    const inFuture = context.inFuture || (ty.kind === 'closure' && ty.coroutine);
    for (const arg of ty.args) {
      into(arg, null, next(`\`${lastSegment(path)}\``, { certainty: 'guessed', foreign, inFuture }));
    }
    if (live && ty.kind === 'path' && ty.lifetimes) unresolved.push({ kind: 'foreign', ty, inFuture });
  }

  #walkShape(
    ty: Ty & { kind: 'path' | 'closure' },
    shape: Shape,
    tree: InitTree | null,
    context: Context,
    next: (step: string | null, change?: Partial<Context>) => Context,
    into: (part: Ty, subtree: InitTree | null, at: Context) => void,
  ): void {
    for (const variant of shape.variants) {
      const variantTree = variant.name === null ? tree : childOf(tree, `as ${variant.name}`);
      for (const field of variant.fields) {
        if (field.ty === null) continue;
        const certainty = variant.exact || context.certainty === 'guessed' ? context.certainty : 'inexact';
        const change = { certainty, inFuture: context.inFuture || (ty.kind === 'closure' && ty.coroutine) };
        into(
          field.ty,
          childOf(variantTree, `.${field.index}`),
          next(stepOf(ty, variant.name, field.index, field.name), change),
        );
      }
    }
  }
}

function stepOf(
  ty: Ty & { kind: 'path' | 'closure' },
  variant: string | null,
  index: number,
  name: string | null,
): string {
  if (ty.kind === 'closure') {
    const what = ty.coroutine ? 'future' : 'closure';
    return name === null ? `what a ${what} captures` : `\`${name}\` captured by a ${what}`;
  }
  const owner = lastSegment(ty.path);
  if (variant !== null) return `variant \`${variant}\` of \`${owner}\``;
  return name === null ? `field ${index} of \`${owner}\`` : `field \`${name}\` of \`${owner}\``;
}

/** A missing child has the state of its nearest known ancestor: `inherit` keeps that. */
function childOf(tree: InitTree | null, step: string): InitTree | null {
  if (tree === null) return null;
  return tree.child(step) ?? inherit(tree);
}

/** The tree of a part that has no state of its own. */
export function inherit(tree: InitTree): InitTree {
  return { live: tree.live, definite: tree.definite, leaf: true, child: () => null };
}

/** Enums and wrappers of the standard library whose parts move paths can name. Discriminants: see initialization.ts. */
export function standardVariants(ty: Ty & { kind: 'path' }): readonly Variant[] | null {
  if (!isStandardPath(ty.path)) return null;
  const [first, second] = ty.args;
  const one = (name: string | null, arg: Ty | undefined): Variant => ({
    name,
    fields: arg === undefined ? [] : [{ index: 0, name: null, ty: arg }],
  });
  switch (lastSegment(ty.path)) {
    case 'Option':
      return [one('None', undefined), one('Some', first)];
    case 'Result':
      return [one('Ok', first), one('Err', second)];
    case 'Poll':
      return [one('Ready', first), one('Pending', undefined)];
    case 'ControlFlow':
      return [one('Continue', second), one('Break', first)];
    case 'PoisonError':
      return [one(null, first)];
    case 'TryLockError': {
      if (first === undefined) return null;
      const text = `std::sync::PoisonError<${first.text}>`;
      return [
        one('Poisoned', {
          kind: 'path',
          path: 'std::sync::PoisonError',
          args: [first],
          lifetimes: false,
          text,
        }),
        one('WouldBlock', undefined),
      ];
    }
    default:
      return null;
  }
}

/** Discriminant values of the standard library's enums, in the order of `standardVariants`. */
export function standardVariantOf(path: string, value: string): string | null {
  if (!isStandardPath(path)) return null;
  const names: Record<string, readonly string[]> = {
    Option: ['None', 'Some'],
    Result: ['Ok', 'Err'],
    Poll: ['Ready', 'Pending'],
    ControlFlow: ['Continue', 'Break'],
    TryLockError: ['Poisoned', 'WouldBlock'],
  };
  return names[lastSegment(path)]?.[Number(value)] ?? null;
}

/** Types of the standard library that name a type without owning a value of it. */
const notOwners = new Set([
  'PhantomData',
  'Weak',
  'NonNull',
  'AtomicPtr',
  'Discriminant',
  'TypeId',
  'RawWaker',
  'Context',
  'Waker',
]);

/** A lifetime in the standard library's types means that the arguments are borrowed, but for these. */
const ownersWithLifetime = new Set(['Drain', 'Cow']);

export function isStandardPath(path: string): boolean {
  return path.startsWith('std::') || path.startsWith('core::') || path.startsWith('alloc::');
}

export function lastSegment(path: string): string {
  const at = path.lastIndexOf('::');
  return at < 0 ? path : path.slice(at + 2);
}
