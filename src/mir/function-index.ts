/**
 * Functions by the ways in which rustc's paths name them. A method's body is named by the place of its impl and called by
 * the path of its type, so what an impl is of is learned from the `self` of its methods, from the futures of its async
 * methods and from its header in the source.
 */
import type { Location } from '#model/location.ts';
import type { Body } from '#model/mir.ts';
import { methodOf, parseCallee } from './callee.ts';
import { closureKeysIn } from './closure-keys.ts';
import type { CallSite, FunctionNode, ImplOf, Resolution } from './function-node.ts';
import { type ImplHeader, parseImplHeader } from './impl-header.ts';
import { behindPointers } from './pointers.ts';
import { lastSegment } from './type-contains.ts';
import type { Ty } from './type-parser.ts';
import { qualifyPath, type TypeScope, type TypeShapes } from './type-shapes.ts';

interface LearnedImpl {
  readonly scope: TypeScope;
  readonly header: ImplHeader | null;
  self: Ty | null;
  /** Paths of its self type; more than one where one macro call wrote several impls. */
  readonly paths: Set<string>;
  trait: string | null;
}

const foreign: Resolution = { targets: [], open: 'foreign' };

export class FunctionIndex {
  readonly #shapes: TypeShapes;
  readonly #headerAt: (file: string, location: Location) => string | null;
  readonly #impls = new Map<string, LearnedImpl>();
  readonly #implOf = new Map<LearnedImpl, ImplOf>();
  readonly #functions = new Map<string, FunctionNode[]>();
  readonly #functionsByTail = new Map<string, FunctionNode[]>();
  /** By name and by the tail of the type that the impl is of. */
  readonly #methods = new Map<string, FunctionNode[]>();
  readonly #blanketMethods = new Map<string, FunctionNode[]>();
  readonly #closures = new Map<string, FunctionNode[]>();
  readonly #futures = new Map<string, FunctionNode[]>();
  /** Types that an impl is of: what a body prints as one word is then no type parameter. */
  readonly #implemented = new Set<string>();
  #nodes: readonly FunctionNode[] = [];

  constructor(shapes: TypeShapes, headerAt: (file: string, location: Location) => string | null) {
    this.#shapes = shapes;
    this.#headerAt = headerAt;
  }

