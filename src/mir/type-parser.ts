/**
 * Types as rustc prints them in MIR dumps with `-Ztrim-diagnostic-paths=no` (rustc 1.85 to 1.97), as a tree.
 *
 * Lifetimes are erased from the tree's text (two types that differ in lifetimes alone are one type here); whether there
 * were any is kept, because a type without lifetimes cannot hold a borrowed guard. Not supported beyond "there is
 * something here": the parameters of function pointers, bounds of `dyn` and `impl`, const expressions.
 */
export type Ty =
  /** `std::vec::Vec<T>`: the path without generics and all generic arguments in the order of printing. */
  | {
      readonly kind: 'path';
      readonly path: string;
      readonly args: readonly Ty[];
      readonly lifetimes: boolean;
      readonly text: string;
    }
  | { readonly kind: 'ref'; readonly mutable: boolean; readonly inner: Ty; readonly text: string }
  | { readonly kind: 'raw'; readonly inner: Ty; readonly text: string }
  | { readonly kind: 'tuple'; readonly items: readonly Ty[]; readonly text: string }
  | { readonly kind: 'array'; readonly element: Ty; readonly text: string }
  | { readonly kind: 'slice'; readonly element: Ty; readonly text: string }
  /**
   * Closures and coroutines. `key` names the definition: `@src/a.rs:1:2: 1:9` of the crate's own, the path without
   * generics of an `async fn` and of what another crate defines. `lead` is what the text has before it.
   */
  | {
      readonly kind: 'closure';
      readonly coroutine: boolean;
      readonly lead: string;
      readonly key: string;
      readonly args: readonly Ty[];
      readonly text: string;
    }
  | { readonly kind: 'dyn'; readonly bounds: readonly string[]; readonly text: string }
  | { readonly kind: 'impl'; readonly text: string }
  /** Function items and pointers. */
  | { readonly kind: 'fn'; readonly text: string }
  /** `<T as Trait>::Name`, not resolved. */
  | { readonly kind: 'projection'; readonly text: string }
  | { readonly kind: 'never'; readonly text: string }
  | { readonly kind: 'const'; readonly text: string }
  | { readonly kind: 'unknown'; readonly text: string };

// Limit: nesting beyond this is an unknown type; types of real async code reach about 60.
const depthMax = 200;
// Limit: the memo is emptied when it holds this many types, so that memory stays bounded.
const memoMax = 50_000;
const memo = new Map<string, Ty>();

/** Total: what the grammar does not know becomes `unknown`. */
export function parseType(text: string): Ty {
  const known = memo.get(text);
  if (known !== undefined) return known;
  const parser = new TypeParser(text);
  let ty = parser.type(0);
  if (!parser.atEnd()) ty = { kind: 'unknown', text };
  if (memo.size >= memoMax) memo.clear();
  memo.set(text, ty);
  return ty;
}

export interface PathWithArgs {
  /** Without generics: `std::option::Option::Some`, `<Holder as Svc>::go`. */
  readonly path: string;
  readonly args: readonly Ty[];
  readonly lifetimes: boolean;
}

/** A path in expression position: `std::option::Option::<u32>::Some`, `<S<T> as Svc>::go::<U>`. */
export function parsePath(text: string): PathWithArgs | null {
  const parser = new TypeParser(text);
  const path = parser.path(0);
  return path !== null && parser.atEnd() ? path : null;
}