  /** The impl around a body, learning from the body; null for functions outside of impls. */
  implOf(body: Body, unit: number, scope: TypeScope): ImplOf | null {
    const match = /^(.*?<impl at (.*?):(\d+):(\d+): (\d+):(\d+)>)::(.*)$/s.exec(body.name);
    if (match === null) return null;
    const [, prefix = '', file = '', startLine, startColumn, endLine, endColumn, rest = ''] = match;
    const key = `${unit} ${prefix}`;
    let impl = this.#impls.get(key);
    if (impl === undefined) {
      const at = {
        file,
        startLine: Number(startLine),
        startColumn: Number(startColumn),
        endLine: Number(endLine),
        endColumn: Number(endColumn),
      };
      const header = this.#headerAt(file, at);
      impl = {
        scope,
        header: header === null ? null : parseImplHeader(header),
        self: null,
        paths: new Set(),
        trait: null,
      };
      this.#impls.set(key, impl);
      const learned = impl;
      this.#implOf.set(learned, {
        scope,
        get trait() {
          return learned.trait ?? (learned.header === null ? undefined : learned.header.trait);
        },
        get selfPath() {
          return learned.self?.kind === 'path' && learned.paths.size === 1 ? learned.self.path : null;
        },
        get selfName() {
          return learned.header?.self ?? null;
        },
        get blanket() {
          return learned.header?.blanket === true;
        },
      });
    }
    this.#learn(impl, body, rest, scope);
    return this.#implOf.get(impl) ?? null;
  }

  #learn(impl: LearnedImpl, body: Body, rest: string, scope: TypeScope): void {
    const first = body.locals[1];
    if (first === undefined) return;
    if (/^\w+$/.test(rest)) {
      const isSelf = body.debugInfo.some(
        info => info.name === 'self' && info.place?.local === 1 && info.place.projection.length === 0,
      );
      if (isSelf && body.argCount > 0)
        this.#learnSelf(impl, behindPointers(this.#shapes.qualify(first.ty, scope)));
      return;
    }
    // `{async fn body of Foo<T>::run()}`, `{async fn body of <S as Svc>::go()}`
    const future = this.#shapes.qualify(first.ty, scope);
    if (!/^\w+::\{closure#0\}$/.test(rest) || future.kind !== 'closure' || future.key.startsWith('@')) return;
    const callee = parseCallee(future.key);
    if (callee.kind === 'trait') {
      impl.trait ??= lastSegment(callee.trait);
      this.#learnSelf(impl, this.#shapes.qualify(callee.self.text, scope));
    }
  }

  #learnSelf(impl: LearnedImpl, self: Ty): void {
    // Bodies come in any order; the least text wins so that the order does not show.
    if (impl.self === null || self.text < impl.self.text) impl.self = self;
    if (self.kind === 'path') impl.paths.add(self.path);
  }

  /** `nodes` by their ids, and those of them that can be looked up. */
  build(nodes: readonly FunctionNode[], named: readonly FunctionNode[]): void {
    this.#nodes = nodes;
    for (const node of named) {
      const outer = /^(.*)::\{closure#\d+\}$/s.exec(node.name)?.[1];
      if (node.coroutine && outer !== undefined) add(this.#futures, `${node.unit} ${outer}`, node);
      if (node.closureKey !== null) add(this.#closures, node.closureKey, node);
      if (/\{closure#\d+\}/.test(node.name)) continue;
      if (node.impl === null) {
        const path = qualifyPath(node.name, node.scope);
        add(this.#functions, path, node);
        add(this.#functionsByTail, tailOf(path), node);
        continue;
      }
      const { blanket, selfName, scope } = node.impl;
      const name = lastSegment(node.name);
      const tail = tailOfImpl(node.impl);
      if (tail !== null) add(this.#methods, `${name} ${tail}`, node);
      if (blanket) add(this.#blanketMethods, name, node);
      if (!blanket && selfName !== null) this.#implemented.add(`${scope.prefix} ${selfName}`);
    }
  }

  /** The futures whose bodies stand in a function: what an `async fn` returns, and its async blocks. */
  futuresIn({ unit, name }: FunctionNode): readonly FunctionNode[] {
    return this.#futures.get(`${unit} ${name}`) ?? [];
  }

  /** The body of a closure or future; where two units have the same source, the one of `from`'s own unit. */
  closure(from: FunctionNode, key: string): FunctionNode | null {
    return nearest(this.#closures.get(key) ?? [], from)[0] ?? null;
  }

  resolve(from: FunctionNode, call: CallSite): Resolution {
    const callee = parseCallee(call.callee);
    if (callee.kind === 'unknown') return foreign;
    if (callee.kind === 'path') return this.#byPath(from, call.path);
    const { self } = call;
    if (self === null) return foreign;
    const owned = this.#polledOrCalled(from, call, self);
    if (owned !== null) return owned;
    if (self.kind === 'dyn') return { targets: [], open: 'dyn' };
    if (self.kind === 'fn') return { targets: [], open: 'pointer' };
    if (self.kind === 'impl' || self.kind === 'projection' || this.#isParameter(self)) {
      return { targets: [], open: 'generic' };
    }
    if (callee.kind === 'self') return foreign;
    return this.#ofTrait(from, call, self, callee.trait);
  }

  #isParameter(self: Ty): boolean {
    if (!this.#shapes.isParameter(self)) return false;
    return self.kind !== 'path' || !this.#implemented.has(tailOf(self.path));
  }

  /** Futures inside a polled type, and closures that are called through `Fn`. */
  #polledOrCalled(from: FunctionNode, call: CallSite, self: Ty): Resolution | null {
    const isCall = /^(call|call_mut|call_once|async_call|async_call_mut|async_call_once)$/.test(call.method);
    if (call.kind !== 'poll' && !isCall) return null;
    const bodies = closureKeysIn(self).flatMap(key => {
      const body = this.closure(from, key);
      return body === null ? [] : [body.id];
    });
    if (bodies.length > 0) return { targets: unique(bodies), open: null };
    if (self.kind === 'closure') return foreign;
    if (isCall && self.kind === 'fn') return { targets: [], open: 'pointer' };
    if (call.kind === 'poll' && behindPointers(self).kind === 'dyn') return this.#boxedBy(from, call);
    return null;
  }

  /** The futures that the function makes from which a boxed one came. */
  #boxedBy(from: FunctionNode, call: CallSite): Resolution {
    if (call.madeBy === null) return { targets: [], open: 'dyn' };
    const callee = parseCallee(call.madeBy);
    const self =
      callee.kind === 'trait' || callee.kind === 'self'
        ? this.#shapes.qualify(callee.self.text, from.scope)
        : null;
    const path = callee.kind === 'path' ? qualifyPath(callee.path, from.scope) : '';
    const maker: CallSite = {
      ...call,
      callee: call.madeBy,
      path,
      method: methodOf(callee),
      kind: 'call',
      self,
      madeBy: null,
    };
    const { targets } = this.resolve(from, maker);
    const futures = targets
      .flatMap(id => this.futuresIn(this.#nodes[id] as FunctionNode))
      .map(({ id }) => id);
    return futures.length > 0 ? { targets: unique(futures), open: null } : { targets: [], open: 'dyn' };
  }

  #byPath(from: FunctionNode, path: string): Resolution {
    const functions = nearest(this.#functions.get(path) ?? [], from);
    if (functions.length > 0) return closed(functions);
    const cut = path.lastIndexOf('::');
    const owner = cut < 0 ? '' : path.slice(0, cut);
    const methods = ofType(
      this.#methodsOf(lastSegment(path), owner).filter(node => node.impl?.trait == null),
      owner,
    );
    if (methods.length > 0) return closed(nearest(methods, from));
    const reexported = nearest(this.#functionsByTail.get(tailOf(path)) ?? [], from);
    return reexported.length === 1 ? closed(reexported) : foreign;
  }

  #methodsOf(name: string, type: string): readonly FunctionNode[] {
    return type === '' ? [] : (this.#methods.get(`${name} ${tailOf(type)}`) ?? []);
  }

  #ofTrait(from: FunctionNode, call: CallSite, self: Ty, trait: string): Resolution {
    const traitName = lastSegment(trait);
    const bare = behindPointers(self);
    const methods = bare.kind === 'path' ? this.#methodsOf(call.method, bare.path) : [];
    const sure = methods.filter(({ impl }) => impl?.trait === traitName);
    const surely = bare.kind === 'path' ? ofType(sure, bare.path) : [];
    if (surely.length > 0) return closed(nearest(surely, from));
    // An impl that a macro wrote may be of any trait; one whose header says so is.
    const possible = methods.filter(({ impl }) => impl?.trait === undefined);
    const exact = bare.kind === 'path' ? ofType([...sure, ...possible], bare.path) : [];
    if (exact.length > 0) return closed(nearest(exact, from));
    const blanket = (this.#blanketMethods.get(call.method) ?? []).filter(
      ({ impl }) => impl?.trait === traitName || impl?.trait === undefined,
    );
    if (blanket.length > 0) return closed(nearest(blanket, from));
    const defaults = nearest(
      this.#functions.get(`${qualifyPath(trait, from.scope)}::${call.method}`) ?? [],
      from,
    );
    return defaults.length > 0 ? closed(defaults) : foreign;
  }
}

/**
 * Those of `methods` that are of the type at `path`. A path behind a re-export has the crate and the last segment alone
 * in common with the type's own; where two types do, which of them it is is not known.
 */
function ofType(methods: readonly FunctionNode[], path: string): FunctionNode[] {
  if (path === '') return [];
  const named = methods
    .map(node => ({ node, own: pathOfImpl(node) }))
    .filter(({ own }) => own !== null && tailOf(own) === tailOf(path));
  const exact = named.filter(({ own }) => own === path);
  if (exact.length === 0 && new Set(named.map(({ own }) => own)).size > 1) return [];
  return (exact.length > 0 ? exact : named).map(({ node }) => node);
}

/** The type that a method is of. Where only the source names it, it is taken to be in the impl's own module. */
function pathOfImpl({ impl, name, scope }: FunctionNode): string | null {
  if (impl === null || impl.selfPath !== null) return impl?.selfPath ?? null;
  if (impl.selfName === null) return null;
  const module = name.slice(0, name.indexOf('<impl at '));
  return qualifyPath(`${module}${impl.selfName}`, scope);
}

/** The type by its path, or, where only the source names it, by its last segment within the impl's crate. */
function tailOfImpl({ selfPath, selfName, scope }: ImplOf): string | null {
  if (selfPath !== null) return tailOf(selfPath);
  return selfName === null ? null : `${scope.prefix} ${selfName}`;
}

/** Crate and last segment: what is left of a path behind re-exports. */
function tailOf(path: string): string {
  const first = path.indexOf('::');
  return `${first < 0 ? path : path.slice(0, first)} ${lastSegment(path)}`;
}

function nearest(nodes: readonly FunctionNode[], from: FunctionNode): FunctionNode[] {
  const own = nodes.filter(node => node.unit === from.unit);
  return own.length > 0 ? own : [...nodes];
}

function closed(nodes: readonly FunctionNode[]): Resolution {
  return { targets: unique(nodes.map(node => node.id)), open: null };
}

function unique(ids: readonly number[]): number[] {
  return [...new Set(ids)].sort((a, b) => a - b);
}

function add(map: Map<string, FunctionNode[]>, key: string, node: FunctionNode): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [node]);
  else known.push(node);
}