const closureHead =
  /\{(async gen closure body|async gen fn body|async gen block|async closure body|async closure|async fn body|async block|gen closure body|gen fn body|gen block|coroutine-closure|coroutine|closure|static coroutine)(@| of )?/y;
/** What a definition's path begins with: `hyper::`, `<T as Trait>::`. A file's path does not. */
const definitionPath = /<|[\w\u0080-\uffff]+::/y;
// Limit: a file's path of 4096 characters, the most that Linux takes. It may hold brackets of its own.
const fileSpan = /.{1,4096}?:\d+:\d+: \d+:\d+(?= \(#\d+\)\}|\})/y;
const implAt = /<impl at .{1,4096}?:\d+:\d+: \d+:\d+(?: \(#\d+\))?>/y;

class TypeParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  type(depth: number): Ty {
    if (depth > depthMax) return this.#unknown(this.#at);
    const start = this.#at;
    const c = this.#text[start];
    if (c === '&') return this.#reference(depth);
    if (c === '*') return this.#rawPointer(depth);
    if (c === '(') return this.#tuple(depth);
    if (c === '[') return this.#arrayOrSlice(depth);
    if (c === '{') return this.#closure(depth);
    if (c === '!') {
      this.#at++;
      return { kind: 'never', text: '!' };
    }
    if (this.#startsWith('dyn ')) return this.#dyn();
    if (this.#startsWith('impl ')) {
      this.#skipToEndOfType();
      return { kind: 'impl', text: eraseLifetimes(this.#text.slice(start, this.#at)) };
    }
    if (/^(for<|fn\(|unsafe |extern )/.test(this.#text.slice(start, start + 7))) {
      this.#skipToEndOfType();
      const text = eraseLifetimes(this.#text.slice(start, this.#at));
      return text.includes('fn(') ? { kind: 'fn', text } : { kind: 'unknown', text };
    }
    if (c !== undefined && /[0-9"'-]/.test(c)) {
      this.#skipToEndOfType();
      return { kind: 'const', text: this.#text.slice(start, this.#at) };
    }
    const path = this.path(depth);
    if (path === null || this.#at === start) return this.#unknown(start);
    if (path.path.startsWith('<'))
      return { kind: 'projection', text: eraseLifetimes(this.#text.slice(start, this.#at)) };
    return pathType(path.path, path.args, path.lifetimes);
  }

  /** Leaves the position behind the last segment; null when no segment was found. */
  path(depth: number): PathWithArgs | null {
    let path = '';
    let lifetimes = false;
    const args: Ty[] = [];
    if (this.#text[this.#at] === '<') {
      if (this.#startsWith('<impl at ')) {
        const start = this.#at;
        this.#skipImpl();
        path = this.#text.slice(start, this.#at);
      } else {
        this.#at++;
        const self = this.type(depth + 1);
        args.push(...argsOf(self));
        let inside = skeleton(self);
        if (this.#startsWith(' as ')) {
          this.#at += 4;
          const trait = this.path(depth + 1);
          if (trait === null) return null;
          args.push(...trait.args);
          inside += ` as ${trait.path}`;
        }
        if (this.#text[this.#at] !== '>') return null;
        this.#at++;
        path = `<${inside}>`;
      }
      if (!this.#startsWith('::')) return path === '' ? null : { path, args, lifetimes };
      this.#at += 2;
      path += '::';
    }
    for (;;) {
      const segment = this.#segment();
      if (segment === '') return null;
      path += segment;
      if (this.#startsWith('::<') && !this.#startsWith('::<impl at ')) this.#at += 2;
      if (this.#text[this.#at] === '<' && !this.#startsWith('<impl at ')) {
        const generic = this.#genericArgs(depth);
        if (generic === null) return null;
        args.push(...generic.args);
        lifetimes ||= generic.lifetimes;
      } else if (
        this.#text[this.#at] === '(' &&
        /(^|::)(Fn|FnMut|FnOnce|AsyncFn|AsyncFnMut|AsyncFnOnce)$/.test(path)
      ) {
        this.#skipBalanced();
        if (this.#startsWith(' -> ')) {
          this.#at += 4;
          this.type(depth + 1);
        }
      }
      if (!this.#startsWith('::')) return { path, args, lifetimes };
      this.#at += 2;
      path += '::';
    }
  }

  #segment(): string {
    const start = this.#at;
    if (this.#startsWith('{') || this.#startsWith('<impl at ')) {
      if (this.#startsWith('{')) this.#skipBalanced();
      else this.#skipImpl();
      return this.#text.slice(start, this.#at);
    }
    while (this.#at < this.#text.length && /[\w#$\u0080-\uffff]/.test(this.#text[this.#at] as string))
      this.#at++;
    return this.#text.slice(start, this.#at);
  }

  #genericArgs(depth: number): { args: Ty[]; lifetimes: boolean } | null {
    const args: Ty[] = [];
    let lifetimes = false;
    this.#at++;
    while (this.#text[this.#at] !== '>') {
      if (this.atEnd()) return null;
      if (
        this.#text[this.#at] === "'" &&
        !/^'(.|\\.[^']*)'/.test(this.#text.slice(this.#at, this.#at + 14))
      ) {
        lifetimes = true;
        this.#skipLifetime();
      } else {
        const binding = /^\w+ = /.exec(this.#text.slice(this.#at, this.#at + 80));
        if (binding !== null) this.#at += binding[0].length;
        const before = this.#at;
        const arg = this.type(depth + 1);
        if (this.#at === before) return null;
        args.push(arg);
        if (!this.#startsWith(',') && !this.#startsWith('>')) this.#skipToEndOfType();
      }
      if (this.#startsWith(', ')) this.#at += 2;
      else if (this.#startsWith(',')) this.#at++;
      else if (this.#text[this.#at] !== '>') return null;
    }
    this.#at++;
    return { args, lifetimes };
  }

  #reference(depth: number): Ty {
    this.#at++;
    if (this.#text[this.#at] === "'") {
      this.#skipLifetime();
      if (this.#text[this.#at] === ' ') this.#at++;
    }
    const mutable = this.#startsWith('mut ');
    if (mutable) this.#at += 4;
    const inner = this.type(depth + 1);
    return { kind: 'ref', mutable, inner, text: `&${mutable ? 'mut ' : ''}${inner.text}` };
  }

  #rawPointer(depth: number): Ty {
    const start = this.#at;
    const head = /^\*(const|mut) /.exec(this.#text.slice(start, start + 7));
    if (head === null) return this.#unknown(start);
    this.#at += head[0].length;
    const inner = this.type(depth + 1);
    return { kind: 'raw', inner, text: head[0] + inner.text };
  }

  #tuple(depth: number): Ty {
    const start = this.#at;
    this.#at++;
    const items: Ty[] = [];
    let comma = false;
    while (this.#text[this.#at] !== ')') {
      const before = this.#at;
      items.push(this.type(depth + 1));
      if (this.atEnd() || this.#at === before) return this.#unknown(start);
      if (this.#text[this.#at] === ',') {
        comma = true;
        this.#at++;
        if (this.#text[this.#at] === ' ') this.#at++;
      } else if (this.#text[this.#at] !== ')') return this.#unknown(start);
    }
    this.#at++;
    // Parentheses around one type group it: `&(dyn A + B)`.
    if (items.length === 1 && !comma) return items[0] as Ty;
    return tupleType(items);
  }

  #arrayOrSlice(depth: number): Ty {
    const start = this.#at;
    this.#at++;
    const element = this.type(depth + 1);
    if (this.#text[this.#at] === ']') {
      this.#at++;
      return { kind: 'slice', element, text: `[${element.text}]` };
    }
    if (!this.#startsWith('; ')) return this.#unknown(start);
    this.#at += 2;
    const lengthStart = this.#at;
    this.#skipToEndOfType();
    const length = this.#text.slice(lengthStart, this.#at);
    if (this.#text[this.#at] !== ']') return this.#unknown(start);
    this.#at++;
    return { kind: 'array', element, text: `[${element.text}; ${length}]` };
  }

  #closure(depth: number): Ty {
    const start = this.#at;
    const [lead = '', head, joint] = this.#match(closureHead) ?? [];
    const coroutine = head !== 'closure' && head !== 'async closure' && head !== 'coroutine-closure';
    const at = start + lead.length;
    if (head !== undefined && joint === '@' && this.#match(definitionPath, at) === null) {
      const span = this.#match(fileSpan, at);
      if (span !== null) {
        this.#at = this.#text.indexOf('}', at + span[0].length) + 1;
        return closureType(lead.slice(0, -1), coroutine, `@${span[0]}`, []);
      }
    } else if (head !== undefined && joint !== undefined) {
      this.#at = at;
      const path = this.path(depth + 1);
      const tail = closureTail(lead);
      if (path !== null && this.#startsWith(tail)) {
        this.#at += tail.length;
        return closureType(lead, coroutine, path.path, path.args);
      }
      this.#at = start;
    }
    this.#skipBalanced();
    const text = this.#text.slice(start, this.#at);
    if (head === undefined) return { kind: 'const', text };
    const key = text.slice(head.length + 1, -1);
    return { kind: 'closure', coroutine, lead: `{${head}`, key, args: [], text: eraseLifetimes(text) };
  }

  #dyn(): Ty {
    const start = this.#at;
    this.#at += 4;
    this.#skipToEndOfType();
    const text = eraseLifetimes(this.#text.slice(start, this.#at));
    return { kind: 'dyn', bounds: splitBounds(text.slice(4)), text };
  }

  #unknown(start: number): Ty {
    this.#skipToEndOfType();
    if (this.#at === start && !this.atEnd()) this.#at++;
    return { kind: 'unknown', text: this.#text.slice(start, this.#at) };
  }

  #startsWith(token: string): boolean {
    return this.#text.startsWith(token, this.#at);
  }

  /** What a sticky expression finds at a position. */
  #match(pattern: RegExp, at = this.#at): RegExpExecArray | null {
    pattern.lastIndex = at;
    return pattern.exec(this.#text);
  }

  #skipLifetime(): void {
    this.#at++;
    if (this.#text[this.#at] === '{') this.#skipBalanced();
    else while (/[\w#?.]/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  /** Behind `<impl at src/a.rs:1:2: 3:4>`. */
  #skipImpl(): void {
    const found = this.#match(implAt);
    if (found === null) this.#skipBalanced();
    else this.#at += found[0].length;
  }

  /** From an opening bracket to behind its partner. */
  #skipBalanced(): void {
    let depth = 0;
    while (!this.atEnd()) {
      const c = this.#text[this.#at] as string;
      this.#at++;
      if ('([{<'.includes(c)) depth++;
      else if (')]}'.includes(c) || (c === '>' && this.#text[this.#at - 2] !== '-')) {
        depth--;
        if (depth <= 0) return;
      }
    }
  }

  /** To the first `,`, `;`, or closing bracket that belongs to what surrounds this type. */
  #skipToEndOfType(): void {
    let depth = 0;
    while (!this.atEnd()) {
      const c = this.#text[this.#at] as string;
      if ('([{<'.includes(c)) depth++;
      else if (')]}'.includes(c) || (c === '>' && this.#text[this.#at - 1] !== '-')) {
        if (depth === 0) return;
        depth--;
      } else if ((c === ',' || c === ';') && depth === 0) return;
      this.#at++;
    }
  }
}

export function pathType(path: string, args: readonly Ty[], lifetimes: boolean): Ty {
  const text = args.length === 0 ? path : `${path}<${args.map(arg => arg.text).join(', ')}>`;
  return { kind: 'path', path, args, lifetimes, text };
}

export function tupleType(items: readonly Ty[]): Ty {
  const inside = items.map(item => item.text).join(', ');
  return { kind: 'tuple', items, text: items.length === 1 ? `(${inside},)` : `(${inside})` };
}

export function closureType(lead: string, coroutine: boolean, key: string, args: readonly Ty[]): Ty {
  const generics = args.length === 0 ? '' : `<${args.map(arg => arg.text).join(', ')}>`;
  return {
    kind: 'closure',
    coroutine,
    lead,
    key,
    args,
    text: `${lead}${key}${generics}${closureTail(lead)}`,
  };
}

/** `{async fn body of f()}`, `{closure@f::{closure#0}}` */
function closureTail(lead: string): string {
  return lead.includes(' of ') ? '()}' : '}';
}

/**
 * The type with each path and each closure rewritten by `change`, which sees them after their arguments were.
 * Types without a path in them are returned as they are.
 */
export function mapType(ty: Ty, change: (ty: Ty) => Ty): Ty {
  switch (ty.kind) {
    case 'path':
      return change(
        pathType(
          ty.path,
          ty.args.map(arg => mapType(arg, change)),
          ty.lifetimes,
        ),
      );
    case 'closure': {
      if (ty.args.length === 0) return change(ty);
      const args = ty.args.map(arg => mapType(arg, change));
      return change(closureType(ty.lead, ty.coroutine, ty.key, args));
    }
    case 'ref': {
      const inner = mapType(ty.inner, change);
      return { ...ty, inner, text: `&${ty.mutable ? 'mut ' : ''}${inner.text}` };
    }
    case 'raw': {
      const inner = mapType(ty.inner, change);
      return { ...ty, inner, text: `*${ty.text.startsWith('*mut') ? 'mut' : 'const'} ${inner.text}` };
    }
    case 'tuple':
      return tupleType(ty.items.map(item => mapType(item, change)));
    case 'array': {
      const element = mapType(ty.element, change);
      return { ...ty, element, text: `[${element.text}${ty.text.slice(1 + ty.element.text.length)}` };
    }
    case 'slice': {
      const element = mapType(ty.element, change);
      return { ...ty, element, text: `[${element.text}]` };
    }
    default:
      return ty;
  }
}

function argsOf(ty: Ty): readonly Ty[] {
  if (ty.kind === 'path' || ty.kind === 'closure') return ty.args;
  if (ty.kind === 'ref') return argsOf(ty.inner);
  return [];
}

function skeleton(ty: Ty): string {
  if (ty.kind === 'path') return ty.path;
  if (ty.kind === 'closure') return `{${ty.key}}`;
  if (ty.kind === 'ref') return `&${ty.mutable ? 'mut ' : ''}${skeleton(ty.inner)}`;
  return ty.text;
}

/** `std::sync::MutexGuard<'_, u32>` without `'_, `; texts of parts that are not parsed further. */
export function eraseLifetimes(text: string): string {
  if (!text.includes("'")) return text;
  return text
    .replace(/for<[^>]*> ?/g, '')
    .replace(/ \+ '(\{\w+\}|[\w?]+)(?!')/g, '')
    .replace(/&'(\{\w+\}|[\w?]+) /g, '&')
    .replace(/<('(\{\w+\}|[\w?]+)(, )?)+>/g, '')
    .replace(/<('(\{\w+\}|[\w?]+), )+/g, '<');
}

function splitBounds(text: string): string[] {
  const bounds: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if ('([{<'.includes(c)) depth++;
    else if (')]}'.includes(c) || (c === '>' && text[i - 1] !== '-')) depth--;
    else if (depth === 0 && text.startsWith(' + ', i)) {
      bounds.push(text.slice(start, i));
      start = i + 3;
    }
  }
  bounds.push(text.slice(start));
  return bounds;
}
